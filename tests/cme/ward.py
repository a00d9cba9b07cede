"""A room with people, and the rows and facts that their acts leave behind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from social_cme.accounts.models import User
from social_cme.cme.models import ParticipationEntry
from social_cme.core import clock
from social_cme.core.events import Event
from social_cme.discussions import events as discussion_events
from social_cme.discussions.models import Endorsement, Post, Thread
from social_cme.extensions import db
from social_cme.live import events as live_events
from social_cme.live.enums import SessionState
from social_cme.live.models import AttendanceInterval, CountedStretch, LiveQuestion, LiveSession
from social_cme.persistence.delivery import deliver_pending
from social_cme.persistence.facts import Fact
from social_cme.persistence.transaction import transaction
from social_cme.rooms.models import Room
from tests.factories import Factory

NOON = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)


@dataclass
class Ward:
    """A room with a learner, a peer, a mentor and a coordinator; its verbs write rows and facts together."""

    make: Factory
    room: Room
    learner: User
    peer: User
    mentor: User
    coordinator: User

    def tell(self, event: Event) -> None:
        with transaction() as tx:
            tx.record(event)

    def thread(self, author: User | None = None, **values: Any) -> Thread:
        author = author or self.learner
        with transaction() as tx:
            row = Thread(
                **{
                    "room_id": self.room.id,
                    "author_id": author.id,
                    "kind": "question",
                    "title": "Push or hold?",
                    "last_activity_at": clock.now(),
                    **values,
                }
            )
            tx.add(row)
            tx.record(
                discussion_events.ThreadPosted(
                    actor_id=author.id, room_id=row.room_id, thread_id=row.id, thread_kind=row.kind
                )
            )
        return row

    def answer(self, thread: Thread, author: User | None = None, *, kind: str = "answer", told: bool = True) -> Post:
        author = author or self.peer
        with transaction() as tx:
            row = Post(
                room_id=thread.room_id,
                thread_id=thread.id,
                author_id=author.id,
                kind=kind,
                body_md="Push.",
                body_html="<p>Push.</p>",
            )
            tx.add(row)
            place = {"actor_id": author.id, "room_id": row.room_id, "thread_id": row.thread_id, "post_id": row.id}
            if not told:
                return row
            if kind == "answer":
                tx.record(discussion_events.AnswerPosted(**place))
            else:
                tx.record(discussion_events.CommentPosted(**place, parent_id=None))
        return row

    def place(self, post: Post, actor: User) -> dict[str, int]:
        return {"actor_id": actor.id, "room_id": post.room_id, "thread_id": post.thread_id, "post_id": post.id}

    def hide(self, row: Thread | Post, *, hidden: bool = True) -> None:
        with transaction() as tx:
            row.hidden_at = clock.now() if hidden else None
            change = "hidden" if hidden else "shown"
            if isinstance(row, Post):
                tx.record(discussion_events.PostStateChanged(**self.place(row, self.mentor), change=change))
            else:
                tx.record(
                    discussion_events.ThreadStateChanged(
                        actor_id=self.mentor.id, room_id=row.room_id, thread_id=row.id, change=change
                    )
                )

    def endorse(self, post: Post, mentor: User | None = None) -> None:
        mentor = mentor or self.mentor
        with transaction() as tx:
            tx.add(Endorsement(post_id=post.id, mentor_id=mentor.id, evidence_level="moderate"))
            tx.record(
                discussion_events.AnswerEndorsed(
                    **self.place(post, mentor), author_id=post.author_id, evidence_level="moderate"
                )
            )

    def withdraw(self, post: Post) -> None:
        with transaction() as tx:
            tx.session.query(Endorsement).filter_by(post_id=post.id, mentor_id=self.mentor.id).delete()
            tx.record(discussion_events.EndorsementWithdrawn(**self.place(post, self.mentor), author_id=post.author_id))

    def accept(self, post: Post, *, accepted: bool = True, actor: User | None = None) -> None:
        kind = discussion_events.AnswerAccepted if accepted else discussion_events.AnswerUnaccepted
        with transaction() as tx:
            post.is_accepted = accepted
            tx.record(kind(**self.place(post, actor or self.learner), author_id=post.author_id))

    def session(self, title: str = "Bring the patient who is stuck", **values: Any) -> LiveSession:
        with transaction() as tx:
            row = LiveSession(
                **{
                    "room_id": self.room.id,
                    "title": title,
                    "starts_at": NOON,
                    "ends_at": NOON + timedelta(hours=1),
                    "started_at": NOON,
                    "ended_at": NOON + timedelta(hours=1),
                    "time_zone": "UTC",
                    "state": SessionState.ENDED,
                    "created_by_id": self.mentor.id,
                    **values,
                }
            )
            tx.add(row)
        return row

    def attend(self, session: LiveSession, user: User, first: float, last: float) -> AttendanceInterval:
        """Attend from minute *first* to minute *last* after the start of the session."""
        start, end = (session.starts_at + timedelta(minutes=minute) for minute in (first, last))
        with transaction() as tx:
            row = AttendanceInterval(session_id=session.id, user_id=user.id, first_at=start, last_at=end, is_open=False)
            tx.add(row)
            if end == start:
                return row
            stretch = CountedStretch(session_id=session.id, user_id=user.id, started_at=start, ended_at=end)
            tx.add(stretch)
            tx.record(
                live_events.AttendanceClosed(
                    actor_id=user.id,
                    room_id=session.room_id,
                    session_id=session.id,
                    stretch_id=stretch.id,
                    seconds=int((end - start).total_seconds()),
                )
            )
        return row

    def ask(self, session: LiveSession, author: User) -> LiveQuestion:
        with transaction() as tx:
            row = LiveQuestion(
                room_id=session.room_id, session_id=session.id, author_id=author.id, body="How dry is dry?"
            )
            tx.add(row)
            tx.record(
                live_events.QuestionAsked(
                    actor_id=author.id, room_id=row.room_id, session_id=session.id, question_id=row.id
                )
            )
        return row

    def vote(self, thread: Thread, user: User, *, value: int = 1, first: bool = True, post: Post | None = None) -> None:
        self.tell(
            discussion_events.VoteCast(
                actor_id=user.id,
                room_id=thread.room_id,
                thread_id=thread.id,
                post_id=post.id if post is not None else None,
                value=value,
                first=first,
            )
        )

    def support(self, question: LiveQuestion, user: User, *, supports: bool = True, first: bool = True) -> None:
        self.tell(
            live_events.QuestionVoted(
                actor_id=user.id,
                room_id=question.room_id,
                session_id=question.session_id,
                question_id=question.id,
                supports=supports,
                first=first,
            )
        )


def deliver() -> None:
    """Let the listeners hear everything that waits."""
    while deliver_pending():
        pass


def ledger() -> list[tuple[str, str, bool]]:
    """Return the whole ledger as (person, activity, counted), in the order of writing."""
    db.session.rollback()
    rows = db.session.execute(
        select(User.display_name, ParticipationEntry.activity, ParticipationEntry.voided_at)
        .join(User, User.id == ParticipationEntry.user_id)
        .order_by(ParticipationEntry.id)
    )
    return [(name, activity, voided_at is None) for name, activity, voided_at in rows]


def facts() -> list[Fact]:
    """Return every fact in order."""
    return list(db.session.scalars(select(Fact).order_by(Fact.id)))
