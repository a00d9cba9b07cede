"""What the tests of accounts share: the outbox, a browser that fills in forms, people with a real password."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from social_cme.accounts.models import User
from social_cme.accounts.passwords import hash_password
from social_cme.extensions import db
from social_cme.jobs.outbox import OutboxMail
from tests.accounts.browsing import Browser
from tests.factories import PASSWORD, Factory

Mail = tuple[str, str, dict[str, str]]


@pytest.fixture(scope="session")
def password_hash() -> str:
    """The hash of PASSWORD, made once."""
    return hash_password(PASSWORD)


@pytest.fixture
def member(make: Factory, password_hash: str) -> Callable[..., User]:
    """Make somebody who can log in with PASSWORD."""

    def build(**values: object) -> User:
        return make.user(**{"password_hash": password_hash, **values})

    return build


@pytest.fixture
def outbox(app: Flask) -> Callable[[], list[Mail]]:
    """Read what was mailed since the last call: (event, recipient, values)."""
    seen: set[int] = set()

    def read() -> list[Mail]:
        db.session.expire_all()
        rows = [row for row in db.session.scalars(select(OutboxMail).order_by(OutboxMail.id)) if row.id not in seen]
        seen.update(row.id for row in rows)
        return [(row.event, row.recipient, row.values) for row in rows]

    return read


@pytest.fixture
def browser(app: Flask) -> Browser:
    """A browser without a log-in that sends forms like people do, with their CSRF token."""
    return Browser(app)
