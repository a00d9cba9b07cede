"""What the home page says: what happens now, who needs the reader, where the reader stands.

Rule: every list asks the database once, however many rooms, threads and sessions there are, and never names what the reader
may not read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, and_, exists, false, func, or_, select

from social_cme.accounts.enums import SiteRole
from social_cme.accounts.models import User
from social_cme.cme.queries.mine import list_moments
from social_cme.cme.rules import Period, Totals, quarter_of, totals
from social_cme.core import clock
from social_cme.discussions.enums import ThreadKind, ThreadStatus
from social_cme.discussions.models import ReadMark, Thread
from social_cme.discussions.queries.recall import count_due
from social_cme.extensions import db
from social_cme.live.enums import SessionState
from social_cme.live.models import LiveSession
from social_cme.live.queries.sessions import going_to, list_mentors, list_mine, list_next_by_room
from social_cme.moderation.models import Flag
from social_cme.rooms.enums import MembershipState, RoomRole
from social_cme.rooms.models import Membership, Room
from social_cme.rooms.queries.directory import RoomRow, list_own_rooms, list_rooms, readable_by
from social_cme.rooms.queries.notes import RoomNote

MOST_WAITING = 5
MOST_NEW = 6
OPEN_ROOMS_SHOWN = 4
# Older questions are found in their rooms; on the home page they would hide the ones that still wait for somebody.
WAITING_DAYS = 90
NEWS_DAYS = 30


@dataclass(frozen=True, slots=True)
class NextSession:
    """The live session that runs now or comes next."""

    session: LiveSession
    mentors: Sequence[User]
    is_going: bool

    @property
    def is_live(self) -> bool:
        """Whether it runs now."""
        return self.session.state == SessionState.LIVE


@dataclass(frozen=True, slots=True)
class ThreadNews:
    """A thread on the home page."""

    id: int
    title: str
    kind: str
    room_slug: str
    room_name: str
    created_at: datetime
    last_activity_at: datetime
    answer_count: int
    in_my_specialty: bool
    in_my_room: bool


@dataclass(frozen=True, slots=True)
class RoomTask:
    """Something that waits in a room for those who look after it."""

    room_slug: str
    room_name: str
    count: int


@dataclass(frozen=True, slots=True)
class Needs:
    """Who needs the reader."""

    waiting: Sequence[ThreadNews]
    requests: Sequence[RoomTask]
    flags: Sequence[RoomTask]
    undisclosed: Sequence[RoomRow]
    cards: int = 0

    def __bool__(self) -> bool:
        return bool(self.cards or self.waiting or self.requests or self.flags or self.undisclosed)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the reader stands in the present quarter."""

    quarter: Period
    done: Totals


@dataclass(frozen=True, slots=True)
class Home:
    """Everything on a member's home page."""

    next_session: NextSession | None
    needs: Needs
    standing: Standing
    news: Sequence[ThreadNews]
    rooms: Sequence[RoomRow]
    other_rooms: Sequence[RoomRow]


def load_home(actor: User) -> Home:
    """Return a member's home page."""
    rooms = list_own_rooms(actor)
    return Home(
        next_session=find_next_session(actor),
        needs=Needs(
            waiting=list_waiting(actor),
            requests=_count_requests(actor),
            flags=_count_flags(actor),
            undisclosed=[row for row in rooms if _lacks_disclosure(row.membership)],
            cards=count_due(actor),
        ),
        standing=find_standing(actor),
        news=list_news(actor),
        rooms=rooms,
        other_rooms=() if rooms else list_rooms(actor, limit=OPEN_ROOMS_SHOWN).items,
    )


def find_next_session(actor: User | None) -> NextSession | None:
    """Return the session that runs now or comes next in the reader's rooms; a stranger's are the public ones."""
    found = list_mine(actor, limit=1)
    if not found:
        return None
    [session] = found
    mentors = list_mentors([session.id])[session.id]
    going = going_to(actor.id if actor is not None else None, [session.id])
    return NextSession(session, mentors, is_going=session.id in going)


def list_waiting(actor: User, *, limit: int = MOST_WAITING) -> list[ThreadNews]:
    """Return open cases and questions nobody has answered, in the reader's rooms or specialty, the longest waiting first."""
    mine = _own_rooms(actor)
    specialty = and_(Room.specialty == actor.specialty, readable_by(actor)) if actor.specialty else false()
    found = db.session.execute(
        _threads(actor)
        .where(
            Thread.status == ThreadStatus.OPEN,
            Thread.answer_count == 0,
            Thread.kind.in_((ThreadKind.CASE, ThreadKind.QUESTION)),
            Thread.hidden_at.is_(None),
            Thread.locked_at.is_(None),
            Thread.author_id != actor.id,
            Thread.created_at > clock.now() - timedelta(days=WAITING_DAYS),
            Room.is_archived.is_(False),
            or_(Thread.room_id.in_(mine), specialty),
        )
        .order_by(Thread.created_at, Thread.id)
        .limit(limit)
    )
    return [ThreadNews(*row) for row in found]


