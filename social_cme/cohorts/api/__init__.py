"""Cohorts over the REST API: reading everything, joining, ticking off, handing in, giving feedback, and planning it all."""

from __future__ import annotations

from social_cme.web import api

bp = api.blueprint("cohorts")

from social_cme.cohorts.api import challenges, courses, planning, teams, units  # noqa: E402

__all__ = ["bp", "challenges", "courses", "planning", "teams", "units"]
