"""Making a breakout: groups, the plan of who meets whom, and its healing.

Rule: after every change of groups, stations or rounds the rest of the plan is made anew; what was played stays.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError

from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.core.errors import Conflict, Invalid
from social_cme.core.permissions import require
from social_cme.live import events, rules
from social_cme.live.enums import BreakoutKind, BreakoutState, RoundState, SessionState
from social_cme.live.models import Breakout, BreakoutGroup, BreakoutRound, GroupMember, LiveSession, Meeting
from social_cme.live.policies import can_lead
from social_cme.live.queries.breakouts import Layout, access_breakout, list_people, load_layout, members_among
from social_cme.live.queries.sessions import access_session, mentor_ids
from social_cme.live.rules.grouping import Candidate, form_groups, group_count
from social_cme.live.rules.rotation import Changes, Plan, heal, plan
from social_cme.live.services.rounds import end_access, lead_breakout
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.rooms.policies import RoomContext

MIXES: dict[str, Callable[[User], tuple[str, ...]]] = {
    "profession": lambda one: (one.profession or "", one.career_stage or ""),
    "career_stage": lambda one: (one.career_stage or "", one.profession or ""),
    "none": lambda _one: (),
}


@dataclass(frozen=True, slots=True)
class Timing:
    """How many rounds there are and how long they and the changeovers last."""

    rounds: int = rules.ROUNDS_USUAL
    round_seconds: int = int(rules.ROUND_USUAL.total_seconds())
    changeover_seconds: int = int(rules.CHANGEOVER_USUAL.total_seconds())


def create_breakout(
    ctx: RoomContext, session_id: int, *, kind: str, timing: Timing, client_id: str | None = None
) -> Layout:
    """Make a breakout, before or during the session; raise ``Conflict`` while another one is not over."""
    _check(kind, timing)
    with transaction() as tx:
        session = access_session(ctx, session_id, lock=True)
        require(can_lead(ctx, mentor_ids(session.id)))
        claim = tx.claim(ctx.user.id, client_id, "breakout.create")
        if claim.object_id is not None:
            return load_layout(access_breakout(session, claim.object_id))
        if session.state not in {SessionState.SCHEDULED, SessionState.LIVE}:
            raise Conflict("This session is over, so nobody can go into groups any more.")
        breakout = Breakout(
            session_id=session.id,
            room_id=ctx.room_id,
            kind=kind,
            round_count=timing.rounds,
            round_seconds=timing.round_seconds,
            changeover_seconds=timing.changeover_seconds,
            created_by_id=ctx.user.id,
        )
        try:
            with tx.savepoint():
                tx.add(breakout)
        except IntegrityError as error:
            raise Conflict("This session has a breakout already. End that one first.") from error
        for number in range(1, timing.rounds + 1):
            tx.session.add(BreakoutRound(breakout_id=breakout.id, number=number))
        tell_plan(tx, breakout, actor_id=ctx.user.id)
        claim.settle(breakout.id)
        return load_layout(breakout)


def form(
    ctx: RoomContext,
    session_id: int,
    breakout_id: int,
    *,
    size: int = rules.GROUP_USUAL,
    count: int | None = None,
    mix: str = "profession",
    people: Collection[int] | None = None,
    by_hand: Sequence[Sequence[int]] | None = None,
    client_id: str | None = None,
) -> Layout:
    """Form the groups anew, before the start.

    Without *people* everybody who is here goes into a group, or before the session everybody who said to come; experts and
    who leads do not. *count* says how many groups there shall be, else *size* decides. *by_hand* names the groups instead.
    """
    if mix not in MIXES:
        raise Invalid("Choose what the groups shall mix.", fields={"mix": ["Choose one."]})
    with transaction() as tx:
        session, layout = lead_breakout(tx, ctx, session_id, breakout_id)
        claim = tx.claim(ctx.user.id, client_id, "breakout.form")
        if claim.object_id is not None:
            return layout
        if layout.breakout.state != BreakoutState.FORMING:
            raise Conflict("The breakout has begun, so the groups stay. Move people one by one.")
        if by_hand is not None:
            wanted = _checked(session, layout, by_hand)
        else:
            found = list_people(session) if people is None else members_among(session, people)
            wanted = _dealt(found, layout, size=size, count=count, mix=mix)
        if not any(wanted):
            raise Conflict("There is nobody to put into groups yet. People count once they are here or said to come.")
        if len(wanted) > rules.MAX_GROUPS:
            raise Invalid(
                f"There can be at most {rules.MAX_GROUPS} groups.", fields={"count": ["Choose larger groups."]}
            )
        _write_groups(tx, layout, wanted)
        refresh_plan(tx, layout)
        tell_plan(tx, layout.breakout, actor_id=ctx.user.id)
        claim.settle(layout.breakout.id)
        return load_layout(layout.breakout)


def add_round(ctx: RoomContext, session_id: int, breakout_id: int, *, client_id: str | None = None) -> Layout:
    """Add a round at the end, so that more can meet."""
    with transaction() as tx:
        _session, layout = lead_breakout(tx, ctx, session_id, breakout_id)
        claim = tx.claim(ctx.user.id, client_id, "breakout.add_round")
        if claim.object_id is not None:
            return layout
        breakout = open_breakout(layout)
        if breakout.round_count >= rules.MAX_ROUNDS:
            raise Conflict(f"There can be at most {rules.MAX_ROUNDS} rounds.")
        breakout.round_count += 1
        tx.add(BreakoutRound(breakout_id=breakout.id, number=breakout.round_count))
        layout = load_layout(breakout)
        refresh_plan(tx, layout)
        tell_plan(tx, breakout, actor_id=ctx.user.id)
        claim.settle(breakout.id)
        return load_layout(breakout)


def open_breakout(layout: Layout) -> Breakout:
    """Return the breakout of *layout*; raise ``Conflict`` when it is over."""
    if layout.breakout.state == BreakoutState.ENDED:
        raise Conflict("This breakout is over. Make a new one.")
    return layout.breakout


def refresh_plan(tx: Transaction, layout: Layout) -> None:
    """Make the rest of the plan anew from who is there now; called after every change, inside its transaction."""
    tx.session.flush()
    if layout.breakout.kind != BreakoutKind.ROTATION:
        return
    groups = [one.id for one in layout.groups if one.gone_at is None]
    stations = [one.id for one in layout.stations if one.gone_at is None]
    rounds = tuple(
        {meeting.group_id: meeting.station_id for meeting in layout.meetings_in(one.id)} for one in layout.rounds
    )
    done = sum(one.state != RoundState.PLANNED for one in layout.rounds)
    if layout.breakout.state == BreakoutState.FORMING:
        made = plan(groups, stations, len(rounds))
    else:
        since = {one.id: one.since_round - 1 for one in layout.groups if one.since_round > 1}
        made = heal(Plan(tuple(groups), tuple(stations), rounds, since), done, Changes())
    _end_changed_access(tx, layout, made)
    coming = [one.id for one in layout.rounds if one.state == RoundState.PLANNED]
    tx.session.execute(delete(Meeting).where(Meeting.round_id.in_(coming)))
    for one, pairs in zip(layout.rounds, made.rounds, strict=True):
        if one.state == RoundState.PLANNED:
            tx.session.add_all(
                Meeting(round_id=one.id, group_id=group, station_id=station) for group, station in pairs.items()
            )
    tx.session.flush()


def _end_changed_access(tx: Transaction, layout: Layout, made: Plan) -> None:
    """End the reading of experts who wait for a group when another one will come."""
    current = layout.current
    if current is None or current.state != RoundState.PLANNED:
        return
    experts = {one.id: one.expert_id for one in layout.stations}
    for meeting in layout.meetings_in(current.id):
        expert_id = experts.get(meeting.station_id)
        changed = made.rounds[current.number - 1].get(meeting.group_id) != meeting.station_id
        if changed and expert_id is not None:
            end_access(tx, layout, user_id=expert_id, group_id=meeting.group_id)


def next_round_number(layout: Layout) -> int:
    """Return the number of the first round that has not begun."""
    return 1 + sum(one.state != RoundState.PLANNED for one in layout.rounds)


def tell_plan(tx: Transaction, breakout: Breakout, *, actor_id: int | None) -> None:
    """Record that the plan of a breakout changed."""
    tx.record(
        events.BreakoutPlanned(
            actor_id=actor_id, room_id=breakout.room_id, session_id=breakout.session_id, breakout_id=breakout.id
        )
    )


def _check(kind: str, timing: Timing) -> None:
    problems: dict[str, list[str]] = {}
    if kind not in set(BreakoutKind):
        problems["kind"] = ["Choose what kind of breakout it is."]
    if not 1 <= timing.rounds <= rules.MAX_ROUNDS:
        problems["rounds"] = [f"There can be 1 to {rules.MAX_ROUNDS} rounds."]
    least, most = rules.ROUND_LEAST.total_seconds(), rules.ROUND_MOST.total_seconds()
    if not least <= timing.round_seconds <= most:
        problems["round_seconds"] = ["A round lasts from half a minute to two hours."]
    if not 0 <= timing.changeover_seconds <= rules.CHANGEOVER_MOST.total_seconds():
        problems["changeover_seconds"] = ["Changing places can take up to 15 minutes."]
    if problems:
        raise Invalid(fields=problems)


def _dealt(found: Sequence[User], layout: Layout, *, size: int, count: int | None, mix: str) -> list[list[int]]:
    experts = {one.expert_id for one in layout.stations if one.gone_at is None}
    people = [Candidate(one.id, MIXES[mix](one)) for one in found if one.id not in experts]
    wanted = group_count(len(people), size=max(1, size)) if count is None else max(1, min(count, len(people)))
    return form_groups(people, wanted)


def _checked(session: LiveSession, layout: Layout, by_hand: Sequence[Sequence[int]]) -> list[list[int]]:
    named = [user_id for group in by_hand for user_id in group]
    if any(layout.station_of(user_id) is not None for user_id in named):
        raise Invalid(fields={"by_hand": ["An expert stays at the station and is in no group."]})
    if len(named) != len(set(named)):
        raise Invalid(fields={"by_hand": ["Somebody is in two groups."]})
    if {one.id for one in members_among(session, named)} != set(named):
        raise Invalid(fields={"by_hand": ["Somebody named is not a member of this room."]})
    return [list(group) for group in by_hand if group]


def _write_groups(tx: Transaction, layout: Layout, wanted: Sequence[Sequence[int]]) -> None:
    moment, breakout = clock.now(), layout.breakout
    for member in layout.members:
        end_access(tx, layout, user_id=member.user_id, group_id=member.group_id)
    tx.session.execute(
        update(GroupMember)
        .where(GroupMember.breakout_id == breakout.id, GroupMember.left_at.is_(None))
        .values(left_at=moment)
    )
    here = [one for one in layout.groups if one.gone_at is None]
    for number, user_ids in enumerate(wanted, start=1):
        group = here[number - 1] if number <= len(here) else add_group(tx, layout)
        for user_id in user_ids:
            tx.session.add(GroupMember(breakout_id=breakout.id, group_id=group.id, user_id=user_id, joined_at=moment))
    for group in here[len(wanted) :]:
        group.gone_at = moment
    tx.session.flush()


def add_group(tx: Transaction, layout: Layout) -> BreakoutGroup:
    """Add an empty group to a breakout; its name is its number."""
    breakout, position = layout.breakout, len(layout.groups) + 1
    if sum(one.gone_at is None for one in layout.groups) >= rules.MAX_GROUPS:
        raise Conflict(f"There can be at most {rules.MAX_GROUPS} groups.")
    group = BreakoutGroup(
        breakout_id=breakout.id,
        session_id=breakout.session_id,
        room_id=breakout.room_id,
        position=position,
        name=f"Group {position}",
        since_round=next_round_number(layout),
    )
    tx.add(group)
    layout.groups.append(group)
    return group
