"""What every answer carries, and how refusals look to people and to programs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from config import Settings
from social_cme.core.errors import Conflict
from tests.conftest import build_app, opened

pytestmark = pytest.mark.sqlite_only


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    with opened(build_app(settings, own_routes=True)) as application:
        yield application


@pytest.fixture
def app_with_faults(app: Flask) -> Flask:
    """The application with routes that fail in the ways that handlers must catch."""

    @app.route("/-/conflict", methods=["GET", "POST"])
    def _conflict() -> str:
        raise Conflict("Somebody else closed this thread.")

    @app.get("/-/broken")
    def _broken() -> str:
        raise RuntimeError("secret detail")

    return app


def test_every_answer_carries_the_security_headers(client: FlaskClient) -> None:
    headers = client.get("/login").headers
    policy = headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Request-Id"]


def test_static_files_carry_a_version_and_are_kept_for_a_year(app: Flask, client: FlaskClient) -> None:
    with app.test_request_context():
        address = app.url_for("static", filename="css/tokens.css")
    with client.get(address) as answer:
        assert answer.status_code == 200
        assert "max-age=31536000" in answer.headers["Cache-Control"]
    assert client.get("/static/css/tokens.css").status_code == 404


def test_a_request_id_is_taken_over_only_when_it_is_plain(client: FlaskClient) -> None:
    assert client.get("/login", headers={"X-Request-Id": "abcdef-123456"}).headers["X-Request-Id"] == "abcdef-123456"
    assert client.get("/login", headers={"X-Request-Id": "<script>"}).headers["X-Request-Id"] != "<script>"


@pytest.mark.parametrize(
    "path", ["/nothing", "/rooms/UPPER", "/people/0", "/people/-1", f"/people/{10**30}", "/%00", "/people/١"]
)
def test_an_address_that_leads_nowhere_is_a_page_not_a_trace(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "Traceback" not in answer.text
    assert "<main" in answer.text


def test_programs_get_problem_json(client: FlaskClient) -> None:
    answer = client.get("/api/v1/nothing")
    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"
    assert answer.json is not None
    assert answer.json["code"] == "not_found"


def test_an_unexpected_error_says_nothing_of_its_inside(app_with_faults: Flask) -> None:
    app_with_faults.testing = False
    app_with_faults.config["PROPAGATE_EXCEPTIONS"] = False
    answer = app_with_faults.test_client().get("/-/broken")
    assert answer.status_code == 500
    assert "secret detail" not in answer.text
    assert "RuntimeError" not in answer.text


def test_a_refused_form_gives_the_typed_text_back(app_with_faults: Flask) -> None:
    app_with_faults.config["WTF_CSRF_ENABLED"] = False
    long_text = "A long and careful answer that must not be lost."
    answer = app_with_faults.test_client().post("/-/conflict", data={"body": long_text, "password": "p" * 30})
    assert answer.status_code == 409
    assert long_text in answer.text
    assert "p" * 30 not in answer.text


def test_a_form_without_its_token_is_refused_and_keeps_the_text(client: FlaskClient) -> None:
    long_text = "Another long answer that somebody typed with care."
    answer = client.post("/login", data={"note": long_text})
    assert answer.status_code == 400
    assert long_text in answer.text


def test_more_than_is_accepted_is_refused_in_plain_words(client: FlaskClient) -> None:
    answer = client.post("/login", data={"body": "x" * 2_000_000})
    assert answer.status_code == 413
    assert "<main" in answer.text
