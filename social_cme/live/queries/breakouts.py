"""Reads of breakouts: who is in which group, where each group goes, and what a group wrote."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from social_cme.accounts.enums import AccountState
from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.core.errors import NotFound
from social_cme.core.pagination import Page, decode_cursor, make_page
from social_cme.extensions import db
from social_cme.live.enums import BreakoutState, RoundState, RsvpState
from social_cme.live.models import (
    AttendanceInterval,
    Breakout,
    BreakoutGroup,
    BreakoutRound,
    GroupMember,
    GroupMessage,
    LiveSession,
    Meeting,
    Rsvp,
    Station,
)
from social_cme.live.queries.sessions import mentor_ids
from social_cme.live.rules import PRESENT_FOR
from social_cme.rooms.enums import MembershipState
from social_cme.rooms.models import Membership

MESSAGES_SHOWN = 50


@dataclass(slots=True)
class Layout:
    """A breakout with everything in it; members are those who are in a group now, with their accounts."""

    breakout: Breakout
    rounds: list[BreakoutRound] = field(default_factory=list)
    groups: list[BreakoutGroup] = field(default_factory=list)
    stations: list[Station] = field(default_factory=list)
    members: list[GroupMember] = field(default_factory=list)
    meetings: list[Meeting] = field(default_factory=list)

    @property
    def current(self) -> BreakoutRound | None:
        """The round that runs, or the next one while people change places; ``None`` before and after."""
        if self.breakout.state != BreakoutState.RUNNING:
            return None
        return next((one for one in self.rounds if one.state != RoundState.ENDED), None)

    def people(self, group_id: int) -> list[User]:
        """Return who is in a group now."""
        return [one.user for one in self.members if one.group_id == group_id]

    def group_of(self, user_id: int | None) -> BreakoutGroup | None:
        """Return the group that somebody is in now."""
        found = next((one.group_id for one in self.members if one.user_id == user_id), None)
        return next((one for one in self.groups if one.id == found), None)

    def station_of(self, user_id: int | None) -> Station | None:
        """Return the station at which somebody is the expert."""
        return next((one for one in self.stations if one.expert_id == user_id and one.gone_at is None), None)

    def meetings_in(self, round_id: int) -> list[Meeting]:
        """Return who meets whom in a round."""
        return [one for one in self.meetings if one.round_id == round_id]


def find_breakout(session_id: int) -> Breakout | None:
    """Return the latest breakout of a session, also one that is over."""
    statement = select(Breakout).where(Breakout.session_id == session_id).order_by(Breakout.id.desc()).limit(1)
    return db.session.scalar(statement.execution_options(populate_existing=True))


def access_breakout(session: LiveSession, breakout_id: int) -> Breakout:
    """Return a breakout of this session; raise ``NotFound`` for one that is absent or of another session."""
    found = db.session.scalar(select(Breakout).where(Breakout.id == breakout_id, Breakout.session_id == session.id))
    if found is None:
        raise NotFound
    return found


def load_layout(breakout: Breakout) -> Layout:
    """Read everything in a breakout, in a number of statements that does not grow with its size."""
    return layouts_by_id([breakout.id])[breakout.id]


def find_layout(session_id: int) -> Layout | None:
    """Return the latest breakout of a session with everything in it."""
    breakout = find_breakout(session_id)
    return load_layout(breakout) if breakout is not None else None


def layouts_by_id(ids: Collection[int]) -> dict[int, Layout]:
    """Return some breakouts with everything in them, as the database has them now."""
    if not ids:
        return {}
    wanted = list(ids)
    fresh = {"populate_existing": True}
    found = {
        one.id: Layout(one)
        for one in db.session.scalars(select(Breakout).where(Breakout.id.in_(wanted)).execution_options(**fresh))
    }
    for one in db.session.scalars(
        select(BreakoutRound)
        .where(BreakoutRound.breakout_id.in_(wanted))
        .order_by(BreakoutRound.number)
        .execution_options(**fresh)
    ):
        found[one.breakout_id].rounds.append(one)
    for group in db.session.scalars(
        select(BreakoutGroup)
        .where(BreakoutGroup.breakout_id.in_(wanted))
        .order_by(BreakoutGroup.position, BreakoutGroup.id)
        .execution_options(**fresh)
    ):
        found[group.breakout_id].groups.append(group)
    for station in db.session.scalars(
        select(Station)
        .where(Station.breakout_id.in_(wanted))
        .options(joinedload(Station.expert))
        .order_by(Station.position, Station.id)
        .execution_options(**fresh)
    ):
        found[station.breakout_id].stations.append(station)
    for member in db.session.scalars(
        select(GroupMember)
        .where(GroupMember.breakout_id.in_(wanted), GroupMember.left_at.is_(None))
        .options(joinedload(GroupMember.user))
        .order_by(GroupMember.id)
        .execution_options(**fresh)
    ):
        found[member.breakout_id].members.append(member)
    for breakout_id, meeting in db.session.execute(
        select(BreakoutRound.breakout_id, Meeting)
        .join(Meeting, Meeting.round_id == BreakoutRound.id)
        .where(BreakoutRound.breakout_id.in_(wanted))
        .order_by(Meeting.group_id, Meeting.id)
        .execution_options(**fresh)
    ):
        found[breakout_id].meetings.append(meeting)
    return found


def list_due_sessions() -> list[int]:
    """Return the sessions in whose breakout something should have happened by itself by now."""
    statement = select(Breakout.session_id).where(Breakout.due_at <= clock.now()).order_by(Breakout.session_id)
    return list(db.session.scalars(statement))


def is_due(session_id: int) -> bool:
    """Tell whether something should have happened by itself in a session's breakout by now; one cheap statement."""
    statement = select(Breakout.id).where(Breakout.session_id == session_id, Breakout.due_at <= clock.now())
    return db.session.scalar(statement.limit(1)) is not None


