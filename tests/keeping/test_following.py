"""What people keep goes along when threads are merged."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from social_cme.core import clock
from social_cme.discussions.services.merging import merge_threads
from social_cme.discussions.services.threads import post_thread
from social_cme.extensions import db
from social_cme.keeping.models import Bookmark, ThreadNote
from social_cme.keeping.services.following import follow_merge
from social_cme.persistence.transaction import transaction
from social_cme.rooms.queries import open_room
from tests.factories import Factory


def test_notes_are_joined_and_bookmarks_lead_to_what_the_opening_became(
    make: Factory, deliver: Callable[[], int]
) -> None:
    mentor, reader, other = make.user(), make.user(), make.user()
    room = make.room(mentor=mentor, members=(reader, other))
    kept, gone = (
        post_thread(open_room(reader, room.slug), kind="question", title=title, body="B.") for title in ("One", "Two")
    )
    with transaction() as tx:
        for user, thread, words in ((reader, kept, "First."), (reader, gone, "**Second.**"), (other, gone, "Alone.")):
            tx.add(ThreadNote(user_id=user.id, thread_id=thread.id, body_md=words, body_html="", saved_at=clock.now()))
        for thread in (kept, gone):
            tx.add(Bookmark(user_id=reader.id, target="thread", target_id=thread.id))
    merge_threads(open_room(mentor, room.slug), thread_id=gone.id, into_id=kept.id)
    while deliver():
        pass
    opening_id = kept.last_post_id
    follow_merge(from_id=gone.id, into_id=kept.id, post_id=opening_id)
    notes = db.session.scalars(select(ThreadNote).order_by(ThreadNote.user_id)).all()
    assert [(note.user_id, note.thread_id, note.body_md) for note in notes] == [
        (reader.id, kept.id, "First.\n\n**Second.**"),
        (other.id, kept.id, "Alone."),
    ]
    assert "<strong>Second." in notes[0].body_html
    marks = db.session.scalars(select(Bookmark).order_by(Bookmark.id)).all()
    assert [(mark.target, mark.target_id) for mark in marks] == [("thread", kept.id), ("post", opening_id)]
