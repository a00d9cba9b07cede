"""Reads of rooms, their members and invitations; ``open_room`` is the only door to what is inside a room."""

from social_cme.rooms.queries.door import door_where, open_prepared, open_room, open_room_by_id, read_room

__all__ = ["door_where", "open_prepared", "open_room", "open_room_by_id", "read_room"]
