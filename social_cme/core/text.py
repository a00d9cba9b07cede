"""Text as people type it: cleaned the same way everywhere before it is stored."""

from __future__ import annotations

import re
import unicodedata

from social_cme.core.confusables import skeleton

# Bidirectional overrides and isolates can make text read differently from what it is; NUL cannot be stored by PostgreSQL.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")
_ZERO_WIDTH = re.compile("[\u200b\u2060\u180e]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_MARKS = re.compile(r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{5,}")
_BLANKS = re.compile(r"[^\S\n]+")
_SLUG_GAP = re.compile(r"[^a-z0-9]+")


def clean_text(value: str) -> str:
    """Normalise multi-line text: NFC, Unix newlines, no control, override or surrogate characters, outer blanks removed."""
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    value = _SURROGATE.sub("\ufffd", value)
    value = _ZERO_WIDTH.sub("", _FORBIDDEN.sub("", value))
    value = unicodedata.normalize("NFC", value)
    value = _MARKS.sub(lambda match: match.group(0)[:4], value)
    return value.strip()


def clean_line(value: str) -> str:
    """Normalise a single line: as ``clean_text``, with every run of blanks and newlines made one space."""
    return _BLANKS.sub(" ", clean_text(value).replace("\n", " ")).strip()


def slugify(value: str, *, limit: int = 60) -> str:
    """Return a lower-case ASCII slug of at most *limit* characters, ``"room"`` when nothing is left."""
    ascii_text = unicodedata.normalize("NFKD", value).encode("ascii", "ignore").decode().lower()
    return _SLUG_GAP.sub("-", ascii_text).strip("-")[:limit].strip("-") or "room"


def excerpt(value: str, *, limit: int = 200) -> str:
    """Return the beginning of *value* on one line, cut at a word and marked with an ellipsis when longer than *limit*."""
    line = clean_line(value)
    if len(line) <= limit:
        return line
    cut = line[:limit].rsplit(" ", 1)[0] or line[:limit]
    return f"{cut.rstrip(' ,.;:')}…"


def fold_name(value: str) -> str:
    """Return the form under which two names count as the same: what the eye sees of them, see ``confusables.skeleton``."""
    return skeleton(clean_line(value))
