"""What several tests of rooms need: the mails that went out, and people who fill in forms."""

from __future__ import annotations

import re
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from social_cme.accounts.models import User
from tests.factories import Factory

Mailbox = Callable[[str], list[EmailMessage]]
_TOKEN = re.compile(r'<meta name="csrf-token" content="([^"]+)"')


class Visitor:
    """A browser that sends forms with the token of a page it has seen."""

    def __init__(self, app: Flask, make: Factory, user: User | None) -> None:
        self.client = app.test_client()
        if user is not None:
            make.log_in(self.client, user)

    def get(self, path: str) -> TestResponse:
        """Open a page."""
        return self.client.get(path)

    def send(self, path: str, **fields: str) -> TestResponse:
        """Send a form."""
        found = _TOKEN.search(self.get("/about").text)
        assert found is not None
        return self.client.post(path, data={"csrf_token": found.group(1), **fields})


Visit = Callable[[User | None], Visitor]


@pytest.fixture
def visit(app: Flask, make: Factory) -> Visit:
    """Return the browser of somebody, or of a stranger for ``None``."""
    return lambda user: Visitor(app, make, user)


@pytest.fixture
def mailbox(app: Flask) -> Mailbox:
    """Return the mails of one event, the oldest first."""

    def read(event: str) -> list[EmailMessage]:
        paths = sorted((Path(app.instance_path) / "mail").glob(f"*-{event}.eml"))
        return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in paths]  # type: ignore[misc]

    return read


@pytest.fixture
def newest_token(mailbox: Mailbox) -> Callable[[], str]:
    """Return the secret in the newest invitation."""

    def read() -> str:
        body = mailbox("room_invitation")[-1].get_body(("plain",))
        assert body is not None
        found = re.search(r"/invitations/([\w-]+)", body.get_content())
        assert found is not None
        return found.group(1)

    return read
