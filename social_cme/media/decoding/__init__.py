"""Turns the bytes of an upload into new files, in a process beside the server.

Rule: decoding is slow and its input hostile, so it happens neither in the event loop nor in this process, two at a time, and
never inside a transaction. Nothing of the upload is written to a disk: bytes go in and come out through pipes.
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

log = structlog.get_logger(__name__)

PROGRAM = Path(__file__).with_name("program.py")
AT_ONCE = 2
WAIT_SECONDS = 20.0
TIMEOUT_SECONDS = 30.0
_REASONS = {
    "not_a_picture": "This file is not a picture that can be shown. Choose a JPEG, PNG, WebP or GIF.",
    "too_many_pixels": "This picture has too many pixels. Make it smaller, or take a photograph of the part that matters.",
    "broken": "This picture is damaged and could not be read. Save it again on your device, then choose it once more.",
}
_slots = threading.BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file made from an upload: ``size`` is the side of the square it fits into, the rest is the file's own."""

    size: int
    width: int
    height: int
    data: bytes


def make_files(raw: bytes) -> list[NewFile]:
    """Return WebP files from small to large, made from the pixels of *raw* alone: upright, in sRGB, the first frame.

    Raises ``Invalid`` naming ``file`` for what is no picture, damaged or too large, ``Unavailable`` when nobody has time.
    """
    if not _slots.acquire(timeout=WAIT_SECONDS):
        raise Unavailable("Many pictures are being taken in at this moment. Please try again in a few seconds.")
    try:
        answer = _ask(raw)
    finally:
        _slots.release()
    head, _, rest = answer.partition(b"\n")
    told = json.loads(head)
    if "refused" in told:
        raise refusal(told["refused"])
    return _taken_apart(told["files"], rest)


def refusal(code: str) -> Invalid:
    """Return the refusal of an upload for one of the reasons of the program."""
    message = _REASONS[code]
    return Invalid(message, fields={"file": [message]})


def _ask(raw: bytes) -> bytes:
    command = [sys.executable, "-I", "-B", str(PROGRAM)]
    try:
        done = subprocess.run(  # noqa: S603 - a fixed command; the upload is data on its standard input
            command, input=raw, capture_output=True, timeout=TIMEOUT_SECONDS, check=False, env={}, cwd="/"
        )
    except subprocess.TimeoutExpired:
        log.warning("picture_refused", reason="timeout")
        raise refusal("broken") from None
    if done.returncode != 0 or not done.stdout:
        # Out of time or memory, or a decoder that fell over: all of them are what the limits are for.
        log.warning("picture_refused", reason="decoder_ended", status=done.returncode)
        raise refusal("broken")
    return done.stdout


def _taken_apart(files: list[list[int]], data: bytes) -> list[NewFile]:
    found, start = [], 0
    for size, width, height, length in files:
        found.append(NewFile(size, width, height, data[start : start + length]))
        start += length
    return found
