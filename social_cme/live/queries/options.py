"""Reads of how the queue and the chat of a session are run. Rule: a session without a row has the defaults."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from social_cme.extensions import db
from social_cme.live.models import SessionOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What holds in a session now."""

    approve_first: bool = False
    allow_pseudonyms: bool = True
    slow_seconds: int = 0
    labels: tuple[str, ...] = ()
    pinned_message_id: int | None = None


def find_options(session_id: int) -> Options:
    """Return what holds in a session."""
    return options_by_session([session_id])[session_id]


def options_by_session(session_ids: Collection[int]) -> dict[int, Options]:
    """Return what holds in some sessions, as the database has it now."""
    found = {session_id: Options() for session_id in session_ids}
    if found:
        statement = select(SessionOptions).where(SessionOptions.session_id.in_(list(found)))
        for row in db.session.scalars(statement.execution_options(populate_existing=True)):
            found[row.session_id] = _value(row)
    return found


def find_row(session_id: int) -> SessionOptions | None:
    """Return the row itself, for a change; the session is locked."""
    return db.session.scalar(select(SessionOptions).where(SessionOptions.session_id == session_id))


def _value(row: SessionOptions) -> Options:
    return Options(
        approve_first=row.approve_first,
        allow_pseudonyms=row.allow_pseudonyms,
        slow_seconds=row.slow_seconds,
        labels=tuple(str(one) for one in row.labels),
        pinned_message_id=row.pinned_message_id,
    )
