"""What people send over the socket about threads.

Rule: every message opens its room again; what has changed since the connection was made counts.
"""

from __future__ import annotations

from typing import Any

from social_cme.discussions.queries.pages import post_view
from social_cme.discussions.schemas import incoming
from social_cme.discussions.schemas.shown import PostOut, VoteOut
from social_cme.discussions.services.answers import post_answer
from social_cme.discussions.services.comments import post_comment
from social_cme.discussions.services.votes import cast_vote
from social_cme.realtime.gateway import Gateway
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries import read_room

Answer = dict[str, Any]


def register(gateway: Gateway) -> None:
    """Add the messages of discussions to *gateway*."""

    @gateway.on("answer.post", incoming.PostAnswer)
    def answer(actor: Any, message: incoming.PostAnswer) -> Answer:
        ctx = read_room(actor, message.slug)
        post = post_answer(
            ctx,
            thread_id=message.thread_id,
            body=message.body,
            citations=message.citations,
            image_keys=message.image_keys,
            attested=message.attested,
            think_aloud=message.think_aloud.model_dump() if message.think_aloud is not None else None,
            client_id=message.client_id,
        )
        return _post(ctx, post.id)

    @gateway.on("comment.post", incoming.PostComment)
    def comment(actor: Any, message: incoming.PostComment) -> Answer:
        ctx = read_room(actor, message.slug)
        post = post_comment(
            ctx,
            thread_id=message.thread_id,
            body=message.body,
            parent_id=message.parent_id,
            attested=message.attested,
            client_id=message.client_id,
        )
        return _post(ctx, post.id)

    @gateway.on("vote.cast", incoming.CastVote)
    def vote(actor: Any, message: incoming.CastVote) -> Answer:
        result = cast_vote(
            read_room(actor, message.slug),
            target=message.target,
            target_id=message.target_id,
            value=message.value,
            client_id=message.client_id,
        )
        return {"vote": VoteOut.model_validate(result).model_dump(mode="json")}


def _post(ctx: RoomContext, post_id: int) -> Answer:
    return {"post": PostOut.of(post_view(ctx, post_id)).model_dump(mode="json")}
