"""While the database cannot be used, people are told so and keep what they wrote."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from social_cme.accounts.models import User
from social_cme.extensions import db
from tests.factories import Factory

WORDS = "Something long that somebody has written with care."


def take_away(table: str) -> None:
    db.session.remove()
    with db.engine.begin() as connection:
        connection.exec_driver_sql(f"ALTER TABLE {table} RENAME TO elsewhere")


@pytest.mark.parametrize("table", ["login_session", "notification", "room"])
def test_a_page_says_so_to_somebody_who_is_logged_in(
    make: Factory, login: Callable[[User], FlaskClient], table: str
) -> None:
    browser = login(make.user())
    take_away(table)
    answer = browser.get("/rooms")
    assert answer.status_code == 503
    assert "The server is busy. Nothing was saved" in answer.text


def test_what_was_being_posted_is_given_back(make: Factory, login: Callable[[User], FlaskClient]) -> None:
    user = make.user()
    room = make.room(members=(user,))
    browser = login(user)
    token = browser.get("/rooms").text.split('name="csrf-token" content="')[1].split('"')[0]
    address = f"/rooms/{room.slug}/threads/new?kind=question"
    take_away("membership")
    answer = browser.post(address, data={"csrf_token": token, "title": "Which diuretic?", "body": WORDS})
    assert answer.status_code == 503
    assert WORDS in answer.text


def test_the_process_is_alive_but_not_ready(app: Flask, client: FlaskClient) -> None:
    take_away("fact")
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 503
