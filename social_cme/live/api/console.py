"""For who leads: questions that wait, their order and labels, the session's options; and private words with their authors."""

from __future__ import annotations

from typing import Any

from social_cme.core.permissions import require
from social_cme.live import schemas
from social_cme.live.api import SESSION, WRITE, bp
from social_cme.live.api.questions import QUESTION
from social_cme.live.policies import can_lead
from social_cme.live.queries import board, sessions
from social_cme.live.queries.clarifications import list_conversations
from social_cme.live.queries.console import list_unseen
from social_cme.live.queries.options import find_options
from social_cme.live.services import approval, clarifications, options, ordering
from social_cme.rooms.queries import read_room
from social_cme.web.actor import current_actor, require_actor
from social_cme.web.api import endpoint


@endpoint(bp, f"{SESSION}/pending", "GET", result=schemas.QuestionList)
def list_pending(slug: str, session_id: int) -> schemas.QuestionList:
    """List the questions that wait for approval or were declined, the earliest first; for who leads the session."""
    ctx = read_room(require_actor(), slug)
    session = sessions.access_session(ctx, session_id)
    require(can_lead(ctx, sessions.mentor_ids(session.id)))
    found = list_unseen(session.id, ctx.actor_id, leads=True)
    return schemas.QuestionList(items=[schemas.QuestionOut.of(one) for one in found.staged])


@endpoint(bp, f"{QUESTION}/approve", "POST", result=schemas.QuestionOut, scope=WRITE)
def approve_question(slug: str, session_id: int, question_id: int) -> schemas.QuestionOut:
    """Let a question that waits into the queue."""
    return _question(approval.approve(read_room(current_actor(), slug), session_id, question_id))


@endpoint(
    bp, f"{QUESTION}/decline", "POST", result=schemas.QuestionOut, body=schemas.ReasonBody, scope=WRITE, errors=(422,)
)
def decline_question(slug: str, session_id: int, question_id: int, body: schemas.ReasonBody) -> schemas.QuestionOut:
    """Keep a question out of the queue; its author reads the reason."""
    ctx = read_room(current_actor(), slug)
    return _question(approval.decline(ctx, session_id, question_id, reason=body.reason, client_id=body.client_id))


@endpoint(
    bp, f"{QUESTION}/move", "POST", result=schemas.QuestionOut, body=schemas.PlaceBody, scope=WRITE, errors=(422,)
)
def move_question(slug: str, session_id: int, question_id: int, body: schemas.PlaceBody) -> schemas.QuestionOut:
    """Move a waiting question in the queue."""
    ctx = read_room(current_actor(), slug)
    return _question(ordering.move_question(ctx, session_id, question_id, to=body.to, client_id=body.client_id))


@endpoint(
    bp, f"{QUESTION}/labels", "PUT", result=schemas.QuestionOut, body=schemas.LabelBody, scope=WRITE, errors=(422,)
)
def label_question(slug: str, session_id: int, question_id: int, body: schemas.LabelBody) -> schemas.QuestionOut:
    """Say what a question is about, with labels of the session."""
    ctx = read_room(current_actor(), slug)
    return _question(
        ordering.label_question(ctx, session_id, question_id, labels=body.labels, client_id=body.client_id)
    )


@endpoint(bp, f"{SESSION}/options", "GET", result=schemas.OptionsOut, public=True)
def show_options(slug: str, session_id: int) -> schemas.OptionsOut:
    """Show how the queue and the chat of a session are run."""
    session = sessions.access_session(read_room(current_actor(), slug), session_id)
    return schemas.OptionsOut.of(find_options(session.id))


@endpoint(
    bp, f"{SESSION}/options", "PATCH", result=schemas.OptionsOut, body=schemas.OptionsBody, scope=WRITE, errors=(422,)
)
def change_options(slug: str, session_id: int, body: schemas.OptionsBody) -> schemas.OptionsOut:
    """Change how the queue and the chat are run; what is left out stays as it is."""
    change = options.OptionsChange(**body.model_dump(exclude={"client_id"}))
    ctx = read_room(current_actor(), slug)
    return schemas.OptionsOut.of(options.change_options(ctx, session_id, change=change, client_id=body.client_id))


@endpoint(bp, f"{SESSION}/private", "GET", result=schemas.PrivateTalkList)
def list_private(slug: str, session_id: int) -> schemas.PrivateTalkList:
    """List the private words about questions of a session in which you have a part."""
    ctx = read_room(require_actor(), slug)
    return schemas.PrivateTalkList.of(list_conversations(ctx, sessions.access_session(ctx, session_id)))


@endpoint(
    bp,
    f"{QUESTION}/private",
    "POST",
    result=schemas.PrivateOut,
    body=schemas.PrivateBody,
    status=201,
    scope=WRITE,
    errors=(422,),
)
def say_about_question(slug: str, session_id: int, question_id: int, body: schemas.PrivateBody) -> schemas.PrivateOut:
    """Ask the author in private as who leads, or answer as the author; nobody else reads it."""
    row = clarifications.say_privately(
        read_room(current_actor(), slug),
        session_id,
        question_id,
        body=body.body,
        mentor_id=body.mentor_id,
        attested=body.attested,
        client_id=body.client_id,
    )
    return schemas.PrivateOut.of(row)


def _question(question: Any) -> schemas.QuestionOut:
    return schemas.QuestionOut.of(board.questions_by_id([question.id])[question.id])
