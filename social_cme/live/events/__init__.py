"""Facts of live sessions; they travel on the session's own channel, somebody's attendance on the person's."""

from __future__ import annotations

from social_cme.live.events.attendance import AttendanceClosed
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
from social_cme.live.events.slides import (
    SlideDescribed,
    SlideShown,
    SlidesRemoved,
    SlidesRendered,
    SlidesUploaded,
)
from social_cme.live.events.stage import (
    CaptionerNamed,
    CaptionHidden,
    CaptionPosted,
    FloorGiven,
    HandEnded,
    HandRaised,
    LinkRemoved,
    LinkShared,
    ObserverInvited,
    ObserverRevoked,
    ProjectorChanged,
    VideoChanged,
)

__all__ = [
    "AttendanceClosed",
    "CaptionHidden",
    "CaptionPosted",
    "CaptionerNamed",
    "ChatHidden",
    "ChatPosted",
    "FloorGiven",
    "HandEnded",
    "HandRaised",
    "LinkRemoved",
    "LinkShared",
    "ObserverInvited",
    "ObserverRevoked",
    "ProjectorChanged",
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
    "SlideDescribed",
    "SlideShown",
    "SlidesRemoved",
    "SlidesRendered",
    "SlidesUploaded",
    "VideoChanged",
]
