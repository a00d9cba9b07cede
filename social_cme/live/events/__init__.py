"""Facts of live sessions; they travel on the session's own channel, somebody's attendance on the person's."""

from __future__ import annotations

from social_cme.live.events.attendance import AttendanceClosed
from social_cme.live.events.breakouts import (
    BreakoutEnded,
    BreakoutFact,
    BreakoutPlanned,
    BreakoutStarted,
    GroupAccessEnded,
    GroupFact,
    GroupMessageHidden,
    GroupMessagePosted,
    GroupNotesSaved,
    PersonPlaced,
    RoundChanged,
    group_channel,
)
from social_cme.live.events.chat import ChatHidden, ChatPosted
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
    "BreakoutEnded",
    "BreakoutFact",
    "BreakoutPlanned",
    "BreakoutStarted",
    "ChatHidden",
    "ChatPosted",
    "GroupAccessEnded",
    "GroupFact",
    "GroupMessageHidden",
    "GroupMessagePosted",
    "GroupNotesSaved",
    "PersonPlaced",
    "QuestionAsked",
    "QuestionFact",
    "QuestionStateChanged",
    "QuestionVoted",
    "RoundChanged",
    "RsvpGiven",
    "SessionArchived",
    "SessionCancelled",
    "SessionChanged",
    "SessionEnded",
    "SessionFact",
    "SessionScheduled",
    "SessionStarted",
    "group_channel",
]
