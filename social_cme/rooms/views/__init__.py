"""Pages of rooms: the directory, a room's own page, its members, and what coordinators do."""

from flask import Blueprint

bp = Blueprint("rooms", __name__)

from social_cme.rooms.views import directory, entrance, management, members  # noqa: E402, F401
