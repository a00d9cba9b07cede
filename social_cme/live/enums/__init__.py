"""Fixed vocabularies of live sessions."""

from __future__ import annotations

from social_cme.live.enums.breakouts import BreakoutKind, BreakoutState, RoundRole, RoundState
from social_cme.live.enums.questions import QuestionState
from social_cme.live.enums.sessions import RsvpState, SessionState

__all__ = [
    "BreakoutKind",
    "BreakoutState",
    "QuestionState",
    "RoundRole",
    "RoundState",
    "RsvpState",
    "SessionState",
]
