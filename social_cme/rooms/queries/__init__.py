"""Reads of rooms, their members and invitations; ``open_room`` is the only door to what is inside a room."""

from social_cme.rooms.queries.door import open_room, open_room_by_id, read_room

__all__ = ["open_room", "open_room_by_id", "read_room"]
