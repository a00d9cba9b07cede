"""Inserts that know what to do when the row is there already; both databases can, each in a dialect of its own.

Rule: who inserts first is decided by the database's unique rows, never by looking first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

_DIALECTS: dict[str, Any] = {"sqlite": sqlite, "postgresql": postgresql}


def insert_into(session: Session, target: Any) -> Any:
    """Return an ``INSERT`` into a model or a table, to which ``on_conflict_do_nothing`` or ``on_conflict_do_update`` is added."""
    return _DIALECTS[_name(session)].insert(target)


class PreparedInsert:
    """An ``INSERT`` put together once for each dialect: for a row that a crowd writes, that takes longer than to carry it out.

    ``finish(insert)`` adds to it. Values are given as parameters with each execution.
    """

    def __init__(self, model: Any, finish: Callable[[Any], Any]) -> None:
        # Into the table, not the model: one row needs none of what is prepared for many.
        self._statements = {name: finish(dialect.insert(model.__table__)) for name, dialect in _DIALECTS.items()}

    def of(self, session: Session) -> Any:
        """Return the statement in the dialect of a session's database."""
        return self._statements[_name(session)]


def _name(session: Session) -> str:
    return session.get_bind().dialect.name
