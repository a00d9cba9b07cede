"""Sessions that repeat: planned together, changed and called off from one of them on.

Rule: each session of a series is a session of its own. The host's wall clock is kept over every change of clocks, and every
session lasts exactly as long as the first.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from social_cme.core import clock
from social_cme.core.errors import Conflict, Invalid
from social_cme.core.permissions import require
from social_cme.live import events, rules
from social_cme.live.enums import SessionState
from social_cme.live.models import LiveSeries, LiveSession
from social_cme.live.policies import can_lead, can_schedule
from social_cme.live.queries.series import list_sessions_of, lock_following
from social_cme.live.queries.sessions import access_session, mentor_ids
from social_cme.live.services.schedule import Plan, add_details, add_session, call_off, change_session, wall_clock
from social_cme.live.services.texts import required_line
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.rooms.policies import RoomContext


def schedule_series(ctx: RoomContext, *, plan: Plan, rule: str, client_id: str | None = None) -> list[LiveSession]:
    """Put sessions on the calendar that repeat by an RRULE, the one that *plan* tells being the first.

    Raises ``Invalid`` naming ``recurrence`` for a rule that cannot be used, and the fields of the plan as a single session does.
    """
    with transaction() as tx:
        require(can_schedule(ctx))
        claim = tx.claim(ctx.user.id, client_id, "series.schedule")
        if claim.object_id is not None:
            return list_sessions_of(ctx, claim.object_id)
        _require_wall_clock(plan)
        # A recurrence rule knows whole seconds.
        plan = plan.changed(starts=plan.starts.replace(microsecond=0), ends=plan.ends.replace(microsecond=0))
        recurrence, starts = _read_rule(rule, plan)
        series = LiveSeries(
            room_id=ctx.room_id,
            created_by_id=ctx.user.id,
            rule=str(recurrence),
            time_zone=plan.time_zone,
            length=len(starts),
        )
        tx.add(series)
        lasts = _length(plan)
        sessions: list[LiveSession] = []
        for place, start in enumerate(starts, start=1):
            # Who may lead is asked once, with the first session.
            known = (*plan.mentor_ids, *plan.co_mentor_ids) if sessions else ()
            session = add_session(tx, ctx, plan.changed(starts=start, lasts=lasts), known=known)
            session.series_id, session.series_place, session.series_length = series.id, place, len(starts)
            sessions.append(session)
            tx.record(
                events.SessionScheduled(
                    actor_id=ctx.user.id, room_id=ctx.room_id, session_id=session.id, in_series=True
                )
            )
            add_details(tx, ctx, session, plan)
        tx.record(events.SeriesScheduled(**_about(ctx, sessions[0], series.id)))
        claim.settle(series.id)
    return sessions


def edit_following(ctx: RoomContext, session_id: int, *, plan: Plan, client_id: str | None = None) -> list[LiveSession]:
    """Change a planned session and all that follow it in its series.

    When the times of this one change, those that follow take its new time of day and length, and their dates move by as many
    days as its own; when they do not, each keeps its times, also one that was moved alone.
    """
    with transaction() as tx:
        pivot = _pivot(ctx, session_id)
        claim = tx.claim(ctx.user.id, client_id, "series.edit")
        if claim.object_id is not None:
            return _from(ctx, pivot)
        following = _planned_from(pivot)
        _require_wall_clock(plan)
        zone = pivot.time_zone
        old_start, old_end = wall_clock(pivot.starts_at, zone), wall_clock(pivot.ends_at, zone)
        is_moved = (plan.starts, plan.ends, plan.time_zone) != (old_start, old_end, zone)
        lasts = _length(plan)
        days = plan.starts.date() - old_start.date()
        change = "details"
        for session in following:
            own = wall_clock(session.starts_at, session.time_zone)
            if is_moved:
                start = datetime.combine(own.date() + days, plan.starts.time())
                wanted = plan.changed(starts=start, lasts=lasts)
            else:
                kept = session.ends_at - session.starts_at
                wanted = plan.changed(starts=own, lasts=kept, time_zone=session.time_zone)
            if session.id != pivot.id:
                wanted = wanted.changed(segments=tuple(replace(one, id=None) for one in plan.segments))
            if change_session(tx, ctx, session, wanted) == "times":
                change = "times"
            _tell_change(tx, ctx, session)
        tx.record(events.SeriesChanged(**_about(ctx, pivot, pivot.series_id or 0), change=change))
        claim.settle(pivot.id)
    return following


def cancel_following(
    ctx: RoomContext, session_id: int, *, reason: str, client_id: str | None = None
) -> list[LiveSession]:
    """Call off a planned session and all that follow it in its series; everybody can read the reason."""
    text = required_line(reason, field="reason", limit=rules.MAX_REASON, name="a reason")
    with transaction() as tx:
        pivot = _pivot(ctx, session_id)
        claim = tx.claim(ctx.user.id, client_id, "series.cancel")
        if claim.object_id is not None:
            return _from(ctx, pivot)
        following = _planned_from(pivot)
        for session in following:
            require(can_lead(ctx, mentor_ids(session.id)))
            call_off(session, text)
            tx.record(
                events.SessionCancelled(
                    actor_id=ctx.user.id, room_id=ctx.room_id, session_id=session.id, in_series=True
                )
            )
        tx.record(events.SeriesCancelled(**_about(ctx, pivot, pivot.series_id or 0)))
        claim.settle(pivot.id)
    return following


def _pivot(ctx: RoomContext, session_id: int) -> LiveSession:
    session = access_session(ctx, session_id, lock=True)
    require(can_lead(ctx, mentor_ids(session.id)))
    if session.series_id is None:
        raise Conflict("This session does not belong to a series.")
    return session


def _planned_from(pivot: LiveSession) -> list[LiveSession]:
    if pivot.state != SessionState.SCHEDULED:
        raise Conflict("Only a session that has not started can be changed together with those that follow it.")
    return lock_following(pivot)


def _from(ctx: RoomContext, pivot: LiveSession) -> list[LiveSession]:
    """Return what a request that was carried out before was about."""
    found = list_sessions_of(ctx, pivot.series_id or 0)
    return [one for one in found if (one.series_place or 0) >= (pivot.series_place or 0)]


def _about(ctx: RoomContext, first: LiveSession, series_id: int) -> dict[str, int]:
    return {
        "actor_id": ctx.user.id,
        "room_id": ctx.room_id,
        "session_id": first.id,
        "series_id": series_id,
        "from_place": first.series_place or 1,
    }


def _tell_change(tx: Transaction, ctx: RoomContext, session: LiveSession) -> None:
    tx.record(events.SessionChanged(actor_id=ctx.user.id, room_id=ctx.room_id, session_id=session.id, change="series"))


def _read_rule(rule: str, plan: Plan) -> tuple[rules.Recurrence, list[datetime]]:
    try:
        recurrence = rules.parse_rule(rule, start=plan.starts, zone_name=plan.time_zone)
        starts = rules.occurrences(recurrence, plan.starts)
        too_far = clock.local_to_utc(starts[-1], plan.time_zone) > clock.now() + rules.FARTHEST_AHEAD
    except OverflowError as error:
        raise Invalid(fields={"starts_at": ["This date is outside of the calendar."]}) from error
    except rules.BadRule as error:
        raise Invalid(str(error), fields={"recurrence": [str(error)]}) from error
    if too_far:
        message = "The last session would be more than two years ahead. Let the series end earlier."
        raise Invalid(message, fields={"recurrence": [message]})
    return recurrence, starts


def _require_wall_clock(plan: Plan) -> None:
    if not clock.is_time_zone(plan.time_zone):
        raise Invalid(fields={"time_zone": ["Choose a time zone from the list."]})
    if plan.starts.tzinfo is not None or plan.ends.tzinfo is not None:
        raise Invalid(fields={"starts_at": ["Give the times as wall-clock times, without an offset."]})
    if plan.ends <= plan.starts:
        raise Invalid(fields={"ends_at": ["The end must be after the start."]})


def _length(plan: Plan) -> timedelta:
    """Return how long the session of *plan* really lasts, also over a night on which clocks change."""
    try:
        starts_at = clock.local_to_utc(plan.starts, plan.time_zone)
        return clock.local_to_utc(plan.ends, plan.time_zone) - starts_at
    except OverflowError as error:
        raise Invalid(fields={"starts_at": ["This date is outside of the calendar."]}) from error
