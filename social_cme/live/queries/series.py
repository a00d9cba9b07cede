"""Reads of series: the series with its sessions, and those from one session on."""

from __future__ import annotations

from sqlalchemy import Select, func, select

from social_cme.core.errors import NotFound
from social_cme.core.permissions import require
from social_cme.extensions import db
from social_cme.live.enums import SessionState
from social_cme.live.models import LiveSeries, LiveSession
from social_cme.rooms.policies import RoomContext, can_read


def access_series(ctx: RoomContext, series_id: int) -> LiveSeries:
    """Return a series of this room; raise ``NotFound`` for one that is absent or elsewhere."""
    require(can_read(ctx))
    statement = select(LiveSeries).where(LiveSeries.id == series_id, LiveSeries.room_id == ctx.room_id)
    series = db.session.scalar(statement)
    if series is None:
        raise NotFound
    return series


def list_sessions_of(ctx: RoomContext, series_id: int) -> list[LiveSession]:
    """Return the sessions of a series of this room by their place in it, also those that were called off."""
    require(can_read(ctx))
    statement = select(LiveSession).where(LiveSession.series_id == series_id, LiveSession.room_id == ctx.room_id)
    return list(db.session.scalars(statement.order_by(LiveSession.series_place)))


def count_following(session: LiveSession) -> int:
    """Count the planned sessions of the same series from this one on."""
    statement = select(func.count()).select_from(_following(session).subquery())
    return db.session.scalar(statement) or 0


def lock_following(session: LiveSession) -> list[LiveSession]:
    """Return the planned sessions of the same series from this one on, in order and locked."""
    return list(db.session.scalars(_following(session).with_for_update(key_share=True)))


def _following(session: LiveSession) -> Select[LiveSession]:
    return (
        select(LiveSession)
        .where(
            LiveSession.series_id == session.series_id,
            LiveSession.series_place >= session.series_place,
            LiveSession.state == SessionState.SCHEDULED,
        )
        .order_by(LiveSession.series_place)
    )
