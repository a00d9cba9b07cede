"""Answers and comments: listing, writing, changing, taking back, and what they said before."""

from __future__ import annotations

from social_cme.discussions.api import POST, THREAD, bp
from social_cme.discussions.queries import posts as queries
from social_cme.discussions.queries.pages import post_view, post_views
from social_cme.discussions.queries.revisions import list_revisions
from social_cme.discussions.queries.sight import sight_of
from social_cme.discussions.queries.threads import access_thread
from social_cme.discussions.schemas.incoming import (
    AnswerIn,
    AnswersQuery,
    CommentIn,
    CommentsQuery,
    PostPatch,
    ThinkAloud,
)
from social_cme.discussions.schemas.shown import PostList, PostOut, RevisionList, RevisionOut
from social_cme.discussions.services import answers, comments, edits
from social_cme.rooms.queries import read_room
from social_cme.web.actor import current_actor, require_actor
from social_cme.web.api import ApiScope, PageQuery, endpoint

WRITE = ApiScope.WRITE


@endpoint(bp, f"{THREAD}/answers", "GET", result=PostList, query=AnswersQuery, public=True, errors=(422,))
def list_answers(slug: str, thread_id: int, query: AnswersQuery) -> PostList:
    """List the answers of a thread: the best first, or in the order of time."""
    ctx = read_room(current_actor(), slug)
    thread = access_thread(ctx, thread_id)
    page = queries.list_answers(
        thread.id, sight=sight_of(ctx, thread), order=query.order, cursor=query.cursor, limit=query.limit
    )
    items = [PostOut.of(view) for view in post_views(ctx, thread, page.items)]
    return PostList(items=items, next_cursor=page.next_cursor)


@endpoint(bp, f"{THREAD}/answers", "POST", result=PostOut, body=AnswerIn, status=201, scope=WRITE, errors=(422,))
def post_answer(slug: str, thread_id: int, body: AnswerIn) -> PostOut:
    """Answer a thread, naming up to ten sources; you follow it from then on."""
    ctx = read_room(require_actor(), slug)
    post = answers.post_answer(
        ctx,
        thread_id=thread_id,
        body=body.body,
        citations=body.citations,
        image_keys=body.image_keys,
        attested=body.attested,
        think_aloud=_parts(body.think_aloud),
        client_id=body.client_id,
    )
    return PostOut.of(post_view(ctx, post.id))


@endpoint(bp, f"{THREAD}/comments", "GET", result=PostList, query=CommentsQuery, public=True, errors=(422,))
def list_comments(slug: str, thread_id: int, query: CommentsQuery) -> PostList:
    """List the comments on the opening of a thread or on one of its answers, the oldest first."""
    ctx = read_room(current_actor(), slug)
    thread = access_thread(ctx, thread_id)
    page = queries.list_comments(
        thread.id, sight=sight_of(ctx, thread), parent_id=query.parent_id, cursor=query.cursor, limit=query.limit
    )
    items = [PostOut.of(view) for view in post_views(ctx, thread, page.items)]
    return PostList(items=items, next_cursor=page.next_cursor)


@endpoint(bp, f"{THREAD}/comments", "POST", result=PostOut, body=CommentIn, status=201, scope=WRITE, errors=(422,))
def post_comment(slug: str, thread_id: int, body: CommentIn) -> PostOut:
    """Comment on the opening of a thread or on one of its answers."""
    ctx = read_room(require_actor(), slug)
    post = comments.post_comment(
        ctx,
        thread_id=thread_id,
        body=body.body,
        parent_id=body.parent_id,
        attested=body.attested,
        client_id=body.client_id,
    )
    return PostOut.of(post_view(ctx, post.id))


@endpoint(bp, POST, "GET", result=PostOut, public=True)
def show_post(slug: str, post_id: int) -> PostOut:
    """Show an answer or comment."""
    return PostOut.of(post_view(read_room(current_actor(), slug), post_id))


@endpoint(bp, POST, "PATCH", result=PostOut, body=PostPatch, scope=WRITE, errors=(422,))
def edit_post(slug: str, post_id: int, body: PostPatch) -> PostOut:
    """Change your answer or comment; what is left out stays, and what it said before stays readable."""
    ctx = read_room(require_actor(), slug)
    _, post = queries.access_post(ctx, post_id)
    edits.edit_post(
        ctx,
        post_id=post_id,
        body=post.body_md if body.body is None else body.body,
        citations=body.citations,
        image_keys=body.image_keys,
        think_aloud=_parts(body.think_aloud),
        reason=body.reason,
        attested=body.attested,
        revision=post.revision if body.revision is None else body.revision,
    )
    return PostOut.of(post_view(ctx, post_id))


def _parts(think_aloud: ThinkAloud | None) -> dict[str, str] | None:
    return think_aloud.model_dump() if think_aloud is not None else None


@endpoint(bp, f"{POST}/withdraw", "POST", result=PostOut, scope=WRITE)
def withdraw_post(slug: str, post_id: int) -> PostOut:
    """Take your answer or comment back while nobody has commented on it, accepted or endorsed it."""
    ctx = read_room(require_actor(), slug)
    answers.withdraw_post(ctx, post_id=post_id)
    return PostOut.of(post_view(ctx, post_id))


@endpoint(bp, f"{POST}/revisions", "GET", result=RevisionList, query=PageQuery, public=True, errors=(422,))
def list_post_revisions(slug: str, post_id: int, query: PageQuery) -> RevisionList:
    """List what an answer or comment said before each edit, the latest first."""
    ctx = read_room(current_actor(), slug)
    thread, post = queries.access_post(ctx, post_id)
    page = list_revisions(ctx, thread, post, cursor=query.cursor, limit=query.limit)
    return RevisionList(items=[RevisionOut.of(one) for one in page.items], next_cursor=page.next_cursor)
