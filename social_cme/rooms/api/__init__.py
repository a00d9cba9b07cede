"""The API of rooms."""

from social_cme.web.api import blueprint

bp = blueprint("rooms")

from social_cme.rooms.api import entering, members, rooms  # noqa: E402, F401
