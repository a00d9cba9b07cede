"""The steps of a case: the author writes them, readers get past them one after the other."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask_login import login_required
from werkzeug import Response

from social_cme.core.errors import AppError, BadRequest, Invalid
from social_cme.core.permissions import require
from social_cme.discussions.enums import StepAsk
from social_cme.discussions.forms import StepAnswerForm, StepForm, ballot_form
from social_cme.discussions.models import CaseStep, Thread
from social_cme.discussions.policies import can_write_steps
from social_cme.discussions.queries.sight import sight_of
from social_cme.discussions.queries.steps import access_step, list_step_revisions, options_of, step_views
from social_cme.discussions.queries.threads import access_thread, read_thread
from social_cme.discussions.rules.differences import differences
from social_cme.discussions.services import responding
from social_cme.discussions.services import steps as services
from social_cme.discussions.views import bp
from social_cme.discussions.views.frame import page
from social_cme.discussions.views.reading import thread_html
from social_cme.discussions.views.replies import StepFormKind, StepReply
from social_cme.extensions import limiter
from social_cme.privacy.queries.looking import with_chosen_wordings
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries import read_room
from social_cme.web.actor import current_actor, require_actor
from social_cme.web.forms import choices_of
from social_cme.web.markdown import render_markdown

Answer = str | Response | tuple[str, int]


@bp.route("/rooms/<slug:slug>/threads/<id:thread_id>/steps/new", methods=["GET", "POST"])
@login_required
@limiter.limit("30 per minute", methods=["POST"])
def new_step(slug: str, thread_id: int) -> Answer:
    """Add the next step to one's case."""
    ctx = read_room(require_actor(), slug)
    thread = access_thread(ctx, thread_id)
    require(can_write_steps(ctx, thread))
    if request.method == "GET":
        form = StepForm(formdata=None)
        form.name_request()
        return _editor(ctx, form, thread, None)
    form = StepForm()
    _offer_polls(ctx, form, thread)
    is_valid = form.validate()
    if form.wants_wordings():
        form.restate(*with_chosen_wordings(ctx, form.checked_texts(), form.chosen_wordings()))
        return _editor(ctx, form, thread, None)
    if not is_valid:
        return _editor(ctx, form, thread, None), 422
    if "preview" in request.form:
        return _editor(ctx, form, thread, None, preview=True)
    try:
        step = services.add_step(
            ctx,
            thread_id=thread_id,
            title=form.title.data or "",
            body=form.body.data or "",
            ask=form.ask.data,
            question=form.question.data or "",
            options=form.option_lines(),
            may_skip=bool(form.may_skip.data),
            reveals=form.revealed(),
            attested=form.attested_findings(),
            client_id=form.request_name(),
        )
    except AppError as error:
        form.add_errors(error)
        return _editor(ctx, form, access_thread(ctx, thread_id), None), error.status
    flash(f"Step {step.position} is there. Add another, or see the case as it is.", "success")
    return _to_step(ctx, step)


@bp.route("/rooms/<slug:slug>/steps/<id:step_id>/edit", methods=["GET", "POST"])
@login_required
@limiter.limit("30 per minute", methods=["POST"])
def edit_step(slug: str, step_id: int) -> Answer:
    """Change a step of one's case."""
    ctx = read_room(require_actor(), slug)
    thread, step, _sight = access_step(ctx, step_id)
    require(can_write_steps(ctx, thread))
    if request.method == "GET":
        present = {name: getattr(step, name) for name in ("title", "ask", "question", "may_skip")}
        lines = "\n".join(one.text for one in options_of([step.id]).get(step.id, []))
        told = {"body": step.body_md, "options": lines, "revision": str(step.revision)}
        return _editor(ctx, StepForm(formdata=None, data={**present, **told}), thread, step)
    form = StepForm()
    form.ask.data = step.ask
    form.reveals.choices = choices_of([("", "")])
    is_valid = form.validate()
    if form.wants_wordings():
        form.restate(*with_chosen_wordings(ctx, form.checked_texts(), form.chosen_wordings()))
        return _editor(ctx, form, thread, step)
    if not is_valid:
        return _editor(ctx, form, thread, step), 422
    if "preview" in request.form:
        return _editor(ctx, form, thread, step, preview=True)
    try:
        services.edit_step(
            ctx,
            step_id=step_id,
            title=form.title.data or "",
            body=form.body.data or "",
            question=form.question.data or "",
            options=form.option_lines() if step.ask == StepAsk.POLL else None,
            may_skip=bool(form.may_skip.data),
            reason=form.reason.data or "",
            revision=int(form.revision.data) if form.revision.data else None,
            attested=form.attested_findings(),
        )
    except AppError as error:
        form.add_errors(error)
        thread, step, _sight = access_step(ctx, step_id)
        if not isinstance(error, Invalid):
            # Saving once more is then a decision made with both texts in sight.
            form.revision.data = str(step.revision)
        return _editor(ctx, form, thread, step, conflict=not isinstance(error, Invalid)), error.status
    return _to_step(ctx, step)


@bp.post("/rooms/<slug:slug>/steps/<id:step_id>/remove")
@login_required
@limiter.limit("30 per minute")
def remove_step(slug: str, step_id: int) -> Response:
    """Remove the last step of one's case."""
    ctx = read_room(require_actor(), slug)
    thread, _step, _sight = access_step(ctx, step_id)
    services.remove_step(ctx, step_id=step_id)
    flash("The step is removed.", "success")
    return redirect(url_for(".show_thread", slug=slug, thread_id=thread.id, _anchor="steps"), code=303)


