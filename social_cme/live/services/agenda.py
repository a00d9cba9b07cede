"""The agenda: planned, gone through, corrected afterward.

Rule: when a segment began and ended is stamped by the server's clock and never edited; what it is (countable, interactive) may be
corrected, and then everybody's time is settled anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from social_cme.core import clock
from social_cme.core.errors import Conflict, Invalid
from social_cme.core.permissions import require
from social_cme.core.text import clean_line
from social_cme.live import events, rules
from social_cme.live.enums import SessionState
from social_cme.live.models import LiveSession, Segment, SegmentRun
from social_cme.live.policies import can_lead
from social_cme.live.queries.agenda import access_segment, find_open_run, has_run, list_segments, load_agenda
from social_cme.live.queries.sessions import access_session, mentor_ids
from social_cme.live.rules import SegmentPlan
from social_cme.live.services.settling import settle
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.rooms.policies import RoomContext


def set_agenda(
    ctx: RoomContext, session_id: int, *, segments: Sequence[SegmentPlan], client_id: str | None = None
) -> LiveSession:
    """Replace the agenda of a planned or running session; lines with an ``id`` stay the segments that they were."""
    with transaction() as tx:
        session = access_session(ctx, session_id, lock=True)
        require(can_lead(ctx, mentor_ids(session.id)))
        claim = tx.claim(ctx.user.id, client_id, "session.agenda")
        if claim.object_id is not None:
            return session
        if session.state not in {SessionState.SCHEDULED, SessionState.LIVE}:
            raise Conflict("This session is over and can no longer be changed.")
        write_agenda(tx, session, segments, actor_id=ctx.user.id)
        claim.settle(session.id)
    return session


def write_agenda(tx: Transaction, session: LiveSession, segments: Sequence[SegmentPlan], *, actor_id: int) -> None:
    """Bring a session's segments to what is wanted; called inside the transaction that plans or changes the session.

    Raises ``Invalid`` for the field ``segments``.
    """
    wanted = [_cleaned(one) for one in segments]
    known = {one.id: one for one in list_segments(session.id)}
    planned = (session.ends_at - session.starts_at) // timedelta(minutes=1)
    problems = rules.agenda_problems(wanted, session_minutes=planned)
    if any(one.id is not None and one.id not in known for one in wanted):
        problems.append("A segment of the agenda is no longer there. Reload the page.")
    gone = [row for key, row in known.items() if key not in {one.id for one in wanted}]
    problems += [f"“{row.title}” has begun and stays in the agenda." for row in gone if has_run(row.id)]
    if problems:
        raise Invalid("The agenda needs another look.", fields={"segments": problems})
    for row in gone:
        tx.session.delete(row)
    changed, recount = bool(gone), False
    for position, one in enumerate(wanted):
        row = known.get(one.id or 0) or Segment(session_id=session.id)
        before = (row.position, row.kind, row.title, row.minutes, row.countable, row.interactive)
        after = (position, one.kind, one.title, one.minutes, one.countable, one.interactive)
        row.position, row.kind, row.title, row.minutes, row.countable, row.interactive = after
        changed = changed or before != after
        recount = recount or (row.id is not None and before[4] != after[4])
        tx.session.add(row)
    tx.session.flush()
    if changed:
        tx.record(events.AgendaChanged(actor_id=actor_id, room_id=session.room_id, session_id=session.id))
    if recount and session.started_at is not None:
        settle(tx, session.id)


def move_to_segment(
    ctx: RoomContext, session_id: int, segment_id: int | None = None, *, client_id: str | None = None
) -> LiveSession:
    """Make a segment of a running session the current one, the next of the agenda unless said which."""
    with transaction() as tx:
        session = access_session(ctx, session_id, lock=True)
        require(can_lead(ctx, mentor_ids(session.id)))
        claim = tx.claim(ctx.user.id, client_id, "segment.start")
        if claim.object_id is not None:
            return session
        if session.state != SessionState.LIVE:
            raise Conflict("Segments are gone through while the session runs.")
        if segment_id is None:
            following = load_agenda(session.id).following
            if following is None:
                raise Conflict("This was the last segment of the agenda.")
            segment_id = following.id
        segment = access_segment(session, segment_id)
        _start_run(tx, session, segment, moment=clock.now(), actor_id=ctx.user.id)
        claim.settle(session.id)
    return session


def correct_segment(
    ctx: RoomContext,
    session_id: int,
    segment_id: int,
    *,
    countable: bool,
    interactive: bool,
    client_id: str | None = None,
) -> LiveSession:
    """Say anew whether a segment counts and whether it was interactive, also after the session; everybody's time follows."""
    with transaction() as tx:
        session = access_session(ctx, session_id, lock=True)
        require(can_lead(ctx, mentor_ids(session.id)))
        segment = access_segment(session, segment_id)
        claim = tx.claim(ctx.user.id, client_id, "segment.correct")
        if claim.object_id is not None or (segment.countable, segment.interactive) == (countable, interactive):
            return session
        if session.state == SessionState.CANCELLED:
            raise Conflict("This session was canceled.")
        recount = segment.countable != countable
        segment.countable, segment.interactive = countable, interactive
        tx.record(events.AgendaChanged(actor_id=ctx.user.id, room_id=ctx.room_id, session_id=session.id))
        if recount and session.started_at is not None:
            settle(tx, session.id)
        claim.settle(session.id)
    return session


def begin_agenda(tx: Transaction, session: LiveSession, *, actor_id: int) -> None:
    """Make the first segment the current one; called inside the transaction that starts the session."""
    segments = list_segments(session.id)
    if segments:
        _start_run(tx, session, segments[0], moment=session.started_at or clock.now(), actor_id=actor_id)


def end_agenda(tx: Transaction, session: LiveSession, *, moment: datetime, actor_id: int | None) -> None:
    """End the current segment; called inside the transaction that ends the session."""
    run = find_open_run(session.id)
    if run is not None:
        run.ended_at = max(moment, run.started_at)
        tx.record(
            events.SegmentEnded(
                actor_id=actor_id, room_id=session.room_id, session_id=session.id, segment_id=run.segment_id
            )
        )


def _start_run(tx: Transaction, session: LiveSession, segment: Segment, *, moment: datetime, actor_id: int) -> None:
    run = find_open_run(session.id)
    if run is not None and run.segment_id == segment.id:
        return
    if run is not None:
        moment = max(moment, run.started_at)
        run.ended_at = moment
        tx.session.flush()
    tx.add(SegmentRun(session_id=session.id, segment_id=segment.id, started_at=moment))
    tx.record(
        events.SegmentStarted(actor_id=actor_id, room_id=session.room_id, session_id=session.id, segment_id=segment.id)
    )


def _cleaned(one: SegmentPlan) -> SegmentPlan:
    return SegmentPlan(
        id=one.id,
        title=clean_line(one.title or ""),
        minutes=one.minutes,
        kind=one.kind,
        countable=one.countable,
        interactive=one.interactive,
    )
