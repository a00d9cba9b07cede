"""The shape of what live sessions take in and show, for the API, the sockets and the channel.

Rule: what is shown is named here field by field; a column that is not listed never leaves the server.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, NaiveDatetime

from social_cme.live import rules
from social_cme.live.enums import QuestionState, SessionState
from social_cme.privacy.schemas import Attesting
from social_cme.realtime.messages import Command, Incoming
from social_cme.web.api import ClientBody, PageQuery, Schema

Id = int
_ID = Field(ge=1, lt=2**53)


class Shown(BaseModel):
    """Base of what is shown."""

    model_config = ConfigDict(from_attributes=True)


class PersonOut(Shown):
    """Who somebody is, as everybody in the room may know it; without an id for an account that was closed."""

    id: int | None
    display_name: str
    profession: str | None

    @classmethod
    def of(cls, user: Any) -> Self:
        """Show an account."""
        if user.state == "closed":
            return cls(id=None, display_name="Former member", profession=None)
        return cls(id=user.id, display_name=user.display_name, profession=user.profession)


class SessionOut(Shown):
    """A session."""

    id: int
    room_id: int
    title: str
    description_html: str
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    capacity: int | None
    going_count: int
    state: SessionState
    started_at: datetime | None
    ended_at: datetime | None
    cancel_reason: str
    is_archived: bool
    current_question_id: int | None
    mentors: list[PersonOut]

    @classmethod
    def of(cls, session: Any, mentors: Any) -> Self:
        """Show a session with the people who lead it."""
        own = {name: getattr(session, name) for name in cls.model_fields if name not in {"mentors", "is_archived"}}
        return cls(
            **own, is_archived=session.archived_at is not None, mentors=[PersonOut.of(mentor) for mentor in mentors]
        )


class QuestionOut(Shown):
    """A question; one that is hidden keeps its place and loses its words and its author."""

    id: int
    body: str
    score: int
    state: QuestionState
    state_reason: str
    author: PersonOut | None
    merged_into_id: int | None
    answer_md: str
    answer_html: str
    answered_by: PersonOut | None
    thread_id: int | None
    asked_at: datetime

    @classmethod
    def of(cls, question: Any) -> Self:
        """Show a question whose author was loaded with it."""
        hidden = question.state == QuestionState.HIDDEN
        return cls(
            id=question.id,
            body="" if hidden else question.body,
            score=question.score,
            state=question.state,
            state_reason=question.state_reason,
            author=None if hidden else PersonOut.of(question.author),
            merged_into_id=question.merged_into_id,
            answer_md="" if hidden else question.answer_md,
            answer_html="" if hidden else question.answer_html,
            answered_by=PersonOut.of(question.answered_by) if question.answered_by is not None and not hidden else None,
            thread_id=question.thread_id,
            asked_at=question.created_at,
        )


class ChatOut(Shown):
    """A line of the chat; one that is hidden keeps its place and loses its words and its author."""

    id: int
    body: str
    author: PersonOut | None
    at: datetime
    is_hidden: bool
    hidden_reason: str

    @classmethod
    def of(cls, message: Any) -> Self:
        """Show a line whose author was loaded with it."""
        hidden = message.hidden_at is not None
        return cls(
            id=message.id,
            body="" if hidden else message.body,
            author=None if hidden else PersonOut.of(message.author),
            at=message.created_at,
            is_hidden=hidden,
            hidden_reason=message.hidden_reason if hidden else "",
        )


class BoardOut(Shown):
    """A session with everything in it; messages of its channel after ``seq`` bring it up to date."""

    seq: int
    session: SessionOut
    questions: list[QuestionOut]
    chat: list[ChatOut]
    my_votes: list[int]

    @classmethod
    def of(cls, board: Any) -> Self:
        """Show a board as one person sees it."""
        return cls(
            seq=board.seq,
            session=SessionOut.of(board.session, board.mentors),
            questions=[QuestionOut.of(question) for question in board.questions],
            chat=[ChatOut.of(message) for message in board.chat],
            my_votes=sorted(board.my_votes),
        )


class PulseOut(Shown):
    """The answer to a heartbeat; ``seconds`` is what is on record for this person so far."""

    state: SessionState
    counted: bool
    present: int
    seconds: int


class SessionPage(Shown):
    """A page of sessions."""

    items: list[SessionOut]
    next_cursor: str | None


class QuestionList(Shown):
    """All questions of a session, the most wanted first."""

    items: list[QuestionOut]


class ChatPage(Shown):
    """A page of chat, the newest first."""

    items: list[ChatOut]
    next_cursor: str | None


# ------------------------------------------------------------------ what comes in by the API


class SessionsQuery(PageQuery):
    """How to page through sessions."""


class PlanBody(ClientBody):
    """A session to be planned; the times are wall-clock times of ``time_zone``, without an offset."""

    title: str = Field(min_length=1, max_length=rules.MAX_TITLE)
    description: str = Field("", max_length=rules.MAX_DESCRIPTION)
    starts: NaiveDatetime
    ends: NaiveDatetime
    time_zone: str = Field(max_length=60)
    mentor_ids: list[Id] = Field(min_length=1, max_length=rules.MAX_MENTORS)
    capacity: int | None = Field(None, ge=1, le=rules.MAX_CAPACITY)


class PlanPatch(Schema):
    """Changes of a planned session; what is left out stays as it is."""

    title: str | None = Field(None, min_length=1, max_length=rules.MAX_TITLE)
    description: str | None = Field(None, max_length=rules.MAX_DESCRIPTION)
    starts: NaiveDatetime | None = None
    ends: NaiveDatetime | None = None
    time_zone: str | None = Field(None, max_length=60)
    mentor_ids: list[Id] | None = Field(None, min_length=1, max_length=rules.MAX_MENTORS)
    capacity: int | None = Field(None, ge=1, le=rules.MAX_CAPACITY)


class ReasonBody(ClientBody):
    """A reason that everybody can read."""

    reason: str = Field(min_length=1, max_length=rules.MAX_REASON)


class AskBody(ClientBody, Attesting):
    """A question in plain text."""

    body: str = Field(min_length=1, max_length=rules.MAX_QUESTION)


class AnswerBody(ClientBody, Attesting):
    """An answer in Markdown; empty when it was given aloud."""

    text: str = Field("", max_length=rules.MAX_ANSWER)


class MergeBody(ClientBody):
    """The question that another is merged into."""

    into_id: int = _ID


class ChatBody(ClientBody, Attesting):
    """A line of chat in plain text."""

    body: str = Field(min_length=1, max_length=rules.MAX_CHAT)


class ExtendBody(ClientBody):
    """Minutes to add to a running session."""

    minutes: int = Field(5, ge=1, le=60)


# ------------------------------------------------------------------ what comes in by the sockets


class SessionCommand(Command):
    """A message about a session."""

    session_id: int = _ID


class Heartbeat(Incoming):
    """The page of a session is open and in sight; what the client thinks the time is, is of no interest."""

    session_id: int = _ID
    client_id: str | None = Field(None, pattern=r"^[A-Za-z0-9_-]{8,64}$")


class AskQuestion(SessionCommand, Attesting):
    """A question in plain text."""

    body: str = Field(min_length=1, max_length=rules.MAX_QUESTION)


class QuestionCommand(SessionCommand):
    """A message about a question."""

    question_id: int = _ID


class StartSession(SessionCommand):
    """Open the session; attendance counts from here. Only for who leads it, like everything that steers it."""


class EndSession(SessionCommand):
    """Close the session; its questions become threads of the room."""


class VoteQuestion(QuestionCommand):
    """Support a question; twice is once."""


class UnvoteQuestion(QuestionCommand):
    """Take one's support of a question back."""


