"""The script of the demonstration: acts in the order of their times, each played once.

Rule: an act and the note that it was played are one transaction, so a load that was cut off goes on where it stopped.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select

from social_cme.accounts.models import User
from social_cme.accounts.queries import find_user
from social_cme.core import clock
from social_cme.extensions import db
from social_cme.persistence.transaction import ClientRequest, transaction
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries import open_room

SCOPE = "demo.load"


@dataclass(slots=True)
class Act:
    """One thing that happens; ``play`` returns the id of what it made, or ``None``."""

    at: datetime
    key: str
    play: Callable[[], int | None]


@dataclass(slots=True)
class Stage:
    """What acts stand on: the present from which times are told, and the ids of what earlier acts made, by their keys."""

    present: datetime
    narrator_id: int
    people: dict[str, int]
    made: dict[str, int] = field(default_factory=dict)
    acts: list[Act] = field(default_factory=list)

    def act(self, at: datetime, key: str, play: Callable[[], int | None]) -> None:
        """Add an act; keys are unique and the same at every load."""
        self.acts.append(Act(at, key, play))

    def person(self, key: str) -> User:
        """Return a person of the demonstration."""
        found = find_user(self.people[key])
        if found is None:
            raise LookupError(key)
        return found

    def enter(self, key: str, room: str) -> RoomContext:
        """Open a room as a person of the demonstration."""
        return open_room(self.person(key), room)

    def soon_after(self, at: datetime, hours: float, *, share: float = 0.5) -> datetime:
        """Return a moment some hours later, or earlier when that would lie in the future."""
        return at + min(timedelta(hours=hours), (self.present - at) * share)


def play_all(stage: Stage) -> Iterator[Act]:
    """Play what was not played yet, in the order of time, and yield each act after it."""
    keys = [one.key for one in stage.acts]
    if len(set(keys)) != len(keys):
        raise ValueError("two acts have the same key")
    played = _played(stage.narrator_id)
    for one in sorted(stage.acts, key=lambda act: act.at):
        if one.key in played:
            stage.made[one.key] = played[one.key]
        else:
            stage.made[one.key] = _play(stage, one)
        yield one


def _play(stage: Stage, act: Act) -> int:
    with clock.at(act.at), transaction() as tx:
        claim = tx.claim(stage.narrator_id, act.key, SCOPE)
        made = act.play() or 0
        claim.settle(made)
    return made


def _played(narrator_id: int) -> dict[str, int]:
    rows = db.session.execute(
        select(ClientRequest.client_id, ClientRequest.object_id).where(
            ClientRequest.actor_id == narrator_id, ClientRequest.scope == SCOPE
        )
    )
    return {key: made or 0 for key, made in rows}


def draw(candidates: Sequence[str], count: int, *, seed: str) -> list[str]:
    """Choose *count* of the candidates; the same every time, and different for another seed."""
    ordered = sorted(candidates, key=lambda one: hashlib.sha256(f"{seed}:{one}".encode()).digest())
    if count > len(ordered):
        raise ValueError(f"{seed}: {count} of {len(ordered)}")
    return ordered[:count]
