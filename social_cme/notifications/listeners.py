"""Hears what happened and tells the people concerned."""

from __future__ import annotations

from social_cme.notifications.services.inbox import follow_posts
from social_cme.notifications.services.telling import TOLD_KINDS, tell
from social_cme.persistence.facts import FactRecord, Listener


def _follow(fact: FactRecord) -> None:
    follow_posts(int(fact.data["from_thread_id" if fact.kind == "thread.merged" else "thread_id"] or 0))


LISTENERS = (
    Listener(name="notifications.tell", kinds=TOLD_KINDS, function=tell),
    Listener(name="notifications.follow", kinds=frozenset({"thread.merged", "thread.split"}), function=_follow),
)
