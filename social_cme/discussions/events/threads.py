"""Facts about threads and posts; all of them travel on the room's channel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from social_cme.core.events import Event, room_channel, user_channel


@dataclass(frozen=True, kw_only=True, slots=True)
class ThreadFact(Event):
    """Base: something happened in a thread of a room."""

    room_id: int
    thread_id: int

    @property
    def channel(self) -> str:
        """The room's channel."""
        return room_channel(self.room_id)


@dataclass(frozen=True, kw_only=True, slots=True)
class ThreadPosted(ThreadFact):
    """A thread was opened."""

    kind: ClassVar[str] = "thread.posted"
    thread_kind: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ThreadEdited(ThreadFact):
    """The opening text changed."""

    kind: ClassVar[str] = "thread.edited"


@dataclass(frozen=True, kw_only=True, slots=True)
class ThreadStateChanged(ThreadFact):
    """A thread was pinned, locked, hidden, closed or moved, or that was undone; ``change`` names it."""

    kind: ClassVar[str] = "thread.state_changed"
    change: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ThreadEscalated(ThreadFact):
    """A thread waited too long for its first answer; ``level`` says whether mentors or coordinators are told."""

    kind: ClassVar[str] = "thread.escalated"
    level: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ThreadTagged(ThreadFact):
    """What a thread is about was said anew."""

    kind: ClassVar[str] = "thread.tagged"


@dataclass(frozen=True, kw_only=True, slots=True)
class ThreadSplitOff(ThreadFact):
    """Answers of a thread became the thread ``new_thread_id``, opened by the same moderator."""

    kind: ClassVar[str] = "thread.split"
    new_thread_id: int
    posts: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ThreadsMerged(ThreadFact):
    """Everything of the thread ``from_thread_id`` went into this one; its opening became the comment ``post_id``."""

    kind: ClassVar[str] = "thread.merged"
    from_thread_id: int
    post_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PostFact(ThreadFact):
    """Base: something happened to a post."""

    post_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerPosted(PostFact):
    """Somebody answered."""

    kind: ClassVar[str] = "answer.posted"


@dataclass(frozen=True, kw_only=True, slots=True)
class CommentPosted(PostFact):
    """Somebody commented on the thread or on an answer."""

    kind: ClassVar[str] = "comment.posted"
    parent_id: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class PostEdited(PostFact):
    """An answer or comment changed."""

    kind: ClassVar[str] = "post.edited"


@dataclass(frozen=True, kw_only=True, slots=True)
class PostStateChanged(PostFact):
    """A post was hidden or shown again; ``change`` names it."""

    kind: ClassVar[str] = "post.state_changed"
    change: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerAccepted(PostFact):
    """The thread's author marked an answer as helpful; ``author_id`` wrote it."""

    kind: ClassVar[str] = "answer.accepted"
    author_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerUnaccepted(PostFact):
    """The thread's author took the mark back."""

    kind: ClassVar[str] = "answer.unaccepted"
    author_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerEndorsed(PostFact):
    """A mentor stands behind an answer; ``author_id`` wrote it."""

    kind: ClassVar[str] = "answer.endorsed"
    author_id: int
    evidence_level: str


@dataclass(frozen=True, kw_only=True, slots=True)
class EndorsementWithdrawn(PostFact):
    """A mentor no longer stands behind an answer."""

    kind: ClassVar[str] = "answer.endorsement_withdrawn"
    author_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class EndorsementFact(PostFact):
    """Base: something happened to one mentor's endorsement; ``author_id`` wrote the answer."""

    endorsement_id: int
    mentor_id: int
    author_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class EndorsementChanged(EndorsementFact):
    """A mentor changed the level, the note or the review date."""

    kind: ClassVar[str] = "endorsement.changed"


@dataclass(frozen=True, kw_only=True, slots=True)
class EndorsementRenewed(EndorsementFact):
    """A mentor looked at the answer again and stands behind it for another while."""

    kind: ClassVar[str] = "endorsement.renewed"


