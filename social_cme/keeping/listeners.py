"""Hears of threads that were merged, so that what people keep goes along."""

from __future__ import annotations

from social_cme.keeping.services.following import follow_merge
from social_cme.persistence.facts import FactRecord, Listener


def _follow(fact: FactRecord) -> None:
    follow_merge(
        from_id=int(fact.data["from_thread_id"] or 0),
        into_id=int(fact.data["thread_id"] or 0),
        post_id=int(fact.data["post_id"] or 0),
    )


LISTENERS = (Listener(name="keeping.follow_merge", kinds=frozenset({"thread.merged"}), function=_follow),)
