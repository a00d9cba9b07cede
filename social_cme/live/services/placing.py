"""Who is in which group: coming late, leaving, being moved, and groups that drop out.

Rule: nobody is in two groups at once, and whoever leaves no longer reads what the group writes.
"""

from __future__ import annotations

from datetime import datetime

from social_cme.core import clock
from social_cme.core.errors import Conflict, Invalid, NotFound
from social_cme.core.permissions import require
from social_cme.live import events, rules
from social_cme.live.enums import BreakoutState, RoundState
from social_cme.live.models import BreakoutGroup, GroupMember
from social_cme.live.policies import can_enter_groups, can_lead
from social_cme.live.queries.breakouts import Layout, access_breakout, load_layout, members_among
from social_cme.live.queries.sessions import access_session, mentor_ids
from social_cme.live.rules.grouping import smallest
from social_cme.live.services.breakouts import add_group, open_breakout, refresh_plan, tell_plan
from social_cme.live.services.joining import decide_to_join
from social_cme.live.services.rounds import end_access, lead_breakout, move_on
from social_cme.live.services.texts import required_line
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.rooms.policies import RoomContext


def join(ctx: RoomContext, session_id: int, breakout_id: int, *, client_id: str | None = None) -> Layout:
    """Come into the smallest group, the first of equals; who is in one already stays there."""
    with transaction() as tx:
        layout = _take_part(tx, ctx, session_id, breakout_id)
        claim = tx.claim(ctx.user.id, client_id, "breakout.join")
        if claim.object_id is not None or layout.group_of(ctx.user.id) is not None:
            return layout
        require(can_enter_groups(layout.breakout))
        here = [(one.id, len(layout.people(one.id))) for one in layout.groups if one.gone_at is None]
        target = smallest(here)
        if target is None:
            raise Conflict("There are no groups yet. They are formed in a moment.")
        _place(tx, layout, ctx.user.id, _group(layout, target), actor_id=ctx.user.id)
        claim.settle(layout.breakout.id)
        return load_layout(layout.breakout)


def leave(ctx: RoomContext, session_id: int, breakout_id: int, *, client_id: str | None = None) -> Layout:
    """Leave one's group; a group in which nobody is left drops out of the rotation."""
    with transaction() as tx:
        layout = _take_part(tx, ctx, session_id, breakout_id)
        claim = tx.claim(ctx.user.id, client_id, "breakout.leave")
        if claim.object_id is not None or layout.group_of(ctx.user.id) is None:
            return layout
        require(can_enter_groups(layout.breakout))
        _place(tx, layout, ctx.user.id, None, actor_id=ctx.user.id)
        claim.settle(layout.breakout.id)
        return load_layout(layout.breakout)


def move(
    ctx: RoomContext,
    session_id: int,
    breakout_id: int,
    *,
    user_id: int,
    group_id: int | None,
    client_id: str | None = None,
) -> Layout:
    """Put somebody into a group, or with ``None`` take them out of theirs; for who leads."""
    with transaction() as tx:
        session, layout = lead_breakout(tx, ctx, session_id, breakout_id)
        claim = tx.claim(ctx.user.id, client_id, "breakout.move")
        if claim.object_id is not None:
            return layout
        require(can_enter_groups(layout.breakout))
        target = _group(layout, group_id) if group_id is not None else None
        if not members_among(session, [user_id]):
            raise NotFound
        before = layout.group_of(user_id)
        if before is not target:
            _place(tx, layout, user_id, target, actor_id=ctx.user.id)
        claim.settle(layout.breakout.id)
        return load_layout(layout.breakout)


def drop_group(
    ctx: RoomContext, session_id: int, breakout_id: int, *, group_id: int, client_id: str | None = None
) -> Layout:
    """Take a group out; its people are in no group any more, and the others' plan heals."""
    with transaction() as tx:
        _session, layout = lead_breakout(tx, ctx, session_id, breakout_id)
        claim = tx.claim(ctx.user.id, client_id, "breakout.drop_group")
        if claim.object_id is not None:
            return layout
        open_breakout(layout)
        group = next((one for one in layout.groups if one.id == group_id), None)
        if group is None:
            raise NotFound
        if group.gone_at is None:
            for member in [one for one in layout.members if one.group_id == group.id]:
                member.left_at = clock.now()
                end_access(tx, layout, user_id=member.user_id, group_id=group.id)
            _take_out(tx, layout, group, clock.now())
            tell_plan(tx, layout.breakout, actor_id=ctx.user.id)
        claim.settle(layout.breakout.id)
        return load_layout(layout.breakout)


