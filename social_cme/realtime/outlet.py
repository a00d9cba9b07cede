"""The way out to one client, and the websocket frames that leave by it.

Rule: to write never waits. What the network does not take at once is kept, within bounds, in order; a client that lets more
than that pile up is given up, and nobody else notices.
"""

from __future__ import annotations

import socket
import struct
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any

MAX_WAITING = 1000
MAX_WAITING_BYTES = 4 * 1024 * 1024
_CHUNK = 4096


def text_frame(text: str) -> bytes:
    """Return *text* as one websocket frame of a server: final, not masked, not compressed."""
    data = text.encode()
    size = len(data)
    if size < 126:
        return struct.pack("!BB", 0x81, size) + data
    if size < 65536:
        return struct.pack("!BBH", 0x81, 126, size) + data
    return struct.pack("!BBQ", 0x81, 127, size) + data


class Outlet:
    """Everything that one connection sends, in the order in which it was written.

    ``send(data)`` is the plain non-blocking send of the connection; ``start(function)`` runs *function* in the background;
    ``writable()`` waits there until the network takes more, or raises ``OSError``; ``give_up()`` ends the connection.
    """

    __slots__ = ("_give_up", "_send", "_size", "_start", "_waiting", "_writable", "is_open")

    def __init__(
        self,
        send: Callable[[Any], int],
        *,
        start: Callable[[Callable[[], None]], object],
        writable: Callable[[], object],
        give_up: Callable[[], None],
    ) -> None:
        self._send = send
        self._start = start
        self._writable = writable
        self._give_up = give_up
        self._waiting: deque[bytes | memoryview] = deque()
        self._size = 0
        self.is_open = True

    @property
    def waiting(self) -> int:
        """How many bytes the client has yet to take."""
        return self._size

    def write(self, frame: bytes) -> None:
        """Send *frame*, or keep what does not fit now; a connection that has ended takes nothing and says nothing."""
        if not self.is_open:
            return
        if self._waiting:
            self._keep(frame)
            return
        try:
            sent = self._send(frame)
        except (BlockingIOError, InterruptedError):
            sent = 0
        except OSError:
            self.close()  # Whoever reads from this connection is told by the network.
            return
        if sent < len(frame):
            self._keep(memoryview(frame)[sent:])
            self._start(self._drain)

    def close(self) -> None:
        """Forget what is waiting and take nothing more."""
        self.is_open = False
        self._waiting.clear()
        self._size = 0

    def _keep(self, frame: bytes | memoryview) -> None:
        if len(self._waiting) >= MAX_WAITING or self._size + len(frame) > MAX_WAITING_BYTES:
            self.close()
            self._give_up()
            return
        self._waiting.append(frame)
        self._size += len(frame)

    def _drain(self) -> None:
        try:
            while self._waiting:
                self._writable()
                self._send_waiting()
        except OSError:
            if self.is_open:
                self.close()
                self._give_up()

    def _send_waiting(self) -> None:
        with suppress(BlockingIOError, InterruptedError):
            while self._waiting:
                frame = self._waiting[0]
                sent = self._send(frame)
                if not self._waiting:
                    return
                self._size -= sent
                if sent < len(frame):
                    self._waiting[0] = memoryview(frame)[sent:]
                else:
                    self._waiting.popleft()


class OrderedSocket:
    """A socket whose bytes all leave by an outlet, and are read a bufferful at a time instead of a header at a time."""

    def __init__(self, sock: Any, outlet: Outlet) -> None:
        self._sock = sock
        self._outlet = outlet
        self._read = b""
        self._at = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)

    def sendall(self, data: bytes) -> None:
        """Write *data*; raise ``OSError`` when the connection has ended."""
        if not self._outlet.is_open:
            raise OSError("the connection has ended")
        self._outlet.write(data)

    def recv(self, size: int) -> bytes:
        """Return up to *size* bytes, none at the end."""
        if self._at >= len(self._read):
            if size >= _CHUNK:
                return bytes(self._sock.recv(size))
            self._read, self._at = self._sock.recv(_CHUNK), 0
        piece = self._read[self._at : self._at + size]
        self._at += len(piece)
        if self._at >= len(self._read):
            self._read, self._at = b"", 0
        return piece

    def close(self) -> None:
        """End the connection."""
        self._outlet.close()
        self._sock.close()


def send_at_once(sock: Any) -> None:
    """Let small frames leave without waiting for more to come."""
    with suppress(OSError, AttributeError):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
