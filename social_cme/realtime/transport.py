"""What stands between the network and the socket server: sizes, rates and shapes are checked before anything is parsed.

Rule: whatever a client sends, the answer is an acknowledgement with an error, silence, or a closed connection: never a
trace, never text inside the stream of frames, never memory without bound.
"""

from __future__ import annotations

import json
import logging
import math
import re
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog

from social_cme.realtime.limits import Allowance, Hush

log = structlog.get_logger(__name__)

MAX_MESSAGE = 128 * 1024
MAX_WAITING = 1000
MAX_WAITING_BYTES = 4 * 1024 * 1024
PACKETS_PER_10_S = 400
LOGIN_SECONDS = 10
MAX_DEPTH = 20
RESERVED = frozenset({"connect", "disconnect", "connect_error", "message", "ephemeral", "*"})
_EVENT = re.compile(r"2(?:/,)?(\d{1,15})?(\[.*)\Z", re.DOTALL)
_MAX_DIGITS = 19

_hush = Hush()


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

    def __init__(self) -> None:
        self.is_connected = False
        self._begun = time.monotonic()
        self._allowance = Allowance(PACKETS_PER_10_S, per_seconds=10)

    @property
    def is_late(self) -> bool:
        """Whether the client has had its time to log in and did not."""
        return not self.is_connected and time.monotonic() - self._begun > LOGIN_SECONDS

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
        if kind == "1":
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


class CheckedSocket:
    """A websocket as the socket server sees it, with the inspector in between."""

    def __init__(self, websocket: Any, *, timeout: float) -> None:
        self._websocket = websocket
        self._inspector = Inspector()
        self._timeout = timeout

    def __getattr__(self, name: str) -> Any:
        return getattr(self._websocket, name)

    def wait(self) -> str | None:
        """Return the next packet that passes, ``None`` when the connection is at its end."""
        while True:
            is_stranger = not self._inspector.is_connected
            if is_stranger:
                self._set_timeout(LOGIN_SECONDS)
            packet = self._websocket.wait()
            if packet is None:
                return None
            if self._inspector.is_late:
                return self._end("no login")
            verdict = self._inspector.judge(packet)
            if verdict.passes:
                if is_stranger:
                    self._set_timeout(self._timeout)
                return str(packet)
            if verdict.answer is not None:
                self._websocket.send(verdict.answer)
            elif verdict.closes is not None:
                return self._end(verdict.closes)

    def _set_timeout(self, seconds: float) -> None:
        sock = getattr(self._websocket, "socket", None)
        if sock is not None:
            sock.settimeout(seconds)

    @staticmethod
    def _end(reason: str) -> None:
        note("socket_closed", reason=reason)


def note(event: str, **values: object) -> None:
    """Log what a client did, a few lines a minute at most."""
    held_back = _hush.speak()
    if held_back is not None:
        log.warning(event, held_back=held_back, **values)


class _OnlyFailures(logging.Filter):
    """Passes what is broken here, not what clients send: that would carry their words and the names of sockets."""

    def filter(self, record: logging.LogRecord) -> bool:
        return bool(record.exc_info) or "redis" in record.getMessage().lower()


def library_logger() -> logging.Logger:
    """Return the logger that the socket libraries write to."""
    logger = logging.getLogger("social_cme.socketio")
    logger.setLevel(logging.ERROR)
    if not logger.filters:
        logger.addFilter(_OnlyFailures())
    return logger


def harden(engine: Any, *, per_address: int, is_green: bool) -> None:
    """Put the checks into the Engine.IO server *engine*: its websockets and its queues of outgoing packets."""
    driver = engine._async
    engine._async = {
        **driver,
        "websocket": _guarded(driver["websocket"], per_address=per_address, is_green=is_green),
        "queue": _bounded(driver["queue"], driver["sleep"]),
    }


