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
from social_cme.live.rules.calendars import Entry, calendar_file
from social_cme.live.rules.eligibility import in_order, unknown_groups, whom_it_is_for, why_not
from social_cme.live.rules.likeness import Alike, find_alike
from social_cme.live.rules.limits import (
    MAX_ANSWER,
    MAX_CAPACITY,
    MAX_CHAT,
    MAX_DESCRIPTION,
    MAX_MENTORS,
    MAX_QUESTION,
    MAX_QUESTIONS_EACH,
    MAX_REASON,
    MAX_SUMMARY,
    MAX_TITLE,
    MAX_TRANSCRIPT_QUERY,
)
from social_cme.live.rules.recurrence import (
    MAX_RULE,
    MOST_OCCURRENCES,
    BadRule,
    Recurrence,
    end_of_day,
    every_month,
    every_week,
    in_words,
    occurrences,
    parse_rule,
)
from social_cme.live.rules.times import (
    EARLIEST_START,
    FARTHEST_AHEAD,
    LATEST_END,
    LONGEST_SESSION,
    may_start,
    time_problems,
)
from social_cme.live.rules.zones import times_in_words

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
    "MAX_DESCRIPTION",
    "MAX_MENTORS",
    "MAX_QUESTION",
    "MAX_QUESTIONS_EACH",
    "MAX_REASON",
    "MAX_RULE",
    "MAX_SUMMARY",
    "MAX_TITLE",
    "MAX_TRANSCRIPT_QUERY",
    "MOST_OCCURRENCES",
    "PRESENT_FOR",
    "Alike",
    "BadRule",
    "Beat",
    "Entry",
    "Interval",
    "Recurrence",
    "calendar_file",
    "end_of_day",
    "every_month",
    "every_week",
    "find_alike",
    "in_order",
    "in_words",
    "is_stale",
    "judge_beat",
    "may_start",
    "merge_intervals",
    "occurrences",
    "parse_rule",
    "seconds_added",
    "seconds_within",
    "time_problems",
    "times_in_words",
    "unknown_groups",
    "whom_it_is_for",
    "why_not",
]
