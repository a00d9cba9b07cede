"""The channel of a room's moderators: only they hear that something was reported or decided."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from social_cme.accounts.models import User
from social_cme.core.permissions import require
from social_cme.moderation.policies import can_see_queue
from social_cme.moderation.queries import count_open
from social_cme.persistence.facts import FactRecord
from social_cme.realtime.messages import ChannelKind
from social_cme.rooms.queries import open_room_by_id


def authorise(viewer: User, room_id: int) -> None:
    """Raise unless *viewer* moderates the room."""
    require(can_see_queue(open_room_by_id(viewer, room_id)))


def project(facts: Sequence[FactRecord]) -> list[dict[str, Any] | None]:
    """Return how many texts wait now, and for a report its reason; never who made it or what was written."""
    waiting = {room_id: count_open(room_id) for room_id in {int(fact.data["room_id"] or 0) for fact in facts}}
    return [
        {
            "waiting": waiting[int(fact.data["room_id"] or 0)],
            "thread_id": fact.data["thread_id"],
            "reason": fact.data.get("reason"),
        }
        for fact in facts
    ]


CHANNELS = (ChannelKind("moderation", authorise=authorise, project=project),)
