"""Fixed vocabularies of live sessions."""

from __future__ import annotations

from social_cme.live.enums.questions import QuestionState
from social_cme.live.enums.sessions import RsvpState, SessionState
from social_cme.live.enums.stage import DeckState, HandState, ProjectorView

__all__ = ["DeckState", "HandState", "ProjectorView", "QuestionState", "RsvpState", "SessionState"]
