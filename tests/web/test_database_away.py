"""While the database cannot be used, people are told so and keep what they wrote."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from flask import Flask
from flask.testing import FlaskClient

from social_cme.accounts.models import User
from social_cme.extensions import db
from tests.factories import Factory

WORDS = "Something long that somebody has written with care."


def _be_patient_again(name: str) -> None:
    db.session.remove()
    db.engine.dispose()
    with db.engine.begin() as connection:
        connection.exec_driver_sql(f'ALTER DATABASE "{name}" RESET ALL')


@pytest.fixture
def take_away(app: Flask) -> Iterator[Callable[[str], None]]:
    """Return what makes every use of a table fail as it does while the database is out of order."""
    with ExitStack() as after, ExitStack() as held:

        def take(table: str) -> None:
            db.session.remove()
            if db.engine.dialect.name == "sqlite":
                with db.engine.begin() as connection:
                    connection.exec_driver_sql(f"ALTER TABLE {table} RENAME TO elsewhere")
                return
            with db.engine.begin() as connection:
                name = connection.exec_driver_sql("SELECT current_database()").scalar_one()
                connection.exec_driver_sql(f'ALTER DATABASE "{name}" SET lock_timeout = 50')
            after.callback(_be_patient_again, name)
            db.engine.dispose()
            keeper = held.enter_context(db.engine.connect())
            keeper.exec_driver_sql(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")

        yield take


@pytest.mark.parametrize("table", ["login_session", "notification", "room"])
def test_a_page_says_so_to_somebody_who_is_logged_in(
    make: Factory, login: Callable[[User], FlaskClient], take_away: Callable[[str], None], table: str
) -> None:
    browser = login(make.user())
    take_away(table)
    answer = browser.get("/rooms")
    assert answer.status_code == 503
    assert "The server is busy. Nothing was saved" in answer.text


def test_what_was_being_posted_is_given_back(
    make: Factory, login: Callable[[User], FlaskClient], take_away: Callable[[str], None]
) -> None:
    user = make.user()
    room = make.room(members=(user,))
    browser = login(user)
    token = browser.get("/rooms").text.split('name="csrf-token" content="')[1].split('"')[0]
    address = f"/rooms/{room.slug}/threads/new?kind=question"
    take_away("membership")
    answer = browser.post(address, data={"csrf_token": token, "title": "Which diuretic?", "body": WORDS})
    assert answer.status_code == 503
    assert WORDS in answer.text


def test_the_process_is_alive_but_not_ready(client: FlaskClient, take_away: Callable[[str], None]) -> None:
    take_away("fact")
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 503
