"""Cases and questions that nobody has answered, over all the rooms that a reader may read.

Rule: the longest waiting come first, and a page costs one statement however many rooms there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, literal, or_, select, tuple_

from social_cme.accounts.models import User
from social_cme.core.pagination import Page, decode_cursor, make_page
from social_cme.discussions.enums import ThreadKind, ThreadStatus
from social_cme.discussions.models import Escalation, Thread, ThreadTag
from social_cme.discussions.queries.threads import clock_key, cursor_moment
from social_cme.extensions import db
from social_cme.rooms.models import Room
from social_cme.rooms.queries.directory import readable_by


@dataclass(frozen=True, slots=True)
class WaitingThread:
    """A thread that waits for its first answer; of its text only what a list shows."""

    id: int
    kind: str
    title: str
    excerpt: str
    created_at: datetime
    room_slug: str
    room_name: str
    specialty: str
    mentors_told_at: datetime | None
    answer_due_at: datetime | None


# What has waited for months is found in the queue; news of it would help nobody.
OLDEST_NEWS = timedelta(days=90)
MOST_NEWS = 200

_COLUMNS = (
    Thread.id,
    Thread.kind,
    Thread.title,
    Thread.excerpt,
    Thread.created_at,
    Room.slug,
    Room.name,
    Room.specialty,
    Escalation.mentors_told_at,
    Thread.answer_due_at,
)


def waits_for_an_answer() -> list[ColumnElement[bool]]:
    """Return the conditions on ``Thread`` and its ``Room`` that somebody could still give the first answer."""
    return [
        Thread.status == ThreadStatus.OPEN,
        Thread.answer_count == 0,
        Thread.kind.in_((ThreadKind.CASE, ThreadKind.QUESTION)),
        Thread.hidden_at.is_(None),
        Thread.locked_at.is_(None),
        Room.is_archived.is_(False),
    ]


def list_waiting(
    actor: User | None, *, room: str = "", specialty: str = "", cursor: str | None = None, limit: int = 20
) -> Page[WaitingThread]:
    """Return what waits in the rooms *actor* may read, narrowed to the slug of a *room* and a *specialty*.

    A thread is of a specialty when its room is, or when it is tagged so.
    """
    statement = (
        select(*_COLUMNS)
        .join(Room, Room.id == Thread.room_id)
        .outerjoin(Escalation, Escalation.thread_id == Thread.id)
        .where(readable_by(actor), *waits_for_an_answer())
    )
    if room:
        statement = statement.where(Room.slug == room)
    if specialty:
        tagged = exists().where(ThreadTag.thread_id == Thread.id, ThreadTag.key == specialty.replace("_", "-"))
        statement = statement.where(or_(Room.specialty == specialty, tagged))
    after = decode_cursor(cursor, str, int)
    if after is not None:
        place = literal(cursor_moment(str(after[0])), Thread.created_at.type), literal(after[1], Thread.id.type)
        statement = statement.where(tuple_(Thread.created_at, Thread.id) > tuple_(*place))
    rows = db.session.execute(statement.order_by(Thread.created_at, Thread.id).limit(limit + 1))
    found = [WaitingThread(*tuple(row)) for row in rows]
    return make_page(found, limit=limit, key=lambda one: (clock_key(one.created_at), one.id))


def list_waiting_rooms(actor: User | None) -> Sequence[Room]:
    """Return the rooms *actor* may read in which something waits, by name; for the choice of a room."""
    waiting = select(Thread.room_id).join(Room, Room.id == Thread.room_id).where(*waits_for_an_answer())
    statement = select(Room).where(readable_by(actor), Room.id.in_(waiting)).order_by(Room.name, Room.id)
    return db.session.scalars(statement.limit(200)).all()


def list_overdue(moment: datetime) -> list[int]:
    """Return threads that at *moment* have waited longer than their room allows and were not told of, the oldest first.

    The rooms' limits are asked for first, because databases disagree about how to add hours to a moment.
    """
    limits = db.session.scalars(select(Room.escalation_hours).where(Room.escalation_hours > 0).distinct()).all()
    if not limits:
        return []
    statement = (
        select(Thread.id)
        .join(Room, Room.id == Thread.room_id)
        .outerjoin(Escalation, Escalation.thread_id == Thread.id)
        .where(
            *waits_for_an_answer(),
            Thread.created_at > moment - OLDEST_NEWS,
            or_(*(_is_due(moment, hours) for hours in limits)),
        )
        .order_by(Thread.created_at, Thread.id)
    )
    return list(db.session.scalars(statement.limit(MOST_NEWS)))


def _is_due(moment: datetime, hours: int) -> ColumnElement[bool]:
    mentors = and_(Escalation.id.is_(None), _waited(moment, timedelta(hours=hours), timedelta()))
    coordinators = and_(
        Escalation.id.is_not(None),
        Escalation.coordinators_told_at.is_(None),
        _waited(moment, timedelta(hours=2 * hours), timedelta(hours=hours)),
    )
    return and_(Room.escalation_hours == hours, or_(mentors, coordinators))


def _waited(moment: datetime, since_asked: timedelta, since_due: timedelta) -> ColumnElement[bool]:
    """Tell whether so much has passed: since it was asked, or since an answer was due where a day was named."""
    asked = and_(Thread.answer_due_at.is_(None), Thread.created_at <= moment - since_asked)
    return or_(asked, Thread.answer_due_at <= moment - since_due)
