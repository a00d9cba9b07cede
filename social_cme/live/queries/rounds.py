"""Reads of who attended which round: heartbeats within the time in which the round really ran."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.extensions import db
from social_cme.live.enums import RoundRole, RoundState
from social_cme.live.models import BreakoutRound, GroupMember, Meeting, RoundPause, Station
from social_cme.live.queries.attendance import list_intervals
from social_cme.live.queries.breakouts import Layout
from social_cme.live.rules import Interval
from social_cme.live.rules.breakouts import clip, overlap_seconds, stretches


@dataclass(frozen=True, slots=True)
class Attended:
    """One person's part in one round. ``seconds`` is measured, ``of_seconds`` is how long the round ran."""

    number: int
    started_at: datetime
    ended_at: datetime
    person: User
    role: RoundRole
    group: str
    station: str
    seconds: int
    of_seconds: int


@dataclass(slots=True)
class _Records:
    """What the reckoning reads, each list loaded once."""

    members: list[GroupMember] = field(default_factory=list)
    experts: dict[int, User] = field(default_factory=dict)
    pauses: dict[int, list[Interval]] = field(default_factory=dict)
    present: dict[int, list[Interval]] = field(default_factory=dict)


def list_attended(layout: Layout, *, user_id: int | None = None) -> list[Attended]:
    """Return who attended which round how long, of everybody or of one person; a running round counts up to now.

    A group that pauses has no station in the round; its people are named all the same, for they were there.
    """
    records = _load(layout, user_id=user_id)
    found: list[Attended] = []
    for one in layout.rounds:
        if one.state == RoundState.PLANNED or one.started_at is None:
            continue
        found += sorted(
            _in_round(layout, one, one.started_at, records),
            key=lambda row: (row.number, row.group, row.role, row.person.display_name, row.person.id),
        )
    return found


def _load(layout: Layout, *, user_id: int | None) -> _Records:
    breakout = layout.breakout
    records = _Records()
    people = (
        select(GroupMember)
        .where(GroupMember.breakout_id == breakout.id)
        .options(joinedload(GroupMember.user))
        .order_by(GroupMember.id)
    )
    if user_id is not None:
        people = people.where(GroupMember.user_id == user_id)
    records.members = list(db.session.scalars(people.execution_options(populate_existing=True)))
    records.experts = {
        one.id: one.expert
        for one in layout.stations
        if one.expert is not None and (user_id is None or one.expert_id == user_id)
    }
    pauses = select(RoundPause).where(RoundPause.round_id.in_([one.id for one in layout.rounds]))
    for pause in db.session.scalars(pauses):
        records.pauses.setdefault(pause.round_id, []).append(Interval(pause.began_at, pause.ended_at))
    for interval in list_intervals(breakout.session_id, user_id=user_id):
        records.present.setdefault(interval.user_id, []).append(Interval(interval.first_at, interval.last_at))
    return records


def _in_round(layout: Layout, row: BreakoutRound, started_at: datetime, records: _Records) -> Iterator[Attended]:
    ended_at = row.ended_at or max(started_at, layout.breakout.paused_at or clock.now())
    windows = stretches(started_at, ended_at, records.pauses.get(row.id, []))
    meetings = {one.group_id: one for one in layout.meetings_in(row.id)}
    stations = {one.id: one for one in layout.stations}
    whole = sum(int((one.end - one.start).total_seconds()) for one in windows)
    groups = {one.id: one.name for one in layout.groups}

    def attended(person: User, role: RoundRole, group_id: int, within: Sequence[Interval]) -> Attended:
        station = _station(meetings.get(group_id), stations)
        return Attended(
            number=row.number,
            started_at=started_at,
            ended_at=ended_at,
            person=person,
            role=role,
            group=groups.get(group_id, ""),
            station=station.name if station is not None else "",
            seconds=overlap_seconds(records.present.get(person.id, []), within),
            of_seconds=whole,
        )

    for (user_id, group_id), times in _stays(records.members).items():
        within = [one for member in times for one in clip(windows, member.joined_at, member.left_at)]
        meeting = meetings.get(group_id)
        cut = clip(within, None, meeting.cut_at) if meeting is not None else within
        if within:
            person = next(one.user for one in records.members if one.user_id == user_id)
            yield attended(person, RoundRole.MEMBER, group_id, cut)
    for group_id, meeting in meetings.items():
        expert = records.experts.get(meeting.station_id)
        if expert is not None:
            yield attended(expert, RoundRole.EXPERT, group_id, clip(windows, None, meeting.cut_at))


def _station(meeting: Meeting | None, stations: Mapping[int, Station]) -> Station | None:
    return stations.get(meeting.station_id) if meeting is not None else None


def _stays(members: Sequence[GroupMember]) -> dict[tuple[int, int], list[GroupMember]]:
    found: dict[tuple[int, int], list[GroupMember]] = {}
    for one in members:
        found.setdefault((one.user_id, one.group_id), []).append(one)
    return found
