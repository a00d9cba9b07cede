"""Live sessions over the REST API."""

from __future__ import annotations

from typing import Any

from social_cme.live import schemas
from social_cme.live.queries import board, sessions
from social_cme.live.services import chat, leading, questions, queue, rsvps, schedule
from social_cme.rooms.queries import read_room
from social_cme.web import api
from social_cme.web.actor import current_actor
from social_cme.web.api import ApiScope, PageQuery, endpoint

bp = api.blueprint("live")

SESSIONS = "/rooms/<slug:slug>/sessions"
SESSION = f"{SESSIONS}/<id:session_id>"
QUESTION = f"{SESSION}/questions/<id:question_id>"
WRITE = ApiScope.WRITE


@endpoint(bp, SESSIONS, "GET", result=schemas.SessionPage, query=PageQuery, public=True)
def list_sessions(slug: str, query: PageQuery) -> schemas.SessionPage:
    """List the sessions of a room, the latest start first."""
    page = sessions.list_sessions(read_room(current_actor(), slug), cursor=query.cursor, limit=query.limit)
    mentors = sessions.list_mentors([session.id for session in page.items])
    items = [schemas.SessionOut.of(session, mentors[session.id]) for session in page.items]
    return schemas.SessionPage(items=items, next_cursor=page.next_cursor)


@endpoint(
    bp, SESSIONS, "POST", result=schemas.SessionOut, body=schemas.PlanBody, status=201, scope=WRITE, errors=(422,)
)
def create_session(slug: str, body: schemas.PlanBody) -> schemas.SessionOut:
    """Plan a session."""
    ctx = read_room(current_actor(), slug)
    return _session(schedule.schedule_session(ctx, plan=_plan(body), client_id=body.client_id))


@endpoint(bp, SESSION, "GET", result=schemas.SessionOut, public=True)
def show_session(slug: str, session_id: int) -> schemas.SessionOut:
    """Show a session."""
    return _session(sessions.access_session(read_room(current_actor(), slug), session_id))


@endpoint(bp, SESSION, "PATCH", result=schemas.SessionOut, body=schemas.PlanPatch, scope=WRITE, errors=(422,))
def edit_session(slug: str, session_id: int, body: schemas.PlanPatch) -> schemas.SessionOut:
    """Change a session; what is left out stays as it is."""
    ctx = read_room(current_actor(), slug)
    known = schedule.current_plan(ctx, session_id)
    changes = body.model_dump(exclude_unset=True)
    if changes.get("mentor_ids") is not None:
        changes["mentor_ids"] = tuple(changes["mentor_ids"])
    kept = {name: value for name, value in changes.items() if value is not None or name == "capacity"}
    return _session(schedule.edit_session(ctx, session_id, plan=known.changed(**kept)))


@endpoint(
    bp, f"{SESSION}/cancel", "POST", result=schemas.SessionOut, body=schemas.ReasonBody, scope=WRITE, errors=(422,)
)
def cancel_session(slug: str, session_id: int, body: schemas.ReasonBody) -> schemas.SessionOut:
    """Call a planned session off."""
    ctx = read_room(current_actor(), slug)
    return _session(schedule.cancel_session(ctx, session_id, reason=body.reason, client_id=body.client_id))


@endpoint(bp, f"{SESSION}/start", "POST", result=schemas.SessionOut, scope=WRITE)
def start_session(slug: str, session_id: int) -> schemas.SessionOut:
    """Start a session."""
    return _session(leading.start_session(read_room(current_actor(), slug), session_id))


@endpoint(
    bp, f"{SESSION}/extend", "POST", result=schemas.SessionOut, body=schemas.ExtendBody, scope=WRITE, errors=(422,)
)
def extend_session(slug: str, session_id: int, body: schemas.ExtendBody) -> schemas.SessionOut:
    """Move the end of a running session."""
    ctx = read_room(current_actor(), slug)
    return _session(leading.extend_session(ctx, session_id, minutes=body.minutes, client_id=body.client_id))


