"""Fixed vocabularies of the search."""

from __future__ import annotations

from enum import StrEnum


class EntryKind(StrEnum):
    """What can be found."""

    THREAD = "thread"
    ANSWER = "answer"
    COMMENT = "comment"
    ROOM = "room"
    PERSON = "person"


class SearchScope(StrEnum):
    """Where to look; answers include the comments on them."""

    ALL = "all"
    THREADS = "threads"
    ANSWERS = "answers"
    ROOMS = "rooms"
    PEOPLE = "people"


class SearchOrder(StrEnum):
    """What comes first."""

    RELEVANCE = "relevance"
    NEWEST = "newest"


SCOPE_KINDS: dict[SearchScope, tuple[EntryKind, ...]] = {
    SearchScope.ALL: tuple(EntryKind),
    SearchScope.THREADS: (EntryKind.THREAD,),
    SearchScope.ANSWERS: (EntryKind.ANSWER, EntryKind.COMMENT),
    SearchScope.ROOMS: (EntryKind.ROOM,),
    SearchScope.PEOPLE: (EntryKind.PERSON,),
}
