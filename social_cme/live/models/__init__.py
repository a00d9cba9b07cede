"""Live sessions, their questions, chat and attendance.

Rule: attendance is intervals stamped by this server's clock; nothing that a client says about time is believed.
"""

from __future__ import annotations

from social_cme.live.models.attendance import AttendanceInterval
from social_cme.live.models.chat import ChatMention, ChatMessage, ChatReaction, ReactionTally
from social_cme.live.models.clarifications import LiveClarification
from social_cme.live.models.options import SessionOptions
from social_cme.live.models.questions import LiveQuestion, QuestionVote
from social_cme.live.models.sessions import LiveSession, Rsvp, SessionMentor

__all__ = [
    "AttendanceInterval",
    "ChatMention",
    "ChatMessage",
    "ChatReaction",
    "LiveClarification",
    "LiveQuestion",
    "LiveSession",
    "QuestionVote",
    "ReactionTally",
    "Rsvp",
    "SessionMentor",
    "SessionOptions",
]
