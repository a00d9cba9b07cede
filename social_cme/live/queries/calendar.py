"""Reads of calendars: one session as an entry, and what a person's feed holds.

Rule: a feed is read without a log-in, so what its owner may read is asked anew at each reading.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from social_cme.accounts.enums import AccountState
from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.core.errors import NotFound
from social_cme.core.ids import token_hash
from social_cme.extensions import db
from social_cme.live.enums import RsvpState, SessionState
from social_cme.live.models import CalendarFeed, LiveSession, Rsvp, SessionMentor
from social_cme.live.queries.rsvps import waiting_for
from social_cme.live.queries.sessions import going_to, list_mentors
from social_cme.live.rules import Entry
from social_cme.rooms.enums import MembershipState
from social_cme.rooms.models import Membership, Room
from social_cme.rooms.queries.directory import readable_by

LOOK_BACK = timedelta(days=90)
MOST_ENTRIES = 1_000
LONGEST_TOKEN = 100


def find_feed(user_id: int) -> CalendarFeed | None:
    """Return the feed of a person, who may have none."""
    return db.session.scalar(select(CalendarFeed).where(CalendarFeed.user_id == user_id))


def access_feed(token: str) -> tuple[CalendarFeed, User]:
    """Return the feed behind a secret with its owner; raise ``NotFound`` for one that is wrong or has ended."""
    if not 0 < len(token) <= LONGEST_TOKEN:
        raise NotFound
    statement = (
        select(CalendarFeed, User)
        .join(User, User.id == CalendarFeed.user_id)
        .where(CalendarFeed.token_hash == token_hash(token), User.state == AccountState.ACTIVE)
    )
    found = db.session.execute(statement).one_or_none()
    if found is None:
        raise NotFound
    feed, user = found
    return feed, user


def list_feed(user: User, *, all_sessions: bool) -> list[LiveSession]:
    """Return the sessions of somebody's feed with their rooms: of the last 90 days and all to come, the latest last.

    Those they come to, wait for or lead, or all of the rooms they belong to; always only of rooms they may read now.
    """
    said = select(Rsvp.session_id).where(Rsvp.user_id == user.id, Rsvp.state.in_((RsvpState.GOING, RsvpState.WAITING)))
    led = select(SessionMentor.session_id).where(SessionMentor.user_id == user.id)
    wanted = or_(LiveSession.id.in_(said), LiveSession.id.in_(led))
    if all_sessions:
        mine = select(Membership.room_id).where(
            Membership.user_id == user.id, Membership.state == MembershipState.ACTIVE
        )
        wanted = or_(wanted, LiveSession.room_id.in_(mine))
    statement = (
        select(LiveSession)
        .join(Room, Room.id == LiveSession.room_id)
        .options(joinedload(LiveSession.room))
        .where(wanted, readable_by(user), LiveSession.ends_at > clock.now() - LOOK_BACK)
        .order_by(LiveSession.starts_at, LiveSession.id)
        .limit(MOST_ENTRIES)
    )
    return list(db.session.scalars(statement))


def entries_of(
    sessions: Sequence[LiveSession], reader: User | None, *, address_of: Callable[[LiveSession], str]
) -> list[Entry]:
    """Return sessions, loaded with their rooms, as entries of a calendar; in a number of statements that does not grow.

    An alarm rings only for whoever comes or leads; a place in line is told as tentative.
    """
    ids = [one.id for one in sessions]
    mentors = list_mentors(ids)
    reader_id = reader.id if reader is not None else None
    going, waiting = going_to(reader_id, ids), set(waiting_for(reader_id, ids))
    entries = []
    for one in sessions:
        leads = any(mentor.id == reader_id for mentor in mentors[one.id])
        entries.append(
            Entry(
                session_id=one.id,
                sequence=one.sequence,
                title=one.title,
                room_name=one.room.name,
                leaders=tuple(mentor.display_name for mentor in mentors[one.id]),
                starts_at=one.starts_at,
                ends_at=one.ends_at,
                time_zone=one.time_zone,
                changed_at=one.changed_at or one.created_at,
                address=address_of(one),
                is_cancelled=one.state == SessionState.CANCELLED,
                is_tentative=one.id in waiting,
                has_alarm=one.state == SessionState.SCHEDULED and (reader is None or leads or one.id in going),
                note="You wait for a place." if one.id in waiting else "",
            )
        )
    return entries
