"""Links for auditors: made, listed, revoked by who leads."""

from __future__ import annotations

from flask import url_for

from social_cme.core.permissions import require
from social_cme.live import schemas
from social_cme.live.api import SESSION, WRITE, bp
from social_cme.live.policies import can_lead
from social_cme.live.queries import sessions
from social_cme.live.queries.observers import list_observers, list_openings
from social_cme.live.services import observers
from social_cme.rooms.queries import read_room
from social_cme.web.actor import require_actor
from social_cme.web.api import endpoint


@endpoint(bp, f"{SESSION}/observers", "GET", result=schemas.ObserverList)
def show_observers(slug: str, session_id: int) -> schemas.ObserverList:
    """List the links for auditors with when they were opened."""
    ctx = read_room(require_actor(), slug)
    session = sessions.access_session(ctx, session_id)
    require(can_lead(ctx, sessions.mentor_ids(session.id)))
    openings = list_openings(session.id)
    found = list_observers(session.id)
    return schemas.ObserverList(items=[schemas.ObserverOut.of(link, openings.get(link.id, [])) for link in found])


@endpoint(
    bp,
    f"{SESSION}/observers",
    "POST",
    result=schemas.NewObserverOut,
    body=schemas.ObserverBody,
    status=201,
    scope=WRITE,
    errors=(422,),
)
def make_observer(slug: str, session_id: int, body: schemas.ObserverBody) -> schemas.NewObserverOut:
    """Make a link for an auditor; its address is in this answer alone."""
    ctx = read_room(require_actor(), slug)
    link, secret = observers.make_observer(ctx, session_id, label=body.label, days=body.days, client_id=body.client_id)
    href = url_for("live.observe", token=secret)
    own = next(one for one in list_observers(session_id) if one.id == link.id)
    return schemas.NewObserverOut(**schemas.ObserverOut.of(own).model_dump(), href=href)


@endpoint(bp, f"{SESSION}/observers/<id:observer_id>", "DELETE", result=None, status=204, scope=WRITE)
def revoke_observer(slug: str, session_id: int, observer_id: int) -> None:
    """Let a link for an auditor lead nowhere from now on."""
    observers.revoke_observer(read_room(require_actor(), slug), session_id, observer_id)
