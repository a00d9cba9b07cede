"""A browser of somebody who is logged in, which sends the CSRF token along as pages and scripts do."""

from __future__ import annotations

import re
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

_TOKEN = re.compile(r'<meta name="csrf-token" content="([^"]+)"')


class Surfer:
    """Opens pages, sends forms and calls the API."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        found = _TOKEN.search(client.get("/bookmarks").get_data(as_text=True))
        assert found is not None
        self.token = found.group(1)

    def text(self, path: str) -> str:
        """Return what a page says."""
        return self.client.get(path).get_data(as_text=True)

    def post(self, path: str, **fields: str) -> TestResponse:
        """Send a form."""
        return self.client.post(path, data={"csrf_token": self.token, **fields})

    def call(self, method: str, path: str, *, status: int = 200, **body: Any) -> Any:
        """Call the API and return the JSON of the answer, which must have *status*."""
        more: dict[str, Any] = {"json": body} if body else {}
        answer = self.client.open(f"/api/v1{path}", method=method, headers={"X-CSRFToken": self.token}, **more)
        assert answer.status_code == status, answer.text
        return answer.json if answer.data else None
