"""Pages of what people keep: bookmarks, reminders and private notes."""

from flask import Blueprint

bp = Blueprint("keeping", __name__)

from social_cme.keeping.views import bookmarks, notes  # noqa: E402, F401
