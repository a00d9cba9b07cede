"""Pages of cohorts: overview, units, challenges, teams, feedback, progress, and what coordinators plan."""

from __future__ import annotations

from flask import Blueprint
from flask_limiter.util import get_remote_address
from flask_login import current_user

bp = Blueprint("cohorts", __name__)


def person() -> str:
    """Name whose requests are counted: a person, not the one address of a whole hospital."""
    return f"user:{current_user.id}" if current_user.is_authenticated else get_remote_address()


from social_cme.cohorts.views import (  # noqa: E402
    challenges,
    feedback,
    planning,
    progress,
    reading,
    studying,
    teams,
    units,
    work,
)

__all__ = [
    "bp",
    "challenges",
    "feedback",
    "person",
    "planning",
    "progress",
    "reading",
    "studying",
    "teams",
    "units",
    "work",
]
