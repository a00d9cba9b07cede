"""Reads of a room's ledger, for those who may see it.

Rule: counts are made in the database in one statement, whatever the number of members; nothing here ranks people.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, func, or_, select

from social_cme.accounts.models import User
from social_cme.cme.enums import Activity, MemberSort
from social_cme.cme.models import ParticipationEntry
from social_cme.cme.queries.epoch import epoch_second
from social_cme.cme.queries.mine import AttendedSession, attended_session
from social_cme.cme.rules import Interval
from social_cme.core.pagination import CursorValue, Page, clamp_limit, decode_cursor, make_page
from social_cme.extensions import db
from social_cme.live.models import LiveSession
from social_cme.rooms.enums import MembershipState
from social_cme.rooms.models import Membership
from social_cme.rooms.policies import RoomContext

CSV_BATCH = 200


@dataclass(frozen=True, slots=True)
class MemberLine:
    """What one member did in the room."""

    user_id: int
    display_name: str
    name_key: str
    profession: str | None
    role: str
    is_active: bool
    asked: int
    answers: int
    comments: int
    votes: int
    endorsed: int
    endorsements_given: int
    seconds: int
    last_at: datetime | None

    @property
    def minutes(self) -> int:
        """Attended whole minutes."""
        return self.seconds // 60


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
_VOTED = (Activity.VOTE_GIVEN, Activity.QUESTION_SUPPORTED)


def list_members(
    ctx: RoomContext,
    *,
    sort: MemberSort = MemberSort.NAME,
    since: datetime | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> Page[MemberLine]:
    """Return a page of the members with what they did from *since* on; those who left stay listed when they did something.

    The caller has checked ``can_see_participation``. Raises ``BadRequest`` for a cursor that was made up or belongs to
    another sorting.
    """
    size = clamp_limit(limit, default=50)
    table = _member_table(ctx.room_id, since)
    rows = _members_after(table, sort, cursor, size)
    return make_page(rows, limit=size, key=lambda line: _key_of(line, sort))


def iter_members(ctx: RoomContext, *, since: datetime | None = None) -> Iterator[list[MemberLine]]:
    """Yield every member by name, in batches; no database transaction stays open between two of them."""
    table = _member_table(ctx.room_id, since)
    cursor: str | None = None
    while True:
        page = make_page(
            _members_after(table, MemberSort.NAME, cursor, CSV_BATCH),
            limit=CSV_BATCH,
            key=lambda line: _key_of(line, MemberSort.NAME),
        )
        db.session.rollback()
        yield list(page.items)
        cursor = page.next_cursor
        if cursor is None:
            return


def find_figures(ctx: RoomContext, *, since: datetime, weeks: Sequence[tuple[datetime, datetime]]) -> RoomFigures:
    """Return the room's totals from *since* on, and the written contributions of each of *weeks*."""
    entry = ParticipationEntry
    recent = entry.occurred_at >= since
    columns: list[ColumnElement[Any]] = [
        func.count(entry.user_id.distinct()).filter(recent),
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


def _member_table(room_id: int, since: datetime | None) -> Subquery:
    counts, attended = _counts(room_id, since), _attended(room_id, since)
    return (
        select(
            User.id.label("user_id"),
            User.display_name,
            User.name_key,
            User.profession,
            Membership.role,
            (Membership.state == MembershipState.ACTIVE).label("is_active"),
            *(func.coalesce(counts.c[name], 0).label(name) for name in _COUNTED),
            func.coalesce(attended.c.seconds, 0).label("seconds"),
            counts.c.last_at,
        )
        .select_from(Membership)
        .join(User, User.id == Membership.user_id)
        .outerjoin(counts, counts.c.user_id == Membership.user_id)
        .outerjoin(attended, attended.c.user_id == Membership.user_id)
        .where(
            Membership.room_id == room_id,
            or_(Membership.state == MembershipState.ACTIVE, counts.c.user_id.is_not(None)),
        )
        .subquery("members")
    )


_COUNTED: dict[str, tuple[Activity, ...]] = {
    "asked": _ASKED,
    "answers": (Activity.ANSWER_WRITTEN,),
    "comments": (Activity.COMMENT_WRITTEN,),
    "votes": _VOTED,
    "endorsed": (Activity.ENDORSEMENT_RECEIVED,),
    "endorsements_given": (Activity.ENDORSEMENT_GIVEN,),
}


def _counted_here(room_id: int, since: datetime | None) -> list[ColumnElement[bool]]:
    conditions = [ParticipationEntry.room_id == room_id, ParticipationEntry.voided_at.is_(None)]
    if since is not None:
        conditions.append(ParticipationEntry.occurred_at >= since)
    return conditions


def _counts(room_id: int, since: datetime | None) -> Subquery:
    entry = ParticipationEntry
    return (
        select(
            entry.user_id,
            *(func.count().filter(entry.activity.in_(kinds)).label(name) for name, kinds in _COUNTED.items()),
            func.max(entry.occurred_at).label("last_at"),
        )
        .where(*_counted_here(room_id, since))
        .group_by(entry.user_id)
        .subquery("counts")
    )


def _attended(room_id: int, since: datetime | None) -> Subquery:
    """Seconds covered by at least one stretch: each adds what lies beyond the end of all that began before it."""
    entry = ParticipationEntry
    start = epoch_second(entry.started_at)
    spans = (
        select(entry.user_id, start.label("start"), (start + entry.seconds).label("finish"))
        .where(*_counted_here(room_id, since), entry.activity == Activity.SESSION_ATTENDED)
        .subquery("spans")
    )
    before = (
        func.max(spans.c.finish)
        .over(partition_by=spans.c.user_id, order_by=(spans.c.start, spans.c.finish), rows=(None, -1))
        .label("before")
    )
    reach = select(spans.c.user_id, spans.c.start, spans.c.finish, before).subquery("reach")
    added = case(
        (or_(reach.c.before.is_(None), reach.c.before <= reach.c.start), reach.c.finish - reach.c.start),
        (reach.c.before >= reach.c.finish, 0),
        else_=reach.c.finish - reach.c.before,
    )
    return select(reach.c.user_id, func.sum(added).label("seconds")).group_by(reach.c.user_id).subquery("attended")


def _members_after(table: Subquery, sort: MemberSort, cursor: str | None, size: int) -> list[MemberLine]:
    statement: Select[Any] = select(table)
    by_name = sort == MemberSort.NAME
    column = table.c.name_key if by_name else table.c["seconds" if sort == MemberSort.MINUTES else sort.value]
    after = decode_cursor(cursor, str if by_name else int, int)
    if after is not None:
        further = column > after[0] if by_name else column < after[0]
        statement = statement.where(or_(further, and_(column == after[0], table.c.user_id > after[1])))
    statement = statement.order_by(column if by_name else column.desc(), table.c.user_id).limit(size + 1)
    return [_member(row) for row in db.session.execute(statement).mappings()]


def _member(row: Any) -> MemberLine:
    return MemberLine(**{**row, "is_active": bool(row["is_active"]), "seconds": int(row["seconds"])})


def _key_of(line: MemberLine, sort: MemberSort) -> tuple[CursorValue, CursorValue]:
    if sort == MemberSort.NAME:
        return line.name_key, line.user_id
    value: int = line.seconds if sort == MemberSort.MINUTES else getattr(line, sort.value)
    return value, line.user_id
