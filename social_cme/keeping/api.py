"""Bookmarks and private notes over the API; always one's own."""

from __future__ import annotations

from social_cme.discussions.queries.threads import access_thread
from social_cme.keeping import queries
from social_cme.keeping.enums import Kept
from social_cme.keeping.schemas import (
    BookmarkLineOut,
    BookmarkList,
    BookmarkOut,
    BookmarksQuery,
    NoteIn,
    NoteLineOut,
    NoteList,
    NoteOut,
    ReminderIn,
)
from social_cme.keeping.services import bookmarks, notes
from social_cme.rooms.queries import read_room
from social_cme.web.actor import require_actor
from social_cme.web.api import ApiScope, PageQuery, blueprint, endpoint

bp = blueprint("keeping")

THREAD = "/rooms/<slug:slug>/threads/<id:thread_id>"
POST = "/rooms/<slug:slug>/posts/<id:post_id>"
WRITE = ApiScope.WRITE


@endpoint(bp, "/bookmarks", "GET", result=BookmarkList, query=BookmarksQuery, errors=(422,))
def list_bookmarks(query: BookmarksQuery) -> BookmarkList:
    """List your bookmarks, the youngest first."""
    page = queries.list_bookmarks(require_actor(), due=query.due, cursor=query.cursor, limit=query.limit)
    return BookmarkList(items=[BookmarkLineOut.of(one) for one in page.items], next_cursor=page.next_cursor)


@endpoint(bp, "/bookmarks/<id:bookmark_id>", "DELETE", result=None, status=204, scope=WRITE)
def drop_bookmark(bookmark_id: int) -> None:
    """Remove a bookmark, also one whose place you cannot reach any more."""
    bookmarks.drop_bookmark(require_actor(), bookmark_id=bookmark_id)


@endpoint(bp, f"{THREAD}/bookmark", "PUT", result=BookmarkOut, body=ReminderIn, scope=WRITE, errors=(422,))
def bookmark_thread(slug: str, thread_id: int, body: ReminderIn) -> BookmarkOut:
    """Bookmark the opening of a thread and set or take away its reminder."""
    return _keep(slug, Kept.THREAD, thread_id, body)


@endpoint(bp, f"{THREAD}/bookmark", "DELETE", result=None, status=204, scope=WRITE)
def unbookmark_thread(slug: str, thread_id: int) -> None:
    """Keep the opening of a thread no longer."""
    bookmarks.remove_bookmark(read_room(require_actor(), slug), target=Kept.THREAD, target_id=thread_id)


@endpoint(bp, f"{POST}/bookmark", "PUT", result=BookmarkOut, body=ReminderIn, scope=WRITE, errors=(422,))
def bookmark_post(slug: str, post_id: int, body: ReminderIn) -> BookmarkOut:
    """Bookmark an answer or comment and set or take away its reminder."""
    return _keep(slug, Kept.POST, post_id, body)


@endpoint(bp, f"{POST}/bookmark", "DELETE", result=None, status=204, scope=WRITE)
def unbookmark_post(slug: str, post_id: int) -> None:
    """Keep an answer or comment no longer."""
    bookmarks.remove_bookmark(read_room(require_actor(), slug), target=Kept.POST, target_id=post_id)


def _keep(slug: str, target: Kept, target_id: int, body: ReminderIn) -> BookmarkOut:
    ctx = read_room(require_actor(), slug)
    kept = bookmarks.set_reminder(ctx, target=target, target_id=target_id, choice=body.choice, at=body.at)
    return BookmarkOut.model_validate(kept)


@endpoint(bp, "/notes", "GET", result=NoteList, query=PageQuery, errors=(422,))
def list_notes(query: PageQuery) -> NoteList:
    """List your private notes, the youngest first; nobody else can."""
    page = queries.list_notes(require_actor(), cursor=query.cursor, limit=query.limit)
    return NoteList(items=[NoteLineOut.of_line(one) for one in page.items], next_cursor=page.next_cursor)


@endpoint(bp, f"{THREAD}/note", "GET", result=NoteOut)
def show_note(slug: str, thread_id: int) -> NoteOut:
    """Show your private note on a thread."""
    actor = require_actor()
    access_thread(read_room(actor, slug), thread_id)
    return NoteOut.of(queries.find_note(actor.id, thread_id), thread_id)


@endpoint(bp, f"{THREAD}/note", "PUT", result=NoteOut, body=NoteIn, scope=WRITE, errors=(422,))
def save_note(slug: str, thread_id: int, body: NoteIn) -> NoteOut:
    """Keep your note on a thread. When another window saved meanwhile, the answer is 409 with its text in ``fields``."""
    ctx = read_room(require_actor(), slug)
    note = notes.save_note(ctx, thread_id=thread_id, body=body.body, revision=body.revision)
    return NoteOut.of(note, thread_id)


@endpoint(bp, f"{THREAD}/note", "DELETE", result=None, status=204, scope=WRITE)
def remove_note(slug: str, thread_id: int) -> None:
    """Throw your note on a thread away; none is fine too."""
    notes.remove_note_of(read_room(require_actor(), slug), thread_id=thread_id)