@dataclass(frozen=True, kw_only=True, slots=True)
class EndorsementLapsed(EndorsementFact):
    """The review date passed, or a cited paper was retracted; ``reason`` says which."""

    kind: ClassVar[str] = "endorsement.lapsed"
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class EndorsementReviewDue(Event):
    """A mentor's endorsement will lapse soon; for the mentor alone."""

    kind: ClassVar[str] = "endorsement.review_due"

    room_id: int
    thread_id: int
    post_id: int
    endorsement_id: int
    mentor_id: int

    @property
    def channel(self) -> str:
        """The mentor's own channel."""
        return user_channel(self.mentor_id)


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceStatusChanged(PostFact):
    """A paper that an answer names was retracted, corrected, doubted or cleared; ``status`` says what holds now."""

    kind: ClassVar[str] = "answer.source_status_changed"
    author_id: int
    paper_id: int
    status: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerDisputed(PostFact):
    """A mentor or moderator says that an answer is wrong, with a correction; everybody who read it is told once."""

    kind: ClassVar[str] = "answer.disputed"
    author_id: int
    dispute_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class DisputeChanged(PostFact):
    """The words of a dispute or its correction were changed."""

    kind: ClassVar[str] = "answer.dispute_changed"
    author_id: int
    dispute_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class DisputeResolved(PostFact):
    """The dispute about an answer is settled."""

    kind: ClassVar[str] = "answer.dispute_resolved"
    author_id: int
    dispute_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SummaryChanged(ThreadFact):
    """A text on top of a thread was written, changed or restored; ``summary`` says which of the two."""

    kind: ClassVar[str] = "thread.summary_changed"
    summary: str
    revision: int
    restored: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class SummaryVersionSealed(ThreadFact):
    """An earlier version of a text on top of a thread was put out of the members' sight."""

    kind: ClassVar[str] = "thread.summary_sealed"
    summary: str
    revision: int


@dataclass(frozen=True, kw_only=True, slots=True)
class VoteCast(ThreadFact):
    """A vote was given, turned round (-1, 1) or taken back (0) on a thread (``post_id`` empty) or a post.

    ``first`` is true the first time this person votes on this target; participation counts those alone.
    """

    kind: ClassVar[str] = "vote.cast"
    post_id: int | None
    value: int
    first: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class MemberMentioned(Event):
    """Somebody was named for the first time in a post, or in the opening of a thread (``post_id`` empty)."""

    kind: ClassVar[str] = "member.mentioned"

    user_id: int
    room_id: int
    thread_id: int
    post_id: int | None

    @property
    def channel(self) -> str:
        """The inbox of whoever is named."""
        return user_channel(self.user_id)


@dataclass(frozen=True, kw_only=True, slots=True)
class ThreadsImported(Event):
    """Threads of a collection were imported, with their answers; in the room all those with ids in this range.

    Nobody did it: ``actor_id`` is empty, and nobody is told or credited.
    """

    kind: ClassVar[str] = "threads.imported"

    room_id: int
    first_thread_id: int
    last_thread_id: int
    threads: int

    @property
    def channel(self) -> str:
        """The room's channel."""
        return room_channel(self.room_id)


@dataclass(frozen=True, kw_only=True, slots=True)
class ClarificationFact(Event):
    """Base: private words about a thread under a pseudonym; only ``user_id``, for whom they are, hears of it."""

    room_id: int
    thread_id: int
    clarification_id: int
    user_id: int

    @property
    def channel(self) -> str:
        """The inbox of the person for whom they are."""
        return user_channel(self.user_id)


@dataclass(frozen=True, kw_only=True, slots=True)
class ClarificationAsked(ClarificationFact):
    """A mentor asked the author in private."""

    kind: ClassVar[str] = "clarification.asked"


@dataclass(frozen=True, kw_only=True, slots=True)
class ClarificationAnswered(ClarificationFact):
    """The author answered a mentor in private; ``actor_id`` is empty, so that the fact names nobody."""

    kind: ClassVar[str] = "clarification.answered"
