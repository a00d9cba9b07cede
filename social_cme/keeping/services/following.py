"""What people keep follows threads that were merged.

Rule: nobody's note is lost; where there are two, the second stands below the first.
"""

from __future__ import annotations

from sqlalchemy import select, update

from social_cme.core import clock
from social_cme.discussions.enums import VoteTarget
from social_cme.keeping.models import Bookmark, ThreadNote
from social_cme.persistence.transaction import transaction
from social_cme.web.markdown import render_markdown


def follow_merge(*, from_id: int, into_id: int, post_id: int) -> None:
    """Let bookmarks of a merged thread lead to the comment that its opening became, and notes to the thread that stays.

    Doing it twice changes nothing.
    """
    with transaction() as tx:
        tx.session.execute(
            update(Bookmark)
            .where(Bookmark.target == VoteTarget.THREAD.value, Bookmark.target_id == from_id)
            .values(target=VoteTarget.POST.value, target_id=post_id)
            .execution_options(synchronize_session=False)
        )
        notes = tx.session.scalars(select(ThreadNote).where(ThreadNote.thread_id.in_((from_id, into_id)))).all()
        kept = {note.user_id: note for note in notes if note.thread_id == into_id}
        for note in (one for one in notes if one.thread_id == from_id):
            other = kept.get(note.user_id)
            if other is None:
                note.thread_id = into_id
                continue
            other.body_md = f"{other.body_md}\n\n{note.body_md}"
            other.body_html = render_markdown(other.body_md)
            other.revision, other.saved_at = other.revision + 1, clock.now()
            tx.session.delete(note)
