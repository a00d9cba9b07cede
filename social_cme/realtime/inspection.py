"""Judges what a client sends, packet by packet, before anything else parses it.

Rule: the protocol (Engine.IO 4, Socket.IO 5) is known here and no feature; a verdict costs no more than reading the packet.
"""

from __future__ import annotations

import json
import math
import re
import time
from dataclasses import dataclass
from typing import Any

from social_cme.realtime.limits import Allowance

PACKETS_PER_10_S = 400
MAX_DEPTH = 20
RESERVED = frozenset({"connect", "disconnect", "connect_error", "message", "ephemeral", "*"})
_EVENT = re.compile(r"2(?:/,)?(\d{1,15})?(\[.*)\Z", re.DOTALL)
_MAX_DIGITS = 19


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a packet: passed on, dropped, answered in its place, or the end of the connection."""

    passes: bool = False
    answer: str | None = None
    closes: str | None = None


PASS = Verdict(passes=True)
DROP = Verdict()


class Inspector:
    """Checks the packets of one connection; knows the protocol (Engine.IO 4, Socket.IO 5) and no feature."""

    def __init__(self, login_seconds: float = 10) -> None:
        self.is_connected = False
        self.login_seconds = login_seconds
        self._begun = time.monotonic()
        self._allowance = Allowance(PACKETS_PER_10_S, per_seconds=10)

    @property
    def is_late(self) -> bool:
        """Whether the client has had its time to log in and did not."""
        return not self.is_connected and time.monotonic() - self._begun > self.login_seconds

    def judge(self, packet: str | bytes) -> Verdict:
        """Decide on one packet; a large one costs as much as several small ones."""
        if not self._allowance.take(1 + len(packet) / 1024):
            return Verdict(closes="flood")
        if not isinstance(packet, str):
            return Verdict(closes="binary packet")
        kind, body = packet[:1], packet[1:]
        if kind in {"1", "3"} and len(body) <= 1:  # Close and pong.
            return PASS
        if kind == "2":  # A ping; clients of this protocol version do not send any.
            return DROP
        if kind == "4" and body:
            return self._judge_message(body)
        return Verdict(closes="unknown packet")

    def _judge_message(self, body: str) -> Verdict:
        kind = body[0]
        if kind == "0":
            return self._judge_connect(body[1:])
        if not self.is_connected:
            return Verdict(closes="event before connect")
        if body in {"1", "1/,"}:
            return PASS
        if kind == "3":  # The server never asks for an acknowledgement.
            return DROP
        if kind != "2":
            return Verdict(closes="unknown message")
        return _judge_event(body)

    def _judge_connect(self, body: str) -> Verdict:
        if self.is_connected:
            return Verdict(closes="second connect")
        body = body.removeprefix("/,")
        if body and not (_parse(body).ok and body.startswith("{")):
            return Verdict(closes="connect not readable")
        self.is_connected = True
        return PASS


def _judge_event(body: str) -> Verdict:
    matched = _EVENT.match(body)
    if matched is None:
        return Verdict(closes="event not readable")
    number, text = matched.groups()
    parsed = _parse(text)
    if not parsed.ok:
        return _answer(number, "bad_request", "This message is not JSON that can be read here.")
    event = parsed.value
    if _is_deeper(event, MAX_DEPTH):
        return _answer(number, "bad_request", "This message is nested too deeply.")
    if not (1 <= len(event) <= 2 and isinstance(event[0], str) and len(event[0]) <= 60):
        return _answer(number, "bad_request", "An event is its name and one object.")
    if event[0] in RESERVED:
        return _answer(number, "unknown_event", "There is no such event.")
    return PASS


def _answer(number: str | None, code: str, message: str) -> Verdict:
    if number is None:
        return DROP
    body = json.dumps([{"ok": False, "error": {"code": code, "message": message}}], separators=(",", ":"))
    return Verdict(answer=f"43{number}{body}")


@dataclass(frozen=True, slots=True)
class _Parsed:
    ok: bool
    value: Any = None


def _parse(text: str) -> _Parsed:
    """Read JSON as strictly as the database needs it: no infinity, no integer beyond 64 bits, no abyss of brackets."""
    try:
        return _Parsed(ok=True, value=_decoder.decode(text))
    except (ValueError, RecursionError):
        return _Parsed(ok=False)


def _is_deeper(value: Any, limit: int) -> bool:
    level = [value]
    for _ in range(limit):
        level = [
            inner
            for one in level
            if isinstance(one, list | dict)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return False
    return True


def _integer(digits: str) -> int:
    if len(digits.lstrip("-")) > _MAX_DIGITS or not -(2**63) <= int(digits) < 2**63:
        raise ValueError("integer out of range")
    return int(digits)


def _number(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise ValueError("number out of range")
    return value


def _constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


_decoder = json.JSONDecoder(parse_int=_integer, parse_float=_number, parse_constant=_constant)
