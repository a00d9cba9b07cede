"""Keyset pages: a cursor names the last row seen, so a page costs the same however deep it is."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from social_cme.core.errors import BadRequest

MAX_PAGE = 100
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page of rows with the cursor of the next page, ``None`` at the end."""

    items: Sequence[Row]
    next_cursor: str | None = None


CursorValue = int | float | str | None


def encode_cursor(*values: CursorValue) -> str:
    """Pack sort-key values into an opaque URL-safe cursor."""
    return base64.urlsafe_b64encode(json.dumps(values, separators=(",", ":")).encode()).decode().rstrip("=")


def decode_cursor(cursor: str | None, *kinds: type) -> list[CursorValue] | None:
    """Unpack a cursor, checking the number and type of its values; raise ``BadRequest`` when it was made up."""
    if not cursor:
        return None
    if len(cursor) > 512:
        raise BadRequest("This page address is not valid. Start again from the first page.")
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error) as error:
        raise BadRequest("This page address is not valid. Start again from the first page.") from error
    fits = (
        isinstance(values, list)
        and len(values) == len(kinds)
        and all(type(value) is kind for value, kind in zip(values, kinds, strict=True))
        and all(abs(value) < 2**63 for value in values if isinstance(value, int))
    )
    if not fits:
        raise BadRequest("This page address is not valid. Start again from the first page.")
    return list(values)


def clamp_limit(limit: int | None, *, default: int = 20) -> int:
    """Return a page size between 1 and 100."""
    return max(1, min(limit if limit is not None else default, MAX_PAGE))


def make_page(rows: Sequence[Row], *, limit: int, key: Callable[[Row], Sequence[CursorValue]]) -> Page[Row]:
    """Cut ``limit + 1`` fetched rows into a page; the extra row tells that there is more."""
    if len(rows) <= limit:
        return Page(items=list(rows))
    kept = list(rows[:limit])
    return Page(items=kept, next_cursor=encode_cursor(*key(kept[-1])))
