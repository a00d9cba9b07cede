"""The served OpenAPI document is the truth about the routes, and no input makes the API fail."""

from __future__ import annotations

import re
import warnings
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode, openapi

from social_cme.accounts.models import AccessToken
from social_cme.core import clock
from social_cme.core.ids import token_hash
from social_cme.persistence.transaction import transaction
from social_cme.web.api import PREFIX
from tests.factories import Factory

pytestmark = pytest.mark.thorough

TOKEN = "only-for-the-fuzzer"
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}


@pytest.fixture
def document(client: FlaskClient) -> dict[str, Any]:
    """The document as it is served."""
    answer = client.get(f"{PREFIX}/openapi.json")
    assert answer.status_code == 200
    assert answer.json is not None
    return dict(answer.json)


def test_the_document_and_the_routes_are_the_same(app: Flask, document: dict[str, Any]) -> None:
    routes = {
        (method, re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(PREFIX) and rule.endpoint != "openapi_document"
        for method in (rule.methods or set()) & METHODS
    }
    documented = {
        (method.upper(), path)
        for path, item in document["paths"].items()
        for method in item
        if method.upper() in METHODS
    }
    assert routes == documented
    assert len(routes) > 40


def test_every_operation_is_described_and_names_its_refusals(document: dict[str, Any]) -> None:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            where = f"{method.upper()} {path}"
            assert operation.get("summary"), where
            assert operation.get("operationId"), where
            public = operation.get("security") in ({}, [], [{}])
            assert public or "401" in operation["responses"], where


def test_a_stranger_is_refused_everywhere_but_on_public_routes(app: Flask, document: dict[str, Any]) -> None:
    browser = app.test_client()
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if operation.get("security") in ({}, [], [{}]):
                continue
            address = re.sub(r"\{[^}]*id[^}]*\}", "1", path).replace("{image}", "k" * 43)
            address = re.sub(r"\{[^}]*\}", "anything", address)
            answer = browser.open(address, method=method.upper(), json={})
            assert answer.status_code == 401, f"{method} {path}: {answer.status_code}"


def _token(make: Factory, user_id: int) -> dict[str, str]:
    with transaction() as tx:
        tx.add(
            AccessToken(
                user_id=user_id,
                name="fuzz",
                token_hash=token_hash(TOKEN),
                scopes=["read", "write"],
                created_at=clock.now(),
            )
        )
    return {"Authorization": f"Bearer {TOKEN}"}


@pytest.mark.parametrize(
    "mode",
    [
        pytest.param(GenerationMode.POSITIVE, id="fitting", marks=pytest.mark.sqlite_only),
        pytest.param(GenerationMode.NEGATIVE, id="unfitting", marks=pytest.mark.postgresql_first),
    ],
)
def test_no_input_makes_the_api_fail(app: Flask, make: Factory, mode: GenerationMode) -> None:
    mentor = make.user()
    learner = make.user()
    room = make.room(mentor=mentor, members=(learner,))
    headers = _token(make, mentor.id)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.testing = False
    schema = openapi.from_wsgi(f"{PREFIX}/openapi.json", app)
    failures: list[str] = []
    for result in schema.get_all_operations():
        failures += _fuzz(result.ok(), mode, headers, room.slug)
    assert not failures, "\n".join(sorted(set(failures))[:20])


def _fuzz(operation: Any, mode: GenerationMode, headers: dict[str, str], slug: str) -> list[str]:
    """Send generated calls to one operation, with made-up places and with real ones; return what went wrong."""
    label = operation.label
    names = set(re.findall(r"\{([^}]+)\}", label))
    real = {name: slug if name == "slug" else "1" for name in names if name == "slug" or name.endswith("_id")}
    failures: list[str] = []
    # What has no body has little to vary.
    examples = 5 if operation.body else 2

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def send(case: Any) -> None:
        for places in ({}, real):
            case.path_parameters = {**(case.path_parameters or {}), **places}
            case.headers = {**(case.headers or {}), **headers}
            answer = case.call()
            kind = answer.headers["content-type"][0] if "content-type" in answer.headers else ""
            if answer.status_code >= 500:
                failures.append(f"{label}: {answer.status_code} for {case.body!r:.200} {case.query!r:.200}")
            elif answer.status_code >= 400 and kind != "application/problem+json":
                failures.append(f"{label}: {answer.status_code} as {kind}")

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            send()
        except Exception as error:  # noqa: BLE001 - the operation is named with whatever went wrong
            if type(error).__name__ != "Unsatisfiable":
                failures.append(f"{label}: {type(error).__name__} {str(error)[:200]}")
    return failures
