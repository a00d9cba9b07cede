"""Short facts about rooms that only the features above know, for lists of rooms.

Rule: a source answers for all the rooms of a page at once, with a fixed number of statements.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class RoomNote:
    """What stands beside a room in a list: how many threads wait for an answer, and its next live session."""

    unanswered: int = 0
    live_at: datetime | None = None
    is_live: bool = False


NoteSource = Callable[[Sequence[int]], Mapping[int, RoomNote]]

_sources: list[NoteSource] = []
NOTHING = RoomNote()


def register_note_source(source: NoteSource) -> None:
    """Let *source* say what is noted about rooms; it replaces the former, so that several apps may be built."""
    _sources[:] = [source]


def notes_for(room_ids: Sequence[int]) -> dict[int, RoomNote]:
    """Return what is noted about each of the rooms."""
    found = _sources[0](room_ids) if _sources and room_ids else {}
    return {room_id: found.get(room_id, NOTHING) for room_id in room_ids}
