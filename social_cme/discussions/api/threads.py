"""Threads: listing, opening, changing, closing, and what their opening said before."""

from __future__ import annotations

from social_cme.discussions.api import ROOM, THREAD, bp
from social_cme.discussions.queries import threads as queries
from social_cme.discussions.queries.pages import thread_view
from social_cme.discussions.queries.revisions import list_revisions
from social_cme.discussions.schemas.incoming import CaseParts, CloseIn, ThreadIn, ThreadPatch, ThreadsQuery
from social_cme.discussions.schemas.shown import RevisionList, RevisionOut, ThreadLineOut, ThreadList, ThreadOut
from social_cme.discussions.services import edits, threads
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries import read_room
from social_cme.web.actor import current_actor, require_actor
from social_cme.web.api import ApiScope, PageQuery, endpoint

WRITE = ApiScope.WRITE


@endpoint(bp, f"{ROOM}/threads", "GET", result=ThreadList, query=ThreadsQuery, public=True, errors=(422,))
def list_threads(slug: str, query: ThreadsQuery) -> ThreadList:
    """List the threads of a room, pinned ones first, then the most recently active."""
    ctx = read_room(current_actor(), slug)
    page = queries.list_threads(ctx, which=query.show, cursor=query.cursor, limit=query.limit)
    lines = queries.thread_lines(ctx, page.items)
    return ThreadList(items=[ThreadLineOut.of(line) for line in lines], next_cursor=page.next_cursor)


@endpoint(bp, f"{ROOM}/threads", "POST", result=ThreadOut, body=ThreadIn, status=201, scope=WRITE, errors=(422,))
def post_thread(slug: str, body: ThreadIn) -> ThreadOut:
    """Open a thread; you follow it from then on."""
    ctx = read_room(require_actor(), slug)
    thread = threads.post_thread(
        ctx,
        kind=body.kind,
        title=body.title,
        body=body.body,
        case=_parts(body.case),
        setting=body.setting,
        age_band=body.age_band,
        tags=body.tags,
        post_first=body.post_first,
        pseudonym=body.pseudonym,
        image_keys=body.image_keys,
        attested=body.attested,
        client_id=body.client_id,
    )
    return _shown(ctx, thread.id)


@endpoint(bp, THREAD, "GET", result=ThreadOut, public=True)
def show_thread(slug: str, thread_id: int) -> ThreadOut:
    """Show the opening of a thread; its answers and comments are lists of their own."""
    return _shown(read_room(current_actor(), slug), thread_id)


@endpoint(bp, THREAD, "PATCH", result=ThreadOut, body=ThreadPatch, scope=WRITE, errors=(422,))
def edit_thread(slug: str, thread_id: int, body: ThreadPatch) -> ThreadOut:
    """Change the opening of your thread; what is left out stays, and what it said before stays readable."""
    ctx = read_room(require_actor(), slug)
    thread = queries.access_thread(ctx, thread_id)
    edits.edit_thread(
        ctx,
        thread_id=thread_id,
        title=thread.title if body.title is None else body.title,
        body=thread.body_md if body.body is None else body.body,
        case={**(thread.case or {}), **_parts(body.case)},
        setting=body.setting or thread.setting,
        age_band=body.age_band or thread.age_band,
        image_keys=body.image_keys,
        reason=body.reason,
        attested=body.attested,
        # What was left out was read above, so an edit in between must be noticed too.
        revision=thread.revision if body.revision is None else body.revision,
    )
    return _shown(ctx, thread_id)


@endpoint(bp, f"{THREAD}/close", "POST", result=ThreadOut, body=CloseIn, scope=WRITE, errors=(422,))
def close_thread(slug: str, thread_id: int, body: CloseIn) -> ThreadOut:
    """End a thread with a reason, if wanted with closing words; it takes no answers and votes any more."""
    ctx = read_room(require_actor(), slug)
    threads.close_thread(ctx, thread_id=thread_id, reason=body.reason, summary=body.summary, attested=body.attested)
    return _shown(ctx, thread_id)


@endpoint(bp, f"{THREAD}/answered", "PUT", result=ThreadOut, scope=WRITE)
def mark_answered(slug: str, thread_id: int) -> ThreadOut:
    """Say that a question or case is answered; its author and the room's mentors can."""
    ctx = read_room(require_actor(), slug)
    threads.mark_answered(ctx, thread_id=thread_id)
    return _shown(ctx, thread_id)


@endpoint(bp, f"{THREAD}/answered", "DELETE", result=ThreadOut, scope=WRITE)
def mark_open(slug: str, thread_id: int) -> ThreadOut:
    """Say that a question or case is open after all."""
    ctx = read_room(require_actor(), slug)
    threads.mark_answered(ctx, thread_id=thread_id, answered=False)
    return _shown(ctx, thread_id)


@endpoint(bp, f"{THREAD}/reopen", "POST", result=ThreadOut, scope=WRITE)
def reopen_thread(slug: str, thread_id: int) -> ThreadOut:
    """Take answers and votes again; the summary goes."""
    ctx = read_room(require_actor(), slug)
    threads.reopen_thread(ctx, thread_id=thread_id)
    return _shown(ctx, thread_id)


@endpoint(bp, f"{THREAD}/revisions", "GET", result=RevisionList, query=PageQuery, public=True, errors=(422,))
def list_thread_revisions(slug: str, thread_id: int, query: PageQuery) -> RevisionList:
    """List what the opening of a thread said before each edit, the latest first."""
    ctx = read_room(current_actor(), slug)
    thread = queries.access_thread(ctx, thread_id)
    page = list_revisions(ctx, thread, None, cursor=query.cursor, limit=query.limit)
    return RevisionList(items=[RevisionOut.of(one) for one in page.items], next_cursor=page.next_cursor)


def _parts(case: CaseParts | None) -> dict[str, str]:
    return {name: text for name, text in case.model_dump().items() if text is not None} if case is not None else {}


def _shown(ctx: RoomContext, thread_id: int) -> ThreadOut:
    return ThreadOut.of(thread_view(ctx, thread_id))
