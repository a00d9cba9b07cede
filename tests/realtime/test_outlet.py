"""The way out to one client: order, whatever the network takes, and bounds."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable
from typing import Any

import pytest

from social_cme.realtime import outlet as module
from social_cme.realtime.outlet import OrderedSocket, Outlet, text_frame


class Network:
    """A connection that takes so many bytes at a time, and the background in which an outlet waits for it."""

    def __init__(self, *, room: int) -> None:
        self.room = room
        self.taken = b""
        self.jobs: list[Callable[[], None]] = []
        self.given_up = 0
        self.gains = [10_000_000]
        self.outlet = Outlet(self.send, start=self.jobs.append, writable=self.writable, give_up=self.give_up)

    def send(self, data: Any) -> int:
        if self.room == 0:
            raise BlockingIOError
        count = min(self.room, len(data))
        self.room -= count
        self.taken += bytes(data[:count])
        return count

    def writable(self) -> None:
        if not self.gains:
            raise TimeoutError("does not read")
        self.room += self.gains.pop(0)

    def give_up(self) -> None:
        self.given_up += 1

    def work(self) -> None:
        while self.jobs:
            self.jobs.pop(0)()


def test_what_the_network_takes_leaves_at_once() -> None:
    network = Network(room=1000)
    network.outlet.write(b"one")
    network.outlet.write(b"two")
    assert (network.taken, network.jobs, network.outlet.waiting) == (b"onetwo", [], 0)


@pytest.mark.parametrize("gains", [[1] * 40, [3, 1, 20, 20], [40]])
def test_what_does_not_fit_follows_in_order_byte_by_byte(gains: list[int]) -> None:
    network = Network(room=4)
    network.gains = gains
    for word in (b"first", b"second", b"third", b"fourth"):
        network.outlet.write(word)
    assert network.taken == b"firs"
    assert len(network.jobs) == 1, "one background task drains an outlet, however much is waiting"
    network.work()
    assert network.taken == b"firstsecondthirdfourth"
    assert (network.outlet.waiting, network.given_up) == (0, 0)
    network.room = 100
    network.outlet.write(b"fifth")
    assert network.taken.endswith(b"fourthfifth")


def test_a_client_that_lets_too_many_frames_pile_up_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_WAITING", 3)
    network = Network(room=0)
    for _ in range(3):
        network.outlet.write(b"frame")
    assert network.given_up == 0
    network.outlet.write(b"frame")
    assert (network.given_up, network.outlet.waiting, network.outlet.is_open) == (1, 0, False)
    network.outlet.write(b"frame")
    network.work()
    assert (network.given_up, network.taken) == (1, b"")


def test_a_client_that_lets_too_many_bytes_pile_up_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_WAITING_BYTES", 10)
    network = Network(room=2)
    network.outlet.write(b"sixsix")
    network.outlet.write(b"sixsix")
    assert (network.given_up, network.outlet.waiting) == (0, 10)
    network.outlet.write(b"x")
    assert network.given_up == 1


def test_a_client_that_takes_nothing_for_too_long_is_given_up() -> None:
    network = Network(room=1)
    network.gains = [1]
    network.outlet.write(b"abcdef")
    network.work()
    assert (network.taken, network.given_up, network.outlet.is_open) == (b"ab", 1, False)


def test_a_connection_that_is_gone_takes_nothing_and_raises_nothing() -> None:
    def gone(_data: Any) -> int:
        raise ConnectionResetError

    one = Outlet(gone, start=lambda _job: None, writable=lambda: None, give_up=lambda: None)
    one.write(b"a")
    one.write(b"b")
    assert not one.is_open
    with pytest.raises(OSError, match="ended"):
        OrderedSocket(object(), one).sendall(b"c")


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65_535, 65_536, 70_000])
def test_a_frame_is_what_the_library_would_send(size: int) -> None:
    frame = text_frame("x" * size)
    assert frame[0] == 0x81
    if size < 126:
        assert frame[1] == size
    elif size < 65_536:
        assert (frame[1], struct.unpack("!H", frame[2:4])[0]) == (126, size)
    else:
        assert (frame[1], struct.unpack("!Q", frame[2:10])[0]) == (127, size)
    assert frame.endswith(b"x" * size)
    assert text_frame("é")[1] == 2


def test_reading_by_the_bufferful_changes_nothing() -> None:
    here, there = socket.socketpair()
    network = Network(room=1000)
    one = OrderedSocket(here, network.outlet)
    data = bytes(range(256)) * 60
    there.sendall(data)
    there.close()
    got = b""
    for size in (2, 4, 1, 5000, 9000, 3, 10_000, 10_000, 10_000):
        piece = one.recv(size)
        assert len(piece) <= size
        got += piece
    assert got == data
    assert one.recv(10) == b""
    one.close()
    assert not network.outlet.is_open
