"""The channel of a room: who may follow it, and how its facts are shown.

Rule: features above add how their own facts are shown with ``register_projector``; a fact that nobody shows keeps its
number and says nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import select

from social_cme.accounts.models import User
from social_cme.core.permissions import require
from social_cme.extensions import db
from social_cme.persistence.facts import FactRecord
from social_cme.realtime.messages import ChannelKind
from social_cme.rooms.policies import can_read
from social_cme.rooms.queries import open_room_by_id

Projector = Callable[[Sequence[FactRecord]], list[dict[str, Any] | None]]

_projectors: dict[str, Projector] = {}

# Requests, refusals and removals concern the person and the coordinators; the room is not told of them.
_TOLD = {"membership.joined", "membership.left", "membership.role_changed"}


def register_projector(prefixes: Iterable[str], function: Projector) -> None:
    """Let *function* show the facts of room channels whose kind begins with one of *prefixes*.

    A prefix is the part before the dot: ``"thread"`` stands for ``thread.posted`` and all its siblings. The function gets the
    facts of its kinds alone, in order, and returns as many answers: public data, the same for every viewer, or ``None``.
    A repeated prefix replaces the former function, so that several apps may be built in one process.
    """
    for prefix in prefixes:
        _projectors[prefix] = function


def authorise(viewer: User, room_id: int) -> None:
    """Raise unless *viewer* may read the room; absent and hidden look the same."""
    require(can_read(open_room_by_id(viewer, room_id)))


def project(facts: Sequence[FactRecord]) -> list[dict[str, Any] | None]:
    """Return the public data of *facts* in order, asking each projector once for all the facts it shows."""
    shown: list[dict[str, Any] | None] = [None] * len(facts)
    places: dict[Projector, list[int]] = {}
    for place, fact in enumerate(facts):
        projector = _projectors.get(fact.kind.partition(".")[0])
        if projector is not None:
            places.setdefault(projector, []).append(place)
    for projector, mine in places.items():
        for place, data in zip(mine, projector([facts[place] for place in mine]), strict=True):
            shown[place] = data
    return shown


def _project_rooms(facts: Sequence[FactRecord]) -> list[dict[str, Any] | None]:
    return [{"change": fact.data.get("change", "created")} for fact in facts]


def _project_memberships(facts: Sequence[FactRecord]) -> list[dict[str, Any] | None]:
    ids = {int(fact.data["user_id"] or 0) for fact in facts if fact.kind in _TOLD}
    people = {one.id: one for one in db.session.scalars(select(User).where(User.id.in_(ids)))} if ids else {}
    return [_member_data(fact, people) if fact.kind in _TOLD else None for fact in facts]


def _member_data(fact: FactRecord, people: dict[int, User]) -> dict[str, Any] | None:
    person = people.get(int(fact.data["user_id"] or 0))
    if person is None:
        return None
    return {"user_id": person.id, "display_name": person.display_name, "role": fact.data.get("role")}


register_projector(["room"], _project_rooms)
register_projector(["membership"], _project_memberships)

CHANNELS = (ChannelKind("room", authorise=authorise, project=project),)
