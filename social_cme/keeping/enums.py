"""Fixed vocabulary of what people keep, and its limits."""

from __future__ import annotations

from enum import StrEnum

NOTE_LIMIT = 10_000
BOOKMARKS_LIMIT = 2_000


class Kept(StrEnum):
    """What can be bookmarked: the opening of a thread, or a post."""

    THREAD = "thread"
    POST = "post"


class Reminder(StrEnum):
    """When somebody wants to be reminded; ``at`` comes with a moment."""

    NONE = "none"
    TONIGHT = "tonight"
    TOMORROW = "tomorrow"
    NEXT_WEEK = "next_week"
    AT = "at"
