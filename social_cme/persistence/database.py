"""Connection habits of the two databases.

Rule: an acknowledged write is on the disk (``synchronous=FULL``), and waiting for a lock never stops the event loop.
"""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import Connection, event

from social_cme.extensions import db


def engine_options(uri: str) -> dict[str, Any]:
    """Return the pool settings for a database address."""
    if uri.startswith("sqlite"):
        return {
            "connect_args": {"check_same_thread": False, "timeout": 0.05},
            "pool_size": 20,
            "max_overflow": 40,
            "pool_timeout": 10,
        }
    return {"pool_size": 20, "max_overflow": 20, "pool_timeout": 10, "pool_pre_ping": True, "pool_recycle": 1800}


def prepare_engine(app: Flask) -> None:
    """Attach the connection hooks to the application's engine."""
    with app.app_context():
        engine = db.engine
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "connect", _prepare_postgresql)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver must not open transactions by itself; SQLAlchemy's "begin" event does it with the right kind of lock.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=50", "temp_store=MEMORY"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _prepare_postgresql(connection: Any, _record: object) -> None:
    # The driver keeps a hundred statements prepared unless told otherwise; the product has more, and those that are asked most
    # would push each other out, at the cost of two more round trips each time.
    connection.prepared_max = 1_000


def _begin_sqlite(connection: Connection) -> None:
    kind = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {kind}")
