"""Reads of sessions: through the door of their room, in lists, and who leads them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, bindparam, or_, select
from sqlalchemy.orm import aliased, joinedload

from social_cme.accounts.enums import AccountState
from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.core.errors import BadRequest, NotFound
from social_cme.core.pagination import Page, decode_cursor, make_page
from social_cme.core.permissions import require
from social_cme.extensions import db
from social_cme.live.enums import MentorRole, RsvpState, SessionState
from social_cme.live.models import LiveSession, Rsvp, SessionMentor
from social_cme.rooms.enums import MembershipState, RoomRole, Visibility
from social_cme.rooms.models import Membership, Room
from social_cme.rooms.policies import RoomContext, can_read
from social_cme.rooms.queries import door_where, open_prepared

# Every message of a session comes through this door and finds its session; a crowd sends thousands within seconds.
_DOOR_BY_SESSION = door_where(
    Room.id == select(LiveSession.room_id).where(LiveSession.id == bindparam("session_id")).scalar_subquery()
)
_SESSION = select(LiveSession).where(
    LiveSession.id == bindparam("session_id"), LiveSession.room_id == bindparam("room_id")
)
# The key may still be referred to meanwhile: heartbeats need not wait.
_SESSION_LOCKED = _SESSION.with_for_update(key_share=True)
_LEADING = (RoomRole.MENTOR, RoomRole.COORDINATOR)


def enter_session(actor: User | None, session_id: int) -> RoomContext:
    """Open the room of a session for the faces that know its id alone; raise ``NotFound`` when absent or hidden."""
    ctx = open_prepared(actor, _DOOR_BY_SESSION, session_id=session_id)
    require(can_read(ctx))
    return ctx


def find_slug(session_id: int) -> str:
    """Return the slug of a session's room; only for those who may follow its channel."""
    statement = select(Room.slug).join(LiveSession, LiveSession.room_id == Room.id).where(LiveSession.id == session_id)
    return db.session.scalar(statement) or ""


def access_session(ctx: RoomContext, session_id: int, *, lock: bool = False) -> LiveSession:
    """Return a session of this room that the person may read; raise ``NotFound`` for one that is absent or elsewhere.

    With ``lock`` everything that is written in the session happens one after the other.
    """
    require(can_read(ctx))
    statement = _SESSION_LOCKED if lock else _SESSION
    session = db.session.scalar(statement, {"session_id": session_id, "room_id": ctx.room_id})
    if session is None:
        raise NotFound
    return session


def with_room(sessions: Sequence[LiveSession]) -> list[LiveSession]:
    """Return sessions that the caller may read together with their rooms."""
    ids = [one.id for one in sessions]
    statement = select(LiveSession).options(joinedload(LiveSession.room)).where(LiveSession.id.in_(ids))
    return list(db.session.scalars(statement.execution_options(populate_existing=True)))


def sessions_by_id(ids: Collection[int]) -> dict[int, LiveSession]:
    """Return some sessions as the database has them now; only for facts that their channel already guards."""
    if not ids:
        return {}
    statement = select(LiveSession).where(LiveSession.id.in_(list(ids))).execution_options(populate_existing=True)
    return {session.id: session for session in db.session.scalars(statement)}


def mentor_ids(session_id: int) -> set[int]:
    """Return the ids of the people who lead a session."""
    return set(db.session.scalars(select(SessionMentor.user_id).where(SessionMentor.session_id == session_id)))


class Mentors(list[User]):
    """The people who lead one session: its mentors, then its co-mentors, each in the order in which they were named."""

    def __init__(self) -> None:
        super().__init__()
        self.co_mentor_ids: set[int] = set()


def list_mentors(session_ids: Collection[int]) -> dict[int, Mentors]:
    """Return who leads each of some sessions."""
    found: dict[int, Mentors] = {session_id: Mentors() for session_id in session_ids}
    if found:
        rows = db.session.execute(
            select(SessionMentor.session_id, SessionMentor.role, User)
            .join(User, User.id == SessionMentor.user_id)
            .where(SessionMentor.session_id.in_(list(found)))
            .order_by(SessionMentor.role != MentorRole.LEAD, SessionMentor.id)
        )
        for session_id, role, user in rows:
            found[session_id].append(user)
            if role == MentorRole.CO_MENTOR:
                found[session_id].co_mentor_ids.add(user.id)
    return found


def list_possible_mentors(ctx: RoomContext) -> list[User]:
    """Return who may lead a session of this room: its mentors and coordinators."""
    return list(
        db.session.scalars(
            select(User)
            .join(Membership, Membership.user_id == User.id)
            .where(
                Membership.room_id == ctx.room_id,
                Membership.state == MembershipState.ACTIVE,
                Membership.role.in_(_LEADING),
                User.state == AccountState.ACTIVE,
            )
            .order_by(User.display_name, User.id)
        )
    )


def list_upcoming(ctx: RoomContext, *, limit: int = 50) -> list[LiveSession]:
    """Return the running and coming sessions of this room, the next first; of a series the one that comes next."""
    require(can_read(ctx))
    statement = _ordered(_next_ahead(clock.now())).where(LiveSession.room_id == ctx.room_id)
    return list(db.session.scalars(statement.limit(limit)))


