"""Facts about what is kept of a session."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from social_cme.live.events.sessions import SessionFact


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionSummarized(SessionFact):
    """A mentor wrote or changed the summary of an ended session; ``revision`` tells which version it is."""

    kind: ClassVar[str] = "archive.summarized"
    revision: int
