"""Disputes: a mentor or moderator says that an answer is wrong, and gives the correction.

Rule: opening a dispute tells everybody who read the answer, once; changing its words tells nobody again.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from social_cme.core import clock
from social_cme.core.errors import Conflict, NotFound
from social_cme.core.permissions import require
from social_cme.discussions import policies
from social_cme.discussions.enums import CORRECTION_LIMIT, NOTE_LIMIT
from social_cme.discussions.events import AnswerDisputed, DisputeChanged, DisputeResolved
from social_cme.discussions.models import Dispute, Post, Thread
from social_cme.discussions.queries.posts import access_post
from social_cme.discussions.services.texts import long_text
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.privacy.enums import ObjectKind
from social_cme.privacy.services.checking import check_before_publishing
from social_cme.rooms.policies import RoomContext
from social_cme.web.markdown import render_markdown


def dispute_answer(
    ctx: RoomContext,
    *,
    post_id: int,
    reason: str,
    correction: str,
    attested: Collection[str] = (),
    client_id: str | None = None,
) -> Dispute:
    """Mark an answer as disputed, with what is wrong and what is right (Markdown); while it is, change those words."""
    with transaction() as tx:
        thread, post = access_post(ctx, post_id, lock_thread=True)
        require(policies.can_dispute(ctx, thread, post))
        claim = tx.claim(ctx.user.id, client_id, "answer.dispute")
        if claim.object_id is not None:
            return tx.session.get_one(Dispute, claim.object_id)
        why = long_text(reason, "reason", NOTE_LIMIT)
        right = long_text(correction, "correction", CORRECTION_LIMIT)
        present = _open(tx, post)
        earlier = {"reason": present.reason, "correction": present.correction_md} if present is not None else None
        parts = {"reason": why, "correction": right}
        check_before_publishing(tx, ctx, kind=ObjectKind.POST, parts=parts, attested=attested, earlier=earlier).note(
            post.id
        )
        if present is not None:
            return _change(tx, ctx, thread, present, why=why, right=right)
        dispute = Dispute(
            post_id=post.id,
            opened_by_id=ctx.user.id,
            reason=why,
            correction_md=right,
            correction_html=render_markdown(right),
        )
        try:
            with tx.savepoint():
                tx.add(dispute)
        except IntegrityError as error:
            raise Conflict("Somebody else disputed this answer at the same moment. Look at what they wrote.") from error
        post.is_disputed = True
        claim.settle(dispute.id)
        tx.record(AnswerDisputed(**_place(ctx, thread, post, dispute)))
        return dispute


def resolve_dispute(ctx: RoomContext, *, post_id: int, outcome: str, attested: Collection[str] = ()) -> Dispute:
    """Settle the dispute about an answer, saying how; whoever read the answer is told. Settling it twice changes nothing."""
    with transaction() as tx:
        thread, post = access_post(ctx, post_id, lock_thread=True)
        require(policies.can_dispute(ctx, thread, post))
        text = long_text(outcome, "outcome", NOTE_LIMIT)
        dispute = _open(tx, post)
        if dispute is None:
            return _last(tx, post)
        check_before_publishing(tx, ctx, kind=ObjectKind.POST, parts={"outcome": text}, attested=attested).note(post.id)
        dispute.resolved_at, dispute.resolved_by_id, dispute.outcome = clock.now(), ctx.user.id, text
        post.is_disputed = False
        tx.record(DisputeResolved(**_place(ctx, thread, post, dispute)))
        return dispute


def _change(tx: Transaction, ctx: RoomContext, thread: Thread, dispute: Dispute, *, why: str, right: str) -> Dispute:
    if (why, right) == (dispute.reason, dispute.correction_md):
        return dispute
    dispute.reason, dispute.correction_md, dispute.correction_html = why, right, render_markdown(right)
    post = tx.session.get_one(Post, dispute.post_id)
    tx.record(DisputeChanged(**_place(ctx, thread, post, dispute)))
    return dispute


def _open(tx: Transaction, post: Post) -> Dispute | None:
    return tx.session.scalar(select(Dispute).where(Dispute.post_id == post.id, Dispute.resolved_at.is_(None)))


def _last(tx: Transaction, post: Post) -> Dispute:
    found = tx.session.scalar(select(Dispute).where(Dispute.post_id == post.id).order_by(Dispute.id.desc()).limit(1))
    if found is None:
        raise NotFound
    return found


def _place(ctx: RoomContext, thread: Thread, post: Post, dispute: Dispute) -> dict[str, int]:
    return {
        "actor_id": ctx.user.id,
        "room_id": thread.room_id,
        "thread_id": thread.id,
        "post_id": post.id,
        "author_id": post.author_id,
        "dispute_id": dispute.id,
    }
