"""The pages of participation: one's own, and a room's for its mentors and coordinators."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import chain
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, render_template, request, url_for
from flask_login import login_required

from social_cme.accounts.enums import label
from social_cme.cme import rules
from social_cme.cme.enums import EntryGroup, MemberSort
from social_cme.cme.policies import can_see_participation
from social_cme.cme.queries import members, mine
from social_cme.cme.queries import rooms as room_ledger
from social_cme.cme.views import pictures
from social_cme.core import clock
from social_cme.core.permissions import require
from social_cme.rooms.policies import RoomContext, can_moderate
from social_cme.rooms.queries import open_room
from social_cme.web.actor import require_actor
from social_cme.web.downloads import Cell, csv_download
from social_cme.web.templating import reader_zone

bp = Blueprint("cme", __name__)
WEEKS_OF_ROOM = 12
Choice = TypeVar("Choice", bound=StrEnum)


class Span(StrEnum):
    """The period of a room's table."""

    ALL = "all"
    YEAR = "year"
    QUARTER = "quarter"


@bp.get("/participation")
@login_required
def my_participation() -> str:
    """Show what the reader did: totals, calendar, attendance, ledger."""
    actor = require_actor()
    zone = ZoneInfo(reader_zone())
    first, last = pictures.calendar_days(clock.now().astimezone(zone).date())
    # The calendar reaches back further than the year does, so one reading serves both.
    moments = mine.list_moments(actor, since=rules.day_start(first, zone))
    group = _choice(EntryGroup, "kind", EntryGroup.ALL)
    sessions = mine.list_attended_sessions(actor)
    return render_template(
        "cme/my_participation.html",
        standing=mine.standing_from(moments, zone),
        heat=pictures.heat_map(rules.calendar(moments, first=first, last=last, zone=zone)),
        reckoning=pictures.reckoning(sessions, zone),
        lanes=pictures.session_lanes(sessions),
        marks=pictures.SHARE_MARKS,
        page=mine.list_lines(actor, group=group, cursor=request.args.get("after")),
        group=group,
        groups=list(EntryGroup),
        is_first_page="after" not in request.args,
        zone_name=zone.key,
    )


@bp.get("/participation.csv")
@login_required
def my_participation_csv() -> Response:
    """Download one's whole ledger."""
    actor = require_actor()
    zone = ZoneInfo(reader_zone())
    header = (
        "entry", "occurred_at_utc", "local_time", "time_zone", "activity", "room", "title", "started_at_utc", "ended_at_utc",
        "seconds", "minutes", "counted", "not_counted_because", "not_counted_since_utc", "revision", "recorded_at_utc", "link",
    )  # fmt: skip
    rows = ([_own_row(line, zone) for line in batch] for batch in mine.iter_lines(actor))
    return csv_download(f"participation-{clock.now().astimezone(zone):%Y-%m-%d}.csv", header, rows)


@bp.get("/rooms/<slug:slug>/participation")
@login_required
def room_participation(slug: str) -> str:
    """Show what the members of a room did, for those who guide or run it."""
    ctx = _room_of_reader(slug)
    zone = ZoneInfo(reader_zone())
    today = clock.now().astimezone(zone).date()
    weeks = pictures.past_weeks(today, zone, count=WEEKS_OF_ROOM)
    figures = room_ledger.find_figures(
        ctx, since=clock.now() - timedelta(days=30), weeks=[(start, end) for _, start, end in weeks]
    )
    span, sort = _choice(Span, "period", Span.ALL), _choice(MemberSort, "sort", MemberSort.NAME)
    return render_template(
        "cme/room_participation.html",
        room=ctx.room,
        membership=ctx.membership if ctx.is_member else None,
        can_moderate=bool(can_moderate(ctx)),
        figures=figures,
        week_bars=pictures.week_bars([monday for monday, _, _ in weeks], figures.per_week),
        attendance=_attendance(ctx),
        unnamed=members.count_unnamed(ctx, since=_since(span, zone)),
        page=members.list_members(ctx, sort=sort, since=_since(span, zone), cursor=request.args.get("after")),
        sort=sort,
        span=span,
        is_first_page="after" not in request.args,
    )


