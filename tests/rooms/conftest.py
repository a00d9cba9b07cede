"""What several tests of rooms need: the mails that went out."""

from __future__ import annotations

import re
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask

Mailbox = Callable[[str], list[EmailMessage]]


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
