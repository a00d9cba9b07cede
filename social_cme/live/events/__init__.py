"""Facts of live sessions; they travel on the session's own channel, somebody's attendance on the person's."""

from __future__ import annotations

from social_cme.live.events.attendance import AttendanceClosed
from social_cme.live.events.chat import ChatHidden, ChatMentioned, ChatPinned, ChatPosted, ChatReacted
from social_cme.live.events.clarifications import LiveClarificationAnswered, LiveClarificationAsked
from social_cme.live.events.options import OptionsChanged
from social_cme.live.events.questions import (
    QuestionAsked,
    QuestionFact,
    QuestionLabelled,
    QuestionMoved,
    QuestionStateChanged,
    QuestionVoted,
)
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
from social_cme.live.events.stage import MentorReleased, QuestionStaged, stage_channel

__all__ = [
    "AttendanceClosed",
    "ChatHidden",
    "ChatMentioned",
    "ChatPinned",
    "ChatPosted",
    "ChatReacted",
    "LiveClarificationAnswered",
    "LiveClarificationAsked",
    "MentorReleased",
    "OptionsChanged",
    "QuestionAsked",
    "QuestionFact",
    "QuestionLabelled",
    "QuestionMoved",
    "QuestionStaged",
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
    "stage_channel",
]
