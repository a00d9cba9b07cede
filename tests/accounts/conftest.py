"""What the tests of accounts share: the outbox, a browser that fills in forms, people with a real password."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from config import Settings
from social_cme.accounts.models import User
from social_cme.accounts.passwords import hash_password
from tests.accounts.browsing import Browser, Mail
from tests.factories import PASSWORD, Factory


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
def outbox(app: Flask, settings: Settings) -> Callable[[], list[Mail]]:
    """Read the mails that were sent since the last call."""
    folder, seen = settings.instance_path / "mail", set[str]()

    def read() -> list[Mail]:
        fresh = [path for path in sorted(folder.glob("*.eml")) if path.name not in seen]
        seen.update(path.name for path in fresh)
        return [Mail.read(path) for path in fresh]

    return read


@pytest.fixture
def browser(app: Flask) -> Browser:
    """A browser without a log-in that sends forms like people do, with their CSRF token."""
    return Browser(app)
