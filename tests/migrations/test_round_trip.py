"""The migrations lead to exactly the models, and back to nothing; on whichever database the run uses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text

from config import Settings
from social_cme.app import create_app
from social_cme.discussions.services.answers import post_answer
from social_cme.discussions.services.threads import post_thread
from social_cme.extensions import db
from social_cme.rooms.queries import open_room
from tests import postgres
from tests.conftest import build_settings
from tests.factories import Factory


@pytest.fixture
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """Settings with an empty database, without a table."""
    if request.config.getoption("--database") == "sqlite":
        yield build_settings(tmp_path, database_url=f"sqlite:///{tmp_path / 'empty.sqlite3'}")
        return
    server = request.getfixturevalue("postgres_server")
    yield build_settings(tmp_path, database_url=postgres.create_database(server, "migrated"))
    postgres.drop_database(server, "migrated")


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """An application on the empty database."""
    application = create_app(settings)
    with application.app_context():
        yield application
        db.session.remove()
        db.engine.dispose()


def _differences() -> list[str]:
    def own(_object: object, name: str | None, kind: str, *_rest: object) -> bool:
        return not (kind == "table" and name is not None and name.startswith("search_index"))

    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": own})
        return [str(one) for one in compare_metadata(context, db.metadata)]


def test_the_migrations_lead_to_the_models(app: Flask) -> None:
    upgrade()
    assert _differences() == []


def test_every_migration_can_be_undone_and_done_again(app: Flask) -> None:
    upgrade()
    downgrade(revision="base")
    left = set(inspect(db.engine).get_table_names()) - {"alembic_version"}
    assert left == set()
    upgrade()
    assert _differences() == []


def test_rows_that_refer_to_one_another_survive_the_migrations(app: Flask) -> None:
    upgrade()
    make = Factory(app)
    mentor, learner = make.user(), make.user()
    room = make.room(mentor=mentor, members=(learner,))
    door = open_room(learner, room.slug)
    thread = post_thread(door, kind="question", title="Which loop?", body="Which one?")
    post_answer(open_room(mentor, room.slug), thread_id=thread.id, body="The one that works.")
    db.session.remove()
    downgrade(revision="0005")
    upgrade()
    counted = "SELECT (SELECT count(*) FROM membership), (SELECT count(*) FROM post), (SELECT count(*) FROM thread)"
    with db.engine.connect() as connection:
        assert tuple(connection.execute(text(counted)).one()) == (2, 1, 1)


def test_the_search_index_follows_its_entries(app: Flask) -> None:
    upgrade()
    with db.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO search_entry (kind, object_id, title, body, created_at) "
                "VALUES ('room', 1, 'Furosemide', 'diuretics at night', '2026-01-01')"
            )
        )
        if connection.dialect.name == "sqlite":
            found = connection.execute(text("SELECT count(*) FROM search_index WHERE search_index MATCH 'diuretic'"))
            assert found.scalar() == 1
