"""Planning sessions: put them on the calendar, change them, call them off.

Rule: the host gives wall-clock times of a zone, what is stored is UTC; so a day on which the clocks change is the zone's
business and not the arithmetic's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from social_cme.accounts.enums import CareerStage, Profession
from social_cme.core import clock
from social_cme.core.errors import Conflict, Invalid
from social_cme.core.permissions import require
from social_cme.live import events, rules
from social_cme.live.enums import MentorRole, SessionState
from social_cme.live.models import LiveSession, Segment, SessionMentor
from social_cme.live.policies import can_lead, can_schedule
from social_cme.live.queries.agenda import list_segments
from social_cme.live.queries.sessions import access_session, list_mentors, list_possible_mentors, mentor_ids
from social_cme.live.rules import SegmentPlan
from social_cme.live.services.agenda import write_agenda
from social_cme.live.services.options import OptionsChange, apply_options
from social_cme.live.services.rsvps import fill_places, release_ineligible
from social_cme.live.services.settling import settle
from social_cme.live.services.texts import optional_text, required_line
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.rooms.policies import RoomContext
from social_cme.web.markdown import render_markdown


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a host says about a session; ``starts`` and ``ends`` are naive wall-clock times of ``time_zone``.

    Somebody named as mentor and as co-mentor is a mentor. No professions and no stages mean everybody. With ``lasts`` the
    session lasts exactly so long, whatever wall-clock time its end is.
    """

    title: str
    starts: datetime
    ends: datetime
    time_zone: str
    mentor_ids: tuple[int, ...]
    description: str = ""
    capacity: int | None = None
    co_mentor_ids: tuple[int, ...] = ()
    eligible_professions: tuple[str, ...] = ()
    eligible_stages: tuple[str, ...] = ()
    requires_verified: bool = False
    lasts: timedelta | None = None
    segments: tuple[SegmentPlan, ...] = ()
    still_here_minutes: int | None = None
    queue: OptionsChange | None = None

    def changed(self, **changes: Any) -> Plan:
        """Return the plan with some details replaced."""
        return replace(self, **changes)


def current_plan(ctx: RoomContext, session_id: int) -> Plan:
    """Return what is planned now, in the wall-clock times of the session's zone, as the beginning of a change."""
    session = access_session(ctx, session_id)
    leading = list_mentors([session.id])[session.id]
    return Plan(
        title=session.title,
        description=session.description_md,
        starts=wall_clock(session.starts_at, session.time_zone),
        ends=wall_clock(session.ends_at, session.time_zone),
        time_zone=session.time_zone,
        mentor_ids=tuple(one.id for one in leading if one.id not in leading.co_mentor_ids),
        co_mentor_ids=tuple(one.id for one in leading if one.id in leading.co_mentor_ids),
        capacity=session.capacity,
        eligible_professions=tuple(session.eligible_professions),
        eligible_stages=tuple(session.eligible_stages),
        requires_verified=session.requires_verified,
        segments=tuple(_segment(one) for one in list_segments(session.id)),
        still_here_minutes=session.still_here_minutes,
    )


def schedule_session(ctx: RoomContext, *, plan: Plan, client_id: str | None = None) -> LiveSession:
    """Put a session on the room's calendar; raise ``Invalid`` with the fields that need another look."""
    with transaction() as tx:
        require(can_schedule(ctx))
        claim = tx.claim(ctx.user.id, client_id, "session.schedule")
        if claim.object_id is not None:
            return access_session(ctx, claim.object_id)
        session = add_session(tx, ctx, plan)
        tx.record(events.SessionScheduled(actor_id=ctx.user.id, room_id=ctx.room_id, session_id=session.id))
        add_details(tx, ctx, session, plan)
        claim.settle(session.id)
    return session


def add_session(tx: Transaction, ctx: RoomContext, plan: Plan, *, known: Iterable[int] = ()) -> LiveSession:
    """Write the rows of a new session; the caller has the permission and records the fact.

    *known* are people of whom it was checked before that they may lead it.
    """
    session = LiveSession(room_id=ctx.room_id, created_by_id=ctx.user.id)
    _apply(session, ctx, plan, starts_fixed=False, known=known)
    tx.add(session)
    _set_mentors(tx, session, plan, known=[])
    return session


def add_details(tx: Transaction, ctx: RoomContext, session: LiveSession, plan: Plan) -> None:
    """Write the agenda and the options of a new session, after the fact that it was planned."""
    write_agenda(tx, session, plan.segments, actor_id=ctx.user.id)
    _set_options(tx, session, plan, actor_id=ctx.user.id)


