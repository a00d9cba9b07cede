"""Lets lists of rooms say what only the features above rooms know."""

from __future__ import annotations

from flask import Flask

from social_cme.home.queries import room_notes
from social_cme.rooms.queries.notes import register_note_source


def bind(_app: Flask) -> None:
    """Supply the notes beside rooms in lists."""
    register_note_source(room_notes)
