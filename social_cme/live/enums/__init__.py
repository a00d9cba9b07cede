"""Fixed vocabularies of live sessions."""

from __future__ import annotations

from social_cme.live.enums.attendance import Reckoned
from social_cme.live.enums.breakouts import BreakoutKind, BreakoutState, RoundRole, RoundState
from social_cme.live.enums.chat import REACTION_SIGNS, Reaction
from social_cme.live.enums.polls import KIND_WORDS, RESULTS_WORDS, STATE_WORDS, PollKind, PollState, ResultsWhen, Reveal
from social_cme.live.enums.questions import UNSEEN, AnswerKind, Move, QuestionState
from social_cme.live.enums.segments import SegmentKind
from social_cme.live.enums.sessions import ChangeScope, MentorRole, RsvpState, SessionState
from social_cme.live.enums.stage import DeckState, HandState, ProjectorView

__all__ = [
    "KIND_WORDS",
    "REACTION_SIGNS",
    "RESULTS_WORDS",
    "STATE_WORDS",
    "UNSEEN",
    "AnswerKind",
    "BreakoutKind",
    "BreakoutState",
    "ChangeScope",
    "DeckState",
    "HandState",
    "MentorRole",
    "Move",
    "PollKind",
    "PollState",
    "ProjectorView",
    "QuestionState",
    "Reaction",
    "Reckoned",
    "ResultsWhen",
    "Reveal",
    "RoundRole",
    "RoundState",
    "RsvpState",
    "SegmentKind",
    "SessionState",
]
