"""A browser for tests: opens a page, fills in its form, sends it with the token that stands in it."""

from __future__ import annotations

import re
from typing import Any

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
