"""Programs that call the API with somebody's token."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from social_cme.accounts.models import User
from social_cme.accounts.services.access_tokens import create_access_token

Caller = Callable[[User | None], "Call"]


class Call:
    """Calls of the API by one program."""

    def __init__(self, app: Flask, user: User | None, scopes: tuple[str, ...] = ("read", "write")) -> None:
        self.browser: FlaskClient = app.test_client()
        self.headers: dict[str, str] = {}
        if user is not None:
            token = create_access_token(user, name="Test", scopes=list(scopes), days=30)[1]
            self.headers = {"Authorization": f"Bearer {token}"}

    def __call__(self, method: str, path: str, status: int = 200, **body: Any) -> Any:
        sent = {"json": body} if body else {}
        answer = self.browser.open(f"/api/v1{path}", method=method, headers=self.headers, **sent)
        assert answer.status_code == status, (path, answer.status_code, answer.text)
        return answer.json