def list_news(actor: User, *, limit: int = MOST_NEW) -> list[ThreadNews]:
    """Return threads of the reader's rooms in which something is unread, the most recently active first.

    Those are threads that went on since the reader was there, and young ones that came after the reader and were never opened.
    """
    own = and_(
        Membership.room_id == Thread.room_id,
        Membership.user_id == actor.id,
        Membership.state == MembershipState.ACTIVE,
    )
    mark = and_(ReadMark.thread_id == Thread.id, ReadMark.user_id == actor.id)
    in_my_rooms = _threads(actor).join(Membership, own).where(Thread.hidden_at.is_(None))
    went_on = (
        in_my_rooms.join(ReadMark, mark)
        .where(ReadMark.last_post_id < Thread.last_post_id)
        .order_by(Thread.last_activity_at.desc(), Thread.id.desc())
    )
    never_opened = in_my_rooms.where(
        ~exists().where(mark),
        Thread.author_id != actor.id,
        Thread.created_at > Membership.joined_at,
        Thread.created_at > clock.now() - timedelta(days=NEWS_DAYS),
    ).order_by(Thread.created_at.desc(), Thread.id.desc())
    found = [ThreadNews(*row) for part in (went_on, never_opened) for row in db.session.execute(part.limit(limit))]
    return sorted(found, key=lambda one: (one.last_activity_at, one.id), reverse=True)[:limit]


def find_standing(actor: User) -> Standing:
    """Return what counts of the reader's participation in the present quarter of their zone."""
    zone = ZoneInfo(actor.time_zone)
    quarter = quarter_of(clock.now().astimezone(zone).date(), zone)
    moments = list_moments(actor, since=quarter.start)
    return Standing(quarter, totals(moments, start=quarter.start, end=quarter.end))


def room_notes(room_ids: Sequence[int]) -> Mapping[int, RoomNote]:
    """Return how many threads wait for an answer in each room, and its next session."""
    statement = (
        select(Thread.room_id, func.count())
        .where(
            Thread.room_id.in_(room_ids),
            Thread.status == ThreadStatus.OPEN,
            Thread.answer_count == 0,
            Thread.kind.in_((ThreadKind.CASE, ThreadKind.QUESTION)),
            Thread.hidden_at.is_(None),
        )
        .group_by(Thread.room_id)
    )
    waiting = {room_id: count for room_id, count in db.session.execute(statement)}  # noqa: C416
    sessions = list_next_by_room(room_ids)
    notes: dict[int, RoomNote] = {}
    for room_id in room_ids:
        coming = sessions.get(room_id)
        notes[room_id] = RoomNote(
            unanswered=waiting.get(room_id, 0),
            live_at=coming.starts_at if coming is not None else None,
            is_live=coming is not None and coming.state == SessionState.LIVE,
        )
    return notes


def _threads(actor: User) -> Select[Any]:
    """Select what ``ThreadNews`` holds, field by field: the texts of a thread are long and not shown here."""
    columns: tuple[Any, ...] = (
        Thread.id,
        Thread.title,
        Thread.kind,
        Room.slug,
        Room.name,
        Thread.created_at,
        Thread.last_activity_at,
        Thread.answer_count,
        Room.specialty == actor.specialty,
        Thread.room_id.in_(_own_rooms(actor)),
    )
    return select(*columns).join(Room, Room.id == Thread.room_id)


def _own_rooms(actor: User) -> Select[int]:
    return select(Membership.room_id).where(Membership.user_id == actor.id, Membership.state == MembershipState.ACTIVE)


def _count_requests(actor: User) -> list[RoomTask]:
    own = Membership.__table__.alias("own")
    coordinates = exists().where(
        own.c.room_id == Membership.room_id,
        own.c.user_id == actor.id,
        own.c.state == MembershipState.ACTIVE,
        own.c.role == RoomRole.COORDINATOR,
    )
    statement = (
        select(Room.slug, Room.name, func.count())
        .join(Membership, Membership.room_id == Room.id)
        .where(Membership.state == MembershipState.REQUESTED, coordinates)
        .group_by(Room.id, Room.slug, Room.name)
        .order_by(Room.name, Room.id)
    )
    return [RoomTask(*row) for row in db.session.execute(statement)]


def _count_flags(actor: User) -> list[RoomTask]:
    guides = select(Membership.room_id).where(
        Membership.user_id == actor.id,
        Membership.state == MembershipState.ACTIVE,
        Membership.role.in_((RoomRole.MENTOR, RoomRole.COORDINATOR)),
    )
    statement = (
        select(Room.slug, Room.name, func.count())
        .join(Flag, Flag.room_id == Room.id)
        .where(Flag.resolved_at.is_(None))
        .group_by(Room.id, Room.slug, Room.name)
        .order_by(func.count().desc(), Room.id)
    )
    if actor.site_role not in {SiteRole.MODERATOR, SiteRole.ADMINISTRATOR}:
        statement = statement.where(Room.id.in_(guides))
    return [RoomTask(*row) for row in db.session.execute(statement.limit(20))]


def _lacks_disclosure(membership: Membership | None) -> bool:
    return membership is not None and membership.role == RoomRole.MENTOR and not membership.disclosure
