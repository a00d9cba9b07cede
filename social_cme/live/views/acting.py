"""What members press on a session's page: come, ask, vote, write."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask_login import login_required
from werkzeug import Response

from social_cme.core.errors import AppError, Conflict, Forbidden, Invalid, RateLimited
from social_cme.discussions.queries.pseudonyms import list_pseudonyms
from social_cme.extensions import limiter
from social_cme.live.forms import AskForm, ChatForm
from social_cme.live.services import chat as chat_service
from social_cme.live.services import questions, rsvps
from social_cme.live.views import bp, person
from social_cme.live.views.pages import render_session
from social_cme.privacy.queries.looking import with_chosen_wordings
from social_cme.rooms.queries import read_room
from social_cme.web.actor import require_actor

Page = str | Response | tuple[str, int]
SESSION = "/rooms/<slug:slug>/live/<id:session_id>"


@bp.post(f"{SESSION}/rsvp")
@login_required
@limiter.limit("60 per minute", key_func=person)
def rsvp(slug: str, session_id: int) -> Response:
    """Say whether one will come."""
    going = request.form.get("going") == "1"
    try:
        rsvps.set_rsvp(read_room(require_actor(), slug), session_id, going=going)
    except (Conflict, Forbidden) as error:
        flash(error.message, "error")
    return back_to(slug, session_id)


@bp.post(f"{SESSION}/ask")
@login_required
@limiter.limit("20 per minute", key_func=person)
def ask(slug: str, session_id: int) -> Page:
    """Put a question into the queue."""
    ctx = read_room(require_actor(), slug)
    form = AskForm()
    form.offer(ctx.user.display_name, list_pseudonyms(ctx))
    if form.wants_wordings():
        form.restate(*with_chosen_wordings(ctx, form.checked_texts(), form.chosen_wordings()))
        return render_session(ctx, session_id, ask_form=form)
    try:
        if form.validate():
            question = questions.ask(
                ctx,
                session_id,
                body=form.body.data,
                pseudonym=form.level(),
                attested=form.attested_findings(),
                client_id=form.client_id.data or None,
            )
            return back_to(slug, session_id, anchor=f"question-{question.id}")
    except (Invalid, Conflict) as error:
        form.add_errors(error)
        return _refused(slug, session_id, error, ask_form=form)
    return render_session(ctx, session_id, ask_form=form), 422


@bp.post(f"{SESSION}/questions/<id:question_id>/vote")
@login_required
@limiter.limit("120 per minute", key_func=person)
def vote_question(slug: str, session_id: int, question_id: int) -> Response:
    """Support a question, or take that back."""
    ctx = read_room(require_actor(), slug)
    act = questions.vote if request.form.get("vote", "1") == "1" else questions.unvote
    try:
        act(ctx, session_id, question_id)
    except (Conflict, Forbidden) as error:
        flash(error.message, "error")
    return back_to(slug, session_id, anchor=f"question-{question_id}")


@bp.post(f"{SESSION}/chat")
@login_required
@limiter.limit("40 per minute", key_func=person)
def chat(slug: str, session_id: int) -> Page:
    """Write in the chat."""
    ctx = read_room(require_actor(), slug)
    form = ChatForm()
    if form.wants_wordings():
        form.restate(*with_chosen_wordings(ctx, form.checked_texts(), form.chosen_wordings()))
        return render_session(ctx, session_id, chat_form=form)
    try:
        if form.validate():
            message = chat_service.post_message(
                ctx,
                session_id,
                body=form.body.data,
                reply_to_id=form.reply_to_id(),
                attested=form.attested_findings(),
                client_id=form.client_id.data or None,
            )
            return back_to(slug, session_id, anchor=f"message-{message.id}")
    except (Invalid, Conflict, RateLimited) as error:
        form.add_errors(error)
        return _refused(slug, session_id, error, chat_form=form)
    return render_session(ctx, session_id, chat_form=form), 422


def back_to(slug: str, session_id: int, *, anchor: str | None = None) -> Response:
    """Return to the session's page."""
    return redirect(url_for("live.show", slug=slug, session_id=session_id, _anchor=anchor), code=303)


def _refused(
    slug: str, session_id: int, error: AppError, *, ask_form: AskForm | None = None, chat_form: ChatForm | None = None
) -> Page:
    page = render_session(read_room(require_actor(), slug), session_id, ask_form=ask_form, chat_form=chat_form)
    return page, error.status
