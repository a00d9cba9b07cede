"""Votes, acceptance, endorsements, disputes and following."""

from __future__ import annotations

from social_cme.discussions.api import POST, THREAD, bp
from social_cme.discussions.enums import VoteTarget
from social_cme.discussions.queries.pages import post_view
from social_cme.discussions.schemas.incoming import DisputeIn, EndorseIn, OutcomeIn, VoteIn
from social_cme.discussions.schemas.shown import PostOut, VoteOut
from social_cme.discussions.services import acceptance, disputes, endorsements, follows
from social_cme.discussions.services.votes import cast_vote
from social_cme.rooms.queries import read_room
from social_cme.web.actor import require_actor
from social_cme.web.api import ApiScope, endpoint

WRITE = ApiScope.WRITE


def _vote(slug: str, target: VoteTarget, target_id: int, value: int, client_id: str | None = None) -> VoteOut:
    ctx = read_room(require_actor(), slug)
    return VoteOut.model_validate(cast_vote(ctx, target=target, target_id=target_id, value=value, client_id=client_id))


@endpoint(bp, f"{THREAD}/vote", "PUT", result=VoteOut, body=VoteIn, scope=WRITE, errors=(422,))
def vote_thread(slug: str, thread_id: int, body: VoteIn) -> VoteOut:
    """Vote on the opening of a thread: 1 or -1, in place of your earlier vote."""
    return _vote(slug, VoteTarget.THREAD, thread_id, body.value, body.client_id)


@endpoint(bp, f"{THREAD}/vote", "DELETE", result=VoteOut, scope=WRITE)
def unvote_thread(slug: str, thread_id: int) -> VoteOut:
    """Take your vote on the opening of a thread back."""
    return _vote(slug, VoteTarget.THREAD, thread_id, 0)


@endpoint(bp, f"{POST}/vote", "PUT", result=VoteOut, body=VoteIn, scope=WRITE, errors=(422,))
def vote_post(slug: str, post_id: int, body: VoteIn) -> VoteOut:
    """Vote on an answer or comment: 1 or -1, in place of your earlier vote."""
    return _vote(slug, VoteTarget.POST, post_id, body.value, body.client_id)


@endpoint(bp, f"{POST}/vote", "DELETE", result=VoteOut, scope=WRITE)
def unvote_post(slug: str, post_id: int) -> VoteOut:
    """Take your vote on an answer or comment back."""
    return _vote(slug, VoteTarget.POST, post_id, 0)


@endpoint(bp, f"{POST}/accept", "PUT", result=PostOut, scope=WRITE)
def accept_answer(slug: str, post_id: int) -> PostOut:
    """Mark an answer to your question or case as one that helped."""
    ctx = read_room(require_actor(), slug)
    acceptance.accept_answer(ctx, post_id=post_id)
    return PostOut.of(post_view(ctx, post_id))


@endpoint(bp, f"{POST}/accept", "DELETE", result=PostOut, scope=WRITE)
def unaccept_answer(slug: str, post_id: int) -> PostOut:
    """Take the mark back."""
    ctx = read_room(require_actor(), slug)
    acceptance.unaccept_answer(ctx, post_id=post_id)
    return PostOut.of(post_view(ctx, post_id))


@endpoint(bp, f"{POST}/endorse", "PUT", result=PostOut, body=EndorseIn, scope=WRITE, errors=(422,))
def endorse_answer(slug: str, post_id: int, body: EndorseIn) -> PostOut:
    """Stand behind an answer as a mentor of the room, or change what you said of it."""
    ctx = read_room(require_actor(), slug)
    endorsements.endorse_answer(
        ctx,
        post_id=post_id,
        evidence_level=body.evidence_level,
        note=body.note,
        review_by=body.review_by,
        attested=body.attested,
    )
    return PostOut.of(post_view(ctx, post_id))


@endpoint(bp, f"{POST}/endorse/renew", "POST", result=PostOut, scope=WRITE)
def renew_endorsement(slug: str, post_id: int) -> PostOut:
    """Stand behind an answer for another twelve months, also when your endorsement had lapsed."""
    ctx = read_room(require_actor(), slug)
    endorsements.renew_endorsement(ctx, post_id=post_id)
    return PostOut.of(post_view(ctx, post_id))


@endpoint(bp, f"{POST}/dispute", "PUT", result=PostOut, body=DisputeIn, scope=WRITE, errors=(422,))
def dispute_answer(slug: str, post_id: int, body: DisputeIn) -> PostOut:
    """Mark an answer as disputed, with a correction; everybody who read it is told. While it is, change the words."""
    ctx = read_room(require_actor(), slug)
    disputes.dispute_answer(
        ctx,
        post_id=post_id,
        reason=body.reason,
        correction=body.correction,
        attested=body.attested,
        client_id=body.client_id,
    )
    return PostOut.of(post_view(ctx, post_id))


@endpoint(bp, f"{POST}/dispute/resolve", "POST", result=PostOut, body=OutcomeIn, scope=WRITE, errors=(422,))
def resolve_dispute(slug: str, post_id: int, body: OutcomeIn) -> PostOut:
    """Settle the dispute about an answer, saying how; everybody who read the answer is told."""
    ctx = read_room(require_actor(), slug)
    disputes.resolve_dispute(ctx, post_id=post_id, outcome=body.outcome, attested=body.attested)
    return PostOut.of(post_view(ctx, post_id))


@endpoint(bp, f"{POST}/endorse", "DELETE", result=PostOut, scope=WRITE)
def withdraw_endorsement(slug: str, post_id: int) -> PostOut:
    """Stand behind an answer no longer; other mentors' endorsements stay."""
    ctx = read_room(require_actor(), slug)
    endorsements.withdraw_endorsement(ctx, post_id=post_id)
    return PostOut.of(post_view(ctx, post_id))


@endpoint(bp, f"{THREAD}/follow", "PUT", result=None, status=204, scope=WRITE)
def follow_thread(slug: str, thread_id: int) -> None:
    """Hear of new answers in a thread."""
    follows.follow_thread(read_room(require_actor(), slug), thread_id=thread_id)


@endpoint(bp, f"{THREAD}/follow", "DELETE", result=None, status=204, scope=WRITE)
def unfollow_thread(slug: str, thread_id: int) -> None:
    """Hear no more of a thread."""
    follows.unfollow_thread(read_room(require_actor(), slug), thread_id=thread_id)
