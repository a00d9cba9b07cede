"""Erasing words for good, because they identify a patient: of a text and of what it said before its edits.

Rule: what is erased is in no row any more. Only that something stood there stays, by whom and when, with its place in the thread.
What others quoted, and backups, are beyond reach; the page that offers this says so.
"""

from __future__ import annotations

from sqlalchemy import delete, update

from social_cme.core import clock
from social_cme.core.permissions import require
from social_cme.discussions.enums import ERASED_WORDS, StateChange
from social_cme.discussions.events import PostStateChanged, ThreadStateChanged
from social_cme.discussions.models import Citation, Draft, Post, Revision, Thread
from social_cme.discussions.queries.images import Holder
from social_cme.discussions.queries.posts import access_post
from social_cme.discussions.queries.threads import access_thread
from social_cme.jobs.outbox import forget_unsent
from social_cme.media.queries.images import images_of
from social_cme.media.services.erasing import mark_erased
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.rooms.policies import RoomContext, can_moderate
from social_cme.web.markdown import render_markdown


def purge_thread(ctx: RoomContext, *, thread_id: int, reason: str, earlier_only: bool = False) -> Thread:
    """Erase what a thread's opening said before its edits, and its present words and pictures unless *earlier_only*."""
    with transaction() as tx:
        thread = access_thread(ctx, thread_id, lock=True)
        require(can_moderate(ctx))
        _forget_versions(tx, Revision.post_id.is_(None) & (Revision.thread_id == thread.id))
        _forget_drafts(tx, f"thread:{thread.id}:edit")
        if not earlier_only:
            forget_unsent(tx, words=thread.title)
            thread.title = thread.body_md = thread.excerpt = ERASED_WORDS
            thread.body_html = str(render_markdown(ERASED_WORDS))
            thread.summary_md = thread.summary_html = ""
            if thread.case is not None:
                thread.case = dict.fromkeys(thread.case, ERASED_WORDS)
                thread.case_html = dict.fromkeys(thread.case_html or {}, thread.body_html)
            _erase_pictures(tx, ctx, Holder.THREAD, thread.id, reason)
            thread.revision += 1
            thread.edited_at = clock.now()
        change = StateChange.PURGED.value
        tx.record(ThreadStateChanged(actor_id=ctx.actor_id, room_id=ctx.room_id, thread_id=thread.id, change=change))
        return thread


def purge_post(ctx: RoomContext, *, post_id: int, reason: str, earlier_only: bool = False) -> Post:
    """Erase what a post said before its edits, and its present words, sources and pictures unless *earlier_only*."""
    with transaction() as tx:
        thread, post = access_post(ctx, post_id, lock_thread=True)
        require(can_moderate(ctx))
        _forget_versions(tx, Revision.post_id == post.id)
        _forget_drafts(tx, f"post:{post.id}:edit")
        if not earlier_only:
            post.body_md, post.body_html = ERASED_WORDS, str(render_markdown(ERASED_WORDS))
            post.think_aloud = post.think_aloud_html = None
            _quietly(tx, delete(Citation).where(Citation.post_id == post.id))
            _erase_pictures(tx, ctx, Holder.POST, post.id, reason)
            post.revision += 1
            post.edited_at = clock.now()
        change = StateChange.PURGED.value
        place = {"room_id": ctx.room_id, "thread_id": thread.id, "post_id": post.id}
        tx.record(PostStateChanged(actor_id=ctx.actor_id, **place, change=change))
        return post


def _forget_versions(tx: Transaction, condition: object) -> None:
    """Empty the earlier versions; that there were edits, by whom and when, stays."""
    empty = {"title": "", "body_md": ERASED_WORDS, "case": None, "citations": "", "reason": "", "is_sealed": True}
    _quietly(tx, update(Revision).where(condition).values(empty))  # type: ignore[arg-type]


def _forget_drafts(tx: Transaction, place: str) -> None:
    _quietly(tx, delete(Draft).where(Draft.place == place))


def _erase_pictures(tx: Transaction, ctx: RoomContext, holder: Holder, holder_id: int, reason: str) -> None:
    for image in images_of([(holder, [holder_id])]).get((holder, holder_id), []):
        mark_erased(tx, image, by_id=ctx.actor_id, reason=reason[:300])


def _quietly(tx: Transaction, statement: object) -> None:
    tx.session.execute(statement.execution_options(synchronize_session=False))  # type: ignore[attr-defined]
    tx.session.flush()
