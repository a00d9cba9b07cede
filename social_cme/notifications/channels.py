"""A person's own channel: it rings when the inbox changed, and says nothing else.

Rule: the facts on it concern the account and are not shown; what the inbox holds is read from its page.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from social_cme.accounts.models import User
from social_cme.core.errors import NotFound
from social_cme.persistence.facts import FactRecord
from social_cme.realtime.messages import ChannelKind


def authorise(viewer: User, user_id: int) -> None:
    """Raise unless the channel is the viewer's own."""
    if viewer.id != user_id:
        raise NotFound


def project(facts: Sequence[FactRecord]) -> list[dict[str, Any] | None]:
    """Return nothing for each of the facts."""
    return [None] * len(facts)


CHANNELS = (ChannelKind("user", authorise=authorise, project=project),)
