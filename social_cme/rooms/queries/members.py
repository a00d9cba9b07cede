"""Reads of a room's members, requests and invitations; each begins with the opened room."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, case, func, select, tuple_
from sqlalchemy.orm import contains_eager, joinedload

from social_cme.accounts.enums import AccountState
from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.core.errors import NotFound
from social_cme.core.ids import token_hash
from social_cme.core.pagination import Page, clamp_limit, decode_cursor, make_page
from social_cme.core.permissions import require
from social_cme.extensions import db
from social_cme.rooms.enums import MembershipState, RoomRole
from social_cme.rooms.models import Invitation, Membership, Room
from social_cme.rooms.policies import RoomContext, can_manage_room, can_read
from social_cme.rooms.rules import OPEN_INVITATIONS_LIMIT, search_words

_RANKS: tuple[str, ...] = (RoomRole.COORDINATOR, RoomRole.MENTOR, RoomRole.LEARNER)
_RANK = case({role: rank for rank, role in enumerate(_RANKS)}, value=Membership.role, else_=len(_RANKS))


def list_members(
    ctx: RoomContext, *, words: str = "", cursor: str | None = None, limit: int | None = None
) -> Page[Membership]:
    """Return a page of the active members with their people: coordinators, mentors, then learners, by name."""
    require(can_read(ctx))
    size = clamp_limit(limit, default=30)
    after = decode_cursor(cursor, int, str, int)
    conditions = [Membership.state == MembershipState.ACTIVE, User.state == AccountState.ACTIVE]
    conditions += [User.display_name.icontains(word, autoescape=True) for word in search_words(words)]
    if after is not None:
        conditions.append(tuple_(_RANK, User.name_key, Membership.id) > tuple_(*after))
    statement = (
        select(Membership)
        .join(Membership.user)
        .options(contains_eager(Membership.user))
        .where(Membership.room_id == ctx.room_id, *conditions)
        .order_by(_RANK, User.name_key, Membership.id)
        .limit(size + 1)
    )
    rows = db.session.scalars(statement).all()
    return make_page(rows, limit=size, key=lambda one: (_RANKS.index(one.role), one.user.name_key, one.id))


def list_guides(ctx: RoomContext) -> list[Membership]:
    """Return the mentors and then the coordinators with their people and disclosures; part of the room's open page."""
    statement = (
        select(Membership)
        .join(Membership.user)
        .options(contains_eager(Membership.user))
        .where(
            Membership.room_id == ctx.room_id,
            Membership.state == MembershipState.ACTIVE,
            Membership.role.in_((RoomRole.MENTOR, RoomRole.COORDINATOR)),
            User.state == AccountState.ACTIVE,
        )
        .order_by(_RANK.desc(), Membership.joined_at, Membership.id)
    )
    return list(db.session.scalars(statement))


def list_requests(ctx: RoomContext, *, cursor: str | None = None, limit: int | None = None) -> Page[Membership]:
    """Return a page of the people who ask to be let in, the longest waiting first; for coordinators."""
    return _people_in(ctx, MembershipState.REQUESTED, cursor=cursor, limit=limit)


def list_banned(ctx: RoomContext, *, cursor: str | None = None, limit: int | None = None) -> Page[Membership]:
    """Return a page of the people who were shut out, with the reasons; for coordinators."""
    return _people_in(ctx, MembershipState.BANNED, cursor=cursor, limit=limit)


def count_requests(ctx: RoomContext) -> int:
    """Return how many people ask to be let in, 0 for those who could not decide on it."""
    if not can_manage_room(ctx):
        return 0
    statement = select(func.count()).where(
        Membership.room_id == ctx.room_id, Membership.state == MembershipState.REQUESTED
    )
    return db.session.scalar(statement) or 0


