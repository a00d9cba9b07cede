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
    # What was said in live sessions; a question holds its answer.
    QUESTION = "question"
    CHAT = "chat"
    CAPTION = "caption"


class SearchScope(StrEnum):
    """Where to look; answers include the comments on them."""

    ALL = "all"
    THREADS = "threads"
    ANSWERS = "answers"
    LIVE = "live"
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
    SearchScope.LIVE: (EntryKind.QUESTION, EntryKind.CHAT, EntryKind.CAPTION),
    SearchScope.ROOMS: (EntryKind.ROOM,),
    SearchScope.PEOPLE: (EntryKind.PERSON,),
}
