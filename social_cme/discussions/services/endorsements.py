"""Endorsements: a mentor stands behind an answer and says how certain the evidence is."""

from __future__ import annotations

from sqlalchemy import func, select

from social_cme.core.errors import Invalid
from social_cme.core.permissions import require
from social_cme.discussions import policies
from social_cme.discussions.enums import NOTE_LIMIT, EvidenceLevel
from social_cme.discussions.events import AnswerEndorsed, EndorsementWithdrawn
from social_cme.discussions.models import Endorsement, Post, Thread
from social_cme.discussions.queries.posts import access_post
from social_cme.discussions.services.counting import count_in_thread
from social_cme.discussions.services.texts import long_text
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.rooms.policies import RoomContext


def endorse_answer(ctx: RoomContext, *, post_id: int, evidence_level: str, note: str = "") -> Endorsement:
    """Stand behind an answer; a mentor who did so before changes level and note, which is no second endorsement."""
    if evidence_level not in set(EvidenceLevel):
        raise Invalid(fields={"evidence_level": ["Choose how certain the evidence is."]})
    with transaction() as tx:
        thread, post = access_post(ctx, post_id, lock_thread=True)
        require(policies.can_endorse(ctx, thread, post))
        text = long_text(note, "note", NOTE_LIMIT, required=False)
        endorsement = _mine(tx, ctx, post)
        if endorsement is not None:
            endorsement.evidence_level, endorsement.note = str(evidence_level), text
            tx.session.flush()
            return endorsement
        endorsement = Endorsement(post_id=post.id, mentor_id=ctx.user.id, evidence_level=str(evidence_level), note=text)
        tx.add(endorsement)
        _mark(tx, thread, post, endorsed=True)
        tx.record(
            AnswerEndorsed(
                actor_id=ctx.user.id,
                room_id=ctx.room_id,
                thread_id=thread.id,
                post_id=post.id,
                author_id=post.author_id,
                evidence_level=str(evidence_level),
            )
        )
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
        left = tx.session.scalar(select(func.count(Endorsement.id)).where(Endorsement.post_id == post.id))
        if not left:
            _mark(tx, thread, post, endorsed=False)
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


def _mine(tx: Transaction, ctx: RoomContext, post: Post) -> Endorsement | None:
    return tx.session.scalar(select(Endorsement).filter_by(post_id=post.id, mentor_id=ctx.user.id))


def _mark(tx: Transaction, thread: Thread, post: Post, *, endorsed: bool) -> None:
    if post.is_endorsed == endorsed:
        return
    post.is_endorsed = endorsed
    tx.session.flush()
    count_in_thread(tx, thread, endorsed=1 if endorsed else -1)
