"""Private notes on threads: one per person and thread, read by nobody else.

Rule: a save names the revision that it builds on, so two windows cannot overwrite each other unseen. No fact is recorded, for
there is nobody to tell.
"""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.core.errors import Conflict, Invalid, NotFound
from social_cme.core.permissions import require
from social_cme.core.text import clean_text
from social_cme.discussions.queries.threads import access_thread
from social_cme.keeping.enums import NOTE_LIMIT
from social_cme.keeping.models import ThreadNote
from social_cme.keeping.policies import can_keep
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.rooms.policies import RoomContext
from social_cme.web.markdown import render_markdown


class NoteConflict(Conflict):
    """Another window saved meanwhile; ``fields`` holds its text, and its ``revision``."""

    code = "draft_conflict"
    title = "This note was changed in another window. Both texts are kept; choose which one to go on with."


def save_note(ctx: RoomContext, *, thread_id: int, body: str, revision: int) -> ThreadNote | None:
    """Keep one's note on a thread; *revision* is the one last seen, 0 for a new note. An empty text removes it.

    Raises ``NoteConflict`` when another revision is kept: it carries that text. The same text again is no conflict.
    """
    with transaction() as tx:
        require(can_keep(ctx))
        access_thread(ctx, thread_id)
        text = _checked(body)
        note = _locked(tx, ctx.user.id, thread_id)
        if note is None:
            if revision and text:
                raise _conflict(None)
            return _first(tx, ctx.user.id, thread_id, text) if text else None
        if note.body_md == text:
            return note
        if note.revision != revision:
            raise _conflict(note)
        if not text:
            tx.session.delete(note)
            return None
        note.body_md, note.body_html = text, render_markdown(text)
        note.revision += 1
        note.saved_at = clock.now()
        tx.session.flush()
        return note


def remove_note(actor: User, *, note_id: int) -> None:
    """Throw away one of one's own notes, also when its thread cannot be reached any more."""
    with transaction() as tx:
        note = tx.session.scalar(select(ThreadNote).where(ThreadNote.id == note_id, ThreadNote.user_id == actor.id))
        if note is None:
            raise NotFound
        tx.session.delete(note)


def remove_note_of(ctx: RoomContext, *, thread_id: int) -> None:
    """Throw away one's note on a thread; none is fine too."""
    with transaction() as tx:
        require(can_keep(ctx))
        mine = (ThreadNote.user_id == ctx.user.id, ThreadNote.thread_id == thread_id)
        tx.session.execute(delete(ThreadNote).where(*mine))


def _checked(body: str) -> str:
    text = clean_text(body[: 4 * NOTE_LIMIT])
    if len(text) > NOTE_LIMIT:
        raise Invalid(fields={"body": [f"A note can have at most {NOTE_LIMIT:,} characters."]})
    return text


def _locked(tx: Transaction, user_id: int, thread_id: int) -> ThreadNote | None:
    statement = select(ThreadNote).filter_by(user_id=user_id, thread_id=thread_id).with_for_update()
    return tx.session.scalar(statement.execution_options(populate_existing=True))


def _first(tx: Transaction, user_id: int, thread_id: int, text: str) -> ThreadNote:
    note = ThreadNote(
        user_id=user_id,
        thread_id=thread_id,
        body_md=text,
        body_html=render_markdown(text),
        revision=1,
        saved_at=clock.now(),
    )
    try:
        with tx.savepoint():
            tx.add(note)
    except IntegrityError:
        # Another window was first by a moment.
        raise _conflict(_locked(tx, user_id, thread_id)) from None
    return note


def _conflict(note: ThreadNote | None) -> NoteConflict:
    if note is None:
        return NoteConflict(
            "This note was removed in another window. Your text is still on this page.", fields={"revision": ["0"]}
        )
    return NoteConflict(fields={"body": [note.body_md], "revision": [str(note.revision)]})
