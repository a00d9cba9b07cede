"""What a program is told about its allowance: headers on every answer, and 429 as a problem with when to come back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from config import Settings
from social_cme.extensions import limiter
from tests.conftest import build_settings

ALLOWED = 600


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return build_settings(tmp_path / "instance", database_url=database_url, rate_limits=True)


@pytest.fixture(autouse=True)
def _fresh(client: FlaskClient) -> Iterator[None]:
    """Count from nought, whoever called before from this address."""
    limiter.reset()
    yield
    limiter.reset()


def test_every_answer_tells_the_allowance_and_what_is_left(client: FlaskClient) -> None:
    first, second = (client.get("/api/v1/search?q=x") for _ in range(2))
    assert (first.status_code, first.headers["X-RateLimit-Limit"]) == (200, str(ALLOWED))
    left = [int(one.headers["X-RateLimit-Remaining"]) for one in (first, second)]
    assert left == [ALLOWED - 1, ALLOWED - 2]
    assert int(first.headers["X-RateLimit-Reset"]) > 0
    assert "X-RateLimit-Limit" in client.get("/api/v1/me").headers


def test_beyond_it_comes_429_as_a_problem_with_retry_after(client: FlaskClient) -> None:
    for _ in range(ALLOWED):
        assert client.get("/api/v1/me").status_code == 401
    refused = client.get("/api/v1/me")
    assert refused.status_code == 429
    assert refused.content_type == "application/problem+json"
    told = refused.get_json()
    assert (told["status"], told["code"]) == (429, "rate_limited")
    assert told["title"]
    assert told["request_id"] == refused.headers["X-Request-Id"]
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert refused.headers["X-RateLimit-Remaining"] == "0"
    # Another caller has an allowance of its own.
    other = client.get("/api/v1/me", environ_base={"REMOTE_ADDR": "198.51.100.7"})
    assert (other.status_code, other.headers["X-RateLimit-Remaining"]) == (401, str(ALLOWED - 1))
