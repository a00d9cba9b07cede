"""The channel of a session: who may follow it, and how its facts are shown, one module per noun.

Rule: every message carries the present state of what it is about, never a difference; so applying one twice, or after a newer
snapshot, changes nothing. What is shown is the same for everybody who may follow the channel.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from social_cme.accounts.models import User
from social_cme.live.channels import (
    agenda,
    archive,
    breakouts,
    captions,
    chat,
    console,
    hands,
    links,
    options,
    polls,
    questions,
    room,
    slides,
    stage,
)
from social_cme.live.queries.console import access_stage
from social_cme.live.queries.sessions import enter_session, find_slug
from social_cme.persistence.facts import FactRecord
from social_cme.realtime.messages import ChannelKind

Shown = dict[str, Any] | None
Load = Callable[[Sequence[FactRecord]], Callable[[FactRecord], Shown]]

# The first word of a fact's kind says which part shows it: ``load(facts)`` reads the rows of all of them at once and returns
# the function that shows one.
PARTS: dict[str, Load] = {
    "session": room.load,
    "rsvp": room.load,
    "series": room.load,
    "question": questions.load,
    "chat": chat.load,
    "archive": archive.load,
    "agenda": agenda.load,
    "segment": agenda.load,
    "poll": polls.load,
    "options": options.load,
    "slide": slides.load,
    "hand": hands.load,
    "caption": captions.load,
    "link": links.load,
    "projector": stage.load,
    "video": stage.load,
    "breakout": breakouts.load,
}


def authorise(viewer: User, session_id: int) -> None:
    """Raise unless *viewer* may read the session; absent and hidden look the same."""
    enter_session(viewer, session_id)


def project(facts: Sequence[FactRecord]) -> list[Shown]:
    """Return the public data of *facts* in order; rows are loaded once for all of a kind."""
    of_part: dict[Load, list[FactRecord]] = {}
    for fact in facts:
        load = PARTS.get(_word(fact))
        if load is not None:
            of_part.setdefault(load, []).append(fact)
    shows = {load: load(members) for load, members in of_part.items()}
    return [shows[load](fact) if (load := PARTS.get(_word(fact))) is not None else None for fact in facts]


def _word(fact: FactRecord) -> str:
    return fact.kind.partition(".")[0]


def snapshot(session_id: int) -> str:
    """Return where the present state of a session is, for a client that is too far behind to be told all that happened."""
    return f"/api/v1/rooms/{find_slug(session_id)}/sessions/{session_id}/state"


CHANNELS = (
    ChannelKind("live", authorise=authorise, project=project, shows_presence=True, snapshot=snapshot),
    ChannelKind("stage", authorise=access_stage, project=console.project),
    *polls.KINDS,
    ChannelKind("group", authorise=breakouts.authorise_group, project=breakouts.project_group),
)
