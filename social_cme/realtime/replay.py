"""What a client missed, from the fact log.

Rule: catching up reads the database and nothing else; whatever was lost on the way is there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from social_cme.extensions import db
from social_cme.persistence.facts import FactRecord, facts_since, last_seq
from social_cme.realtime.messages import ChannelKind, to_message

REPLAY_LIMIT = 200


def replay(kind: ChannelKind, channel: str, *, since: int) -> dict[str, Any]:
    """Return the messages after *since* in order, and whether there are more."""
    newest = last_seq(db.session(), channel)
    facts = facts_since(db.session(), channel, since=since, limit=REPLAY_LIMIT)
    more = bool(facts) and facts[-1].seq < newest
    return {"seq": newest, "messages": messages_of(kind, facts), "more": more}


def messages_of(kind: ChannelKind, facts: Sequence[FactRecord]) -> list[dict[str, Any]]:
    """Return the messages of some facts of one channel, their rows read once for all of them."""
    return [to_message(fact, data) for fact, data in zip(facts, kind.project(facts), strict=True)]