def access_member(ctx: RoomContext, user_id: int, *, lock: bool = False) -> Membership:
    """Return somebody's membership of this room with the person, whatever its state; raise ``NotFound`` without one."""
    statement = (
        select(Membership)
        .join(Membership.user)
        .options(contains_eager(Membership.user))
        .where(Membership.room_id == ctx.room_id, Membership.user_id == user_id)
    )
    if lock:
        statement = statement.with_for_update(of=Membership).execution_options(populate_existing=True)
    found = db.session.scalar(statement)
    if found is None:
        raise NotFound
    return found


def find_membership(room_id: int, user_id: int) -> Membership | None:
    """Return somebody's row in a room as it is now, also one that came to be after the door was opened."""
    statement = (
        select(Membership)
        .options(joinedload(Membership.user))
        .where(Membership.room_id == room_id, Membership.user_id == user_id)
    )
    return db.session.scalar(statement.execution_options(populate_existing=True))


def lock_room(room_id: int) -> Room:
    """Return the room locked until the end of the transaction, so that its memberships change one after the other."""
    statement = select(Room).where(Room.id == room_id).with_for_update()
    return db.session.scalars(statement.execution_options(populate_existing=True)).one()


def count_coordinators(ctx: RoomContext) -> int:
    """Return how many people run the room; stays true until the commit only while the room is locked."""
    statement = (
        select(func.count())
        .select_from(Membership)
        .join(User, User.id == Membership.user_id)
        .where(
            Membership.room_id == ctx.room_id,
            Membership.state == MembershipState.ACTIVE,
            Membership.role == RoomRole.COORDINATOR,
            User.state == AccountState.ACTIVE,
        )
    )
    return db.session.scalar(statement) or 0


def list_coordinators(ctx: RoomContext) -> Sequence[User]:
    """Return the people who run the room."""
    statement = (
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.room_id == ctx.room_id,
            Membership.state == MembershipState.ACTIVE,
            Membership.role == RoomRole.COORDINATOR,
            User.state == AccountState.ACTIVE,
        )
        .order_by(Membership.joined_at, Membership.id)
    )
    return db.session.scalars(statement).all()


def list_open_invitations(ctx: RoomContext) -> list[Invitation]:
    """Return the invitations that can still be used, the newest first; for coordinators."""
    require(can_manage_room(ctx))
    statement = (
        select(Invitation)
        .options(joinedload(Invitation.invited_by))
        .where(Invitation.room_id == ctx.room_id, *_usable())
        .order_by(Invitation.id.desc())
        .limit(OPEN_INVITATIONS_LIMIT)
    )
    return list(db.session.scalars(statement))


def count_open_invitations(ctx: RoomContext) -> int:
    """Return how many invitations can still be used."""
    statement = select(func.count()).where(Invitation.room_id == ctx.room_id, *_usable())
    return db.session.scalar(statement) or 0


def find_invitation(token: str) -> Invitation | None:
    """Return the invitation behind a mailed secret with its room, whatever its state."""
    if not token or len(token) > 100:
        return None
    statement = (
        select(Invitation)
        .options(joinedload(Invitation.room), joinedload(Invitation.invited_by))
        .where(Invitation.token_hash == token_hash(token))
    )
    return db.session.scalar(statement)


def _usable() -> list[ColumnElement[bool]]:
    return [Invitation.used_at.is_(None), Invitation.revoked_at.is_(None), Invitation.expires_at > clock.now()]


def _people_in(ctx: RoomContext, state: str, *, cursor: str | None, limit: int | None) -> Page[Membership]:
    require(can_manage_room(ctx))
    size = clamp_limit(limit)
    after = decode_cursor(cursor, int)
    statement = (
        select(Membership)
        .options(joinedload(Membership.user))
        .where(Membership.room_id == ctx.room_id, Membership.state == state)
        .order_by(Membership.id)
        .limit(size + 1)
    )
    if after is not None:
        statement = statement.where(Membership.id > after[0])
    return make_page(db.session.scalars(statement).all(), limit=size, key=lambda one: (one.id,))
