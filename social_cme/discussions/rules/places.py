"""Where a draft belongs, written as one word, and what such a draft may hold.

Rule: a place names ids alone; whether they exist is not told to anybody who asks for a draft there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from social_cme.core.ids import MAX_ID
from social_cme.core.text import clean_text
from social_cme.discussions.enums import (
    BODY_LIMIT,
    CASE_LIMITS,
    CITATION_LINE_LIMIT,
    CITATIONS_LIMIT,
    THINK_ALOUD_LIMITS,
    TITLE_LIMIT,
)
from social_cme.discussions.rules.taxonomy import TAGS_LINE_LIMIT
from social_cme.media.enums import PER_POST

DRAFTS_LIMIT = 200

_PLACE = re.compile(
    r"(?:room:([1-9]\d{0,18}):(?:case|question|discussion)|thread:([1-9]\d{0,18}):(?:answer|comment|edit)"
    r"|post:([1-9]\d{0,18}):(?:comment|edit))\Z",
    re.ASCII,
)

# Twice what may be posted: a draft may be too long for a while.
_LIMITS = {
    "title": 2 * TITLE_LIMIT,
    "body": 2 * BODY_LIMIT,
    "setting": 40,
    "age_band": 40,
    "citations": 2 * CITATION_LINE_LIMIT * CITATIONS_LIMIT,
    "reason": 400,
    "pseudonym": 40,
    "tags": TAGS_LINE_LIMIT,
    "image_keys": 44 * 2 * PER_POST,
    **{name: 2 * limit for name, limit in (CASE_LIMITS | THINK_ALOUD_LIMITS).items()},
}


def is_place(place: str) -> bool:
    """Tell whether *place* is the name of a place that can have a draft."""
    match = _PLACE.match(place)
    return match is not None and all(int(number) <= MAX_ID for number in match.groups() if number)


@dataclass(frozen=True, slots=True)
class Place:
    """A place taken apart: ``thread:9:answer`` is about thread 9 and holds an answer."""

    about: str
    id: int
    what: str


def read_place(place: str) -> Place:
    """Take a place apart; only for one that ``is_place`` knows."""
    about, number, what = place.split(":")
    return Place(about, int(number), what)


def draft_content(values: dict[str, Any]) -> dict[str, str]:
    """Keep the texts that a draft may hold, cleaned and cut to twice what can be posted; empty ones are left out."""
    kept = {}
    for name, limit in _LIMITS.items():
        value = values.get(name)
        if isinstance(value, str):
            text = clean_text(value[:limit])
            if text:
                kept[name] = text
    return kept


def room_place(room_id: int, kind: str) -> str:
    """Name the place of a new thread."""
    return f"room:{room_id}:{kind}"


def answer_place(thread_id: int) -> str:
    """Name the place of an answer."""
    return f"thread:{thread_id}:answer"


def comment_place(thread_id: int, parent_id: int | None) -> str:
    """Name the place of a comment on the thread, or on an answer."""
    return f"thread:{thread_id}:comment" if parent_id is None else f"post:{parent_id}:comment"


def edit_place(*, thread_id: int, post_id: int | None) -> str:
    """Name the place of an edit of the thread's opening, or of a post."""
    return f"thread:{thread_id}:edit" if post_id is None else f"post:{post_id}:edit"
