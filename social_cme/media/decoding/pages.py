"""Turns the pages of a PDF into pictures, in a process beside the server.

Rule: as for pictures, the input is hostile and the work slow: bytes go in and come out through pipes, and a file that attacks the
renderer ends that process and nothing else. What comes out are pixels and plain text; nothing of the file itself is kept.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

import structlog

from social_cme.core.errors import Invalid, Unavailable
from social_cme.media.decoding import NewFile

log = structlog.get_logger(__name__)

PROGRAM = Path(__file__).with_name("pages_program.py")
TIMEOUT_SECONDS = 60.0
INSPECT_SECONDS = 20.0
WAIT_SECONDS = 20.0
_REASONS = {
    "not_a_pdf": "This file is not a PDF. Export the slides as PDF, then choose that file.",
    "encrypted": "This PDF is protected with a password. Save a copy without one, then choose that copy.",
    "broken": "This PDF is damaged and could not be read. Export it again, then choose it once more.",
    "empty": "This PDF has no pages.",
}
# Looking at an upload must not wait behind the rendering of another.
_looking = threading.BoundedSemaphore(2)
_rendering = threading.BoundedSemaphore(1)


@dataclass(frozen=True, slots=True)
class NewPage:
    """A page as pictures from small to large, with the text that stands on it."""

    number: int
    text: str
    files: list[NewFile]


def count_pages(raw: bytes, *, most: int) -> int:
    """Return how many pages a PDF has; raise ``Invalid`` naming ``file`` for what is no PDF, locked, damaged or too long."""
    if not _looking.acquire(timeout=WAIT_SECONDS):
        raise Unavailable("Many slides are being taken in at this moment. Please try again in a few seconds.")
    try:
        answer = _run(raw, ["inspect"], seconds=INSPECT_SECONDS)
    finally:
        _looking.release()
    told = _head(answer)
    if "refused" in told or "pages" not in told:
        raise _refusal(_REASONS.get(str(told.get("refused")), _REASONS["broken"]))
    pages = int(str(told["pages"]))
    if pages > most:
        raise _refusal(
            f"This PDF has {pages:,} pages; slides can have at most {most:,}. Leave some out, then choose it again."
        )
    return pages


def render_pages(raw: bytes, *, first: int, last: int) -> list[NewPage]:
    """Return the pages from *first* to *last* in order, as many as could be made; the one after the last of them could not."""
    with _rendering:
        answer = _run(raw, ["render", str(first), str(last)], seconds=TIMEOUT_SECONDS)
    return _taken_apart(answer)


def _refusal(message: str) -> Invalid:
    return Invalid(message, fields={"file": [message]})


def _run(raw: bytes, arguments: list[str], *, seconds: float) -> bytes:
    command = [sys.executable, "-I", "-B", str(PROGRAM), *arguments]
    try:
        done = subprocess.run(  # noqa: S603 - a fixed command; the upload is data on its standard input
            command, input=raw, capture_output=True, timeout=seconds, check=False, env={}, cwd="/"
        )
    except subprocess.TimeoutExpired as error:
        log.warning("slides_refused", reason="timeout")
        return error.stdout or b""
    if done.returncode != 0:
        # Out of time or memory, or a renderer that fell over: all of them are what the limits are for.
        log.warning("slides_refused", reason="renderer_ended", status=done.returncode)
    return done.stdout


def _head(answer: bytes) -> dict[str, object]:
    try:
        told = json.loads(answer.partition(b"\n")[0])
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _taken_apart(answer: bytes) -> list[NewPage]:
    """Read the pages of an answer; one that breaks off in the middle of a page ends with the page before."""
    pages: list[NewPage] = []
    start = 0
    while True:
        end = answer.find(b"\n", start)
        told = _head(answer[start:end]) if end >= 0 else {}
        if "page" not in told:
            return pages
        start, files = end + 1, []
        for size, width, height, length in told["files"]:  # type: ignore[attr-defined]
            files.append(NewFile(size, width, height, answer[start : start + length]))
            start += length
        if start > len(answer):
            return pages
        pages.append(NewPage(number=int(str(told["page"])), text=str(told["text"]), files=files))
