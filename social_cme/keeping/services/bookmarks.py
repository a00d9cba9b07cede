"""Bookmarks: one per person and place, if wanted with a reminder that comes once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.core.errors import Conflict, Invalid, NotFound
from social_cme.core.permissions import require
from social_cme.discussions.models import Post, Thread
from social_cme.discussions.policies import can_see_text
from social_cme.discussions.queries.posts import access_post
from social_cme.discussions.queries.threads import access_thread
from social_cme.keeping.enums import BOOKMARKS_LIMIT, Kept, Reminder
from social_cme.keeping.events import ReminderFellDue
from social_cme.keeping.models import Bookmark
from social_cme.keeping.policies import can_keep
from social_cme.keeping.queries import due_reminder_ids, find_bookmark
from social_cme.keeping.rules import FURTHEST, wall_time
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.rooms.policies import RoomContext

_AT_ONCE = 200


def keep_bookmark(ctx: RoomContext, *, target: str, target_id: int) -> Bookmark:
    """Bookmark a thread or a post; one that is there keeps its reminder."""
    with transaction() as tx:
        return _bookmark(tx, ctx, target, target_id)


def set_reminder(ctx: RoomContext, *, target: str, target_id: int, choice: str, at: datetime | None = None) -> Bookmark:
    """Bookmark a thread or a post and say when to be reminded; ``none`` takes the reminder away.

    A naive *at* is a time on the reader's own clock: one that the clock leaves out in spring moves on by an hour, of one that it
    shows twice in autumn the first is meant. Raises ``Invalid`` for ``choice`` or ``at``.
    """
    with transaction() as tx:
        bookmark = _bookmark(tx, ctx, target, target_id)
        moment = _moment(ctx.user, choice, at)
        if moment != bookmark.remind_at:
            bookmark.remind_at, bookmark.reminded_at = moment, None
            tx.session.flush()
        return bookmark


def remove_bookmark(ctx: RoomContext, *, target: str, target_id: int) -> None:
    """Keep a thread or a post no longer; none is fine too."""
    with transaction() as tx:
        require(can_keep(ctx))
        mine = (
            Bookmark.user_id == ctx.user.id,
            Bookmark.target == _kept(target).value,
            Bookmark.target_id == target_id,
        )
        tx.session.execute(delete(Bookmark).where(*mine))


def drop_bookmark(actor: User, *, bookmark_id: int) -> None:
    """Remove one of one's own bookmarks by its id, also when its place cannot be reached any more."""
    with transaction() as tx:
        mine = select(Bookmark).where(Bookmark.id == bookmark_id, Bookmark.user_id == actor.id)
        bookmark = tx.session.scalar(mine)
        if bookmark is None:
            raise NotFound
        tx.session.delete(bookmark)


def send_due_reminders() -> int:
    """Let everybody hear of the reminders that have come; each is sent once however often this runs. Returns how many."""
    with transaction() as tx:
        ids = due_reminder_ids(clock.now(), limit=_AT_ONCE)
        statement = select(Bookmark).where(Bookmark.id.in_(ids), Bookmark.reminded_at.is_(None)).order_by(Bookmark.id)
        due = tx.session.scalars(statement.with_for_update()).all()
        places = _places(tx, due)
        for bookmark in due:
            bookmark.reminded_at = clock.now()
            place = places.get((bookmark.target, bookmark.target_id))
            if place is not None:
                room_id, thread_id, post_id = place
                tx.record(
                    ReminderFellDue(
                        actor_id=None, user_id=bookmark.user_id, room_id=room_id, thread_id=thread_id, post_id=post_id
                    )
                )
        tx.session.flush()
        return len(due)


def _places(tx: Transaction, due: Sequence[Bookmark]) -> dict[tuple[str, int], tuple[int, int, int | None]]:
    ids = {kept: [one.target_id for one in due if one.target == kept] for kept in Kept}
    threads = select(Thread.id, Thread.room_id).where(Thread.id.in_(ids[Kept.THREAD]))
    posts = select(Post.id, Post.room_id, Post.thread_id).where(Post.id.in_(ids[Kept.POST]))
    found: dict[tuple[str, int], tuple[int, int, int | None]] = {}
    for thread_id, room_id in tx.session.execute(threads):
        found[(Kept.THREAD.value, thread_id)] = (room_id, thread_id, None)
    for post_id, room_id, thread_id in tx.session.execute(posts):
        found[(Kept.POST.value, post_id)] = (room_id, thread_id, post_id)
    return found


def _bookmark(tx: Transaction, ctx: RoomContext, target: str, target_id: int) -> Bookmark:
    require(can_keep(ctx))
    kept = _kept(target)
    _reach(ctx, kept, target_id)
    user_id = ctx.user.id
    bookmark = find_bookmark(user_id, kept, target_id)
    if bookmark is not None:
        return bookmark
    count = tx.session.scalar(select(func.count(Bookmark.id)).where(Bookmark.user_id == user_id)) or 0
    if count >= BOOKMARKS_LIMIT:
        raise Conflict(f"You have {BOOKMARKS_LIMIT:,} bookmarks. Remove some, then this one can be kept.")
    try:
        with tx.savepoint():
            bookmark = Bookmark(user_id=user_id, target=kept.value, target_id=target_id)
            tx.add(bookmark)
    except IntegrityError:
        # Another window was first by a moment, which is what was wanted.
        bookmark = find_bookmark(user_id, kept, target_id)
        if bookmark is None:
            raise
    return bookmark


def _reach(ctx: RoomContext, kept: Kept, target_id: int) -> None:
    if kept == Kept.THREAD:
        access_thread(ctx, target_id)
        return
    _thread, post = access_post(ctx, target_id)
    if not can_see_text(ctx, post):
        raise NotFound


def _kept(target: str) -> Kept:
    if target not in set(Kept):
        raise NotFound
    return Kept(target)


def _moment(actor: User, choice: str, at: datetime | None) -> datetime | None:
    if choice not in set(Reminder):
        raise Invalid(fields={"choice": ["Choose when to be reminded."]})
    now = clock.now()
    if choice == Reminder.NONE:
        return None
    if choice == Reminder.AT:
        if at is None:
            raise Invalid(fields={"at": ["Say the day and the time."]})
        try:
            moment = clock.local_to_utc(at, actor.time_zone) if at.tzinfo is None else at.astimezone(now.tzinfo)
        except OverflowError:
            raise Invalid(fields={"at": ["Choose a time within the next two years."]}) from None
    else:
        moment = clock.local_to_utc(
            wall_time(Reminder(choice), clock.utc_to_local(now, actor.time_zone)), actor.time_zone
        )
    if moment <= now:
        raise Invalid(fields={"at": ["This time has passed. Choose a later one."]})
    if moment > now + FURTHEST:
        raise Invalid(fields={"at": ["Choose a time within the next two years."]})
    return moment
