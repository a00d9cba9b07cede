"""What a vote for a question needs to know. A crowd votes within seconds, so its statements are built once."""

from __future__ import annotations

from sqlalchemy import bindparam, func, or_, select

from social_cme.core.errors import NotFound
from social_cme.extensions import db
from social_cme.live.enums import UNSEEN
from social_cme.live.models import LiveQuestion, LiveSession, QuestionVote
from social_cme.live.queries.board import with_people

_QUESTION = (
    with_people(select(LiveQuestion))
    .where(LiveQuestion.id == bindparam("of_question"), LiveQuestion.session_id == bindparam("of_session"))
    .execution_options(populate_existing=True)
)
_FAMILY = or_(LiveQuestion.id == bindparam("of_question"), LiveQuestion.merged_into_id == bindparam("of_question"))
_VOTES = (
    select(QuestionVote)
    .join(LiveQuestion, LiveQuestion.id == QuestionVote.question_id)
    .where(_FAMILY, QuestionVote.user_id == bindparam("of_user"))
)
_SUPPORTERS = select(func.count(func.distinct(QuestionVote.user_id))).where(
    QuestionVote.question_id.in_(select(LiveQuestion.id).where(_FAMILY)),
    QuestionVote.withdrawn_at.is_(None),
    QuestionVote.user_id != bindparam("of_author"),
)


def access_standing(session: LiveSession, question_id: int, *, actor_id: int | None) -> LiveQuestion:
    """Return the question that stands for one of this session, with its people, as it is now.

    A merged one is stood for by the one it was merged into. Raises ``NotFound`` for one that is absent, of another session,
    or seen neither by everybody nor as one's own.
    """
    question = _find(session, question_id)
    if question.state in UNSEEN and question.author_id != actor_id:
        raise NotFound
    return question if question.merged_into_id is None else _find(session, question.merged_into_id)


def _find(session: LiveSession, question_id: int) -> LiveQuestion:
    question = db.session.scalar(_QUESTION, {"of_question": question_id, "of_session": session.id})
    if question is None:
        raise NotFound
    return question


def list_votes_in_family(user_id: int, question: LiveQuestion) -> list[QuestionVote]:
    """Return somebody's votes on a question and on those merged into it, also the ones taken back."""
    return list(db.session.scalars(_VOTES, {"of_question": question.id, "of_user": user_id}))


def count_supporters(question: LiveQuestion) -> int:
    """Count the people behind a question and those merged into it, each once, without its own author."""
    return db.session.scalar(_SUPPORTERS, {"of_question": question.id, "of_author": question.author_id}) or 0