def edit_session(ctx: RoomContext, session_id: int, *, plan: Plan) -> LiveSession:
    """Change a session that is planned; of a running one everything but its start. A past end cannot be set.

    Of a series it is this one alone that changes.
    """
    with transaction() as tx:
        session = access_session(ctx, session_id, lock=True)
        change = change_session(tx, ctx, session, plan)
        tx.record(
            events.SessionChanged(actor_id=ctx.user.id, room_id=ctx.room_id, session_id=session.id, change=change)
        )
    return session


def change_session(tx: Transaction, ctx: RoomContext, session: LiveSession, plan: Plan) -> str:
    """Write a change of a locked session, and return what it is: ``times`` or ``details``; the caller records the fact."""
    leading = mentor_ids(session.id)
    require(can_lead(ctx, leading))
    if session.state not in {SessionState.SCHEDULED, SessionState.LIVE}:
        raise Conflict("This session is over and can no longer be changed.")
    before, asked_before = (session.starts_at, session.ends_at), session.still_here_minutes
    _apply(session, ctx, plan, starts_fixed=session.state == SessionState.LIVE, known=leading)
    _set_mentors(tx, session, plan, known=leading)
    write_agenda(tx, session, plan.segments, actor_id=ctx.user.id)
    if _set_options(tx, session, plan, actor_id=ctx.user.id):
        tx.record(events.OptionsChanged(actor_id=ctx.user.id, room_id=ctx.room_id, session_id=session.id))
    if asked_before != plan.still_here_minutes and session.started_at is not None:
        settle(tx, session.id)
    mark_changed(session)
    tx.session.flush()
    release_ineligible(tx, session)
    fill_places(tx, session)
    return "details" if before == (session.starts_at, session.ends_at) else "times"


def mark_changed(session: LiveSession) -> None:
    """Let calendars take the session anew."""
    session.sequence += 1
    session.changed_at = clock.now()


def cancel_session(ctx: RoomContext, session_id: int, *, reason: str, client_id: str | None = None) -> LiveSession:
    """Call a planned session off; everybody can read the reason. A running one is ended instead."""
    text = required_line(reason, field="reason", limit=rules.MAX_REASON, name="a reason")
    with transaction() as tx:
        session = access_session(ctx, session_id, lock=True)
        require(can_lead(ctx, mentor_ids(session.id)))
        claim = tx.claim(ctx.user.id, client_id, "session.cancel")
        if claim.object_id is not None or session.state == SessionState.CANCELLED:
            return session
        if session.state != SessionState.SCHEDULED:
            raise Conflict("Only a session that has not started can be canceled. End it instead.")
        call_off(session, text)
        tx.record(events.SessionCancelled(actor_id=ctx.user.id, room_id=ctx.room_id, session_id=session.id))
        claim.settle(session.id)
    return session


def call_off(session: LiveSession, reason: str) -> None:
    """Write that a planned session will not take place; the caller records the fact."""
    session.state = SessionState.CANCELLED
    session.cancel_reason = reason
    mark_changed(session)


def _apply(
    session: LiveSession, ctx: RoomContext, plan: Plan, *, starts_fixed: bool, known: Iterable[int] = ()
) -> None:
    session.title = required_line(plan.title, field="title", limit=rules.MAX_TITLE, name="a title")
    session.description_md = optional_text(
        plan.description, field="description", limit=rules.MAX_DESCRIPTION, name="the description"
    )
    session.description_html = render_markdown(session.description_md)
    starts_at, ends_at = _moments(plan)
    if starts_fixed:
        starts_at = session.starts_at
    if plan.lasts is None and session.ends_at is not None and wall_clock(session.ends_at, plan.time_zone) == plan.ends:
        # In the hour that autumn repeats, a wall-clock time that was left alone keeps the moment that it meant.
        ends_at = session.ends_at
    problems = _problems(session, ctx, plan, starts_at, ends_at, known)
    if problems:
        raise Invalid("Some of the session's details need another look.", fields=problems)
    session.starts_at, session.ends_at, session.time_zone = starts_at, ends_at, plan.time_zone
    session.capacity = plan.capacity
    session.eligible_professions = rules.in_order(plan.eligible_professions, Profession)
    session.eligible_stages = rules.in_order(plan.eligible_stages, CareerStage)
    session.requires_verified = plan.requires_verified
    session.still_here_minutes = plan.still_here_minutes


def wall_clock(moment: datetime, time_zone: str) -> datetime:
    """Return the naive wall-clock time of a moment in a zone."""
    return clock.utc_to_local(moment, time_zone).replace(tzinfo=None)


