"""What remains of a session: every question becomes a thread of the room, with the answer that was written.

Rule: each batch is one transaction and a question that has its thread is left alone, so this may stop and be called again at
any time.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from social_cme.core import clock
from social_cme.discussions.services.from_live import LiveAnswer, open_from_live
from social_cme.extensions import db
from social_cme.live import events
from social_cme.live.enums import UNSEEN, QuestionState, SessionState
from social_cme.live.models import LiveQuestion, LiveSession
from social_cme.live.queries.board import list_merged
from social_cme.live.rules.following_up import due_date
from social_cme.live.services.summing_up import open_archive
from social_cme.persistence.transaction import transaction

BATCH = 20
# A merged question lives on in the one it was merged into; what was hidden or never shown is not published now.
_WITHOUT_THREAD = (QuestionState.MERGED, QuestionState.HIDDEN, *sorted(UNSEEN))


def archive_session(session_id: int) -> int:
    """Write the threads of an ended session that are still missing; return how many were written."""
    written = 0
    while True:
        with transaction() as tx:
            session = tx.session.scalar(
                select(LiveSession).where(LiveSession.id == session_id).with_for_update(key_share=True)
            )
            if session is None or session.state != SessionState.ENDED or session.archived_at is not None:
                return written
            waiting = _waiting(session_id)
            for question in waiting:
                _archive_question(question, due_at=answer_due_at(question, session.ended_at or clock.now()))
                written += 1
            if len(waiting) < BATCH:
                session.archived_at = clock.now()
                open_archive(tx, session)
                tx.record(events.SessionArchived(actor_id=None, room_id=session.room_id, session_id=session.id))
                return written


def archive_ended() -> int:
    """Finish what a crash left over; return how many threads were written."""
    statement = select(LiveSession.id).where(LiveSession.state == SessionState.ENDED, LiveSession.archived_at.is_(None))
    return sum(archive_session(session_id) for session_id in db.session.scalars(statement).all())


def answer_due_at(question: LiveQuestion, ended_at: datetime) -> datetime | None:
    """Return when the thread of a question is to have an answer, ``None`` for one that was answered or left out."""
    if question.state not in {QuestionState.OPEN, QuestionState.ANSWERING, QuestionState.LATER}:
        return None
    return question.due_at or due_date(ended_at)


def _waiting(session_id: int) -> list[LiveQuestion]:
    return list(
        db.session.scalars(
            select(LiveQuestion)
            .where(
                LiveQuestion.session_id == session_id,
                LiveQuestion.thread_id.is_(None),
                LiveQuestion.state.not_in(_WITHOUT_THREAD),
            )
            .order_by(LiveQuestion.id)
            .limit(BATCH)
        )
    )


def _archive_question(question: LiveQuestion, *, due_at: datetime | None) -> None:
    answer = None
    if question.answer_md and question.answered_by_id is not None:
        answer = LiveAnswer(
            author_id=question.answered_by_id,
            body=question.answer_md,
            answered_at=question.answered_at or clock.now(),
        )
    merged = list_merged(question.id)
    thread = open_from_live(
        room_id=question.room_id,
        live_question_id=question.id,
        author_id=question.author_id,
        mask=(question.pseudonym, question.pseudonym_verified),
        question=question.body,
        asked_at=question.created_at,
        answer=answer,
        due_at=due_at if answer is None else None,
        follower_ids=[one.author_id for one in merged],
    )
    question.thread_id = thread.id
    db.session.execute(
        update(LiveQuestion).where(LiveQuestion.merged_into_id == question.id).values(thread_id=thread.id)
    )
