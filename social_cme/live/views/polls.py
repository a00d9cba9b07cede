"""Polls on the pages of a session: prepare, open and close, vote, take away. All of it works without JavaScript."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_login import login_required
from werkzeug import Response

from social_cme.core.errors import AppError, Conflict, Forbidden, Invalid, NotFound
from social_cme.core.ids import MAX_ID, is_client_id, new_token
from social_cme.core.permissions import require
from social_cme.extensions import limiter
from social_cme.live.forms import PollForm, PollTextForm
from social_cme.live.models import LiveSession
from social_cme.live.policies import can_prepare_polls
from social_cme.live.queries.poll_tables import ballot_table, count_table
from social_cme.live.queries.polls import access_poll, list_polls
from social_cme.live.queries.sessions import access_session, mentor_ids
from social_cme.live.rules.polls import Ballot
from social_cme.live.services import ballots, poll_groups, polling, polls
from social_cme.live.services.polls import PollPlan
from social_cme.live.views import bp, person
from social_cme.live.views.acting import SESSION, Page, back_to
from social_cme.live.views.pages import render_session
from social_cme.live.views.poll_frame import RefusedBallot
from social_cme.live.views.steering import LIMIT
from social_cme.privacy.queries.looking import with_chosen_wordings
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries import read_room
from social_cme.web.actor import require_actor
from social_cme.web.downloads import csv_download

POLL = f"{SESSION}/polls/<id:poll_id>"
UNKNOWN = "This page sent something that is not known here. Reload it and try again."


@bp.post(f"{POLL}/vote")
@login_required
@limiter.limit("120 per minute", key_func=person)
def vote_poll(slug: str, session_id: int, poll_id: int) -> Page:
    """Vote in a poll, or change one's vote."""
    ctx = read_room(require_actor(), slug)
    form = PollTextForm()
    if form.wants_wordings():
        form.restate(*with_chosen_wordings(ctx, form.checked_texts(), form.chosen_wordings()))
        return render_session(ctx, session_id, poll_refused=_refused(poll_id, "", form))
    client_id = request.form.get("client_id", "")
    try:
        ballots.cast_ballot(
            ctx,
            session_id,
            poll_id,
            ballot=_ballot(),
            attested=form.attested_findings(),
            client_id=client_id if is_client_id(client_id) else None,
        )
    except Invalid as error:
        form.add_errors(error)
        refused = _refused(poll_id, error.message, form)
        return render_session(read_room(require_actor(), slug), session_id, poll_refused=refused), error.status
    except (Conflict, Forbidden) as error:
        flash(error.message, "error")
    return back_to(slug, session_id, anchor=f"poll-{poll_id}")


@bp.route(f"{SESSION}/polls/new", methods=["GET", "POST"])
@login_required
@limiter.limit(LIMIT, methods=["POST"], key_func=person)
def new_poll(slug: str, session_id: int) -> Page:
    """Prepare a poll: the form, and what it sends."""
    ctx = read_room(require_actor(), slug)
    session = _preparing(ctx, session_id)
    form = PollForm(client_id=new_token()[:32])

    def save() -> object:
        return polls.create_poll(
            ctx, session_id, plan=_plan(form), attested=form.attested_findings(), client_id=form.client_id.data or None
        )

    return _compose(ctx, session, form, save)


@bp.route(f"{POLL}/edit", methods=["GET", "POST"])
@login_required
@limiter.limit(LIMIT, methods=["POST"], key_func=person)
def edit_poll(slug: str, session_id: int, poll_id: int) -> Page:
    """Change a draft: the form, and what it sends."""
    ctx = read_room(require_actor(), slug)
    session = _preparing(ctx, session_id)
    plan = polls.plan_of(access_poll(session, poll_id))
    present = {name: getattr(plan, name) for name in plan.__dataclass_fields__}
    correct = ", ".join(str(place) for place in plan.correct)
    form = PollForm(data={**present, "options": "\n".join(plan.options), "correct": correct})

    def save() -> object:
        return polls.edit_poll(ctx, session_id, poll_id, plan=_plan(form), attested=form.attested_findings())

    return _compose(ctx, session, form, save, poll_id=poll_id)


@bp.post(f"{SESSION}/polls/copy")
@login_required
@limiter.limit(LIMIT, key_func=person)
def copy_poll(slug: str, session_id: int) -> Response:
    """Take over a poll of another session."""
    ctx = read_room(require_actor(), slug)
    try:
        polls.copy_poll(ctx, session_id, source_id=_number("poll_id") or 0)
    except (Conflict, Forbidden) as error:
        flash(error.message, "error")
    return back_to(slug, session_id, anchor="polls-prepared")


@bp.post(f"{POLL}/control")
@login_required
@limiter.limit(LIMIT, key_func=person)
def control_poll(slug: str, session_id: int, poll_id: int) -> Response:
    """Open a poll or its next round, close it, show or hold back its results, or throw a draft away."""
    ctx = read_room(require_actor(), slug)
    actions: dict[str, Callable[[], object]] = {
        "open": lambda: polling.open_round(ctx, session_id, poll_id),
        "close": lambda: polling.close_poll(ctx, session_id, poll_id, discuss=False),
        "discuss": lambda: polling.close_poll(ctx, session_id, poll_id, discuss=True),
        "show": lambda: polling.show_results(ctx, session_id, poll_id, shown=True),
        "hide": lambda: polling.show_results(ctx, session_id, poll_id, shown=False),
        "delete": lambda: polls.delete_poll(ctx, session_id, poll_id),
    }
    return _act(slug, session_id, actions.get(request.form.get("do", "")), f"poll-{poll_id}")