@bp.post("/rooms/<slug:slug>/steps/<id:step_id>/answer")
@login_required
@limiter.limit("60 per minute")
def answer_step(slug: str, step_id: int) -> Answer:
    """Answer a step, in words or by a ballot."""
    ctx = read_room(require_actor(), slug)
    thread, step, _sight = access_step(ctx, step_id)
    form: StepFormKind = StepAnswerForm()
    if step.ask == StepAsk.POLL:
        form = ballot_form([(one.id, one.text) for one in options_of([step.id]).get(step.id, [])])()
    is_valid = form.validate()
    if isinstance(form, StepAnswerForm) and form.wants_wordings():
        form.restate(*with_chosen_wordings(ctx, form.checked_texts(), form.chosen_wordings()))
        return thread_html(ctx, thread.id, step_form=StepReply(step_id, form))[0]
    if not is_valid:
        return thread_html(ctx, thread.id, step_form=StepReply(step_id, form))[0], 422
    try:
        if isinstance(form, StepAnswerForm):
            text = form.body.data or ""
            responding.answer_step(
                ctx, step_id=step_id, text=text, attested=form.attested_findings(), client_id=form.request_name()
            )
        else:
            responding.cast_ballot(ctx, step_id=step_id, shares=form.shares())
    except Invalid as error:
        form.add_errors(error)
        return thread_html(ctx, thread.id, step_form=StepReply(step_id, form))[0], error.status
    except AppError as error:
        return thread_html(ctx, thread.id, step_form=StepReply(step_id, form, problem=error))[0], error.status
    return _onward(ctx, step_id)


@bp.post("/rooms/<slug:slug>/steps/<id:step_id>/pass")
@login_required
@limiter.limit("60 per minute")
def pass_step(slug: str, step_id: int) -> Response:
    """Go on to the next step, or skip a question."""
    ctx = read_room(require_actor(), slug)
    responding.pass_step(ctx, step_id=step_id, skip=request.form.get("skip") == "1")
    return _onward(ctx, step_id)


@bp.post("/rooms/<slug:slug>/steps/<id:step_id>/poll")
@login_required
@limiter.limit("60 per minute")
def settle_poll(slug: str, step_id: int) -> Response:
    """Close a poll or open it again (``closed`` 1 or 0), or mark the right diagnosis (``right`` an option, 0 for none)."""
    ctx = read_room(require_actor(), slug)
    closed, right = request.form.get("closed"), request.form.get("right", "")
    if closed in {"0", "1"}:
        step = services.close_poll(ctx, step_id=step_id, closed=closed == "1")
    elif right.isascii() and right.isdigit() and len(right) < 18:
        step = services.mark_right(ctx, step_id=step_id, option_id=int(right) or None)
    else:
        raise BadRequest("Choose a diagnosis. Nothing was changed; go back and try again.")
    return _to_step(ctx, step)


@bp.get("/rooms/<slug:slug>/steps/<id:step_id>/revisions")
def step_revisions(slug: str, step_id: int) -> str:
    """Show how a step changed, to those for whom it is open."""
    ctx = read_room(current_actor(), slug)
    step = access_step(ctx, step_id)[1]
    # Steps are edited by the author of the case alone, who may stand under a pseudonym.
    thread = read_thread(ctx, step.thread_id)
    after = {"title": step.title, "body": step.body_md, "question": step.question}
    versions = []
    for row in list_step_revisions(step, limit=100).items:
        before = {"title": row.title, "body": row.body_md, "question": row.question}
        parts = {name: differences(before[name], after[name]) for name in before if before[name] != after[name]}
        versions.append({"editor": thread.author, "at": row.created_at, "reason": row.reason, "parts": parts})
        after = before
    return page("discussions/revisions.html", ctx, thread=thread, post=None, versions=versions)


def _to_step(ctx: RoomContext, step: CaseStep) -> Response:
    anchor = f"step-{step.position}"
    return redirect(url_for(".show_thread", slug=ctx.room.slug, thread_id=step.thread_id, _anchor=anchor), code=303)


def _onward(ctx: RoomContext, step_id: int) -> Response:
    """Lead to the step that was just got past, where the peers' answers stand; the next one follows below."""
    return _to_step(ctx, access_step(ctx, step_id)[1])


def _offer_polls(ctx: RoomContext, form: StepForm, thread: Thread) -> None:
    views = step_views(ctx, thread, sight_of(ctx, thread))
    polls = [view for view in views if view.options and view.step.solved_at is None]
    lines = [(str(option.id), f"Step {view.step.position}: {option.text}") for view in polls for option in view.options]
    form.reveals.choices = choices_of([("", "No"), *lines])


def _editor(
    ctx: RoomContext,
    form: StepForm,
    thread: Thread,
    step: CaseStep | None,
    *,
    preview: bool = False,
    conflict: bool = False,
) -> str:
    if step is None:
        _offer_polls(ctx, form, thread)
    return page(
        "discussions/step.html",
        ctx,
        form=form,
        thread=thread,
        step=step,
        number=step.position if step is not None else thread.step_count + 1,
        conflict=conflict,
        preview_html=render_markdown(form.body.data or "") if preview else None,
    )
