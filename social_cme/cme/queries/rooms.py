"""A room's participation at a glance: totals, weeks, and who was in its live sessions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select

from social_cme.accounts.models import User
from social_cme.cme.enums import Activity
from social_cme.cme.models import ParticipationEntry
from social_cme.cme.queries.mine import AttendedSession, attended_session
from social_cme.cme.rules import Interval
from social_cme.extensions import db
from social_cme.live.models import LiveSession
from social_cme.rooms.policies import RoomContext


@dataclass(frozen=True, slots=True)
class RoomFigures:
    """A room at a glance; ``per_week`` counts written contributions in each of the weeks asked for."""

    people: int
    asked: int
    answers: int
    comments: int
    per_week: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Presence:
    """One person's stretches in one session."""

    user_id: int
    display_name: str
    stretches: tuple[Interval, ...]


_WRITTEN = (Activity.THREAD_OPENED, Activity.QUESTION_ASKED, Activity.ANSWER_WRITTEN, Activity.COMMENT_WRITTEN)
_ASKED = (Activity.THREAD_OPENED, Activity.QUESTION_ASKED)


def find_figures(ctx: RoomContext, *, since: datetime, weeks: Sequence[tuple[datetime, datetime]]) -> RoomFigures:
    """Return the room's totals from *since* on, and the written contributions of each of *weeks*."""
    entry = ParticipationEntry
    recent = entry.occurred_at >= since
    columns: list[ColumnElement[Any]] = [
        # Somebody seen here and nowhere in the table of members would be the one under a pseudonym.
        func.count(entry.user_id.distinct()).filter(recent, entry.under_pseudonym.is_(False)),
        func.count().filter(recent, entry.activity.in_(_ASKED)),
        func.count().filter(recent, entry.activity == Activity.ANSWER_WRITTEN),
        func.count().filter(recent, entry.activity == Activity.COMMENT_WRITTEN),
    ]
    columns += [
        func.count().filter(entry.activity.in_(_WRITTEN), entry.occurred_at >= start, entry.occurred_at < end)
        for start, end in weeks
    ]
    first = min([since, *(start for start, _ in weeks)])
    row = db.session.execute(
        select(*columns).where(entry.room_id == ctx.room_id, entry.voided_at.is_(None), entry.occurred_at >= first)
    ).one()
    return RoomFigures(people=row[0], asked=row[1], answers=row[2], comments=row[3], per_week=tuple(row[4:]))


def list_attended(ctx: RoomContext, *, limit: int = 5) -> list[LiveSession]:
    """Return the room's sessions that somebody attended, the newest first."""
    attended = (
        select(ParticipationEntry.session_id)
        .where(
            ParticipationEntry.room_id == ctx.room_id,
            ParticipationEntry.activity == Activity.SESSION_ATTENDED,
            ParticipationEntry.voided_at.is_(None),
        )
        .distinct()
    )
    return list(
        db.session.scalars(
            select(LiveSession)
            .where(LiveSession.room_id == ctx.room_id, LiveSession.id.in_(attended))
            .order_by(LiveSession.starts_at.desc(), LiveSession.id.desc())
            .limit(limit)
        )
    )


def list_presence(
    session: LiveSession, room_slug: str, *, limit: int = 30
) -> tuple[AttendedSession, list[Presence], int]:
    """Return a session's frame, the stretches of the first *limit* people by name, and how many attended in all."""
    entry = ParticipationEntry
    here = (
        entry.session_id == session.id,
        entry.activity == Activity.SESSION_ATTENDED,
        entry.voided_at.is_(None),
    )
    people = (
        select(User.id, User.display_name, User.name_key, func.count().over().label("total"))
        .where(User.id.in_(select(entry.user_id).where(*here)))
        .order_by(User.name_key, User.id)
        .limit(limit)
        .subquery()
    )
    rows = db.session.execute(
        select(people.c.id, people.c.display_name, people.c.total, entry.started_at, entry.seconds)
        .join(entry, entry.user_id == people.c.id)
        .where(*here, entry.started_at.is_not(None))
        .order_by(people.c.name_key, people.c.id, entry.started_at)
    ).all()
    found: dict[int, tuple[str, list[Interval]]] = {}
    for user_id, name, _, started_at, seconds in rows:
        stretch = Interval.lasting(started_at, seconds)
        found.setdefault(user_id, (name, []))[1].append(stretch)
    frame = attended_session(session, room_slug, tuple(one for _, spans in found.values() for one in spans))
    presence = [Presence(user_id, name, tuple(spans)) for user_id, (name, spans) in found.items()]
    return frame, presence, rows[0][2] if rows else 0
