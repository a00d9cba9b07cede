"""The table of a room's members with what each of them did, for those who may see it.

Rule: counts are made in the database in one statement, whatever the number of members; nothing here ranks people.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, exists, func, or_, select

from social_cme.accounts.models import User
from social_cme.cme.enums import Activity, MemberSort
from social_cme.cme.models import ParticipationEntry
from social_cme.cme.queries.epoch import epoch_second
from social_cme.core.pagination import CursorValue, Page, clamp_limit, decode_cursor, make_page
from social_cme.extensions import db
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
class Unnamed:
    """What was done in the room under pseudonyms, by however many people and whenever."""

    asked: int
    answers: int
    comments: int

    def __bool__(self) -> bool:
        return bool(self.asked or self.answers or self.comments)


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
    rows = _members_after(ctx.room_id, since, sort, cursor, size)
    return make_page(rows, limit=size, key=lambda line: _key_of(line, sort))


def iter_members(ctx: RoomContext, *, since: datetime | None = None) -> Iterator[list[MemberLine]]:
    """Yield every member by name, in batches; no database transaction stays open between two of them."""
    cursor: str | None = None
    while True:
        page = make_page(
            _members_after(ctx.room_id, since, MemberSort.NAME, cursor, CSV_BATCH),
            limit=CSV_BATCH,
            key=lambda line: _key_of(line, MemberSort.NAME),
        )
        db.session.rollback()
        yield list(page.items)
        cursor = page.next_cursor
        if cursor is None:
            return


def count_unnamed(ctx: RoomContext, *, since: datetime | None = None) -> Unnamed:
    """Return what was done under pseudonyms, as one sum for the whole room; no member's own numbers contain it."""
    entry = ParticipationEntry
    conditions = [entry.room_id == ctx.room_id, entry.voided_at.is_(None), entry.under_pseudonym.is_(True)]
    if since is not None:
        conditions.append(entry.occurred_at >= since)
    row = db.session.execute(
        select(
            func.count().filter(entry.activity.in_(_ASKED)),
            func.count().filter(entry.activity == Activity.ANSWER_WRITTEN),
            func.count().filter(entry.activity == Activity.COMMENT_WRITTEN),
        ).where(*conditions)
    ).one()
    return Unnamed(asked=row[0], answers=row[1], comments=row[2])


def _member_table(room_id: int, since: datetime | None, only: Select[int] | None) -> Subquery:
    """Build the table of members with their counts, of all of them or of those whose ids *only* selects."""
    counted = _counted_here(room_id, since, only)
    counts, attended = _counts(counted), _attended(counted)
    table = (
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
        .where(Membership.room_id == room_id)
    )
    shown = or_(Membership.state == MembershipState.ACTIVE, counts.c.user_id.is_not(None))
    return table.where(Membership.user_id.in_(only) if only is not None else shown).subquery("members")


def _page_by_name(room_id: int, since: datetime | None, after: list[CursorValue] | None, size: int) -> Select[int]:
    """Select the ids of the next *size* + 1 members by name, before anything is counted; it costs the same on any page."""
    did_something = exists().where(*_counted_here(room_id, since, None), ParticipationEntry.user_id == User.id)
    statement = (
        select(User.id)
        .join(Membership, and_(Membership.user_id == User.id, Membership.room_id == room_id))
        .where(or_(Membership.state == MembershipState.ACTIVE, did_something))
    )
    if after is not None:
        further = and_(User.name_key == after[0], User.id > after[1])
        statement = statement.where(or_(User.name_key > after[0], further))
    return statement.order_by(User.name_key, User.id).limit(size + 1)


_COUNTED: dict[str, tuple[Activity, ...]] = {
    "asked": _ASKED,
    "answers": (Activity.ANSWER_WRITTEN,),
    "comments": (Activity.COMMENT_WRITTEN,),
    "votes": _VOTED,
    "endorsed": (Activity.ENDORSEMENT_RECEIVED,),
    "endorsements_given": (Activity.ENDORSEMENT_GIVEN,),
}


def _counted_here(room_id: int, since: datetime | None, only: Select[int] | None) -> list[ColumnElement[bool]]:
    # Whoever compares somebody's numbers with what stands under the name would find who writes under a pseudonym.
    conditions = [
        ParticipationEntry.room_id == room_id,
        ParticipationEntry.voided_at.is_(None),
        ParticipationEntry.under_pseudonym.is_(False),
    ]
    if since is not None:
        conditions.append(ParticipationEntry.occurred_at >= since)
    if only is not None:
        conditions.append(ParticipationEntry.user_id.in_(only))
    return conditions


def _counts(counted: list[ColumnElement[bool]]) -> Subquery:
    entry = ParticipationEntry
    return (
        select(
            entry.user_id,
            *(func.count().filter(entry.activity.in_(kinds)).label(name) for name, kinds in _COUNTED.items()),
            func.max(entry.occurred_at).label("last_at"),
        )
        .where(*counted)
        .group_by(entry.user_id)
        .subquery("counts")
    )


def _attended(counted: list[ColumnElement[bool]]) -> Subquery:
    """Seconds covered by at least one stretch: each adds what lies beyond the end of all that began before it."""
    entry = ParticipationEntry
    start = epoch_second(entry.started_at)
    spans = (
        select(entry.user_id, start.label("start"), (start + entry.seconds).label("finish"))
        .where(*counted, entry.activity == Activity.SESSION_ATTENDED)
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


def _members_after(
    room_id: int, since: datetime | None, sort: MemberSort, cursor: str | None, size: int
) -> list[MemberLine]:
    by_name = sort == MemberSort.NAME
    after = decode_cursor(cursor, str if by_name else int, int)
    if by_name:
        table = _member_table(room_id, since, _page_by_name(room_id, since, after, size))
        statement = select(table).order_by(table.c.name_key, table.c.user_id)
    else:
        table = _member_table(room_id, since, None)
        column = table.c["seconds" if sort == MemberSort.MINUTES else sort.value]
        statement = select(table).order_by(column.desc(), table.c.user_id).limit(size + 1)
        if after is not None:
            statement = statement.where(or_(column < after[0], and_(column == after[0], table.c.user_id > after[1])))
    return [_member(row) for row in db.session.execute(statement).mappings()]


def _member(row: Any) -> MemberLine:
    return MemberLine(**{**row, "is_active": bool(row["is_active"]), "seconds": int(row["seconds"])})


def _key_of(line: MemberLine, sort: MemberSort) -> tuple[CursorValue, CursorValue]:
    if sort == MemberSort.NAME:
        return line.name_key, line.user_id
    value: int = line.seconds if sort == MemberSort.MINUTES else getattr(line, sort.value)
    return value, line.user_id
