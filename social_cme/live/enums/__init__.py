"""Fixed vocabularies of live sessions."""

from __future__ import annotations

from social_cme.live.enums.attendance import Reckoned
from social_cme.live.enums.questions import QuestionState
from social_cme.live.enums.segments import SegmentKind
from social_cme.live.enums.sessions import ChangeScope, MentorRole, RsvpState, SessionState

__all__ = [
    "ChangeScope",
    "MentorRole",
    "QuestionState",
    "Reckoned",
    "RsvpState",
    "SegmentKind",
    "SessionState",
]
