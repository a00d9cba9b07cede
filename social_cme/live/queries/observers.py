"""Reads for observers: the link, the session as it shows it, and who opened it when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from social_cme.core import clock
from social_cme.core.errors import NotFound
from social_cme.core.ids import token_hash
from social_cme.extensions import db
from social_cme.live.models import AttendanceInterval, CountedStretch, LiveSession, ObserverLink, ObserverOpening
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries.door import open_room_for_observer


@dataclass(frozen=True, slots=True)
class AttendanceTotals:
    """How many people came and for how long altogether; no names."""

    people: int
    seconds: int


def access_by_token(token: str) -> tuple[ObserverLink, RoomContext, LiveSession]:
    """Return what a secret opens, with the room as a stranger; raise ``NotFound`` whether unknown, expired or revoked."""
    link = db.session.scalar(
        select(ObserverLink).where(
            ObserverLink.token_hash == token_hash(token),
            ObserverLink.revoked_at.is_(None),
            ObserverLink.expires_at > clock.now(),
        )
    )
    session = db.session.get(LiveSession, link.session_id) if link is not None else None
    if link is None or session is None:
        raise NotFound
    return link, open_room_for_observer(link.room_id), session


def access_observer(session: LiveSession, observer_id: int) -> ObserverLink:
    """Return a link to this session; raise ``NotFound`` for one that is absent or to another session."""
    link = db.session.scalar(
        select(ObserverLink).where(ObserverLink.id == observer_id, ObserverLink.session_id == session.id)
    )
    if link is None:
        raise NotFound
    return link


def list_observers(session_id: int) -> Sequence[ObserverLink]:
    """Return every link that was made to a session, the latest first, with who made it."""
    statement = select(ObserverLink).where(ObserverLink.session_id == session_id)
    statement = statement.options(joinedload(ObserverLink.created_by)).order_by(ObserverLink.id.desc())
    return db.session.scalars(statement).all()


def list_openings(session_id: int, *, limit: int = 200) -> dict[int, list[ObserverOpening]]:
    """Return the latest visits through the links to a session, by link, the latest first."""
    statement = (
        select(ObserverOpening)
        .join(ObserverLink, ObserverLink.id == ObserverOpening.link_id)
        .where(ObserverLink.session_id == session_id)
        .order_by(ObserverOpening.last_at.desc(), ObserverOpening.id.desc())
        .limit(limit)
    )
    found: dict[int, list[ObserverOpening]] = {}
    for one in db.session.scalars(statement):
        found.setdefault(one.link_id, []).append(one)
    return found


def attendance_totals(session_id: int) -> AttendanceTotals:
    """Return how many people came, and the time that was closed so far."""
    came = select(func.count(func.distinct(AttendanceInterval.user_id))).where(
        AttendanceInterval.session_id == session_id
    )
    counted = select(CountedStretch).where(CountedStretch.session_id == session_id, CountedStretch.voided_at.is_(None))
    seconds = sum(one.seconds for one in db.session.scalars(counted))
    return AttendanceTotals(people=db.session.scalar(came) or 0, seconds=seconds)
