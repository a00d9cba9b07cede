"""The words of an opening that becomes a comment, and which of two threads is the older."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from social_cme.discussions.enums import CASE_LIMITS

_LINK = re.compile(r"/threads/(\d{1,18})(?![\d])")
_ESCAPED = re.compile(r"([\\`*_{}\[\]<>#|!])")
_HEADINGS = {
    "presenting_problem": "Presenting problem",
    "history": "History",
    "examination": "Examination",
    "results": "Results",
    "question": "The question",
}


def opening_as_comment(*, title: str, body: str, case: Mapping[str, Any] | None, summary: str = "") -> str:
    """Write an opening as Markdown under its title; the parts of a case keep their headings, a summary comes last."""
    parts = [f"**Asked as “{_plain(title)}”**"]
    if case:
        parts += [f"**{_HEADINGS[name]}**\n\n{case[name]}" for name in CASE_LIMITS if case.get(name)]
    elif body:
        parts.append(body)
    if summary:
        parts.append(f"**What was taken home**\n\n{summary}")
    return "\n\n".join(parts)


def thread_number(text: str) -> int | None:
    """Return the number of a thread from its address or a plain number; ``None`` when there is none."""
    bare = text.strip().removeprefix("#")
    if bare.isascii() and bare.isdigit() and len(bare) < 19:
        return int(bare)
    found = _LINK.search(text)
    return int(found.group(1)) if found else None


def stays_first(first: tuple[datetime, int], second: tuple[datetime, int]) -> bool:
    """Tell whether of two threads, each (opened at, id), the first is the older one."""
    return first <= second


def _plain(title: str) -> str:
    return _ESCAPED.sub(r"\\\1", title)
