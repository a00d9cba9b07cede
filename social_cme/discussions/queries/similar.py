"""Threads that resemble what somebody is about to ask; the search, which knows the words, says which.

Rule: a source names only threads of the room itself and of public rooms that the reader may read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from social_cme.rooms.policies import RoomContext

MOST = 5
LEAST_LETTERS = 8


@dataclass(frozen=True, slots=True)
class SimilarThread:
    """A thread that was asked before; ``is_close`` when it is much the same."""

    id: int
    kind: str
    title: str
    excerpt: str
    room_slug: str
    room_name: str
    status: str
    answer_count: int
    endorsed_count: int
    author_id: int
    is_close: bool


SimilarSource = Callable[[RoomContext, str, str, int], Sequence[SimilarThread]]
_sources: list[SimilarSource] = []


def register_similar_source(source: SimilarSource) -> None:
    """Let *source* find what resembles a new thread; it replaces the former, so that several apps may be built."""
    _sources[:] = [source]


def find_similar(ctx: RoomContext, *, title: str, text: str = "", limit: int = MOST) -> Sequence[SimilarThread]:
    """Return threads like the one that is being written, the most alike first; nothing for a few letters."""
    if not _sources or len(f"{title}{text}".strip()) < LEAST_LETTERS:
        return ()
    return _sources[0](ctx, title, text, limit)
