"""Private words between who leads a session and authors who are not named."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_login import login_required
from werkzeug import Response

from social_cme.core.errors import Conflict, Invalid
from social_cme.core.ids import new_token
from social_cme.extensions import limiter
from social_cme.live.forms import PrivateForm
from social_cme.live.models import LiveQuestion, LiveSession
from social_cme.live.policies import can_clarify, can_lead
from social_cme.live.queries.board import questions_by_id
from social_cme.live.queries.clarifications import Conversation, access_private, list_conversations
from social_cme.live.queries.sessions import access_session, mentor_ids
from social_cme.live.services.clarifications import say_privately
from social_cme.live.views import bp, person
from social_cme.live.views.acting import SESSION
from social_cme.privacy.queries.looking import with_chosen_wordings
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries import read_room
from social_cme.web.actor import require_actor

Page = str | Response | tuple[str, int]


@bp.get(f"{SESSION}/private")
@login_required
def private(slug: str, session_id: int) -> str:
    """Show every private conversation of a session in which the reader has a part."""
    ctx = read_room(require_actor(), slug)
    session = access_session(ctx, session_id)
    return _page(ctx, session, PrivateForm(formdata=None), list_conversations(ctx, session))


@bp.route(f"{SESSION}/questions/<id:question_id>/private", methods=["GET", "POST"])
@login_required
@limiter.limit("30 per minute", methods=["POST"], key_func=person)
def clarify(slug: str, session_id: int, question_id: int) -> Page:
    """Show the private words about one question, and take more."""
    ctx = read_room(require_actor(), slug)
    form = PrivateForm()
    if not form.is_submitted():
        return _question_page(ctx, session_id, question_id, PrivateForm(formdata=None))
    if form.wants_wordings():
        form.restate(*with_chosen_wordings(ctx, form.checked_texts(), form.chosen_wordings()))
        return _question_page(ctx, session_id, question_id, form)
    if not form.validate():
        return _question_page(ctx, session_id, question_id, form), 422
    try:
        say_privately(
            ctx,
            session_id,
            question_id,
            body=form.body.data or "",
            mentor_id=form.mentor_id(),
            attested=form.attested_findings(),
            client_id=form.client_id.data or None,
        )
    except (Invalid, Conflict) as error:
        form.add_errors(error)
        return _question_page(read_room(require_actor(), slug), session_id, question_id, form), error.status
    flash("Sent. Nobody else reads it.", "success")
    address = url_for(".clarify", slug=slug, session_id=session_id, question_id=question_id)
    return redirect(address, code=303)


def _question_page(ctx: RoomContext, session_id: int, question_id: int, form: PrivateForm) -> str:
    session = access_session(ctx, session_id)
    leads = can_lead(ctx, mentor_ids(session.id))
    access_private(ctx, session, question_id, leads=bool(leads))
    question = questions_by_id([question_id])[question_id]
    talks = [one for one in list_conversations(ctx, session) if one.question.id == question_id]
    return _page(ctx, session, form, talks, question=question)


def _page(
    ctx: RoomContext,
    session: LiveSession,
    form: PrivateForm,
    conversations: list[Conversation],
    *,
    question: LiveQuestion | None = None,
) -> str:
    is_author = question is not None and question.author_id == ctx.actor_id
    asking = None
    if question is not None and not is_author:
        asking = can_clarify(question, leads=can_lead(ctx, mentor_ids(session.id)), is_author=False)
    return render_template(
        "live/private.html",
        room=ctx.room,
        session=session,
        question=question,
        is_author=is_author,
        asking=asking,
        conversations=conversations,
        form=form,
        request_name=new_token()[:32],
    )
