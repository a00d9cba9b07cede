"""Pages of discussions: a room's threads, a thread, writing, and the small forms on a thread."""

from flask import Blueprint

bp = Blueprint("discussions", __name__)

from social_cme.discussions.views import (  # noqa: E402, F401
    composing,
    drafts,
    editing,
    helping,
    listing,
    marking,
    naming,
    printing,
    reading,
    replying,
    tagging,
    waiting,
)
