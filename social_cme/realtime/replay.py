"""What a client missed, from the fact log; or, for one that is far behind, the word to load the present state instead.

Rule: catching up reads the database and nothing else; whatever was lost on the way is there.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from social_cme.extensions import db
from social_cme.persistence.facts import FactRecord, facts_since, last_seq
from social_cme.realtime.messages import ChannelKind, to_message

REPLAY_LIMIT = 200
FAR_BEHIND = 1000
_KEPT_SECONDS = 1.0
_KEPT_ANSWERS = 200

Answer = dict[str, Any]


class Recent:
    """Answers of the last second: a thousand clients that come back at once missed the same, and are shown the same."""

    def __init__(self) -> None:
        self._answers: dict[tuple[str, int, int], tuple[float, Answer]] = {}

    def find(self, key: tuple[str, int, int]) -> Answer | None:
        """Return the answer to the same request, if it is fresh."""
        at, answer = self._answers.get(key, (0.0, None))
        return answer if time.monotonic() - at < _KEPT_SECONDS else None

    def keep(self, key: tuple[str, int, int], answer: Answer) -> None:
        """Keep an answer for a second."""
        if len(self._answers) >= _KEPT_ANSWERS:
            self._answers.clear()
        self._answers[key] = (time.monotonic(), answer)

    def forget(self) -> None:
        """Keep nothing."""
        self._answers.clear()


recent = Recent()


def replay(kind: ChannelKind, channel: str, *, since: int) -> Answer:
    """Return the messages after *since* in order, and whether there are more.

    A client that is more than a thousand behind on a channel with a snapshot is told to load the present state: ``reset`` is
    where, and the channel goes on after ``seq``.
    """
    newest = last_seq(db.session(), channel)
    # What changes what is shown changes the number of the newest fact as well.
    key = (channel, since, newest)
    answer = recent.find(key)
    if answer is None:
        answer = _read(kind, channel, since, newest)
        recent.keep(key, answer)
    return dict(answer)


def _read(kind: ChannelKind, channel: str, since: int, newest: int) -> Answer:
    if kind.snapshot is not None and newest - since > FAR_BEHIND:
        number = int(channel.partition(":")[2])
        return {"seq": newest, "messages": [], "more": False, "reset": kind.snapshot(number)}
    facts = facts_since(db.session(), channel, since=since, limit=REPLAY_LIMIT)
    more = bool(facts) and facts[-1].seq < newest
    return {"seq": newest, "messages": messages_of(kind, facts), "more": more}


def messages_of(kind: ChannelKind, facts: Sequence[FactRecord]) -> list[dict[str, Any]]:
    """Return the messages of some facts of one channel, their rows read once for all of them."""
    return [to_message(fact, data) for fact, data in zip(facts, kind.project(facts), strict=True)]
