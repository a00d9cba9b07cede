"""The present state of what ledger entries stand on: posts, threads, stretches of attendance.

Rule: rows are locked for reading, so that nobody can hide a post between this look and the commit of its entry.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from social_cme.cme.enums import Activity
from social_cme.cme.models import ParticipationEntry
from social_cme.cohorts.models import StudyTick
from social_cme.discussions.models import Endorsement, Post, Thread, ThreadMerge
from social_cme.extensions import db
from social_cme.live.enums import QuestionState
from social_cme.live.models import AttendanceInterval, CountedStretch, LiveQuestion


@dataclass(frozen=True, slots=True)
class PostState:
    """What a post is worth in the ledger now."""

    hidden: bool
    accepted: bool
    endorser_ids: frozenset[int]


@dataclass(frozen=True, slots=True)
class ThreadState:
    """What a thread is worth in the ledger now; ``opened_by_hand`` is false for imported and carried-over threads."""

    hidden: bool
    opened_by_hand: bool


@dataclass(frozen=True, slots=True)
class Stretch:
    """A closed stretch of somebody's attendance."""

    user_id: int
    start: datetime


@dataclass(frozen=True, slots=True)
class Counted:
    """A stretch of somebody's time that was counted; ``stands`` is false once it no longer is."""

    user_id: int
    start: datetime
    seconds: int
    stands: bool


GONE = PostState(hidden=True, accepted=False, endorser_ids=frozenset())


def post_state(post_id: int) -> PostState:
    """Return the state of a post; one that is gone counts as hidden."""
    found = db.session.execute(
        select(Post.hidden_at, Post.is_accepted).where(Post.id == post_id).with_for_update(read=True)
    ).one_or_none()
    if found is None:
        return GONE
    endorsers = db.session.scalars(select(Endorsement.mentor_id).where(Endorsement.post_id == post_id))
    return PostState(hidden=found[0] is not None, accepted=found[1], endorser_ids=frozenset(endorsers))


def find_live_author(post_id: int) -> int | None:
    """Return who wrote an answer that came out of a live session, ``None`` for every other post."""
    return db.session.scalar(
        select(Post.author_id)
        .join(Thread, Thread.id == Post.thread_id)
        .where(Post.id == post_id, Thread.live_question_id.is_not(None))
    )


def thread_state(thread_id: int) -> ThreadState:
    """Return the state of a thread; one that is gone counts as hidden."""
    found = db.session.execute(
        select(Thread.hidden_at, Thread.source_ref, Thread.live_question_id, Thread.merged_into_id)
        .where(Thread.id == thread_id)
        .with_for_update(read=True)
    ).one_or_none()
    if found is None:
        return ThreadState(hidden=True, opened_by_hand=True)
    hidden_at, source_ref, live_question_id, merged_into_id = found
    if merged_into_id is not None:
        # What was written still stands, as a comment in the other thread.
        hidden_at = db.session.scalar(
            select(Post.hidden_at)
            .join(ThreadMerge, ThreadMerge.post_id == Post.id)
            .where(ThreadMerge.thread_id == thread_id)
            .with_for_update(read=True, of=Post)
        )
    return ThreadState(hidden=hidden_at is not None, opened_by_hand=source_ref is None and live_question_id is None)


def find_merged_opening(post_id: int) -> int | None:
    """Return the thread whose opening became this comment when it was merged, ``None`` for every other post."""
    return db.session.scalar(select(ThreadMerge.thread_id).where(ThreadMerge.post_id == post_id))


def is_under_pseudonym(
    *, thread_id: int | None, post_id: int | None, user_id: int, question_id: int | None = None
) -> bool:
    """Tell whether a live question, a post, or the opening of a thread is somebody's and stands under a pseudonym."""
    if question_id is not None:
        asked = (LiveQuestion.id == question_id, LiveQuestion.author_id == user_id, LiveQuestion.pseudonym != "")
        return db.session.scalar(select(LiveQuestion.id).where(*asked)) is not None
    row = Post if post_id is not None else Thread
    found = select(row.id).where(row.id == (post_id or thread_id), row.author_id == user_id, row.pseudonym != "")
    return db.session.scalar(found) is not None


def question_is_hidden(question_id: int) -> bool:
    """Tell whether a mentor hid or declined a live question; one that is gone counts as hidden."""
    state = db.session.scalar(
        select(LiveQuestion.state).where(LiveQuestion.id == question_id).with_for_update(read=True)
    )
    return state is None or state in {QuestionState.HIDDEN, QuestionState.DECLINED}


def find_stretch(interval_id: int) -> Stretch | None:
    """Return whose attendance an interval is and when it began; for facts from before stretches were counted apart."""
    found = db.session.execute(
        select(AttendanceInterval.user_id, AttendanceInterval.first_at).where(AttendanceInterval.id == interval_id)
    ).one_or_none()
    return Stretch(user_id=found[0], start=found[1]) if found is not None else None


def find_counted(stretch_id: int) -> Counted | None:
    """Return a counted stretch as it stands now."""
    row = CountedStretch
    found = db.session.execute(
        select(row.user_id, row.started_at, row.ended_at, row.voided_at)
        .where(row.id == stretch_id)
        .with_for_update(read=True)
    ).one_or_none()
    if found is None:
        return None
    user_id, start, end, voided_at = found
    return Counted(user_id, start, (end - start) // timedelta(seconds=1), stands=voided_at is None)


def entries_of_stretch(stretch_id: int) -> list[ParticipationEntry]:
    """Return the entries about a counted stretch, the newest fact and revision first."""
    return _entries_of(Activity.SESSION_ATTENDED, stretch_id=stretch_id)


def entries_of_post(post_id: int, activities: tuple[str, ...]) -> list[ParticipationEntry]:
    """Return the entries about a post, the newest fact and revision first."""
    return list(
        db.session.scalars(
            select(ParticipationEntry)
            .where(ParticipationEntry.post_id == post_id, ParticipationEntry.activity.in_(activities))
            .order_by(ParticipationEntry.fact_id.desc(), ParticipationEntry.revision.desc())
        )
    )


def entries_of_thread(thread_id: int) -> list[ParticipationEntry]:
    """Return the entries about the opening of a thread, the newest fact and revision first."""
    return _entries_of(Activity.THREAD_OPENED, thread_id=thread_id)


def entries_of_question(question_id: int) -> list[ParticipationEntry]:
    """Return the entries about the asking of a live question, the newest fact and revision first."""
    return _entries_of(Activity.QUESTION_ASKED, question_id=question_id)


def is_ticked(item_id: int, user_id: int) -> bool:
    """Tell whether somebody says to have done an entry of a self-study list; one that is gone counts as not done."""
    done_at = db.session.scalar(
        select(StudyTick.done_at)
        .where(StudyTick.item_id == item_id, StudyTick.user_id == user_id)
        .with_for_update(read=True)
    )
    return done_at is not None


def entries_of_study(item_id: int, user_id: int) -> list[ParticipationEntry]:
    """Return the entries of somebody's self-study of one thing, the newest fact and revision first."""
    return _entries_of(Activity.SELF_STUDY_REPORTED, item_id=item_id, user_id=user_id)


def _entries_of(activity: Activity, **target: int) -> list[ParticipationEntry]:
    return list(
        db.session.scalars(
            select(ParticipationEntry)
            .filter_by(activity=activity, **target)
            .order_by(ParticipationEntry.fact_id.desc(), ParticipationEntry.revision.desc())
        )
    )
