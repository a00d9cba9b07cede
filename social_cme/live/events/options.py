"""Facts about how the queue and the chat of a session are run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from social_cme.live.events.sessions import SessionFact


@dataclass(frozen=True, kw_only=True, slots=True)
class OptionsChanged(SessionFact):
    """Approval, pseudonyms, labels or slow mode of the session changed."""

    kind: ClassVar[str] = "options.changed"
