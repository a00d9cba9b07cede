"""The secret address of a person's calendar feed: made, renewed, ended.

Rule: the secret is returned once and kept as a hash; a new one ends the one before.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select, update

from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.core.errors import Conflict, Forbidden
from social_cme.core.ids import new_token, token_hash
from social_cme.live.models import CalendarFeed
from social_cme.live.queries.calendar import find_feed
from social_cme.persistence.transaction import transaction

TOUCH_AFTER = timedelta(minutes=5)


def renew_feed(actor: User, *, all_sessions: bool | None = None) -> tuple[CalendarFeed, str]:
    """Make a feed with a fresh secret of 256 bits, which cannot be shown again; the address before it works no more."""
    secret = new_token()
    with transaction() as tx:
        if not actor.is_confirmed:
            raise Forbidden("Please confirm your e-mail address first; we sent you a link.")
        # Two windows that press at once come one after the other.
        tx.session.execute(select(User.id).where(User.id == actor.id).with_for_update())
        feed = find_feed(actor.id)
        if feed is None:
            feed = CalendarFeed(user_id=actor.id, token_hash=token_hash(secret), all_sessions=bool(all_sessions))
            tx.add(feed)
        else:
            feed.token_hash, feed.last_read_at = token_hash(secret), None
            feed.created_at = clock.now()
            feed.all_sessions = feed.all_sessions if all_sessions is None else all_sessions
    return feed, secret


def choose_sessions(actor: User, *, all_sessions: bool) -> CalendarFeed:
    """Say whether the feed holds all sessions of one's rooms, or only those one comes to or leads."""
    with transaction():
        feed = find_feed(actor.id)
        if feed is None:
            raise Conflict("Make a calendar address first.")
        feed.all_sessions = all_sessions
    return feed


def end_feed(actor: User) -> None:
    """End the feed: its address is not found any more. Without one this changes nothing."""
    with transaction() as tx:
        tx.session.execute(
            delete(CalendarFeed).where(CalendarFeed.user_id == actor.id).execution_options(synchronize_session=False)
        )


def touch_feed(feed: CalendarFeed) -> None:
    """Note that a feed was read, at most once in five minutes."""
    moment = clock.now()
    if feed.last_read_at is not None and moment - feed.last_read_at < TOUCH_AFTER:
        return
    feed_id = feed.id
    with transaction() as tx:
        tx.session.execute(
            update(CalendarFeed)
            .where(CalendarFeed.id == feed_id)
            .values(last_read_at=moment)
            .execution_options(synchronize_session=False)
        )
