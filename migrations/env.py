"""Runs migrations on the application's own engine.

Rule: a migration imports nothing from the application, and one migration is one transaction.
"""

from __future__ import annotations

from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import Connection

_migrate = current_app.extensions["migrate"]

# Search keeps its own index tables by hand-written DDL; autogenerate must leave them alone.
_BY_HAND = ("search_index",)


def _include(_object: Any, name: str | None, kind: str, *_rest: Any) -> bool:
    return not (kind == "table" and name is not None and name.startswith(_BY_HAND))


def _render(kind: str, item: Any, _autogen: Any) -> str | bool:
    if kind == "type" and type(item).__name__ == "UtcDateTime":
        return "sa.DateTime(timezone=True)"
    return False


def _set_foreign_keys(connection: Connection, state: str) -> None:
    """Switch the foreign keys of SQLite; inside a transaction, which every statement of ``connection`` opens, it does nothing."""
    driver: Any = connection.connection.driver_connection
    driver.execute(f"PRAGMA foreign_keys={state}")


def _run() -> None:
    engine = _migrate.db.engine
    options = {**_migrate.configure_args, "include_object": _include, "render_item": _render}
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            # Rebuilding a table must not set off its foreign keys; the check at the end finds what does not fit.
            _set_foreign_keys(connection, "OFF")
        else:
            connection.exec_driver_sql("SET lock_timeout = '10s'")
            connection.commit()
        context.configure(connection=connection, target_metadata=_migrate.db.metadata, **options)
        with context.begin_transaction():
            context.run_migrations()
        if engine.dialect.name == "sqlite":
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            connection.rollback()
            _set_foreign_keys(connection, "ON")
            if broken:
                raise RuntimeError(f"the migration left {len(broken)} rows without their parent")


if context.is_offline_mode():
    raise RuntimeError("migrations run on a live database only")
_run()
