"""Alive and ready: what a load balancer asks."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient

from social_cme.extensions import db
from tests.server import Server


def test_a_running_process_is_alive(client: FlaskClient) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.get_json()) == (200, {"status": "ok"})


def test_ready_names_each_part(client: FlaskClient) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.get_json() == {"status": "ok", "parts": {"database": "ok", "queue": "ok", "sockets": "ok"}}


def test_not_ready_while_the_database_is_not_usable(app: Flask, client: FlaskClient) -> None:
    db.session.remove()
    with db.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE fact RENAME TO fact_elsewhere")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.get_json()["parts"] == {"database": "unreachable", "queue": "ok", "sockets": "ok"}


def test_health_is_not_a_page_of_somebody(client: FlaskClient) -> None:
    assert client.get("/readyz").headers["Cache-Control"] == "no-store"


def test_a_server_starts_stops_and_says_so(server: Server) -> None:
    server.start()
    assert server.get("/readyz")[0] == 200
    assert server.stop() == 0
    lines = [line for line in server.output().splitlines() if line]
    assert lines == [f"Social CME is at {server.url}", "Stop it with Ctrl+C.", "Stopped."]
