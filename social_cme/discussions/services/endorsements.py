"""Endorsements: a mentor stands behind an answer until a day, and says how good the evidence is.

Rule: an answer that names a retracted paper cannot be endorsed. What lapsed is renewed, never given a second time.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import func, select

from social_cme.core import clock
from social_cme.core.errors import NotFound
from social_cme.core.permissions import require
from social_cme.discussions import policies
from social_cme.discussions.enums import NOTE_LIMIT
from social_cme.discussions.events import (
    AnswerEndorsed,
    EndorsementChanged,
    EndorsementFact,
    EndorsementRenewed,
    EndorsementWithdrawn,
)
from social_cme.discussions.models import Endorsement, Post, Thread
from social_cme.discussions.queries.papers import names_retracted_paper
from social_cme.discussions.queries.posts import access_post
from social_cme.discussions.rules.evidence import checked_level, checked_review_date, usual_review_date
from social_cme.discussions.services.counting import count_in_thread
from social_cme.discussions.services.texts import long_text
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.privacy.enums import ObjectKind
from social_cme.privacy.services.checking import check_before_publishing
from social_cme.rooms.policies import RoomContext


def endorse_answer(
    ctx: RoomContext,
    *,
    post_id: int,
    evidence_level: str,
    note: str = "",
    review_by: date | None = None,
    attested: Collection[str] = (),
) -> Endorsement:
    """Stand behind an answer until *review_by* (UTC), twelve months when left out.

    A mentor who did so before changes what was said, which is no second endorsement; one that had lapsed holds again. Raises
    ``Invalid`` for a level of another scale than the room's and for a day that is not in the future.
    """
    with transaction() as tx:
        thread, post = access_post(ctx, post_id, lock_thread=True)
        require(policies.can_endorse(ctx, thread, post, names_retracted=names_retracted_paper(post.id)))
        level = checked_level(str(evidence_level), ctx.room.evidence_scale)
        until = checked_review_date(review_by, clock.now().date())
        text = long_text(note, "note", NOTE_LIMIT, required=False)
        endorsement = _mine(tx, ctx, post)
        if text:
            earlier = {"note": endorsement.note} if endorsement is not None else None
            check_before_publishing(
                tx, ctx, kind=ObjectKind.POST, parts={"note": text}, attested=attested, earlier=earlier
            ).note(post.id)
        if endorsement is not None:
            _change(tx, ctx, (thread, post), endorsement, values=(level.value, text, until))
            return endorsement
        endorsement = Endorsement(
            post_id=post.id, mentor_id=ctx.user.id, evidence_level=level.value, note=text, review_by=until
        )
        tx.add(endorsement)
        mark_endorsed(tx, thread, post)
        tx.record(
            AnswerEndorsed(
                actor_id=ctx.user.id,
                room_id=ctx.room_id,
                thread_id=thread.id,
                post_id=post.id,
                author_id=post.author_id,
                evidence_level=level.value,
            )
        )
        return endorsement


def renew_endorsement(ctx: RoomContext, *, post_id: int) -> Endorsement:
    """Stand behind an answer for another twelve months, with what was said before; also when it had lapsed."""
    with transaction() as tx:
        thread, post = access_post(ctx, post_id, lock_thread=True)
        require(policies.can_endorse(ctx, thread, post, names_retracted=names_retracted_paper(post.id)))
        endorsement = _mine(tx, ctx, post)
        if endorsement is None:
            raise NotFound
        _hold(endorsement, usual_review_date(clock.now().date()))
        tx.session.flush()
        mark_endorsed(tx, thread, post)
        tx.record(_fact(EndorsementRenewed, ctx, thread, post, endorsement))
        return endorsement


def withdraw_endorsement(ctx: RoomContext, *, post_id: int) -> Post:
    """Stand behind an answer no longer; other mentors' endorsements stay."""
    with transaction() as tx:
        thread, post = access_post(ctx, post_id, lock_thread=True)
        require(policies.can_endorse(ctx, thread, post))
        endorsement = _mine(tx, ctx, post)
        if endorsement is None:
            return post
        tx.session.delete(endorsement)
        tx.session.flush()
        mark_endorsed(tx, thread, post)
        tx.record(
            EndorsementWithdrawn(
                actor_id=ctx.user.id,
                room_id=ctx.room_id,
                thread_id=thread.id,
                post_id=post.id,
                author_id=post.author_id,
            )
        )
        return post


def mark_endorsed(tx: Transaction, thread: Thread, post: Post) -> None:
    """Let the mark of a post and the count of its thread follow the endorsements that hold; the caller holds both locks.

    A hidden answer counts for nothing; when it is shown again its mark is counted with it.
    """
    holding = select(func.count(Endorsement.id)).where(Endorsement.post_id == post.id, Endorsement.lapsed_at.is_(None))
    endorsed = bool(tx.session.scalar(holding))
    if post.is_endorsed == endorsed:
        return
    post.is_endorsed = endorsed
    tx.session.flush()
    if post.hidden_at is None:
        count_in_thread(tx, thread, endorsed=1 if endorsed else -1)


def _mine(tx: Transaction, ctx: RoomContext, post: Post) -> Endorsement | None:
    return tx.session.scalar(select(Endorsement).filter_by(post_id=post.id, mentor_id=ctx.user.id))


def _change(
    tx: Transaction,
    ctx: RoomContext,
    place: tuple[Thread, Post],
    endorsement: Endorsement,
    *,
    values: tuple[str, str, date],
) -> None:
    thread, post = place
    had_lapsed = endorsement.lapsed_at is not None
    before = (endorsement.evidence_level, endorsement.note, endorsement.review_by)
    if before == values and not had_lapsed:
        return
    endorsement.evidence_level, endorsement.note, until = values
    if had_lapsed or until != before[2]:
        _hold(endorsement, until)
    tx.session.flush()
    mark_endorsed(tx, thread, post)
    tx.record(_fact(EndorsementRenewed if had_lapsed else EndorsementChanged, ctx, thread, post, endorsement))


def _hold(endorsement: Endorsement, until: date) -> None:
    endorsement.review_by = until
    endorsement.renewed_at = clock.now()
    endorsement.reminded_at = endorsement.lapsed_at = None
    endorsement.lapse_reason = ""


def _fact(
    kind: type[EndorsementChanged | EndorsementRenewed],
    ctx: RoomContext,
    thread: Thread,
    post: Post,
    endorsement: Endorsement,
) -> EndorsementFact:
    return kind(
        actor_id=ctx.user.id,
        room_id=ctx.room_id,
        thread_id=thread.id,
        post_id=post.id,
        endorsement_id=endorsement.id,
        mentor_id=endorsement.mentor_id,
        author_id=post.author_id,
    )
