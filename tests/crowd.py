"""A crowd of light clients in one thread: raw websockets on one epoll, frames taken apart by hand, nothing else.

It behaves as the pages' own script does: applies messages by number, comes back after 0.5 to 3 seconds at random, asks for what
it missed, and repeats a command under one client id until it is answered. It knows no feature of the product.
"""

from __future__ import annotations

import json
import random
import re
import select
import socket
import time
import uuid
from array import array
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Any

Answer = dict[str, Any]
_STAMP = re.compile(rb"~([a-j]{10,20})~")
_LETTERS = str.maketrans("0123456789", "abcdefghij")
_DIGITS = bytes.maketrans(b"abcdefghij", b"0123456789")
CONNECTING_AT_ONCE = 100
BACK_AFTER = (0.5, 3.0)


def stamp() -> str:
    """Return the present moment as letters: a number of that length could be a patient's."""
    return f"~{str(time.monotonic_ns()).translate(_LETTERS)}~"


@dataclass(slots=True)
class Heard:
    """One frame of messages, taken apart once for all the clients that get it."""

    messages: list[Answer]
    first: int
    last: int
    stamps: list[int]
    is_whole: bool


@dataclass(slots=True)
class Command:
    """Something sent that must be answered."""

    event: str
    payload: Answer
    done: Callable[[Answer], None] | None
    sent_at: float


@dataclass(slots=True)
class Client:
    """One of the crowd."""

    number: int
    cookie: str
    channel: str
    sock: socket.socket | None = None
    stage: str = "away"
    data: bytes = b""
    last: int = 0
    heard: int = 0
    ahead: dict[int, Answer] = field(default_factory=dict)
    unanswered: dict[str, Command] = field(default_factory=dict)
    waiting: dict[int, str] = field(default_factory=dict)
    calls: int = 0
    subscribing: int = -1
    asked_again: bool = False


