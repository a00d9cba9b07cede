"""Loads the demonstration once, from the command line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from social_cme.demo.services.people import PASSWORD
from social_cme.extensions import db
from tests import postgres
from tests.conftest import build_app, build_settings


@pytest.fixture(scope="session")
def template_database(
    request: pytest.FixtureRequest, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> str:
    """A database with the demonstration, loaded once from the command line."""
    folder: Path = tmp_path_factory.mktemp("demo")
    if request.config.getoption("--database") == "sqlite":
        name = str(folder / "demo.sqlite3")
        shutil.copyfile(template_database, name)
        url = f"sqlite:///{name}"
    else:
        name = "template_demo"
        server = request.getfixturevalue("postgres_server")
        url = postgres.create_database(server, name, template=template_database)
    app = build_app(build_settings(folder, database_url=url))
    result = app.test_cli_runner().invoke(args=["demo", "load"])
    assert result.exit_code == 0, result.output
    assert "learner@demo.example" in result.output
    assert PASSWORD in result.output
    again = app.test_cli_runner().invoke(args=["demo", "load"])
    assert again.exit_code == 0
    assert "there already" in again.output
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            with db.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine.dispose()
    return name