class TakeQuestionUp(QuestionCommand):
    """Make a question the one that is being answered; the one before goes back to the queue."""


class TakeNextQuestion(SessionCommand):
    """Mark the current question as answered and take up the most wanted one."""


class ReopenQuestion(QuestionCommand):
    """Put a question back into the queue, also one that was merged, skipped or hidden."""


class SkipQuestion(QuestionCommand):
    """Leave a question out for a reason that everybody can read; it still becomes a thread."""

    reason: str = Field(min_length=1, max_length=rules.MAX_REASON)


class HideQuestion(QuestionCommand):
    """Take the words of a question off the screen; the reason stays readable."""

    reason: str = Field(min_length=1, max_length=rules.MAX_REASON)


class AnswerQuestion(QuestionCommand, Attesting):
    """A question was answered; the text is Markdown and may be empty."""

    text: str = Field("", max_length=rules.MAX_ANSWER)


class MergeQuestion(QuestionCommand):
    """A question asks the same as another."""

    into_id: int = _ID


class PostChat(SessionCommand, Attesting):
    """A line of chat in plain text."""

    body: str = Field(min_length=1, max_length=rules.MAX_CHAT)


class HideChat(SessionCommand):
    """A line of chat is taken off the screen."""

    message_id: int = _ID
    reason: str = Field("", max_length=rules.MAX_REASON)


class ExtendSession(SessionCommand):
    """Minutes to add to a running session."""

    minutes: int = Field(5, ge=1, le=60)
