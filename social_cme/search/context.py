"""Lets the composer of discussions show what was asked before, which only the search can find."""

from __future__ import annotations

from flask import Flask

from social_cme.discussions.queries.similar import register_similar_source
from social_cme.search.queries.similar import find_similar_threads


def bind(_app: Flask) -> None:
    """Supply the threads that resemble a new one."""
    register_similar_source(find_similar_threads)
