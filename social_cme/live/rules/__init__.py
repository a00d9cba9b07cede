"""What counts in a live session, as plain functions of values: limits, attendance, the order of the queue.

Rule: attendance is the length of a union of stretches of time; two tabs never count twice, and no result is ever negative.
"""

from __future__ import annotations

from social_cme.live.rules.attendance import (
    BEAT_EVERY,
    BEAT_LEAST,
    GAP,
    PRESENT_FOR,
    Beat,
    Interval,
    is_stale,
    judge_beat,
    merge_intervals,
    seconds_added,
    seconds_within,
)
from social_cme.live.rules.limits import (
    MAX_ANSWER,
    MAX_CAPACITY,
    MAX_CHAT,
    MAX_CLARIFICATION,
    MAX_DESCRIPTION,
    MAX_IN_CONVERSATION,
    MAX_LABEL,
    MAX_LABELS,
    MAX_LABELS_EACH,
    MAX_LATER_DAYS,
    MAX_MENTORS,
    MAX_NAMED,
    MAX_QUESTION,
    MAX_QUESTIONS_EACH,
    MAX_REASON,
    MAX_SLOW_SECONDS,
    MAX_TITLE,
)
from social_cme.live.rules.order import moved
from social_cme.live.rules.pace import seconds_to_wait
from social_cme.live.rules.times import (
    EARLIEST_START,
    FARTHEST_AHEAD,
    LATEST_END,
    LONGEST_SESSION,
    may_start,
    time_problems,
)

__all__ = [
    "BEAT_EVERY",
    "BEAT_LEAST",
    "EARLIEST_START",
    "FARTHEST_AHEAD",
    "GAP",
    "LATEST_END",
    "LONGEST_SESSION",
    "MAX_ANSWER",
    "MAX_CAPACITY",
    "MAX_CHAT",
    "MAX_CLARIFICATION",
    "MAX_DESCRIPTION",
    "MAX_IN_CONVERSATION",
    "MAX_LABEL",
    "MAX_LABELS",
    "MAX_LABELS_EACH",
    "MAX_LATER_DAYS",
    "MAX_MENTORS",
    "MAX_NAMED",
    "MAX_QUESTION",
    "MAX_QUESTIONS_EACH",
    "MAX_REASON",
    "MAX_SLOW_SECONDS",
    "MAX_TITLE",
    "PRESENT_FOR",
    "Beat",
    "Interval",
    "is_stale",
    "judge_beat",
    "may_start",
    "merge_intervals",
    "moved",
    "seconds_added",
    "seconds_to_wait",
    "seconds_within",
    "time_problems",
]