class Crowd:
    """Clients that follow one channel each, driven by ``run`` and ``until``."""

    def __init__(self, port: int, cookies: Sequence[str], channel: str, *, seed: int = 1) -> None:
        self.port = port
        self.clients = [Client(number, cookie, channel) for number, cookie in enumerate(cookies)]
        self.on_message: Callable[[Client, Answer], None] | None = None
        self.on_snapshot: Callable[[Client, Answer], None] | None = None
        self.comes_back = True
        self.deliveries = 0
        self.frames = 0
        self.latencies = array("q")
        self.answer_times = array("d")
        self.refusals: list[Answer] = []
        self.turned_away: list[str] = []
        self._random = random.Random(seed)
        self._poll = select.epoll()
        self._buffer = memoryview(bytearray(262_144))
        self._of_fd: dict[int, Client] = {}
        self._to_connect: deque[Client] = deque()
        self._connecting = 0
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._count = 0
        self._memo: dict[bytes, Heard] = {}
        # The same by the bytes of a read that was one such frame and nothing else: most are.
        self._known: dict[bytes, Heard] = {}

    # -------------------------------------------------------------- driving

    def connect(self, *, timeout: float = 60) -> float:
        """Bring everybody in and to the present; return how long it took."""
        begun = time.monotonic()
        self._to_connect.extend(one for one in self.clients if one.stage == "away")
        self.until(lambda: all(one.stage == "here" for one in self.clients), timeout=timeout)
        return time.monotonic() - begun

    def run(self, seconds: float) -> None:
        """Go on for a while."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._turn(left)

    def until(self, condition: Callable[[], bool], *, timeout: float) -> None:
        """Go on until *condition* holds; raise ``TimeoutError`` when that takes too long."""
        end = time.monotonic() + timeout
        looked = 0.0
        while True:
            moment = time.monotonic()
            if moment - looked > 0.02:
                if condition():
                    return
                looked = time.monotonic()
            if moment > end:
                stages = {stage: sum(one.stage == stage for one in self.clients) for stage in ("away", "here")}
                raise TimeoutError(f"waited {timeout} s in vain: {stages}, turned away: {self.turned_away[:3]}")
            self._turn(0.02)

    def at(self, seconds: float, function: Callable[[], None]) -> None:
        """Call *function* after some seconds of driving."""
        self._count += 1
        heappush(self._timers, (time.monotonic() + seconds, self._count, function))

    def send(self, client: Client, event: str, payload: Answer, done: Callable[[Answer], None] | None = None) -> None:
        """Send a command until it is answered, across reconnects, always under the same client id."""
        key = uuid.uuid4().hex
        client.unanswered[key] = Command(event, {**payload, "client_id": key}, done, time.monotonic())
        if client.stage == "here":
            self._emit(client, key)

    @property
    def unanswered(self) -> int:
        """How many commands wait for their answer."""
        return sum(len(one.unanswered) for one in self.clients)

    def leave(self) -> None:
        """Close every connection."""
        self.comes_back = False
        for one in self.clients:
            self._lose(one)

    # -------------------------------------------------------------- the loop

    def _turn(self, longest: float) -> None:
        moment = time.monotonic()
        while self._timers and self._timers[0][0] <= moment:
            heappop(self._timers)[2]()
        while self._to_connect and self._connecting < CONNECTING_AT_ONCE:
            self._open(self._to_connect.popleft())
        wait = max(0.0, min(longest, self._timers[0][0] - moment if self._timers else longest))
        for fd, events in self._poll.poll(wait, 256):
            client = self._of_fd.get(fd)
            if client is None:
                continue
            if client.stage == "connecting":
                self._knock(client)
            elif events & select.EPOLLIN:
                self._read(client)
            elif events & (select.EPOLLHUP | select.EPOLLERR):
                self._lose(client)

    def _open(self, client: Client) -> None:
        client.sock = socket.socket()
        client.sock.setblocking(False)
        client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.sock.connect_ex(("127.0.0.1", self.port))
        client.stage = "connecting"
        self._connecting += 1
        self._of_fd[client.sock.fileno()] = client
        self._poll.register(client.sock.fileno(), select.EPOLLOUT)

    def _knock(self, client: Client) -> None:
        assert client.sock is not None
        if client.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            self._lose(client)
            return
        self._poll.modify(client.sock.fileno(), select.EPOLLIN)
        client.stage = "knocking"
        self._write(
            client,
            (
                "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:"
                f"{self.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                f"Sec-WebSocket-Key: c29jaWFsLWNtZS1jcm93ZA==\r\nCookie: {client.cookie}\r\n\r\n"
            ).encode(),
        )

    def _lose(self, client: Client) -> None:
        if client.sock is None:
            return
        if client.stage not in {"here", "away"}:
            self._connecting -= 1
        del self._of_fd[client.sock.fileno()]
        client.sock.close()
        client.sock, client.stage, client.data, client.subscribing = None, "away", b"", -1
        client.waiting.clear()
        if self.comes_back:
            self.at(self._random.uniform(*BACK_AFTER), lambda: self._to_connect.append(client))

    def _write(self, client: Client, data: bytes) -> None:
        try:
            assert client.sock is not None
            client.sock.send(data)
        except OSError:
            self._lose(client)

    def _say(self, client: Client, text: str) -> None:
        body = text.encode()
        size = len(body)
        head = bytes((0x81, 0x80 | size)) if size < 126 else b"\x81\xfe" + size.to_bytes(2, "big")
        self._write(client, head + b"\0\0\0\0" + body)

    # -------------------------------------------------------------- what arrives

    def _read(self, client: Client) -> None:
        assert client.sock is not None
        try:
            # One buffer for all: to ask for fresh memory at each frame costs the crowd more than the frame.
            data = bytes(self._buffer[: client.sock.recv_into(self._buffer)])
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._lose(client)
            return
        if client.data:
            data = client.data + data
        elif (heard := self._known.get(data)) is not None:
            self.frames += 1
            self._take(client, heard)
            return
        if client.stage == "knocking":
            head, mark, data = data.partition(b"\r\n\r\n")
            if not mark:
                client.data = head
                return
            if b" 101 " not in head[:20]:
                self.turned_away.append(head.decode(errors="replace"))
                self._lose(client)
                return
            client.stage = "entering"
        client.data = self._frames(client, data)

    def _frames(self, client: Client, data: bytes) -> bytes:
        at, end = 0, len(data)
        while end - at >= 2:
            size, head = data[at + 1], 2
            if size == 126:
                size, head = int.from_bytes(data[at + 2 : at + 4], "big"), 4
            elif size == 127:
                size, head = int.from_bytes(data[at + 2 : at + 10], "big"), 10
            stop = at + head + size
            if stop > end or end - at < head:
                break
            if data[at] == 0x81:
                self.frames += 1
                packet = data[at + head : stop]
                self._packet(client, packet)
                if stop - at == end and packet in self._memo:
                    self._known[data] = self._memo[packet]
            at = stop
            if client.sock is None:
                return b""
        return data[at:]

    def _packet(self, client: Client, packet: bytes) -> None:
        if packet.startswith(b'42["message"'):
            self._hear(client, packet)
        elif packet == b"2":
            self._say(client, "3")
        elif packet.startswith(b"43"):
            start = packet.index(b"[")
            self._answered(client, int(packet[2:start]), json.loads(packet[start:])[0])
        elif packet.startswith(b"0{"):
            self._say(client, "40")
        elif packet.startswith(b"40"):
            self._subscribe(client)
        elif packet.startswith(b"44"):
            self.turned_away.append(packet.decode())
            self._lose(client)

    def _hear(self, client: Client, packet: bytes) -> None:
        heard = self._memo.get(packet)
        if heard is None:
            messages = json.loads(packet[2:])[1]
            first, last = messages[0]["seq"], messages[-1]["seq"]
            stamps = [int(one.translate(_DIGITS)) for one in _STAMP.findall(packet)]
            heard = Heard(messages, first, last, stamps, last - first + 1 == len(messages))
            if len(self._memo) > 64:
                self._memo.clear()
                self._known.clear()
            self._memo[packet] = heard
        self._take(client, heard)

    def _take(self, client: Client, heard: Heard) -> None:
        self.deliveries += len(heard.messages)
        client.heard += len(heard.messages)
        if heard.stamps:
            moment = time.monotonic_ns()
            for stamp in heard.stamps:
                self.latencies.append(moment - stamp)
        if self.on_message is None and heard.is_whole and not client.ahead and heard.first <= client.last + 1:
            client.last = max(client.last, heard.last)
        else:
            self._apply(client, heard.messages)

    def _apply(self, client: Client, messages: list[Answer]) -> None:
        for one in messages:
            if one["seq"] > client.last:
                client.ahead[one["seq"]] = one
        while (message := client.ahead.pop(client.last + 1, None)) is not None:
            client.last += 1
            if self.on_message is not None:
                self.on_message(client, message)
        if client.ahead and not client.asked_again:
            client.asked_again = True
            self.at(0.3, lambda: self._ask_again(client))

    def _ask_again(self, client: Client) -> None:
        client.asked_again = False
        if client.ahead and client.stage == "here" and client.subscribing < 0:
            self._subscribe(client)

    # -------------------------------------------------------------- what is asked

    def _subscribe(self, client: Client) -> None:
        client.calls += 1
        client.subscribing = client.calls
        payload = json.dumps({"channel": client.channel, "since": client.last})
        self._say(client, f'42{client.calls}["subscribe",{payload}]')

    def _emit(self, client: Client, key: str) -> None:
        client.calls += 1
        client.waiting[client.calls] = key
        command = client.unanswered[key]
        self._say(client, f"42{client.calls}{json.dumps([command.event, command.payload])}")

    def _answered(self, client: Client, number: int, answer: Answer) -> None:
        if number == client.subscribing:
            self._subscribed(client, answer)
            return
        command = client.unanswered.pop(client.waiting.pop(number, ""), None)
        if command is None:
            return
        self.answer_times.append(time.monotonic() - command.sent_at)
        if not answer.get("ok"):
            self.refusals.append(answer)
        elif command.done is not None:
            command.done(answer)

    def _subscribed(self, client: Client, answer: Answer) -> None:
        client.subscribing = -1
        if not answer.get("ok"):
            self.refusals.append(answer)
            self._lose(client)
            return
        if answer.get("reset"):
            client.ahead.clear()
            client.last = answer["seq"]
            if self.on_snapshot is not None:
                self.on_snapshot(client, answer)
        self.deliveries += len(answer["messages"])
        client.heard += len(answer["messages"])
        self._apply(client, answer["messages"])
        if answer.get("more"):
            self._subscribe(client)
        elif client.stage != "here":
            client.stage = "here"
            self._connecting -= 1
            for key in list(client.unanswered):
                self._emit(client, key)