# ---------------------------------------------------------------- people


def list_people(session: LiveSession) -> list[User]:
    """Return who can be put into groups: who is here now, or before the session who said to come; not who leads it."""
    here = select(AttendanceInterval.user_id).where(
        AttendanceInterval.session_id == session.id,
        AttendanceInterval.is_open,
        AttendanceInterval.last_at >= clock.now() - PRESENT_FOR,
    )
    going = select(Rsvp.user_id).where(Rsvp.session_id == session.id, Rsvp.state == RsvpState.GOING)
    present = set(db.session.scalars(here)) or set(db.session.scalars(going))
    return members_among(session, present - mentor_ids(session.id))


def members_among(session: LiveSession, user_ids: Collection[int]) -> list[User]:
    """Return those of some people who are active members of the session's room."""
    if not user_ids:
        return []
    statement = (
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.room_id == session.room_id,
            Membership.state == MembershipState.ACTIVE,
            User.state == AccountState.ACTIVE,
            User.id.in_(list(user_ids)),
        )
        .order_by(User.id)
    )
    return list(db.session.scalars(statement))


def list_members(session: LiveSession, *, limit: int = 500) -> list[User]:
    """Return the active members of the session's room by name, for a choice of experts and people."""
    statement = (
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.room_id == session.room_id,
            Membership.state == MembershipState.ACTIVE,
            User.state == AccountState.ACTIVE,
        )
        .order_by(User.display_name, User.id)
        .limit(limit)
    )
    return list(db.session.scalars(statement))


# ---------------------------------------------------------------- inside a group


def find_group(group_id: int) -> BreakoutGroup | None:
    """Return a group by its id alone, for faces that then open the room of its session."""
    return db.session.get(BreakoutGroup, group_id)


def access_group_row(session: LiveSession, group_id: int) -> BreakoutGroup:
    """Return a group of this session; raise ``NotFound`` for one that is absent or of another session."""
    group = db.session.scalar(
        select(BreakoutGroup).where(BreakoutGroup.id == group_id, BreakoutGroup.session_id == session.id)
    )
    if group is None:
        raise NotFound
    return group


def is_in_group(group_id: int, user_id: int) -> bool:
    """Tell whether somebody is in a group now."""
    statement = select(GroupMember.id).where(
        GroupMember.group_id == group_id, GroupMember.user_id == user_id, GroupMember.left_at.is_(None)
    )
    return db.session.scalar(statement.limit(1)) is not None


def is_with_group(group: BreakoutGroup, user_id: int) -> bool:
    """Tell whether somebody is the expert whom the group is with now, or goes to while places are changed."""
    current = (
        select(func.min(BreakoutRound.number))
        .join(Breakout, Breakout.id == BreakoutRound.breakout_id)
        .where(
            BreakoutRound.breakout_id == group.breakout_id,
            BreakoutRound.state != RoundState.ENDED,
            Breakout.state == BreakoutState.RUNNING,
        )
        .scalar_subquery()
    )
    statement = (
        select(Meeting.id)
        .join(BreakoutRound, BreakoutRound.id == Meeting.round_id)
        .join(Station, Station.id == Meeting.station_id)
        .where(
            Meeting.group_id == group.id,
            Meeting.cut_at.is_(None),
            Station.expert_id == user_id,
            Station.gone_at.is_(None),
            BreakoutRound.breakout_id == group.breakout_id,
            BreakoutRound.number == current,
        )
    )
    return db.session.scalar(statement.limit(1)) is not None


def access_group_message(group: BreakoutGroup, message_id: int) -> GroupMessage:
    """Return a line of this group's chat; raise ``NotFound`` for one that is absent or of another group."""
    message = db.session.scalar(
        select(GroupMessage).where(GroupMessage.id == message_id, GroupMessage.group_id == group.id)
    )
    if message is None:
        raise NotFound
    return message


def group_messages_by_id(ids: Collection[int]) -> dict[int, GroupMessage]:
    """Return some lines of groups' chats with their authors, as the database has them now."""
    if not ids:
        return {}
    statement = select(GroupMessage).where(GroupMessage.id.in_(list(ids))).options(joinedload(GroupMessage.author))
    return {one.id: one for one in db.session.scalars(statement.execution_options(populate_existing=True))}


def list_group_messages(group_id: int, *, cursor: str | None = None, limit: int = MESSAGES_SHOWN) -> Page[GroupMessage]:
    """Return a group's chat backwards: the newest lines first, then the ones before."""
    statement = select(GroupMessage).where(GroupMessage.group_id == group_id).options(joinedload(GroupMessage.author))
    before = decode_cursor(cursor, int)
    if before is not None:
        statement = statement.where(GroupMessage.id < before[0])
    rows = list(db.session.scalars(statement.order_by(GroupMessage.id.desc()).limit(limit + 1)))
    return make_page(rows, limit=limit, key=lambda one: (one.id,))


def groups_by_id(ids: Collection[int]) -> dict[int, BreakoutGroup]:
    """Return some groups with who saved their notes, as the database has them now."""
    if not ids:
        return {}
    statement = (
        select(BreakoutGroup)
        .where(BreakoutGroup.id.in_(list(ids)))
        .options(joinedload(BreakoutGroup.notes_saved_by))
        .execution_options(populate_existing=True)
    )
    return {one.id: one for one in db.session.scalars(statement)}