@endpoint(bp, f"{SESSION}/end", "POST", result=schemas.SessionOut, scope=WRITE)
def end_session(slug: str, session_id: int) -> schemas.SessionOut:
    """End a session; its questions become threads."""
    return _session(leading.end_session(read_room(current_actor(), slug), session_id))


@endpoint(bp, f"{SESSION}/state", "GET", result=schemas.BoardOut, public=True)
def show_state(slug: str, session_id: int) -> schemas.BoardOut:
    """Show a session with its questions, the last 50 lines of chat and one's own votes, as of ``seq``."""
    ctx = read_room(current_actor(), slug)
    return schemas.BoardOut.of(board.load_board(ctx, sessions.access_session(ctx, session_id)))


@endpoint(bp, f"{SESSION}/rsvp", "PUT", result=schemas.SessionOut, scope=WRITE)
def give_rsvp(slug: str, session_id: int) -> schemas.SessionOut:
    """Say that one will come."""
    return _session(rsvps.set_rsvp(read_room(current_actor(), slug), session_id, going=True))


@endpoint(bp, f"{SESSION}/rsvp", "DELETE", result=schemas.SessionOut, scope=WRITE)
def withdraw_rsvp(slug: str, session_id: int) -> schemas.SessionOut:
    """Say that one will not come."""
    return _session(rsvps.set_rsvp(read_room(current_actor(), slug), session_id, going=False))


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
    """Ask a question."""
    ctx = read_room(current_actor(), slug)
    return _question(questions.ask(ctx, session_id, body=body.body, attested=body.attested, client_id=body.client_id))


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


@endpoint(bp, f"{SESSION}/chat", "GET", result=schemas.ChatPage, query=PageQuery, public=True)
def list_chat(slug: str, session_id: int, query: PageQuery) -> schemas.ChatPage:
    """List the chat backwards."""
    session = sessions.access_session(read_room(current_actor(), slug), session_id)
    page = board.list_chat(session, cursor=query.cursor, limit=query.limit)
    return schemas.ChatPage(items=[schemas.ChatOut.of(one) for one in page.items], next_cursor=page.next_cursor)


@endpoint(
    bp, f"{SESSION}/chat", "POST", result=schemas.ChatOut, body=schemas.ChatBody, status=201, scope=WRITE, errors=(422,)
)
def post_chat(slug: str, session_id: int, body: schemas.ChatBody) -> schemas.ChatOut:
    """Write in the chat."""
    ctx = read_room(current_actor(), slug)
    return _chat(chat.post_message(ctx, session_id, body=body.body, attested=body.attested, client_id=body.client_id))


@endpoint(
    bp,
    f"{SESSION}/chat/<id:message_id>/hide",
    "POST",
    result=schemas.ChatOut,
    body=schemas.ReasonBody,
    scope=WRITE,
    errors=(422,),
)
def hide_chat(slug: str, session_id: int, message_id: int, body: schemas.ReasonBody) -> schemas.ChatOut:
    """Take a line of the chat off the screen."""
    ctx = read_room(current_actor(), slug)
    return _chat(chat.hide_message(ctx, session_id, message_id, reason=body.reason, client_id=body.client_id))


def _plan(body: schemas.PlanBody) -> schedule.Plan:
    values = body.model_dump(exclude={"client_id"})
    return schedule.Plan(**{**values, "mentor_ids": tuple(body.mentor_ids)})


def _session(session: Any) -> schemas.SessionOut:
    return schemas.SessionOut.of(session, sessions.list_mentors([session.id])[session.id])


def _question(question: Any) -> schemas.QuestionOut:
    return schemas.QuestionOut.of(board.questions_by_id([question.id])[question.id])


def _chat(message: Any) -> schemas.ChatOut:
    return schemas.ChatOut.of(board.messages_by_id([message.id])[message.id])