def _bounded(queue_class: type[Any], sleep: Callable[[float], object]) -> type[Any]:
    class OutgoingQueue(queue_class):
        """Packets waiting for a client; one that does not read is dropped instead of filling the memory."""

        drop: Callable[[], None] | None = None
        size = 0

        def put(self, item: Any, *arguments: Any, **options: Any) -> None:
            if item is not None and self.drop is not None and self._is_full():
                # A burst may have come faster than the writer was given its turn.
                sleep(0)
                if self._is_full():
                    self.drop()
                    return
            super().put(item, *arguments, **options)

        def _is_full(self) -> bool:
            return bool(self.qsize() >= MAX_WAITING or self.size >= MAX_WAITING_BYTES)

        def _put(self, item: Any) -> None:
            self.size += _length(item)
            super()._put(item)

        def _get(self) -> Any:
            item = super()._get()
            self.size -= _length(item)
            return item

    return OutgoingQueue


def _length(packet: Any) -> int:
    data = getattr(packet, "data", None)
    return len(data) if isinstance(data, str | bytes) else 0


def _guarded(driver: type[Any], *, per_address: int, is_green: bool) -> type[Any]:
    open_from: Counter[str] = Counter()
    prepare = _bound_fragments if is_green else _leave_alone

    class GuardedWebSocket(driver):
        """Counts the connections of an address and lets nothing escape that happens inside one."""

        def __init__(self, handler: Any, server: Any) -> None:
            def checked(websocket: Any) -> Any:
                prepare(websocket)
                queue = handler.__self__.queue
                queue.drop = lambda: _drop(websocket)
                patience = server.ping_interval + server.ping_timeout
                return _contained(handler, CheckedSocket(websocket, timeout=patience))

            super().__init__(checked, server)
            self.support_legacy_versions = False

        def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
            address = environ.get("REMOTE_ADDR", "")
            if open_from[address] >= per_address:
                note("socket_refused", reason="too many from one address")
                start_response("429 Too Many Requests", [("Content-Type", "text/plain"), ("Retry-After", "30")])
                return [b"Too many connections from this address."]
            # Compression would cost a quarter of a megabyte per connection for messages of a few hundred bytes.
            environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
            open_from[address] += 1
            try:
                return super().__call__(environ, start_response)
            finally:
                open_from[address] -= 1
                if not open_from[address]:
                    del open_from[address]

    return GuardedWebSocket


def _contained(handler: Any, websocket: CheckedSocket) -> Any:
    try:
        return handler(websocket)
    except OSError:
        return []  # The client is gone.
    except Exception:
        # Anything that went further up would be written into the stream of frames as an HTTP answer.
        log.exception("socket_failed")
        return []


def _drop(websocket: Any) -> None:
    note("socket_closed", reason="does not read")
    sock = getattr(websocket, "socket", None)
    if sock is None:
        websocket.close()
        return
    try:
        sock.shutdown(2)
    except OSError:
        return  # It is closed already.


def _leave_alone(websocket: Any) -> None:
    """Do nothing: the threading driver bounds a message by itself."""


def _bound_fragments(websocket: Any) -> None:
    """Bound a message in all its fragments together, and take its mask off quickly."""
    from eventlet.websocket import FailedConnectionError  # noqa: PLC0415 - only where eventlet serves

    class BoundedMessage(type(websocket).Message):  # type: ignore[misc]
        """A message in the making that knows how large it has become."""

        size = 0
        pieces = 0

        def push(self, data: bytes, final: bool = False) -> None:  # noqa: FBT001, FBT002 - eventlet's own signature
            self.size += len(data)
            self.pieces += 1
            if self.size > MAX_MESSAGE or self.pieces > MAX_MESSAGE // 16:
                raise FailedConnectionError(1009, "message too big")
            super().push(data, final)

    websocket.Message = BoundedMessage
    websocket._apply_mask = unmask


def unmask(data: bytes, mask: tuple[int, ...], length: int | None = None, offset: int = 0) -> bytes:
    """Return *data* with the four bytes of *mask* taken off, beginning *offset* bytes into the frame."""
    size = len(data) if length is None else length
    if not size:
        return b""
    shift = offset % 4
    key = bytes(mask[shift:] + mask[:shift])
    repeated = (key * (size // 4 + 1))[:size]
    return (int.from_bytes(data[:size], "big") ^ int.from_bytes(repeated, "big")).to_bytes(size, "big")
