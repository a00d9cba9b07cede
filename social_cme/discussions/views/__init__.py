"""Pages of discussions: a room's threads, a thread, writing, and the small forms on a thread."""

from flask import Blueprint

bp = Blueprint("discussions", __name__)

from social_cme.discussions.views import (  # noqa: E402, F401
    calibrating,
    clarifying,
    closing,
    composing,
    drafts,
    editing,
    helping,
    judging,
    listing,
    marking,
    naming,
    outcomes,
    printing,
    reading,
    recalling,
    replying,
    similar,
    steps,
    summarizing,
    tagging,
    waiting,
)
