"""Reads of the demonstration: its files, and how much of it is in the database."""

from __future__ import annotations

import tomllib
from enum import StrEnum
from pathlib import Path

from sqlalchemy import select

from social_cme.accounts.models import User
from social_cme.accounts.queries import find_user_by_email
from social_cme.demo.events import DemoLoaded
from social_cme.demo.schemas import World
from social_cme.extensions import db
from social_cme.persistence.facts import Fact

CONTENT = Path(__file__).parent / "content"


class DemoState(StrEnum):
    """What the database holds: nothing at all, a part of the demo content, all of it, or other people's work."""

    EMPTY = "empty"
    PARTIAL = "partial"
    COMPLETE = "complete"
    FOREIGN = "foreign"


def read_world() -> World:
    """Read and check the content files."""
    threads = [
        {"key": path.stem, **tomllib.loads(path.read_text(encoding="utf-8"))}
        for path in sorted((CONTENT / "threads").glob("*.toml"))
    ]
    return World.model_validate(
        {
            "people": _read("people")["person"],
            "rooms": _read("rooms")["room"],
            "sessions": _read("sessions")["session"],
            "threads": threads,
            "cohorts": _read("cohorts")["cohort"],
        }
    )


def find_state(world: World) -> DemoState:
    """Tell how much of the demo content is in the database."""
    if db.session.scalar(select(Fact.id).where(Fact.kind == DemoLoaded.kind).limit(1)) is not None:
        return DemoState.COMPLETE
    if find_user_by_email(world.people[0].email) is not None:
        return DemoState.PARTIAL
    anybody = db.session.scalar(select(User.id).limit(1))
    return DemoState.EMPTY if anybody is None else DemoState.FOREIGN


def _read(name: str) -> dict[str, object]:
    return tomllib.loads((CONTENT / f"{name}.toml").read_text(encoding="utf-8"))
