"""Reads of who will come: one's own place or place in line, who is next, and what sort of people they are."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased

from social_cme.accounts.enums import AccountState
from social_cme.accounts.models import User
from social_cme.extensions import db
from social_cme.live.enums import RsvpState, SessionState
from social_cme.live.models import LiveSession, Rsvp
from social_cme.rooms.enums import MembershipState, RoomRole
from social_cme.rooms.models import Membership


@dataclass(frozen=True, slots=True)
class MyRsvp:
    """What somebody said about one session; ``position`` is the place in line, 1 for the next, while they wait."""

    state: RsvpState | None = None
    position: int | None = None

    @property
    def is_waiting(self) -> bool:
        """Whether the person waits for a place."""
        return self.state == RsvpState.WAITING


def my_rsvp(actor_id: int | None, session_id: int) -> MyRsvp:
    """Return what somebody said about coming, with their place in line; nothing for those who said nothing."""
    if actor_id is None:
        return MyRsvp()
    before = aliased(Rsvp)
    in_line = (
        select(func.count(before.id))
        .where(before.session_id == Rsvp.session_id, before.state == RsvpState.WAITING, before.ticket <= Rsvp.ticket)
        .correlate(Rsvp)
        .scalar_subquery()
    )
    row = db.session.execute(
        select(Rsvp.state, in_line).where(Rsvp.session_id == session_id, Rsvp.user_id == actor_id)
    ).one_or_none()
    if row is None:
        return MyRsvp()
    state = RsvpState(row[0])
    return MyRsvp(state, row[1] if state == RsvpState.WAITING else None)


def waiting_for(actor_id: int | None, session_ids: list[int]) -> set[int]:
    """Return those of some sessions in whose line somebody waits."""
    if actor_id is None or not session_ids:
        return set()
    statement = select(Rsvp.session_id).where(
        Rsvp.user_id == actor_id, Rsvp.session_id.in_(session_ids), Rsvp.state == RsvpState.WAITING
    )
    return set(db.session.scalars(statement))


def find_rsvp(session_id: int, user_id: int) -> Rsvp | None:
    """Return the row of somebody in a session."""
    return db.session.scalar(select(Rsvp).where(Rsvp.session_id == session_id, Rsvp.user_id == user_id))


def next_ticket(session_id: int) -> int:
    """Return the number for whoever joins the line now; exact while the session is locked."""
    return (db.session.scalar(select(func.max(Rsvp.ticket)).where(Rsvp.session_id == session_id)) or 0) + 1


def list_next_in_line(session: LiveSession, *, limit: int) -> list[Rsvp]:
    """Return who gets the next places: those who wait longest, while they are members and the session is for them."""
    statement = (
        select(Rsvp)
        .join(User, User.id == Rsvp.user_id)
        .join(Membership, and_(Membership.user_id == User.id, Membership.room_id == session.room_id))
        .where(Rsvp.session_id == session.id, Rsvp.state == RsvpState.WAITING, *_may_come(session))
        .order_by(Rsvp.ticket, Rsvp.id)
        .limit(limit)
    )
    return list(db.session.scalars(statement))


def list_no_longer_eligible(session: LiveSession) -> list[Rsvp]:
    """Return the members who come or wait although the session is not, or no longer, for them."""
    members = select(Membership.user_id).where(
        Membership.room_id == session.room_id, Membership.state == MembershipState.ACTIVE
    )
    may_come = (
        select(User.id)
        .join(Membership, and_(Membership.user_id == User.id, Membership.room_id == session.room_id))
        .where(*_may_come(session))
    )
    statement = select(Rsvp).where(
        Rsvp.session_id == session.id,
        Rsvp.state.in_((RsvpState.GOING, RsvpState.WAITING)),
        Rsvp.user_id.in_(members),
        Rsvp.user_id.not_in(may_come),
    )
    return list(db.session.scalars(statement.order_by(Rsvp.id)))


def list_places_of(user_id: int, *, room_id: int | None = None) -> list[int]:
    """Return the sessions still to be held, of one room or of all, in which somebody has a place or waits for one."""
    statement = (
        select(Rsvp.session_id)
        .join(LiveSession, LiveSession.id == Rsvp.session_id)
        .where(
            Rsvp.user_id == user_id,
            Rsvp.state.in_((RsvpState.GOING, RsvpState.WAITING)),
            LiveSession.state.in_((SessionState.SCHEDULED, SessionState.LIVE)),
        )
        .order_by(Rsvp.session_id)
    )
    if room_id is not None:
        statement = statement.where(LiveSession.room_id == room_id)
    return list(db.session.scalars(statement))


def count_states(session_id: int) -> dict[str, int]:
    """Count the people of a session by what they said."""
    statement = select(Rsvp.state, func.count(Rsvp.id)).where(Rsvp.session_id == session_id).group_by(Rsvp.state)
    return {row[0]: row[1] for row in db.session.execute(statement)}


def _may_come(session: LiveSession) -> list[ColumnElement[bool]]:
    """Build the conditions of ``policies.can_come`` on the joined ``User`` and ``Membership``, for many people at once."""
    conditions: list[ColumnElement[bool]] = []
    if session.eligible_professions:
        conditions.append(User.profession.in_(session.eligible_professions))
    if session.eligible_stages:
        conditions.append(User.career_stage.in_(session.eligible_stages))
    if session.requires_verified:
        conditions.append(User.verified_profession == User.profession)
    guides = Membership.role.in_((RoomRole.MENTOR, RoomRole.COORDINATOR))
    return [
        Membership.state == MembershipState.ACTIVE,
        User.state == AccountState.ACTIVE,
        *([or_(guides, and_(*conditions))] if conditions else []),
    ]
