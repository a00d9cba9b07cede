"""What a session leaves on record: how one's own minutes came about, who came, and what it was like."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from flask_login import login_required
from werkzeug import Response

from social_cme.accounts.enums import label
from social_cme.core import clock
from social_cme.core.errors import Conflict, Forbidden
from social_cme.core.permissions import require
from social_cme.extensions import limiter
from social_cme.live import rules
from social_cme.live.models import LiveSession
from social_cme.live.policies import can_lead, can_see_records
from social_cme.live.queries.agenda import load_agenda
from social_cme.live.queries.counting import account_of
from social_cme.live.queries.records import Attendee, iter_attendees, load_statistics
from social_cme.live.queries.sessions import access_session, mentor_ids
from social_cme.live.services import agenda, attendance
from social_cme.live.views import bp, person, pictures
from social_cme.live.views.acting import SESSION, back_to
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries import read_room
from social_cme.web.actor import require_actor
from social_cme.web.downloads import Cell, csv_download
from social_cme.web.templating import reader_zone

PEOPLE_SHOWN = 200


@bp.get(f"{SESSION}/my-minutes")
@login_required
def my_minutes(slug: str, session_id: int) -> str:
    """Show the reader exactly how their minutes in a session came about."""
    ctx = read_room(require_actor(), slug)
    session = access_session(ctx, session_id)
    account = account_of(ctx.user.id, session.id)
    return render_template(
        "live/my_minutes.html",
        room=ctx.room,
        session=session,
        account=account,
        picture=pictures.minutes_picture(session, account) if account is not None else None,
        grace=rules.STILL_HERE_GRACE.seconds // 60,
        zone_name=reader_zone(),
    )


@bp.post(f"{SESSION}/still-here")
@login_required
@limiter.limit("60 per minute", key_func=person)
def still_here(slug: str, session_id: int) -> Response:
    """Note that somebody says to be still there."""
    try:
        attendance.confirm_presence(read_room(require_actor(), slug), session_id)
    except (Conflict, Forbidden) as error:
        flash(error.message, "error")
    return redirect(url_for("live.show", slug=slug, session_id=session_id), code=303)


@bp.get(f"{SESSION}/statistics")
@login_required
def statistics(slug: str, session_id: int) -> str:
    """Show what a session was like: people, minutes, interaction, questions, answers."""
    ctx, session = _records(slug, session_id)
    plan = load_agenda(session.id)
    found = load_statistics(session, has_agenda=bool(plan.segments))
    return render_template(
        "live/statistics.html",
        room=ctx.room,
        session=session,
        agenda=plan,
        found=found,
        shown=found.attendees[:PEOPLE_SHOWN],
        over_time=pictures.over_time(found.over_time),
        minute_bars=pictures.minute_bars(found.attendees),
        response_bars=pictures.response_bars(found.responses),
        leads=bool(can_lead(ctx, mentor_ids(session.id))),
        zone_name=reader_zone(),
    )


@bp.get(f"{SESSION}/attendance.csv")
@login_required
@limiter.limit("30 per hour", key_func=person)
def attendance_csv(slug: str, session_id: int) -> Response:
    """Download who came, for how long, and in which stretches."""
    _, session = _records(slug, session_id)
    zone = ZoneInfo(reader_zone())
    header = (
        "person", "profession", "first_in_utc", "last_out_utc", "first_in_local", "last_out_local", "time_zone",
        "counted_seconds", "counted_minutes", "interactive_minutes", "stretches",
    )  # fmt: skip
    key = session.id
    rows = ([_row(one, zone) for one in batch] for batch in iter_attendees(key))
    return csv_download(f"attendance-{key}.csv", header, rows)


@bp.post(f"{SESSION}/segments/<id:segment_id>/correct")
@login_required
@limiter.limit("120 per minute", key_func=person)
def correct_segment(slug: str, session_id: int, segment_id: int) -> Response:
    """Say anew whether a segment counts and was interactive."""
    ctx = read_room(require_actor(), slug)
    countable, interactive = (request.form.get(name) == "1" for name in ("countable", "interactive"))
    try:
        agenda.correct_segment(ctx, session_id, segment_id, countable=countable, interactive=interactive)
        flash("The agenda is corrected, and everybody's time is counted anew.", "success")
    except (Conflict, Forbidden) as error:
        flash(error.message, "error")
        return back_to(slug, session_id)
    return redirect(url_for("live.statistics", slug=slug, session_id=session_id, _anchor="agenda"), code=303)


def _records(slug: str, session_id: int) -> tuple[RoomContext, LiveSession]:
    ctx = read_room(require_actor(), slug)
    session = access_session(ctx, session_id)
    require(can_see_records(ctx))
    return ctx, session


def _row(one: Attendee, zone: ZoneInfo) -> Sequence[Cell]:
    stretches = "; ".join(
        f"{stretch.start.astimezone(zone):%H:%M:%S} to {stretch.end.astimezone(zone):%H:%M:%S}"
        for stretch in one.account.counted
    )
    return (
        one.display_name, label(one.profession) if one.profession else "", _utc(one.first_at), _utc(one.last_at),
        _local(one.first_at, zone), _local(one.last_at, zone), zone.key, one.seconds, one.minutes, one.interactive_minutes,
        stretches,
    )  # fmt: skip


def _utc(moment: datetime | None) -> str:
    return clock.iso(moment) if moment is not None else ""


def _local(moment: datetime | None, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M:%S%z}" if moment is not None else ""
