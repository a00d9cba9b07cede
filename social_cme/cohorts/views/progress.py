"""Progress: one's own, and the table for those who guide or run the room."""

from __future__ import annotations

from collections.abc import Sequence

from flask import redirect, request, url_for
from flask_login import login_required
from werkzeug import Response

from social_cme.accounts.enums import label
from social_cme.cohorts.policies import can_see_reflections, can_see_table
from social_cme.cohorts.queries.challenges import list_challenges
from social_cme.cohorts.queries.courses import list_units
from social_cme.cohorts.queries.door import open_cohort
from social_cme.cohorts.queries.progress import (
    ChallengeLine,
    MemberProgress,
    find_member,
    find_outline,
    find_reflections,
    find_table,
    iter_table,
)
from social_cme.cohorts.views import bp
from social_cme.cohorts.views.frame import page
from social_cme.core import clock
from social_cme.core.permissions import require
from social_cme.rooms.queries import read_room
from social_cme.web.actor import require_actor
from social_cme.web.downloads import Cell, csv_download


@bp.get("/rooms/<slug:slug>/cohorts/<id:cohort_id>/progress")
@login_required
def table(slug: str, cohort_id: int) -> str | Response:
    """Show what each member has done; a member is led to the own page."""
    c = open_cohort(read_room(require_actor(), slug), cohort_id)
    if c.is_in:
        address = url_for("cohorts.member", slug=slug, cohort_id=cohort_id, user_id=c.room.actor_id)
        return redirect(address, code=303)
    found = find_table(c, cursor=request.args.get("after"))
    return page("cohorts/progress.html", c, table=found, is_first_page="after" not in request.args)


@bp.get("/rooms/<slug:slug>/cohorts/<id:cohort_id>/progress.csv")
@login_required
def table_csv(slug: str, cohort_id: int) -> Response:
    """Download the table."""
    c = open_cohort(read_room(require_actor(), slug), cohort_id)
    require(can_see_table(c))
    header = ["member", "profession", "career_stage", "joined_utc", "left_utc", "items_done", "items"]
    header += [f"unit: {unit.title}" for unit in list_units(cohort_id)]
    header += [f"challenge: {one.title}" for one in list_challenges(cohort_id)]
    rows = ([_row(line) for line in batch] for batch in iter_table(c))
    return csv_download(f"cohort-{cohort_id}-progress.csv", [safe_header(one) for one in header], rows)


@bp.get("/rooms/<slug:slug>/cohorts/<id:cohort_id>/progress/<id:user_id>")
@login_required
def member(slug: str, cohort_id: int, user_id: int) -> str:
    """Show what one member has done, what comes next, and what is overdue."""
    c = open_cohort(read_room(require_actor(), slug), cohort_id)
    seat, person = find_member(c, user_id)
    return page(
        "cohorts/member.html",
        c,
        seat=seat,
        person=person,
        is_own=user_id == c.room.actor_id,
        outline=find_outline(c, user_id),
        reflections=find_reflections(c, user_id),
        may_read=bool(can_see_reflections(c, user_id)),
    )


def safe_header(text: str) -> str:
    """Return a heading of the file on one line; it begins with a fixed word, so it is never a formula."""
    return " ".join(text.split())


def _row(line: MemberProgress) -> Sequence[Cell]:
    person, total = line.person, line.total
    return [
        person.display_name,
        label(person.profession) if person.profession else "",
        label(person.career_stage) if person.career_stage else "",
        clock.iso(line.member.joined_at),
        clock.iso(line.member.left_at) if line.member.left_at is not None else "",
        total.done,
        total.total,
        *(f"{share.done} of {share.total}" for share in line.shares),
        *(_standing(one) for one in line.challenges),
    ]


def _standing(line: ChallengeLine) -> str:
    if line.team is None:
        return "no team"
    if line.submitted_at is None:
        return "not handed in"
    when = "handed in late" if line.is_late else "handed in"
    return f"{when}, feedback {line.reviews_given} of {line.reviews_asked}"
