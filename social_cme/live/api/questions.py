"""Questions: ask, vote, steer."""

from __future__ import annotations

from typing import Any

from social_cme.live import schemas
from social_cme.live.api import SESSION, WRITE, bp
from social_cme.live.queries import board, sessions
from social_cme.live.queries.console import list_own
from social_cme.live.services import questions, queue
from social_cme.rooms.queries import read_room
from social_cme.web.actor import current_actor, require_actor
from social_cme.web.api import endpoint

QUESTION = f"{SESSION}/questions/<id:question_id>"


@endpoint(bp, f"{SESSION}/questions", "GET", result=schemas.QuestionList, public=True)
def list_questions(slug: str, session_id: int) -> schemas.QuestionList:
    """List the questions of a session, the most wanted first."""
    session = sessions.access_session(read_room(current_actor(), slug), session_id)
    return schemas.QuestionList(items=[schemas.QuestionOut.of(one) for one in board.list_questions(session.id)])


@endpoint(
    bp,
    f"{SESSION}/questions",
    "POST",
    result=schemas.QuestionOut,
    body=schemas.AskBody,
    status=201,
    scope=WRITE,
    errors=(422,),
)
def ask_question(slug: str, session_id: int, body: schemas.AskBody) -> schemas.QuestionOut:
    """Ask a question, under the own name or a pseudonym."""
    ctx = read_room(current_actor(), slug)
    return _question(
        questions.ask(
            ctx,
            session_id,
            body=body.body,
            pseudonym=body.pseudonym,
            attested=body.attested,
            client_id=body.client_id,
        )
    )


@endpoint(bp, f"{SESSION}/questions/mine", "GET", result=schemas.QuestionList)
def list_my_questions(slug: str, session_id: int) -> schemas.QuestionList:
    """List what you asked, also under a pseudonym, and what waits for approval or was declined; the earliest first."""
    ctx = read_room(require_actor(), slug)
    session = sessions.access_session(ctx, session_id)
    return schemas.QuestionList(items=[schemas.QuestionOut.of(one) for one in list_own(session.id, ctx.user.id)])


@endpoint(bp, f"{QUESTION}/vote", "PUT", result=schemas.QuestionOut, scope=WRITE)
def vote_question(slug: str, session_id: int, question_id: int) -> schemas.QuestionOut:
    """Support a question."""
    return _question(questions.vote(read_room(current_actor(), slug), session_id, question_id))


@endpoint(bp, f"{QUESTION}/vote", "DELETE", result=schemas.QuestionOut, scope=WRITE)
def unvote_question(slug: str, session_id: int, question_id: int) -> schemas.QuestionOut:
    """Take one's support back."""
    return _question(questions.unvote(read_room(current_actor(), slug), session_id, question_id))


@endpoint(bp, f"{QUESTION}/answering", "POST", result=schemas.QuestionOut, scope=WRITE)
def take_question_up(slug: str, session_id: int, question_id: int) -> schemas.QuestionOut:
    """Make a question the one that is being answered."""
    return _question(queue.mark_answering(read_room(current_actor(), slug), session_id, question_id))


@endpoint(
    bp, f"{QUESTION}/answer", "POST", result=schemas.QuestionOut, body=schemas.AnswerBody, scope=WRITE, errors=(422,)
)
def answer_question(slug: str, session_id: int, question_id: int, body: schemas.AnswerBody) -> schemas.QuestionOut:
    """Mark a question as answered, with what was written."""
    ctx = read_room(current_actor(), slug)
    return _question(
        queue.answer(ctx, session_id, question_id, text=body.text, attested=body.attested, client_id=body.client_id)
    )


@endpoint(
    bp, f"{QUESTION}/later", "POST", result=schemas.QuestionOut, body=schemas.LaterBody, scope=WRITE, errors=(422,)
)
def put_question_off(slug: str, session_id: int, question_id: int, body: schemas.LaterBody) -> schemas.QuestionOut:
    """Promise to answer a question in writing within some days."""
    ctx = read_room(current_actor(), slug)
    return _question(queue.answer_later(ctx, session_id, question_id, days=body.days, client_id=body.client_id))


@endpoint(
    bp, f"{QUESTION}/merge", "POST", result=schemas.QuestionOut, body=schemas.MergeBody, scope=WRITE, errors=(422,)
)
def merge_question(slug: str, session_id: int, question_id: int, body: schemas.MergeBody) -> schemas.QuestionOut:
    """Merge a question into another."""
    ctx = read_room(current_actor(), slug)
    return _question(queue.merge(ctx, session_id, question_id, into_id=body.into_id, client_id=body.client_id))


@endpoint(
    bp, f"{QUESTION}/skip", "POST", result=schemas.QuestionOut, body=schemas.ReasonBody, scope=WRITE, errors=(422,)
)
def skip_question(slug: str, session_id: int, question_id: int, body: schemas.ReasonBody) -> schemas.QuestionOut:
    """Leave a question out, with a reason that everybody can read."""
    ctx = read_room(current_actor(), slug)
    return _question(queue.skip(ctx, session_id, question_id, reason=body.reason, client_id=body.client_id))


@endpoint(
    bp, f"{QUESTION}/hide", "POST", result=schemas.QuestionOut, body=schemas.ReasonBody, scope=WRITE, errors=(422,)
)
def hide_question(slug: str, session_id: int, question_id: int, body: schemas.ReasonBody) -> schemas.QuestionOut:
    """Take the words of a question off the screen."""
    ctx = read_room(current_actor(), slug)
    return _question(queue.hide_question(ctx, session_id, question_id, reason=body.reason, client_id=body.client_id))


@endpoint(bp, f"{QUESTION}/reopen", "POST", result=schemas.QuestionOut, scope=WRITE)
def reopen_question(slug: str, session_id: int, question_id: int) -> schemas.QuestionOut:
    """Put a question back into the queue."""
    return _question(queue.reopen(read_room(current_actor(), slug), session_id, question_id))


def _question(question: Any) -> schemas.QuestionOut:
    return schemas.QuestionOut.of(board.questions_by_id([question.id])[question.id])
