"""The small forms on a thread: votes, acceptance, following."""

from __future__ import annotations

from flask import request
from flask_login import login_required
from werkzeug import Response

from social_cme.core.errors import BadRequest
from social_cme.discussions.enums import VoteTarget
from social_cme.discussions.services import acceptance, follows, votes
from social_cme.discussions.views import bp
from social_cme.discussions.views.frame import back_to_thread
from social_cme.extensions import limiter
from social_cme.rooms.queries import read_room
from social_cme.web.actor import require_actor


def _chosen(*allowed: int) -> int:
    told = request.form.get("value", "")
    found = next((value for value in allowed if str(value) == told), None)
    if found is None:
        raise BadRequest("This button sent something else than was expected. Nothing was changed; reload the page.")
    return found


@bp.post("/rooms/<slug:slug>/threads/<id:thread_id>/vote")
@login_required
@limiter.limit("120 per minute")
def vote_thread(slug: str, thread_id: int) -> Response:
    """Vote on the opening of a thread."""
    ctx = read_room(require_actor(), slug)
    votes.cast_vote(ctx, target=VoteTarget.THREAD, target_id=thread_id, value=_chosen(1, 0, -1))
    return back_to_thread(ctx, thread_id, anchor="opening")


@bp.post("/rooms/<slug:slug>/posts/<id:post_id>/vote")
@login_required
@limiter.limit("120 per minute")
def vote_post(slug: str, post_id: int) -> Response:
    """Vote on an answer or comment."""
    ctx = read_room(require_actor(), slug)
    result = votes.cast_vote(ctx, target=VoteTarget.POST, target_id=post_id, value=_chosen(1, 0, -1))
    return back_to_thread(ctx, result.thread_id, anchor=f"post-{post_id}")


@bp.post("/rooms/<slug:slug>/posts/<id:post_id>/accept")
@login_required
@limiter.limit("60 per minute")
def accept(slug: str, post_id: int) -> Response:
    """Mark an answer as one that helped, or take the mark back."""
    ctx = read_room(require_actor(), slug)
    change = acceptance.accept_answer if _chosen(1, 0) else acceptance.unaccept_answer
    post = change(ctx, post_id=post_id)
    return back_to_thread(ctx, post.thread_id, anchor=f"post-{post_id}")


@bp.post("/rooms/<slug:slug>/threads/<id:thread_id>/follow")
@login_required
@limiter.limit("60 per minute")
def follow(slug: str, thread_id: int) -> Response:
    """Hear of new answers, or no longer."""
    ctx = read_room(require_actor(), slug)
    change = follows.follow_thread if _chosen(1, 0) else follows.unfollow_thread
    change(ctx, thread_id=thread_id)
    return back_to_thread(ctx, thread_id, anchor="opening")
