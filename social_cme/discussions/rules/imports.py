"""One line of an import file: read, checked and turned into the text of a thread and its answer.

Rule: a line is good or bad as a whole; a bad one says why in words that its author can act on.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any

from social_cme.core.text import clean_line, clean_text, excerpt
from social_cme.discussions.enums import TITLE_LIMIT

QUESTION_LIMIT = 20_000
ANSWER_LIMIT = 100_000
LINE_LIMIT = 1024 * 1024
_LIMITS = {"id": 200, "source": 200, "focus": 200, "url": 500}

# In texts taken from web pages, a blank line or three blanks in a row stand where a paragraph or a list item began.
_GAP = re.compile(r"\s*\n\s*\n\s*|\n?[^\S\n]{3,}\n?")
_SOFT_BREAK = re.compile(r"[^\S\n]*\n[^\S\n]*")
_BLANKS = re.compile(r"[^\S\n]+")
_ITEM = re.compile(r"(?:[-*\u2022\u2013])\s*(?=\S)")
_LONE_BULLET = re.compile(r"[-*\u2022\u2013]\Z")
_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~])")
_BEFORE_MARK = re.compile(r"\s+([?!.,;:])")


class BadLine(Exception):
    """A line cannot be imported; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedPair:
    """A question and its answer, ready to be written; ``ref`` is the same whenever the same pair is read again."""

    ref: str
    title: str
    body: str
    answer: str
    url: str
    source: str


def read_pair(line: bytes) -> ImportedPair:
    """Read one line of JSON; raise ``BadLine`` unless it is an object with a question and an answer of fitting type and size.

    ``id`` names a pair within its source, but collections use one id for several questions of a page; so the question is
    part of the reference. Without an id the whole pair is.
    """
    record = _record(line)
    question, answer = _text(record, "question", QUESTION_LIMIT), _text(record, "answer", ANSWER_LIMIT)
    given = {name: _optional(record, name) for name in _LIMITS}
    if given["url"] and not re.match(r"https?://[^\s/]+", given["url"], re.IGNORECASE):
        raise BadLine("“url” must begin with http:// or https://")
    heading = _BEFORE_MARK.sub(r"\1", clean_line(question))
    title = excerpt(heading, limit=TITLE_LIMIT - 1)
    origin = _origin(given["source"], given["focus"])
    return ImportedPair(
        ref=_reference(given["id"], given["source"], question, answer),
        title=title,
        body=origin if title == heading else f"{to_markdown(question)}\n\n{origin}".strip(),
        answer=to_markdown(answer),
        url=given["url"],
        source=given["source"],
    )


def to_markdown(text: str) -> str:
    """Turn text with odd blanks into Markdown paragraphs and lists; words and their order stay as they are."""
    blocks: list[str] = []
    bullet = False
    for chunk in _GAP.split(clean_text(text)):
        block = _BLANKS.sub(" ", _SOFT_BREAK.sub("\n", chunk)).strip()
        if not block:
            continue
        if _LONE_BULLET.match(block):
            bullet = True
            continue
        block, bullet = (
            _ITEM.sub("- ", f"- {block}" if bullet else block, count=1) if bullet or _is_item(block) else block,
            False,
        )
        both_items = blocks and _is_item(blocks[-1]) and _is_item(block)
        blocks.append(f"\n{block}" if both_items else f"\n\n{block}")
    return "".join(blocks).strip()


def _is_item(block: str) -> bool:
    return _ITEM.match(block.lstrip("\n")) is not None


def _record(line: bytes) -> dict[str, Any]:
    try:
        record = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise BadLine("not valid UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise BadLine("not valid JSON") from error
    if not isinstance(record, dict):
        raise BadLine("not a JSON object")
    return record


def _text(record: dict[str, Any], name: str, limit: int) -> str:
    value = record.get(name)
    if value is None:
        raise BadLine(f"“{name}” is missing")
    if not isinstance(value, str):
        raise BadLine(f"“{name}” is not text")
    if len(value) > limit * 4:
        raise BadLine(f"“{name}” is longer than {limit:,} characters")
    text = clean_text(value)
    if not text:
        raise BadLine(f"“{name}” is empty")
    if len(_BLANKS.sub(" ", text)) > limit:
        raise BadLine(f"“{name}” is longer than {limit:,} characters")
    return text


def _optional(record: dict[str, Any], name: str) -> str:
    value = record.get(name)
    if value is None:
        return ""
    if name == "id" and isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise BadLine(f"“{name}” is not text")
    if len(value) > _LIMITS[name]:
        raise BadLine(f"“{name}” is longer than {_LIMITS[name]} characters")
    return clean_line(value)


def _reference(given_id: str, source: str, question: str, answer: str) -> str:
    parts = (given_id, source, question) if given_id else ("", source, question, answer)
    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:32]
    return f"import:{given_id[:70]}:{digest}"


def _origin(source: str, focus: str) -> str:
    if source and focus:
        return f"Reference question from {_plain(source)} about {_plain(focus)}."
    if source or focus:
        return f"Reference question from {_plain(source)}." if source else f"Reference question about {_plain(focus)}."
    return ""


def _plain(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)