def _moments(plan: Plan) -> tuple[datetime, datetime]:
    if not clock.is_time_zone(plan.time_zone):
        raise Invalid(fields={"time_zone": ["Choose a time zone from the list."]})
    if plan.starts.tzinfo is not None or plan.ends.tzinfo is not None:
        raise Invalid(fields={"starts_at": ["Give the times as wall-clock times, without an offset."]})
    try:
        starts_at = clock.local_to_utc(plan.starts, plan.time_zone)
        ends_at = clock.local_to_utc(plan.ends, plan.time_zone) if plan.lasts is None else starts_at + plan.lasts
        return starts_at, ends_at
    except OverflowError as error:
        raise Invalid(fields={"starts_at": ["This date is outside of the calendar."]}) from error


def _problems(
    session: LiveSession,
    ctx: RoomContext,
    plan: Plan,
    starts_at: datetime,
    ends_at: datetime,
    known: Iterable[int],
) -> dict[str, list[str]]:
    moment = clock.now()
    problems = rules.time_problems(starts_at, ends_at, moment)
    if session.starts_at == starts_at:
        # A start that was planned before may lie in the past by now; only the end has to be ahead.
        problems.pop("starts_at", None)
        if ends_at <= moment:
            problems["ends_at"] = ["The end must be in the future."]
    named = {*plan.mentor_ids, *plan.co_mentor_ids}
    if not named <= set(known):
        known = {*known, *(user.id for user in list_possible_mentors(ctx))}
    problems |= _leading_problems(plan, set(known))
    problems |= rules.unknown_groups(plan.eligible_professions, plan.eligible_stages)
    if plan.capacity is not None and not 1 <= plan.capacity <= rules.MAX_CAPACITY:
        problems["capacity"] = [f"Places are a number from 1 to {rules.MAX_CAPACITY:,}, or none for no limit."]
    elif plan.capacity is not None and plan.capacity < (session.going_count or 0):
        problems["capacity"] = [f"{session.going_count} people are coming already."]
    every = plan.still_here_minutes
    if every is not None and not rules.STILL_HERE_LEAST <= every <= rules.STILL_HERE_MOST:
        problems["still_here_minutes"] = [
            f"Ask every {rules.STILL_HERE_LEAST} to {rules.STILL_HERE_MOST} minutes, or leave it empty."
        ]
    return problems


def _leading_problems(plan: Plan, possible: set[int]) -> dict[str, list[str]]:
    everybody = {*plan.mentor_ids, *plan.co_mentor_ids}
    if not plan.mentor_ids:
        return {"mentor_ids": ["Choose who leads the session."]}
    if len(everybody) > rules.MAX_MENTORS:
        return {"mentor_ids": [f"At most {rules.MAX_MENTORS} people can lead a session."]}
    return {
        name: ["Only mentors and coordinators of this room can lead a session."]
        for name, ids in (("mentor_ids", plan.mentor_ids), ("co_mentor_ids", plan.co_mentor_ids))
        if not set(ids) <= possible
    }


def _segment(row: Segment) -> SegmentPlan:
    return SegmentPlan(
        id=row.id,
        title=row.title,
        minutes=row.minutes,
        kind=row.kind,
        countable=row.countable,
        interactive=row.interactive,
    )


def _set_mentors(tx: Transaction, session: LiveSession, plan: Plan, *, known: Iterable[int]) -> None:
    roles = dict.fromkeys(plan.mentor_ids, MentorRole.LEAD)
    roles |= {user_id: MentorRole.CO_MENTOR for user_id in plan.co_mentor_ids if user_id not in roles}
    before = set(known)
    rows = tx.session.query(SessionMentor).filter_by(session_id=session.id)
    gone = before - set(roles)
    if gone:
        rows.filter(SessionMentor.user_id.in_(gone)).delete(synchronize_session=False)
    for user_id in sorted(gone):
        tx.record(events.MentorReleased(actor_id=None, room_id=session.room_id, session_id=session.id, user_id=user_id))
    if before:
        for row in rows.filter(SessionMentor.user_id.in_(before - gone)):
            row.role = roles[row.user_id]
    for user_id, role in roles.items():
        if user_id not in before:
            tx.add(SessionMentor(session_id=session.id, user_id=user_id, role=role))


def _set_options(tx: Transaction, session: LiveSession, plan: Plan, *, actor_id: int) -> bool:
    return plan.queue is not None and apply_options(tx, session, plan.queue, actor_id=actor_id)
