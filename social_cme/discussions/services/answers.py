"""Answering, and withdrawing what nobody has built on."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import update

from social_cme.core import clock
from social_cme.core.permissions import require
from social_cme.discussions import policies
from social_cme.discussions.enums import BODY_LIMIT, WITHDRAWN, PostKind, StateChange
from social_cme.discussions.events import AnswerPosted, PostStateChanged
from social_cme.discussions.models import Citation, Post, Thread
from social_cme.discussions.queries.images import Holder
from social_cme.discussions.queries.posts import access_post
from social_cme.discussions.queries.threads import access_thread
from social_cme.discussions.rules.citations import Source, parse_sources
from social_cme.discussions.rules.places import answer_place
from social_cme.discussions.services.counting import count_in_room, count_in_thread
from social_cme.discussions.services.drafts import drop_draft
from social_cme.discussions.services.follows import begin_following
from social_cme.discussions.services.identifiers import picture_texts, post_texts
from social_cme.discussions.services.masking import put_on_mask
from social_cme.discussions.services.mentions import Scribe
from social_cme.discussions.services.papers import papers_of
from social_cme.discussions.services.reading import note_own_post
from social_cme.discussions.services.texts import long_text, rendered_parts, think_aloud_text
from social_cme.media.queries.images import own_images
from social_cme.media.services.showing import show_images
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.privacy.enums import ObjectKind
from social_cme.privacy.services.checking import check_before_publishing
from social_cme.rooms.policies import RoomContext, can_moderate
from social_cme.web.markdown import render_markdown


def post_answer(
    ctx: RoomContext,
    *,
    thread_id: int,
    body: str,
    citations: Sequence[str] = (),
    image_keys: Sequence[str] = (),
    attested: Collection[str] = (),
    think_aloud: Mapping[str, str] | None = None,
    client_id: str | None = None,
    draft_revision: int | None = None,
) -> Post:
    """Answer a thread; *citations* are lines as people paste them, up to ten. Whoever answers follows from then on.

    A mentor may add how they searched, found and decided (``THINK_ALOUD_LIMITS``). Raises ``Invalid`` naming the fields,
    ``Forbidden`` with the reason when the thread takes no answers.
    """
    with transaction() as tx:
        thread = access_thread(ctx, thread_id, lock=True)
        require(policies.can_answer(ctx, thread))
        author_id = ctx.user.id
        claim = tx.claim(author_id, client_id, "answer.post")
        if claim.object_id is not None:
            return access_post(ctx, claim.object_id)[1]
        text = long_text(body, "body", BODY_LIMIT)
        parts = think_aloud_text(think_aloud)
        if parts is not None:
            require(policies.can_think_aloud(ctx))
        sources = parse_sources(list(citations))
        said = {**post_texts(text, sources), **(parts or {}), **picture_texts(own_images(ctx, image_keys))}
        checked = check_before_publishing(tx, ctx, kind=ObjectKind.POST, parts=said, attested=attested)
        scribe = Scribe(ctx.room_id)
        post = _add_answer(
            tx, thread, author_id=author_id, text=text, sources=sources, render=scribe.render, parts=parts
        )
        show_images(ctx, holder=Holder.POST, holder_id=post.id, keys=image_keys)
        checked.note(post.id)
        tx.record(AnswerPosted(actor_id=author_id, room_id=ctx.room_id, thread_id=thread.id, post_id=post.id))
        scribe.settle(tx, thread, post)
        drop_draft(tx, user_id=author_id, place=answer_place(thread.id), revision=draft_revision)
        claim.settle(post.id)
        return post


def adopt_answer(ctx: RoomContext, *, thread_id: int, author_id: int, body: str, citations: Sequence[str] = ()) -> Post:
    """Add an answer that was given elsewhere (in a live session, in a collection); by a moderator, as ``adopt_thread``."""
    with transaction() as tx:
        thread = access_thread(ctx, thread_id, lock=True)
        require(can_moderate(ctx))
        text = long_text(body, "body", BODY_LIMIT)
        post = _add_answer(tx, thread, author_id=author_id, text=text, sources=parse_sources(list(citations)))
        tx.record(AnswerPosted(actor_id=None, room_id=ctx.room_id, thread_id=thread.id, post_id=post.id))
        return post


def withdraw_post(ctx: RoomContext, *, post_id: int) -> Post:
    """Take one's own answer or comment back while nobody has commented on, accepted or endorsed it.

    The text stays for the moderators, as with every hidden post.
    """
    with transaction() as tx:
        thread, post = access_post(ctx, post_id, lock_thread=True)
        require(policies.can_withdraw(ctx, thread, post))
        post.hidden_at, post.hidden_reason = clock.now(), WITHDRAWN
        tx.session.flush()
        count_post(tx, thread, post, by=-1)
        tx.record(
            PostStateChanged(
                actor_id=ctx.user.id,
                room_id=ctx.room_id,
                thread_id=thread.id,
                post_id=post.id,
                change=StateChange.WITHDRAWN.value,
            )
        )
        return post


def _add_answer(
    tx: Transaction,
    thread: Thread,
    *,
    author_id: int,
    text: str,
    sources: Sequence[Source],
    render: Callable[[str], str] = render_markdown,
    parts: dict[str, str] | None = None,
) -> Post:
    post = Post(
        room_id=thread.room_id,
        thread_id=thread.id,
        author_id=author_id,
        kind=PostKind.ANSWER.value,
        body_md=text,
        body_html=render(text),
        think_aloud=parts,
        think_aloud_html=rendered_parts(parts, render),
    )
    tx.add(post)
    put_sources(tx, post, sources)
    settle_post(tx, thread, post)
    return post


def put_sources(tx: Transaction, post: Post, sources: Sequence[Source]) -> None:
    """Attach sources to a post that has none, each to its paper."""
    papers = papers_of(tx, sources)
    for position, source in enumerate(sources):
        tx.session.add(
            Citation(
                post_id=post.id,
                paper_id=papers.get((source.kind.value, source.value.lower())),
                position=position,
                kind=source.kind.value,
                value=source.value,
                label=source.label,
            )
        )
    tx.session.flush()


def settle_post(tx: Transaction, thread: Thread, post: Post) -> None:
    """Put on the writer's mask, count a new post, note the activity, and let its author follow and have it read."""
    put_on_mask(tx, thread, post)
    moment: datetime = post.created_at
    before = thread.last_post_id
    count_post(tx, thread, post, by=1)
    thread.last_activity_at = max(moment, thread.last_activity_at)
    thread.last_post_id = max(post.id, before)
    tx.session.flush()
    count_in_room(tx, thread.room_id, active_at=moment)
    begin_following(tx, user_id=post.author_id, thread_id=thread.id)
    note_own_post(tx, user_id=post.author_id, thread_id=thread.id, before=before, post_id=post.id)


def count_post(tx: Transaction, thread: Thread, post: Post, *, by: int) -> None:
    """Add a post to the counts of its thread and answer, or with ``by=-1`` take it out, marks included."""
    if post.kind == PostKind.STEP:
        return
    if post.kind == PostKind.ANSWER:
        accepted, endorsed = by * int(post.is_accepted), by * int(post.is_endorsed)
        count_in_thread(tx, thread, answers=by, accepted=accepted, endorsed=endorsed)
        return
    count_in_thread(tx, thread, comments=by)
    if post.parent_id is not None:
        tx.session.execute(
            update(Post)
            .where(Post.id == post.parent_id)
            .values(comment_count=Post.comment_count + by)
            .execution_options(synchronize_session=False)
        )
