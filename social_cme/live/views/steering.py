"""What mentors press: start, extend, end, and everything that is done to a question of the queue."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, render_template, request
from flask_login import login_required
from werkzeug import Response

from social_cme.core.errors import AppError, Conflict, Forbidden, Invalid, NotFound
from social_cme.core.ids import MAX_ID
from social_cme.core.permissions import require
from social_cme.extensions import limiter
from social_cme.live import rules
from social_cme.live.enums import QuestionState
from social_cme.live.forms import AnswerForm, ReasonForm
from social_cme.live.policies import can_hide, can_lead
from social_cme.live.queries.board import list_questions
from social_cme.live.queries.console import list_unseen
from social_cme.live.queries.options import find_options
from social_cme.live.queries.sessions import access_session, list_mentors
from social_cme.live.services import agenda, approval, chat, leading, ordering, pausing, queue
from social_cme.live.views import bp, person
from social_cme.live.views.acting import SESSION, Page, back_to
from social_cme.privacy.queries.looking import with_chosen_wordings
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries import read_room
from social_cme.web.actor import require_actor

LIMIT = "120 per minute"


@bp.post(f"{SESSION}/control")
@login_required
@limiter.limit(LIMIT, key_func=person)
def control(slug: str, session_id: int) -> Response:
    """Start, extend, pause, resume or end the session, move in its agenda, or take the next question."""
    ctx = read_room(require_actor(), slug)
    actions: dict[str, Callable[[], object]] = {
        "start": lambda: leading.start_session(ctx, session_id),
        "extend": lambda: leading.extend_session(ctx, session_id, minutes=5),
        "end": lambda: leading.end_session(ctx, session_id),
        "pause": lambda: pausing.pause_session(ctx, session_id),
        "resume": lambda: pausing.resume_session(ctx, session_id),
        "segment": lambda: agenda.move_to_segment(ctx, session_id, _segment()),
        "next": lambda: queue.take_next(ctx, session_id),
    }
    act = actions.get(request.form.get("do", ""))
    if act is None:
        raise Invalid("This page sent something that is not known here. Reload it and try again.")
    try:
        act()
    except (Conflict, Forbidden) as error:
        flash(error.message, "error")
    return back_to(slug, session_id)


@bp.post(f"{SESSION}/questions/<id:question_id>/control")
@login_required
@limiter.limit(LIMIT, key_func=person)
def control_question(slug: str, session_id: int, question_id: int) -> Page:
    """Do with a question what the form says: take it up, answer, put off, merge, skip, hide, move, label, approve."""
    ctx = read_room(require_actor(), slug)
    answer_form, reason_form = AnswerForm(), ReasonForm()
    do = request.form.get("do", "")
    if answer_form.wants_wordings():
        answer_form.restate(*with_chosen_wordings(ctx, answer_form.checked_texts(), answer_form.chosen_wordings()))
        return _question_page(ctx, session_id, question_id, answer_form, reason_form)
    try:
        _steer(ctx, session_id, question_id, do, answer_form, reason_form)
    except Invalid as error:
        form = answer_form if do == "answer" else reason_form
        form.add_errors(error)
        page = _question_page(read_room(require_actor(), slug), session_id, question_id, answer_form, reason_form)
        return page, error.status
    except (Conflict, Forbidden) as error:
        flash(error.message, "error")
    return back_to(slug, session_id, anchor=f"question-{question_id}")


@bp.get(f"{SESSION}/questions/<id:question_id>")
@login_required
def question(slug: str, session_id: int, question_id: int) -> str:
    """Show what can be done with one question: answer in writing, merge, skip, hide, put back."""
    ctx = read_room(require_actor(), slug)
    return _question_page(ctx, session_id, question_id, AnswerForm(formdata=None), ReasonForm(formdata=None))


@bp.post(f"{SESSION}/chat/<id:message_id>/hide")
@login_required
@limiter.limit(LIMIT, key_func=person)
def hide_chat(slug: str, session_id: int, message_id: int) -> Response:
    """Take a line of the chat off the screen."""
    ctx = read_room(require_actor(), slug)
    try:
        chat.hide_message(ctx, session_id, message_id, reason=request.form.get("reason", ""))
    except AppError as error:
        if isinstance(error, NotFound):
            raise
        flash(error.message, "error")
    return back_to(slug, session_id, anchor=f"message-{message_id}")


def _steer(
    ctx: RoomContext, session_id: int, question_id: int, do: str, answer_form: AnswerForm, reason_form: ReasonForm
) -> None:
    where: dict[str, Any] = {"client_id": answer_form.client_id.data or None}
    if not answer_form.client_id.validate(answer_form):
        raise Invalid("This page sent something that is not known here. Reload it and try again.")
    reason = reason_form.reason.data or ""
    actions: dict[str, Callable[[], object]] = {
        "answering": lambda: queue.mark_answering(ctx, session_id, question_id, **where),
        "answer": lambda: queue.answer(
            ctx,
            session_id,
            question_id,
            text=answer_form.text.data or "",
            attested=answer_form.attested_findings(),
            **where,
        ),
        "merge": lambda: queue.merge(ctx, session_id, question_id, into_id=_target(), **where),
        "skip": lambda: queue.skip(ctx, session_id, question_id, reason=reason, **where),
        "hide": lambda: queue.hide_question(ctx, session_id, question_id, reason=reason, **where),
        "reopen": lambda: queue.reopen(ctx, session_id, question_id, **where),
        "later": lambda: queue.answer_later(ctx, session_id, question_id, days=_days(), **where),
        "move": lambda: ordering.move_question(ctx, session_id, question_id, to=request.form.get("to", ""), **where),
        "label": lambda: ordering.label_question(
            ctx, session_id, question_id, labels=request.form.getlist("labels")[: rules.MAX_LABELS], **where
        ),
        "approve": lambda: approval.approve(ctx, session_id, question_id, **where),
        "decline": lambda: approval.decline(ctx, session_id, question_id, reason=reason, **where),
    }
    act = actions.get(do)
    if act is None:
        raise Invalid("This page sent something that is not known here. Reload it and try again.")
    act()


def _segment() -> int | None:
    value = request.form.get("segment_id", "")
    return int(value) if value.isascii() and value.isdigit() and 0 < int(value[:20]) <= MAX_ID else None


def _target() -> int:
    value = request.form.get("into_id", "")
    if not (value.isascii() and value.isdigit() and 0 < int(value[:20]) <= MAX_ID):
        raise Invalid("Choose the question that asks the same.", fields={"into_id": ["Choose a question."]})
    return int(value)


def _days() -> int:
    value = request.form.get("days", "7")
    if not (value.isascii() and value.isdigit()):
        raise Invalid("Choose a number of days.", fields={"days": ["Choose a number of days."]})
    return int(value[:6])


def _question_page(
    ctx: RoomContext, session_id: int, question_id: int, answer_form: AnswerForm, reason_form: ReasonForm
) -> str:
    session = access_session(ctx, session_id)
    mentors = list_mentors([session.id])[session.id]
    leads, moderates = can_lead(ctx, {mentor.id for mentor in mentors}), can_hide(ctx)
    require(moderates or leads)
    questions = list_questions(session.id)
    if leads:
        questions += list_unseen(session.id, ctx.actor_id, leads=True).staged
    shown = next((one for one in questions if one.id == question_id), None)
    if shown is None:
        raise NotFound
    possible = {QuestionState.OPEN, QuestionState.ANSWERING, QuestionState.ANSWERED}
    return render_template(
        "live/question.html",
        room=ctx.room,
        session=session,
        question=shown,
        others=[one for one in questions if one.id != question_id and one.state in possible],
        leads=bool(leads),
        moderates=bool(moderates),
        answer_form=answer_form,
        reason_form=reason_form,
        options=find_options(session.id),
    )
