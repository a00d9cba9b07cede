"""Fixed vocabularies of live sessions."""

from __future__ import annotations

from social_cme.live.enums.chat import REACTION_SIGNS, Reaction
from social_cme.live.enums.questions import UNSEEN, AnswerKind, Move, QuestionState
from social_cme.live.enums.sessions import RsvpState, SessionState

__all__ = [
    "REACTION_SIGNS",
    "UNSEEN",
    "AnswerKind",
    "Move",
    "QuestionState",
    "Reaction",
    "RsvpState",
    "SessionState",
]
