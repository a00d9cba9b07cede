"""A team's page: its work, the feedback it got, and what is said beside it."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask_login import login_required
from werkzeug import Response

from social_cme.cohorts.forms import CommentForm, WorkForm
from social_cme.cohorts.models import Challenge, Team
from social_cme.cohorts.policies import (
    CohortContext,
    can_comment,
    can_read_challenge,
    can_read_work,
    can_review_as_coordinator,
    can_write_for_team,
)
from social_cme.cohorts.queries.challenges import (
    feedback_is_open,
    find_work,
    list_comments,
    list_criteria,
    list_teams,
    list_versions,
    reads_work_of,
    reviews_of,
)
from social_cme.cohorts.queries.door import open_team
from social_cme.cohorts.services import deliverables, feedback
from social_cme.cohorts.views import bp, person
from social_cme.cohorts.views.frame import page
from social_cme.core import clock
from social_cme.core.errors import Conflict, Invalid
from social_cme.core.ids import new_token
from social_cme.core.permissions import require
from social_cme.extensions import limiter
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries import read_room
from social_cme.web.actor import current_actor, require_actor

Answer = Response | tuple[str, int]


@bp.get("/rooms/<slug:slug>/teams/<id:team_id>")
def show_team(slug: str, team_id: int) -> str:
    """Show a team with its work."""
    return _team_page(read_room(current_actor(), slug), team_id)


@bp.post("/rooms/<slug:slug>/teams/<id:team_id>/work")
@login_required
@limiter.limit("60 per minute", key_func=person)
def save_work(slug: str, team_id: int) -> Answer:
    """Save the team's draft, or hand it in."""
    ctx = read_room(require_actor(), slug)
    form = WorkForm()
    if not form.validate():
        return _team_page(ctx, team_id, work_form=form), 422
    hands_in = bool(form.submit.data)
    write = deliverables.submit_deliverable if hands_in else deliverables.save_deliverable
    try:
        seen = form.seen()
        write(ctx, team_id, body=form.body.data or "", link=form.link.data or "", revision=-1 if seen is None else seen)
    except Invalid as error:
        form.add_errors(error)
        return _team_page(read_room(require_actor(), slug), team_id, work_form=form), error.status
    except Conflict as error:
        return _team_page(
            read_room(require_actor(), slug), team_id, work_form=form, problem=error.message
        ), error.status
    flash("Your team's work is handed in." if hands_in else "The draft is saved. Your colleagues see it.", "success")
    return redirect(url_for("cohorts.show_team", slug=slug, team_id=team_id), code=303)


@bp.post("/rooms/<slug:slug>/teams/<id:team_id>/comments")
@login_required
@limiter.limit("30 per minute", key_func=person)
def comment(slug: str, team_id: int) -> Answer:
    """Write beside a team's work."""
    ctx = read_room(require_actor(), slug)
    form = CommentForm()
    if not form.validate():
        return _team_page(ctx, team_id, comment_form=form), 422
    try:
        feedback.post_comment(ctx, team_id, body=form.comment.data, client_id=form.client_id.data or None)
    except Invalid as error:
        form.add_errors(error)
        return _team_page(read_room(require_actor(), slug), team_id, comment_form=form), error.status
    return redirect(url_for("cohorts.show_team", slug=slug, team_id=team_id, _anchor="comments"), code=303)


def _team_page(
    ctx: RoomContext,
    team_id: int,
    *,
    work_form: WorkForm | None = None,
    comment_form: CommentForm | None = None,
    problem: str | None = None,
) -> str:
    c, challenge, team = open_team(ctx, team_id)
    require(can_read_challenge(c, challenge, clock.now()))
    line = next(one for one in list_teams(challenge.id) if one.team.id == team.id)
    in_team = line.has(ctx.actor_id)
    reads = not in_team and reads_work_of(team.id, ctx.actor_id)
    require(can_read_work(c, line.work, in_team=in_team, reads=reads))
    is_own = c.oversees or (c.is_in and in_team)
    writes = bool(can_write_for_team(c, in_team=in_team)) and not line.is_submitted
    work = find_work(team.id)
    comments = can_comment(c, in_team=in_team)
    return page(
        "cohorts/team.html",
        c,
        challenge=challenge,
        team=team,
        line=line,
        work=work,
        in_team=in_team,
        is_own=is_own,
        writes=writes,
        work_form=work_form or _work_form(line.work),
        problem=problem,
        versions=list_versions(work) if is_own else [],
        criteria=list_criteria(challenge.id),
        comments=list_comments(team.id) if is_own else [],
        may_comment=bool(comments),
        comment_form=comment_form or CommentForm(formdata=None, client_id=new_token()[:32]),
        **_received(c, challenge, team, in_team=in_team),
    )


def _received(c: CohortContext, challenge: Challenge, team: Team, *, in_team: bool) -> dict[str, object]:
    """Return the feedback on a team's work as far as the reader may see it."""
    if not (c.oversees or (c.is_in and in_team)):
        return {"received": [], "received_count": 0, "is_open": False, "may_review": False}
    known = reviews_of(team.id)
    given = [review for review in known if review.given_at is not None]
    is_open = c.oversees or feedback_is_open(challenge, team.id)
    reviewed = any(review.coordinator_id == c.room.actor_id for review in known)
    return {
        "received": given if is_open else [],
        "received_count": len(given),
        "is_open": is_open,
        "may_review": bool(can_review_as_coordinator(c)) and not reviewed,
    }


def _work_form(work: object) -> WorkForm:
    body, link, revision = (getattr(work, name, "") for name in ("body_md", "link", "revision"))
    return WorkForm(formdata=None, body=body, link=link, revision=str(revision or 0))
