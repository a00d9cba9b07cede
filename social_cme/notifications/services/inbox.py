"""What people do with their inbox: mark as read, choose what comes by e-mail; and its upkeep."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta

from sqlalchemy import delete, exists, select, update

from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.core.errors import Invalid
from social_cme.discussions.models import Post, ReadMark
from social_cme.notifications.enums import MAILED, READ_WITH_THREAD, NoticeKind
from social_cme.notifications.models import Notification, NotificationPreference
from social_cme.persistence.transaction import transaction

KEEP = timedelta(days=365)


def mark_read(actor: User, *, ids: Collection[int]) -> int:
    """Mark some of one's notices as read; ids of others' are passed over. Returns how many changed."""
    with transaction() as tx:
        statement = update(Notification).where(
            Notification.user_id == actor.id, Notification.id.in_(ids), Notification.read_at.is_(None)
        )
        done = tx.session.execute(statement.values(read_at=clock.now()).execution_options(synchronize_session=False))
        return int(done.rowcount)  # type: ignore[attr-defined]


def mark_all_read(actor: User, *, up_to: int) -> int:
    """Mark one's notices up to the id *up_to* as read; what came after the page was shown stays unread."""
    with transaction() as tx:
        statement = update(Notification).where(
            Notification.user_id == actor.id, Notification.id <= up_to, Notification.read_at.is_(None)
        )
        done = tx.session.execute(statement.values(read_at=clock.now()).execution_options(synchronize_session=False))
        return int(done.rowcount)  # type: ignore[attr-defined]


def choose_mail(actor: User, choices: Mapping[str, bool]) -> None:
    """Say for kinds of notice whether they come by e-mail too; raise ``Invalid`` for one that cannot."""
    unknown = sorted(set(choices) - {str(kind) for kind in MAILED})
    if unknown:
        raise Invalid("Some of these cannot come by e-mail.", fields={name[:40]: ["Unknown."] for name in unknown})
    with transaction() as tx:
        # Two windows that save at once come one after the other.
        tx.session.execute(select(User.id).where(User.id == actor.id).with_for_update())
        present = {
            one.kind: one
            for one in tx.session.scalars(
                select(NotificationPreference).where(NotificationPreference.user_id == actor.id)
            )
        }
        for kind, by_email in choices.items():
            if kind in present:
                present[kind].by_email = by_email
            elif by_email != MAILED[NoticeKind(kind)]:
                tx.session.add(NotificationPreference(user_id=actor.id, kind=kind, by_email=by_email))


def follow_posts(thread_id: int) -> None:
    """Let notices about posts that were in a thread name the thread in which these stand now."""
    stands_in = select(Post.thread_id).where(Post.id == Notification.post_id).scalar_subquery()
    with transaction() as tx:
        tx.session.execute(
            update(Notification)
            .where(Notification.thread_id == thread_id, Notification.post_id.is_not(None))
            .values(thread_id=stands_in)
            .execution_options(synchronize_session=False)
        )


def settle_inboxes() -> int:
    """Close notices whose thread was read, and delete those of more than a year ago; returns how many were deleted."""
    moment = clock.now()
    was_read = exists().where(
        ReadMark.user_id == Notification.user_id,
        ReadMark.thread_id == Notification.thread_id,
        ReadMark.last_post_id >= Notification.post_id,
    )
    with transaction() as tx:
        tx.session.execute(
            update(Notification)
            .where(Notification.read_at.is_(None), Notification.kind.in_(READ_WITH_THREAD), was_read)
            .values(read_at=moment)
            .execution_options(synchronize_session=False)
        )
        gone = tx.session.execute(
            delete(Notification)
            .where(Notification.created_at < moment - KEEP)
            .execution_options(synchronize_session=False)
        )
        return int(gone.rowcount)  # type: ignore[attr-defined]
