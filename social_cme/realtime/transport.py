"""What stands between the network and the socket server: sizes, rates and slow readers are dealt with below everything else.

Rule: whatever a client sends, the answer is an acknowledgement with an error, silence, or a closed connection: never a
trace, never text inside the stream of frames, never memory without bound.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from typing import Any

import structlog
from engineio.packet import MESSAGE

from social_cme.realtime.inspection import Inspector
from social_cme.realtime.limits import Hush
from social_cme.realtime.outlet import MAX_WAITING, MAX_WAITING_BYTES, OrderedSocket, Outlet, send_at_once, text_frame

log = structlog.get_logger(__name__)

MAX_MESSAGE = 128 * 1024

_hush = Hush()


class CheckedSocket:
    """A websocket as the socket server sees it, with the inspector in between."""

    def __init__(self, websocket: Any, *, timeout: float, login_seconds: float) -> None:
        self._websocket = websocket
        self._inspector = Inspector(login_seconds)
        self._timeout = timeout

    def __getattr__(self, name: str) -> Any:
        return getattr(self._websocket, name)

    def wait(self) -> str | None:
        """Return the next packet that passes, ``None`` when the connection is at its end."""
        while True:
            is_stranger = not self._inspector.is_connected
            if is_stranger:
                self._set_timeout(self._inspector.login_seconds)
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


def harden(engine: Any, *, per_address: int, login_seconds: float, is_green: bool, is_direct: bool = False) -> None:
    """Put the checks into the Engine.IO server *engine*: its websockets and its queues of outgoing packets.

    Who has not logged in after *login_seconds* is closed. With *is_direct* each connection gets an outlet, by which messages
    leave without a queue and a thread in between.
    """
    driver = engine._async
    prepare = _bound_fragments if is_green else _leave_alone
    engine._async = {
        **driver,
        "websocket": _guarded(
            driver["websocket"], prepare, per_address=per_address, login_seconds=login_seconds, is_direct=is_direct
        ),
        "queue": _bounded(driver["queue"], driver["sleep"]),
    }


def _bounded(queue_class: type[Any], sleep: Callable[[float], object]) -> type[Any]:
    class OutgoingQueue(queue_class):
        """Packets waiting for a client; one that does not read is dropped instead of filling the memory."""

        drop: Callable[[], None] | None = None
        outlet: Outlet | None = None
        size = 0

        def put_frame(self, frame: bytes, packet: Any) -> None:
            """Send *packet*, which *frame* holds ready for the wire; never before what was put here earlier."""
            if self.outlet is not None and not self.qsize():
                self.outlet.write(frame)
            else:
                self.put(packet)

        def put(self, item: Any, *arguments: Any, **options: Any) -> None:
            if self.outlet is not None and _is_text(item) and not self.qsize():
                self.outlet.write(text_frame(item.encode()))
                return
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


def _is_text(packet: Any) -> bool:
    return packet is not None and packet.packet_type == MESSAGE and not packet.binary


def _length(packet: Any) -> int:
    data = getattr(packet, "data", None)
    return len(data) if isinstance(data, str | bytes) else 0


def _guarded(
    driver: type[Any],
    prepare: Callable[[Any], None],
    *,
    per_address: int,
    login_seconds: float,
    is_direct: bool,
) -> type[Any]:
    open_from: Counter[str] = Counter()

    class GuardedWebSocket(driver):
        """Counts the connections of an address and lets nothing escape that happens inside one."""

        def __init__(self, handler: Any, server: Any) -> None:
            def checked(websocket: Any) -> Any:
                prepare(websocket)
                queue = handler.__self__.queue
                queue.drop = lambda: _drop(websocket)
                patience = server.ping_interval + server.ping_timeout
                if is_direct:
                    queue.outlet = _open_outlet(websocket, patience)
                return _contained(handler, CheckedSocket(websocket, timeout=patience, login_seconds=login_seconds))

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


def _open_outlet(websocket: Any, patience: float) -> Outlet:
    """Let everything that *websocket* sends leave by an outlet, frames of the library's own as well."""
    from eventlet import spawn_n  # noqa: PLC0415 - only where eventlet serves
    from eventlet.hubs import trampoline  # noqa: PLC0415 - as above

    plain = websocket.socket.fd

    def writable() -> None:
        trampoline(plain, write=True, timeout=patience, timeout_exc=TimeoutError("does not read"))

    outlet = Outlet(plain.send, start=spawn_n, writable=writable, give_up=lambda: _drop(websocket))
    websocket.socket = OrderedSocket(websocket.socket, outlet)
    return outlet


def _leave_alone(websocket: Any) -> None:
    """Send small frames at once; the threading driver bounds a message by itself."""
    send_at_once(getattr(getattr(websocket, "ws", None), "sock", None))


def _bound_fragments(websocket: Any) -> None:
    """Bound a message in all its fragments together, take its mask off quickly, and send small frames at once."""
    from eventlet.websocket import FailedConnectionError  # noqa: PLC0415 - only where eventlet serves

    send_at_once(websocket.socket)

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