def new_group(ctx: RoomContext, session_id: int, breakout_id: int, *, client_id: str | None = None) -> Layout:
    """Add an empty group, for people who come late; it is in the rotation from the next round on."""
    with transaction() as tx:
        _session, layout = lead_breakout(tx, ctx, session_id, breakout_id)
        claim = tx.claim(ctx.user.id, client_id, "breakout.new_group")
        if claim.object_id is not None:
            return layout
        open_breakout(layout)
        add_group(tx, layout)
        refresh_plan(tx, layout)
        tell_plan(tx, layout.breakout, actor_id=ctx.user.id)
        claim.settle(layout.breakout.id)
        return load_layout(layout.breakout)


def rename_group(
    ctx: RoomContext, session_id: int, breakout_id: int, *, group_id: int, name: str, client_id: str | None = None
) -> Layout:
    """Give a group another name."""
    line = required_line(name, field="name", limit=rules.MAX_GROUP_NAME, name="a name")
    with transaction() as tx:
        _session, layout = lead_breakout(tx, ctx, session_id, breakout_id)
        claim = tx.claim(ctx.user.id, client_id, "breakout.rename_group")
        if claim.object_id is not None:
            return layout
        open_breakout(layout)
        _group(layout, group_id).name = line
        tell_plan(tx, layout.breakout, actor_id=ctx.user.id)
        claim.settle(layout.breakout.id)
    return layout


def cut_meeting(
    layout: Layout, moment: datetime, *, group_id: int | None = None, station_id: int | None = None
) -> None:
    """Note in the running round that a group or a station was lost; the time counts up to there."""
    current = layout.current
    if current is None or current.state != RoundState.RUNNING:
        return
    for meeting in layout.meetings_in(current.id):
        if meeting.cut_at is None and (meeting.group_id == group_id or meeting.station_id == station_id):
            meeting.cut_at = moment


def _take_part(tx: Transaction, ctx: RoomContext, session_id: int, breakout_id: int) -> Layout:
    session = access_session(ctx, session_id, lock=True)
    if not can_lead(ctx, mentor_ids(session.id)):
        require(decide_to_join(ctx, session))
    layout = load_layout(access_breakout(session, breakout_id))
    move_on(tx, layout)
    return layout


def _group(layout: Layout, group_id: int) -> BreakoutGroup:
    group = next((one for one in layout.groups if one.id == group_id), None)
    if group is None:
        raise NotFound
    if group.gone_at is not None:
        raise Conflict("That group has dropped out. Choose another one.")
    return group


def _place(tx: Transaction, layout: Layout, user_id: int, target: BreakoutGroup | None, *, actor_id: int) -> None:
    if target is not None and layout.station_of(user_id) is not None:
        raise Invalid("An expert stays at the station and is in no group.", fields={"user_id": ["This is an expert."]})
    moment, breakout, before = clock.now(), layout.breakout, layout.group_of(user_id)
    for member in [one for one in layout.members if one.user_id == user_id]:
        member.left_at = moment
        end_access(tx, layout, user_id=user_id, group_id=member.group_id)
        layout.members.remove(member)
    tx.session.flush()
    if target is not None:
        tx.add(GroupMember(breakout_id=breakout.id, group_id=target.id, user_id=user_id, joined_at=moment))
    if before is not None and not layout.people(before.id) and breakout.state == BreakoutState.RUNNING:
        _take_out(tx, layout, before, moment)
        tell_plan(tx, breakout, actor_id=actor_id)
    tx.record(
        events.PersonPlaced(
            actor_id=actor_id,
            room_id=breakout.room_id,
            session_id=breakout.session_id,
            breakout_id=breakout.id,
            user_id=user_id,
            group_id=target.id if target is not None else None,
            left_group_id=before.id if before is not None else None,
        )
    )


def _take_out(tx: Transaction, layout: Layout, group: BreakoutGroup, moment: datetime) -> None:
    group.gone_at = moment
    cut_meeting(layout, moment, group_id=group.id)
    refresh_plan(tx, layout)
