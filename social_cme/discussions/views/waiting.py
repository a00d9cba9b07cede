"""What waits for an answer, and how long people waited."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask import Response, render_template, request, url_for
from flask_login import login_required

from social_cme.accounts.enums import Specialty, label
from social_cme.core import clock
from social_cme.core.permissions import require
from social_cme.discussions.queries.response_times import list_months_of_waits
from social_cme.discussions.queries.waiting import list_waiting, list_waiting_rooms
from social_cme.discussions.rules.durations import age_in_words, hours_in_words
from social_cme.discussions.rules.response_times import MonthOfWaits, last_months
from social_cme.discussions.views import bp
from social_cme.discussions.views.frame import page
from social_cme.rooms.policies import RoomContext, can_moderate
from social_cme.rooms.queries import read_room
from social_cme.web.actor import current_actor, require_actor
from social_cme.web.downloads import Cell, csv_download
from social_cme.web.templating import reader_zone

PAGE = 25
MONTHS = 12
LOCALE = "en_US"


@bp.get("/unanswered")
def unanswered() -> str:
    """Show what nobody has answered in the rooms one may read, the longest waiting first."""
    actor, room = current_actor(), request.args.get("room", "")[:60]
    told = request.args.get("specialty", "")
    specialty = told if told in set(Specialty) else ""
    cursor = request.args.get("cursor")
    found = list_waiting(actor, room=room, specialty=specialty, cursor=cursor, limit=PAGE)
    here: dict[str, Any] = {"room": room or None, "specialty": specialty or None}
    return render_template(
        "discussions/unanswered.html",
        waiting=[(one, age_in_words(clock.now() - one.created_at)) for one in found.items],
        rooms=list_waiting_rooms(actor),
        specialties=[(str(one), label(one)) for one in Specialty],
        room=room,
        specialty=specialty,
        newer=url_for(".unanswered", **here) if cursor else None,
        older=url_for(".unanswered", **here, cursor=found.next_cursor) if found.next_cursor else None,
    )


@bp.get("/rooms/<slug:slug>/response-times")
@login_required
def response_times(slug: str) -> str:
    """Show mentors how long people waited for answers, month by month."""
    ctx = _moderator(slug)
    months = _months(ctx)
    return page(
        "discussions/response_times.html",
        ctx,
        months=[{"name": _name(one), "figures": one} for one in reversed(months)],
        hours_in_words=hours_in_words,
        asked=sum(one.asked for one in months),
        unanswered=sum(one.unanswered for one in months),
        answer_bars=[_bar(one, one.answer.median) for one in months],
        mentor_bars=[_bar(one, one.mentor.median) for one in months],
    )


@bp.get("/rooms/<slug:slug>/response-times.csv")
@login_required
def response_times_csv(slug: str) -> Response:
    """Download the table of response times."""
    ctx = _moderator(slug)
    header = (
        "month", "asked", "unanswered", "answered", "first_answer_median_hours", "first_answer_p90_hours", "answered_by_a_mentor",
        "first_mentor_answer_median_hours", "first_mentor_answer_p90_hours", "time_zone", "room",
    )  # fmt: skip
    rows = [_row(one, ctx.room.name) for one in _months(ctx)]
    return csv_download(f"response-times-{ctx.room.slug}.csv", header, [rows])


def _moderator(slug: str) -> RoomContext:
    ctx = read_room(require_actor(), slug)
    require(can_moderate(ctx))
    return ctx


def _months(ctx: RoomContext) -> list[MonthOfWaits]:
    zone = ZoneInfo(reader_zone())
    return list_months_of_waits(ctx, months=last_months(clock.now().astimezone(zone).date(), count=MONTHS), zone=zone)


def _name(month: MonthOfWaits) -> str:
    return format_date(month.month, "MMMM y", locale=LOCALE)


def _bar(month: MonthOfWaits, hours: float | None) -> dict[str, object]:
    return {
        "label": format_date(month.month, "MMM", locale=LOCALE),
        "value": round(hours, 1) if hours is not None else 0,
    }


def _row(one: MonthOfWaits, room_name: str) -> list[Cell]:
    hours = [one.answer.median, one.answer.ninetieth, one.mentor.median, one.mentor.ninetieth]
    first, slow, mentor, mentor_slow = [None if value is None else round(value, 2) for value in hours]
    return [
        f"{one.month:%Y-%m}", one.asked, one.unanswered, one.answer.count, first, slow, one.mentor.count, mentor, mentor_slow,
        reader_zone(), room_name,
    ]  # fmt: skip