def list_past(ctx: RoomContext, *, cursor: str | None = None, limit: int = 20) -> Page[LiveSession]:
    """Return the sessions of this room that are over, canceled or were never held, the latest first."""
    require(can_read(ctx))
    statement = select(LiveSession).where(LiveSession.room_id == ctx.room_id, ~_ahead(clock.now()))
    return _page(statement, cursor=cursor, limit=limit)


def list_sessions(ctx: RoomContext, *, cursor: str | None = None, limit: int = 20) -> Page[LiveSession]:
    """Return every session of this room, the latest start first."""
    require(can_read(ctx))
    return _page(select(LiveSession).where(LiveSession.room_id == ctx.room_id), cursor=cursor, limit=limit)


def list_mine(actor: User | None, *, limit: int = 20) -> list[LiveSession]:
    """Return the running and coming sessions of the rooms somebody belongs to; strangers get those of public rooms.

    Of a series it is the one that comes next.
    """
    statement = _ordered(_next_ahead(clock.now())).options(joinedload(LiveSession.room))
    return list(db.session.scalars(statement.where(_within_reach(actor)).limit(limit)))


def list_recent(actor: User | None, *, limit: int = 5) -> list[LiveSession]:
    """Return the sessions that ended last in the rooms somebody belongs to; strangers get those of public rooms."""
    statement = select(LiveSession).options(joinedload(LiveSession.room)).where(LiveSession.state == SessionState.ENDED)
    ordered = statement.where(_within_reach(actor)).order_by(LiveSession.ended_at.desc(), LiveSession.id.desc())
    return list(db.session.scalars(ordered.limit(limit)))


def list_next_by_room(room_ids: Collection[int]) -> dict[int, LiveSession]:
    """Return the running or next session of each of some rooms that the caller may read."""
    found: dict[int, LiveSession] = {}
    if room_ids:
        for session in db.session.scalars(_ordered(_ahead(clock.now())).where(LiveSession.room_id.in_(list(room_ids)))):
            found.setdefault(session.room_id, session)
    return found


def going_to(actor_id: int | None, session_ids: Iterable[int]) -> set[int]:
    """Return those of some sessions to which somebody said to come."""
    ids = list(session_ids)
    if actor_id is None or not ids:
        return set()
    statement = select(Rsvp.session_id).where(
        Rsvp.user_id == actor_id, Rsvp.session_id.in_(ids), Rsvp.state == RsvpState.GOING
    )
    return set(db.session.scalars(statement))


def _ahead(moment: datetime, of: type[LiveSession] = LiveSession) -> ColumnElement[bool]:
    """Tell in SQL whether a session is running, or planned and not yet past its end."""
    planned = and_(of.state == SessionState.SCHEDULED, of.ends_at > moment)
    return or_(of.state == SessionState.LIVE, planned)


def _next_ahead(moment: datetime) -> ColumnElement[bool]:
    """As ``_ahead``, leaving out what has an earlier session of its series before it."""
    earlier = aliased(LiveSession)
    has_earlier = (
        select(earlier.id)
        .where(
            earlier.series_id == LiveSession.series_id,
            _ahead(moment, earlier),
            or_(
                earlier.starts_at < LiveSession.starts_at,
                and_(earlier.starts_at == LiveSession.starts_at, earlier.id < LiveSession.id),
            ),
        )
        .exists()
    )
    return and_(_ahead(moment), ~has_earlier)


def _ordered(condition: ColumnElement[bool]) -> Select[LiveSession]:
    running_first = (LiveSession.state != SessionState.LIVE, LiveSession.starts_at, LiveSession.id)
    return select(LiveSession).where(condition).order_by(*running_first)


def _within_reach(actor: User | None) -> ColumnElement[bool]:
    if actor is None:
        public = select(Room.id).where(Room.visibility == Visibility.PUBLIC, Room.is_archived.is_(False))
        return LiveSession.room_id.in_(public)
    mine = select(Membership.room_id).where(Membership.user_id == actor.id, Membership.state == MembershipState.ACTIVE)
    return LiveSession.room_id.in_(mine)


def _page(statement: Select[LiveSession], *, cursor: str | None, limit: int) -> Page[LiveSession]:
    after = decode_cursor(cursor, str, int)
    if after is not None:
        moment = _moment(str(after[0]))
        same = and_(LiveSession.starts_at == moment, LiveSession.id < after[1])
        statement = statement.where(or_(LiveSession.starts_at < moment, same))
    ordered = statement.order_by(LiveSession.starts_at.desc(), LiveSession.id.desc()).limit(limit + 1)
    rows = list(db.session.scalars(ordered))
    return make_page(rows, limit=limit, key=lambda one: (one.starts_at.isoformat(), one.id))


def _moment(value: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise BadRequest("This page address is not valid. Start again from the first page.") from error
    if moment.tzinfo is None:
        raise BadRequest("This page address is not valid. Start again from the first page.")
    return moment
