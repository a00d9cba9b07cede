"""Fixed vocabularies of live sessions."""

from __future__ import annotations

from social_cme.live.enums.polls import KIND_WORDS, RESULTS_WORDS, STATE_WORDS, PollKind, PollState, ResultsWhen, Reveal
from social_cme.live.enums.questions import QuestionState
from social_cme.live.enums.sessions import RsvpState, SessionState

__all__ = [
    "KIND_WORDS",
    "RESULTS_WORDS",
    "STATE_WORDS",
    "PollKind",
    "PollState",
    "QuestionState",
    "ResultsWhen",
    "Reveal",
    "RsvpState",
    "SessionState",
]
