"""A browser and a mailbox for tests: pages and mails as people get them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

from flask import Flask
from werkzeug.test import TestResponse

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


class Browser:
    """One cookie jar."""

    def __init__(self, app: Flask, **environment: Any) -> None:
        self.client = app.test_client()
        self.environment = environment

    def get(self, path: str, **options: Any) -> TestResponse:
        """Open a page."""
        return self.client.get(path, environ_overrides=self.environment, **options)

    def token(self, path: str) -> str:
        """Return the CSRF token of a page's form."""
        found = _TOKEN.search(self.get(path).text)
        assert found is not None, f"no form at {path}"
        return found.group(1)

    def send(self, path: str, form_at: str | None = None, **fields: Any) -> TestResponse:
        """Send the form of a page as somebody does who filled it in; *form_at* is the page when it is another one."""
        data = {"csrf_token": self.token(form_at or path), **fields}
        return self.client.post(path, data=data, environ_overrides=self.environment)

    def log_in(self, email: str, password: str, path: str = "/login") -> TestResponse:
        """Fill in the log-in page."""
        return self.send(path, email=email, password=password)


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that was sent."""

    event: str
    recipient: str
    subject: str
    text: str
    html: str

    @classmethod
    def read(cls, path: Path) -> Mail:
        """Read the file that stands for a sent mail in development."""
        message = cast("EmailMessage", message_from_bytes(path.read_bytes(), policy=policy.default))
        parts = {kind: cast("EmailMessage", message.get_body([kind])).get_content() for kind in ("plain", "html")}
        return cls(path.stem.split("-", 1)[1], message["To"], message["Subject"], parts["plain"], parts["html"])

    @property
    def link(self) -> str:
        """The one address with a secret in it."""
        [found] = re.findall(r"https?://\S+/[\w-]{43}(?=\s)", self.text)
        assert found in self.html
        return str(found)

    @property
    def token(self) -> str:
        """The secret of the link."""
        return self.link.rsplit("/", 1)[1]

    @property
    def path(self) -> str:
        """The link without the site's address."""
        return "/" + self.link.split("/", 3)[3]