@bp.post(f"{POLL}/answers/<id:group_id>")
@login_required
@limiter.limit(LIMIT, key_func=person)
def control_answer(slug: str, session_id: int, poll_id: int, group_id: int) -> Response:
    """Put a free answer into another, take it out, or take its words off the screen."""
    ctx = read_room(require_actor(), slug)
    actions: dict[str, Callable[[], object]] = {
        "group": lambda: poll_groups.group_answers(ctx, session_id, poll_id, group_id, into_id=_number("into_id")),
        "hide": lambda: poll_groups.hide_answer(ctx, session_id, poll_id, group_id),
        "unhide": lambda: poll_groups.hide_answer(ctx, session_id, poll_id, group_id, hidden=False),
    }
    return _act(slug, session_id, actions.get(request.form.get("do", "")), f"poll-{poll_id}")


@bp.get(f"{SESSION}/polls.csv")
@login_required
def polls_csv(slug: str, session_id: int) -> Response:
    """Download results as a table: of the session or of one poll; counts, or the ballots of named polls."""
    ctx = read_room(require_actor(), slug)
    session = access_session(ctx, session_id)
    poll_id = request.args.get("poll", type=int)
    found = list_polls(session.id) if poll_id is None else [access_poll(session, min(poll_id, MAX_ID), drafts=False)]
    name = f"session-{session.id}-polls" if poll_id is None else f"poll-{poll_id}"
    if request.args.get("rows") == "ballots":
        header, batches = ballot_table(ctx, session, found)
        return csv_download(f"{name}-ballots.csv", header, batches)
    header, rows = count_table(ctx, session, found)
    return csv_download(f"{name}.csv", header, [rows])


def _compose(
    ctx: RoomContext, session: LiveSession, form: PollForm, save: Callable[[], object], *, poll_id: int | None = None
) -> Page:
    slug, session_id = ctx.room.slug, session.id
    if form.is_submitted():
        if form.wants_wordings():
            form.restate(*with_chosen_wordings(ctx, form.checked_texts(), form.chosen_wordings()))
            return _form_page(ctx, session, form, poll_id)
        try:
            if form.validate():
                save()
                flash("The poll is prepared. Nobody else sees it until you open it.", "success")
                return redirect(url_for("live.show", slug=slug, session_id=session_id, _anchor="polls-prepared"), 303)
        except (Invalid, Conflict) as error:
            form.add_errors(error)
        fresh = read_room(require_actor(), slug)
        return _form_page(fresh, access_session(fresh, session_id), form, poll_id), 422
    return _form_page(ctx, session, form, poll_id)


def _form_page(ctx: RoomContext, session: LiveSession, form: PollForm, poll_id: int | None) -> str:
    return render_template("live/poll_edit.html", room=ctx.room, session=session, form=form, poll_id=poll_id)


def _preparing(ctx: RoomContext, session_id: int) -> LiveSession:
    session = access_session(ctx, session_id)
    require(can_prepare_polls(ctx, session, mentor_ids(session.id)))
    return session


def _act(slug: str, session_id: int, act: Callable[[], object] | None, anchor: str) -> Response:
    if act is None:
        raise Invalid(UNKNOWN)
    try:
        act()
    except AppError as error:
        if isinstance(error, NotFound):
            raise
        flash(error.message, "error")
    return back_to(slug, session_id, anchor=anchor)


def _plan(form: PollForm) -> PollPlan:
    plain = (
        "kind",
        "question",
        "max_choices",
        "timer_seconds",
        "results_when",
        "is_anonymous",
        "may_change",
        "two_rounds",
    )
    values: dict[str, Any] = {name: form[name].data for name in plain}
    values |= {name: form[name].data or "" for name in ("rationale", "label_min", "label_max")}
    values |= {name: form[name].data for name in ("scale_min", "scale_max") if form[name].data is not None}
    parts = (form.correct.data or "").replace(",", " ").split()
    if not all(part.isascii() and part.isdigit() and len(part) <= 3 for part in parts):
        raise Invalid(fields={"correct": ["Give the numbers of the right options, such as 2 or 1, 3."]})
    values["correct"] = tuple(int(part) for part in parts)
    return PollPlan(**values, options=tuple((form.options.data or "").splitlines()))


def _ballot() -> Ballot:
    """Read a vote from the form; a number that is none reaches the rules as one that no poll offers."""
    ranks = {place: value for place, value in _numbered("rank-").items() if value is not None}
    order = sorted(ranks, key=lambda place: ranks[place])
    distinct = len(set(ranks.values())) == len(ranks)
    value = request.form.get("value")
    return Ballot(
        choices=[_whole(one) for one in request.form.getlist("choices")[:50]],
        value=_whole(value) if value else None,
        ranks=order if distinct else (),
        shares=_numbered("share-"),
        text=request.form.get("text", ""),
    )


def _numbered(prefix: str) -> dict[int, int | None]:
    found: dict[int, int | None] = {}
    for name, value in list(request.form.items())[:100]:
        place = name.removeprefix(prefix)
        if name.startswith(prefix) and place.isascii() and place.isdigit() and len(place) <= 3:
            found[int(place)] = _whole(value) if value.strip() else None
    return found


def _whole(value: str) -> int:
    text = value.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else -1


def _number(name: str) -> int | None:
    value = request.form.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and 0 < int(value[:20]) <= MAX_ID else None


def _refused(poll_id: int, message: str, form: PollTextForm) -> RefusedBallot:
    filled = {name: values for name, values in request.form.lists() if name != "csrf_token"}
    filled["text"] = [form.text.data or ""]
    return RefusedBallot(poll_id, message, filled, form)
