"""Facts of live sessions; they travel on the session's own channel, somebody's attendance on the person's."""

from __future__ import annotations

from social_cme.live.events.attendance import AttendanceClosed
from social_cme.live.events.chat import ChatHidden, ChatPosted
from social_cme.live.events.polls import (
    PollChanged,
    PollClosed,
    PollDeskChanged,
    PollFact,
    PollOpened,
    PollRoundCounted,
    PollVoted,
    desk_channel,
    round_channel,
)
from social_cme.live.events.questions import QuestionAsked, QuestionFact, QuestionStateChanged, QuestionVoted
from social_cme.live.events.sessions import (
    RsvpGiven,
    SessionArchived,
    SessionCancelled,
    SessionChanged,
    SessionEnded,
    SessionFact,
    SessionScheduled,
    SessionStarted,
)

__all__ = [
    "AttendanceClosed",
    "ChatHidden",
    "ChatPosted",
    "PollChanged",
    "PollClosed",
    "PollDeskChanged",
    "PollFact",
    "PollOpened",
    "PollRoundCounted",
    "PollVoted",
    "QuestionAsked",
    "QuestionFact",
    "QuestionStateChanged",
    "QuestionVoted",
    "RsvpGiven",
    "SessionArchived",
    "SessionCancelled",
    "SessionChanged",
    "SessionEnded",
    "SessionFact",
    "SessionScheduled",
    "SessionStarted",
    "desk_channel",
    "round_channel",
]
