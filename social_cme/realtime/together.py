"""Messages that a crowd sends in the same moments, carried out together: one commit for many.

Rule: whoever comes first carries out what is waiting and everybody gets their own answer; nothing is answered before the commit.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from social_cme.core.errors import Unavailable
from social_cme.extensions import db
from social_cme.persistence.transaction import carry_out_together

# More would save little and keep the pages waiting: on SQLite a group is carried out without a pause.
AT_ONCE = 8
LONGEST_WAIT = 60.0

Answer = dict[str, Any]


class _Entry:
    """One command and what came of it."""

    __slots__ = ("command", "is_done", "outcome")

    def __init__(self, command: Callable[[], Answer]) -> None:
        self.command = command
        self.is_done = False
        self.outcome: Answer | Exception = Unavailable()

    def settle(self, outcome: Answer | Exception) -> None:
        """Keep what came of it."""
        self.outcome, self.is_done = outcome, True


class Together:
    """Carries out commands one group after the other; a command may be carried out in the context of somebody else's."""

    def __init__(self) -> None:
        self._waiting: deque[_Entry] = deque()
        self._leading = threading.Lock()

    def carry_out(self, command: Callable[[], Answer]) -> Answer:
        """Return the answer of *command* once it is committed, or raise its error."""
        entry = _Entry(command)
        self._waiting.append(entry)
        if not self._leading.acquire(timeout=LONGEST_WAIT):
            self._give_up(entry)
        try:
            while not entry.is_done:
                time.sleep(0)  # Lets those come who are about to, and everybody else have a turn between two groups.
                self._lead()
        finally:
            self._leading.release()
        if isinstance(entry.outcome, Exception):
            raise entry.outcome
        return entry.outcome

    def _give_up(self, entry: _Entry) -> None:
        """Take a command back that nobody has begun, and say so; one that is under way is waited for."""
        try:
            self._waiting.remove(entry)
        except ValueError:
            self._leading.acquire()
        else:
            raise Unavailable

    def _lead(self) -> None:
        group = [self._waiting.popleft() for _ in range(min(AT_ONCE, len(self._waiting)))]
        try:
            outcomes = carry_out_together([one.command for one in group])
        except Exception as error:  # noqa: BLE001 - everybody of the group is told, and raises it as their own
            db.session.rollback()
            outcomes = [error] * len(group)
        for one, outcome in zip(group, outcomes, strict=True):
            one.settle(outcome)
