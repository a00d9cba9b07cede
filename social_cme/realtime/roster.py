"""Who is where, across the processes of one installation: kept in memory, and in Redis when there is one.

Rule: a roster is a courtesy, never evidence. Without Redis each process knows its own people; an entry that nobody renews
is gone after 45 seconds.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from redis import Redis, RedisError

log = structlog.get_logger(__name__)

EXPIRES_AFTER = 45
RENEW_EVERY = 15
_PAUSE_AFTER_FAILURE = 5.0


class Roster:
    """Sets of members by group; the members of this process alone."""

    def __init__(self) -> None:
        self.local: dict[str, set[str]] = {}

    def add(self, group: str, member: str) -> None:
        """Put *member* into *group*."""
        self.local.setdefault(group, set()).add(member)

    def remove(self, group: str, member: str) -> None:
        """Take *member* out of *group*."""
        members = self.local.get(group)
        if members is not None:
            members.discard(member)
            if not members:
                del self.local[group]

    def members(self, group: str) -> set[str]:
        """Return everybody in *group*."""
        return set(self.local.get(group, ()))

    def renew(self) -> None:
        """Say that the members of this process are still there; to be called every 15 seconds."""


class SharedRoster(Roster):
    """The same across processes; while Redis is away, each process goes on with what it knows."""

    def __init__(self, connect: Callable[[], Redis]) -> None:
        super().__init__()
        self._connect = connect
        self._away_until = 0.0

    def add(self, group: str, member: str) -> None:
        """Put *member* into *group* here and for the other processes."""
        super().add(group, member)
        with self._if_there() as redis:
            if redis is not None:
                redis.zadd(_key(group), {member: time.time()})
                redis.expire(_key(group), EXPIRES_AFTER * 2)

    def remove(self, group: str, member: str) -> None:
        """Take *member* out of *group* here and for the other processes."""
        super().remove(group, member)
        with self._if_there() as redis:
            if redis is not None:
                redis.zrem(_key(group), member)

    def members(self, group: str) -> set[str]:
        """Return everybody in *group*, wherever connected."""
        found = super().members(group)
        with self._if_there() as redis:
            if redis is not None:
                rows: Any = redis.zrangebyscore(_key(group), time.time() - EXPIRES_AFTER, "+inf")
                found |= {row.decode() for row in rows}
        return found

    def renew(self) -> None:
        """Renew the members of this process; what others left behind expires."""
        with self._if_there() as redis:
            if redis is None:
                return
            moment = time.time()
            pipeline = redis.pipeline(transaction=False)
            for group, members in list(self.local.items()):
                pipeline.zadd(_key(group), dict.fromkeys(members, moment))
                pipeline.zremrangebyscore(_key(group), "-inf", moment - EXPIRES_AFTER)
                pipeline.expire(_key(group), EXPIRES_AFTER * 2)
            pipeline.execute()

    @contextmanager
    def _if_there(self) -> Iterator[Redis | None]:
        if time.monotonic() < self._away_until:
            yield None
            return
        try:
            yield self._connect()
        except RedisError as error:
            # Asking again at once would make every person wait for the same time-out.
            self._away_until = time.monotonic() + _PAUSE_AFTER_FAILURE
            log.warning("roster_unreachable", error=type(error).__name__)


def _key(group: str) -> str:
    return f"social-cme:roster:{group}"
