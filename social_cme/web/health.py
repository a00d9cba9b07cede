"""Whether the server is alive and whether it can do its work, for load balancers and service managers.

Rule: the answers name parts of the system and nothing about them: no address, no version, no error text.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

import structlog
from flask import Blueprint, Response, current_app, jsonify
from redis import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from social_cme.extensions import db, limiter
from social_cme.jobs.queue import JobQueue

log = structlog.get_logger(__name__)

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@limiter.exempt
def alive() -> Response:
    """Answer as long as the process serves at all."""
    return jsonify(status="ok")


@bp.get("/readyz")
@limiter.exempt
def ready() -> tuple[Response, int]:
    """Answer 200 when the database, the job queue and the socket bus can be reached, 503 when one cannot."""
    parts = {name: _reachable(name, check) for name, check in _CHECKS.items()}
    is_ready = all(parts.values())
    body = {
        "status": "ok" if is_ready else "unavailable",
        "parts": {name: "ok" if good else "unreachable" for name, good in parts.items()},
    }
    return jsonify(body), 200 if is_ready else 503


def _reachable(name: str, check: Callable[[], None]) -> bool:
    try:
        check()
    except (SQLAlchemyError, sqlite3.Error, RedisError, OSError) as error:
        log.warning("not_ready", part=name, error=type(error).__name__)
        return False
    return True


def _check_database() -> None:
    try:
        db.session.execute(text("SELECT 1 FROM fact LIMIT 1"))
    finally:
        db.session.rollback()


def _check_queue() -> None:
    queue: JobQueue = current_app.extensions["jobs"]
    queue.check()


def _check_sockets() -> None:
    queue: JobQueue = current_app.extensions["jobs"]
    queue.check_bus()


_CHECKS: dict[str, Callable[[], None]] = {
    "database": _check_database,
    "queue": _check_queue,
    "sockets": _check_sockets,
}
