"""Fixed vocabularies of live sessions."""

from __future__ import annotations

from social_cme.live.enums.questions import QuestionState
from social_cme.live.enums.sessions import ChangeScope, MentorRole, RsvpState, SessionState

__all__ = [
    "ChangeScope",
    "MentorRole",
    "QuestionState",
    "RsvpState",
    "SessionState",
]
