"""Live sessions, their questions, chat and attendance.

Rule: attendance is intervals stamped by this server's clock; nothing that a client says about time is believed.
"""

from __future__ import annotations

from social_cme.live.models.attendance import AttendanceInterval
from social_cme.live.models.captions import CaptionLine
from social_cme.live.models.chat import ChatMessage
from social_cme.live.models.hands import RaisedHand
from social_cme.live.models.links import SharedLink
from social_cme.live.models.observers import ObserverLink, ObserverOpening
from social_cme.live.models.questions import LiveQuestion, QuestionVote
from social_cme.live.models.sessions import LiveSession, Rsvp, SessionMentor
from social_cme.live.models.slides import SlideDeck, SlidePage
from social_cme.live.models.stage import LiveStage

__all__ = [
    "AttendanceInterval",
    "CaptionLine",
    "ChatMessage",
    "LiveQuestion",
    "LiveSession",
    "LiveStage",
    "ObserverLink",
    "ObserverOpening",
    "QuestionVote",
    "RaisedHand",
    "Rsvp",
    "SessionMentor",
    "SharedLink",
    "SlideDeck",
    "SlidePage",
]