@bp.get("/rooms/<slug:slug>/participation.csv")
@login_required
def room_participation_csv(slug: str) -> Response:
    """Download the table of a room's members."""
    ctx = _room_of_reader(slug)
    zone = ZoneInfo(reader_zone())
    span = _choice(Span, "period", Span.ALL)
    header = (
        "member", "profession", "role", "active_member", "asked", "answers", "comments", "votes", "endorsements_received",
        "endorsements_given", "attended_seconds", "attended_minutes", "last_activity_utc", "last_activity_local", "time_zone",
        "period",
    )  # fmt: skip
    unnamed = members.count_unnamed(ctx, since=_since(span, zone))
    rows: Iterable[Iterable[Sequence[Cell]]] = (
        [_member_row(line, zone, span) for line in batch]
        for batch in members.iter_members(ctx, since=_since(span, zone))
    )
    if unnamed:
        rows = chain(rows, [[_unnamed_row(unnamed, zone, span)]])
    return csv_download(f"participation-{ctx.room.slug}.csv", header, rows)


def _room_of_reader(slug: str) -> RoomContext:
    ctx = open_room(require_actor(), slug)
    require(can_see_participation(ctx))
    return ctx


def _attendance(ctx: RoomContext) -> dict[str, Any] | None:
    sessions = room_ledger.list_attended(ctx)
    if not sessions:
        return None
    wanted = request.args.get("session", "")
    chosen = next((one for one in sessions if str(one.id) == wanted), sessions[0])
    frame, presence, total = room_ledger.list_presence(chosen, ctx.room.slug)
    return {
        "sessions": sessions,
        "chosen": chosen,
        "frame": frame,
        "total": total,
        "shown": len(presence),
        "lanes": pictures.people_lanes(frame, presence),
        "marks": pictures.clock_marks(frame),
    }


def _since(span: Span, zone: ZoneInfo) -> datetime | None:
    today = clock.now().astimezone(zone).date()
    starts = {Span.YEAR: rules.year_of(today, zone).start, Span.QUARTER: rules.quarter_of(today, zone).start}
    return starts.get(span)


def _choice(kind: type[Choice], name: str, default: Choice) -> Choice:
    """Return a filter from the address; an unknown one means the default, because a filter is no claim to check."""
    value = request.args.get(name, "")
    return kind(value) if value in set(kind) else default


def _own_row(line: mine.Line, zone: ZoneInfo) -> Sequence[Cell]:
    ended = line.started_at + timedelta(seconds=line.seconds) if line.started_at is not None else None
    return (
        line.id, clock.iso(line.occurred_at), _local(line.occurred_at, zone), zone.key, label(line.activity), line.room_name,
        line.title, _utc(line.started_at), _utc(ended), line.seconds, line.seconds // 60, "yes" if line.is_counted else "no",
        line.void_reason, _utc(line.voided_at), line.revision, clock.iso(line.recorded_at), line_address(line),
    )  # fmt: skip


def _member_row(line: members.MemberLine, zone: ZoneInfo, span: Span) -> Sequence[Cell]:
    return (
        line.display_name, label(line.profession) if line.profession else "", label(line.role), "yes" if line.is_active else "no",
        line.asked, line.answers, line.comments, line.votes, line.endorsed, line.endorsements_given, line.seconds, line.minutes,
        _utc(line.last_at), _local(line.last_at, zone) if line.last_at else "", zone.key, span.value,
    )  # fmt: skip


def _unnamed_row(unnamed: members.Unnamed, zone: ZoneInfo, span: Span) -> Sequence[Cell]:
    return (
        "Under a pseudonym", "", "", "", unnamed.asked, unnamed.answers, unnamed.comments, "", "", "", "", "", "", "", zone.key,
        span.value,
    )  # fmt: skip


@bp.app_template_global()
def line_address(line: mine.Line) -> str:
    """Return the address of what a line of the ledger is about, empty when it can no longer be read."""
    if not line.readable:
        return ""
    if line.post_id is not None:
        return url_for("discussions.show_post", slug=line.place_slug, post_id=line.post_id)
    if line.thread_id is not None:
        return url_for("discussions.show_thread", slug=line.place_slug, thread_id=line.thread_id)
    if line.session_id is not None:
        return url_for("live.show", slug=line.room_slug, session_id=line.session_id)
    if line.unit_id is not None:
        return url_for("cohorts.show_unit", slug=line.room_slug, unit_id=line.unit_id)
    return url_for("discussions.room_threads", slug=line.room_slug)


def _utc(moment: datetime | None) -> str:
    return clock.iso(moment) if moment is not None else ""


def _local(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M:%S%z}"
