"""A real server under bytes that no browser sends: origins, shapes, sizes, slow readers, a crowd."""

from __future__ import annotations

import json
import random
import resource
import shutil
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import psutil
import pytest
import websocket
from flask import Flask

from config import Settings
from social_cme.accounts.models import User
from social_cme.accounts.services.logins import end_all_logins
from social_cme.app import create_app
from social_cme.extensions import db
from social_cme.realtime.transport import MAX_MESSAGE
from tests.conftest import build_settings
from tests.factories import Factory
from tests.server import Server, cookie_of

pytestmark = pytest.mark.faults
LOGIN_SECONDS = 4


@dataclass
class Site:
    """One server for the whole module, with the application that plants people on its data."""

    app: Flask
    make: Factory
    server: Server

    def cookie(self, user: User | None = None) -> str:
        with self.app.app_context():
            return cookie_of(self.app, self.make, user or self.make.user())


@pytest.fixture(scope="module")
def site(template_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("wire")
    shutil.copyfile(template_database, folder / "wire.sqlite3")
    settings = build_settings(folder / "instance", database_url=f"sqlite:///{folder / 'wire.sqlite3'}")
    application = create_app(settings)
    one = Server(settings, SOCKET_LOGIN_SECONDS=str(LOGIN_SECONDS)).start()
    yield Site(application, Factory(application), one)
    one.kill()
    with application.app_context():
        db.engine.dispose()


@pytest.fixture
def running(site: Site) -> Server:
    return site.server


@pytest.fixture
def wire(site: Site) -> Iterator[Callable[..., websocket.WebSocket]]:
    """Open a websocket by hand and log it in."""
    opened: list[websocket.WebSocket] = []

    def open_one(cookie: str | None = None, *, log_in: bool = True, **options: Any) -> websocket.WebSocket:
        cookie = cookie if cookie is not None else site.cookie()
        one = websocket.create_connection(
            f"ws://127.0.0.1:{site.server.port}/socket.io/?EIO=4&transport=websocket",
            cookie=cookie, timeout=15, suppress_origin="origin" not in options, **options,
        )  # fmt: skip
        opened.append(one)
        assert one.recv().startswith("0{")
        if log_in:
            one.send("40")
            assert one.recv().startswith("40{")
        return one

    yield open_one
    for one in opened:
        one.shutdown()


def rest_of(one: websocket.WebSocket) -> list[str]:
    """Read until the server closes; what comes must be frames, or the library raises."""
    frames = []
    try:
        while True:
            frame = one.recv()
            if not frame:
                return frames
            frames.append(frame)
    except (websocket.WebSocketConnectionClosedException, ConnectionError):
        return frames


def answer_of(one: websocket.WebSocket, number: int, event: str, payload: Any) -> dict[str, Any]:
    one.send(f"42{number}" + json.dumps([event, payload]))
    while True:
        frame = one.recv()
        if frame.startswith(f"43{number}["):
            [body] = json.loads(frame[2 + len(str(number)) :])
            return dict(body)


def is_well(server: Server) -> bool:
    return server.process is not None and server.process.poll() is None and server.get("/healthz")[0] == 200


# ------------------------------------------------------------------ who may knock


@pytest.mark.parametrize(
    "origin",
    ["https://site.evil", "null", "http://127.0.0.1", "http://127.0.0.1:1", "http://127.0.0.1.site.evil",
     "http://sub.127.0.0.1:{port}", "http://127.0.0.1:{port}.evil.example", "https://127.0.0.1:{port}", "http://127.0.0.1:{port}/"],
)  # fmt: skip
def test_another_site_cannot_open_a_socket(site: Site, origin: str) -> None:
    port = site.server.port
    assert knock(site.server, f"Origin: {origin.format(port=port)}", f"Cookie: {site.cookie()}").startswith(
        "HTTP/1.1 400"
    )


def knock(server: Server, *headers: str) -> str:
    """Ask for a websocket by hand; return the beginning of the answer."""
    lines = [
        "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1", f"Host: 127.0.0.1:{server.port}", "Connection: Upgrade",
        "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: MDEyMzQ1Njc4OTAxMjM0NQ==", *headers,
    ]  # fmt: skip
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as plain:
        plain.sendall("\r\n".join([*lines, "", ""]).encode())
        return plain.recv(4096).decode(errors="replace")


def test_our_own_pages_can(wire: Callable[..., websocket.WebSocket], running: Server) -> None:
    assert wire(origin=running.url).connected


def test_a_stranger_is_told_and_closed(wire: Callable[..., websocket.WebSocket], running: Server) -> None:
    one = wire("", log_in=False)
    one.send("40")
    assert one.recv() == '44{"message":"unauthenticated"}'


def test_who_does_not_log_in_is_closed_after_a_while(wire: Callable[..., websocket.WebSocket]) -> None:
    one = wire(log_in=False)
    one.settimeout(45)
    begun = time.monotonic()
    rest_of_quiet(one)
    assert LOGIN_SECONDS - 1 < time.monotonic() - begun < LOGIN_SECONDS + 20


def rest_of_quiet(one: websocket.WebSocket) -> None:
    """Behave as a client that answers pings and nothing else."""
    try:
        while frame := one.recv():
            if frame == "2":
                one.send("3")
    except (websocket.WebSocketConnectionClosedException, ConnectionError):
        return


def test_the_name_of_a_socket_is_no_key(wire: Callable[..., websocket.WebSocket], running: Server) -> None:
    one = websocket.create_connection(
        f"ws://127.0.0.1:{running.port}/socket.io/?EIO=4&transport=websocket", timeout=5, suppress_origin=True
    )
    sid = json.loads(one.recv()[1:])["sid"]
    for method in ("GET", "POST"):
        for transport in ("polling", "websocket"):
            assert raw(running, f"{method} /socket.io/?EIO=4&transport={transport}&sid={sid} HTTP/1.1").startswith(
                "HTTP/1.1 400"
            )
    one.close()


def raw(server: Server, line: str) -> str:
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as plain:
        plain.sendall(
            f"{line}\r\nHost: 127.0.0.1:{server.port}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()
        )
        return plain.recv(4096).decode(errors="replace")


def test_a_log_out_that_nobody_told_the_server_of_closes_the_socket_too(
    wire: Callable[..., websocket.WebSocket], site: Site
) -> None:
    with site.app.app_context():
        user = site.make.user()
        one = wire(site.cookie(user))
        one.settimeout(8)
        begun = time.monotonic()
        end_all_logins(user)  # In this process: the server learns of it from the database alone.
    assert rest_of(one)[0] == "41"
    assert time.monotonic() - begun < 6


# ------------------------------------------------------------------ what may be sent


def test_malformed_packets_leave_no_trace_and_no_text(
    wire: Callable[..., websocket.WebSocket], running: Server
) -> None:
    packets = [
        "", "6", "9", "x", "4x", "44", "45", '451-["a",{"_placeholder":true,"num":9}]', "4599999999-[]", "40", "40/x,",
        "42" + "9" * 400 + '["a"]', "42{}", '42/none,["a"]', "\x00", "4", "5", "0", '2"',
    ]  # fmt: skip
    for packet in packets:
        one = wire()
        one.send(packet)
        one.settimeout(3)
        assert not [frame for frame in rest_of_or_silence(one) if "HTTP" in str(frame)]
    assert is_well(running)
    assert "Traceback" not in running.output()


def rest_of_or_silence(one: websocket.WebSocket) -> list[str]:
    one.settimeout(0.2)
    try:
        return rest_of(one)
    except websocket.WebSocketTimeoutException:
        return []


def test_random_packets_leave_the_server_well(wire: Callable[..., websocket.WebSocket], running: Server) -> None:
    source = random.Random(11)
    alphabet = '0123456789[]{}",:-/abeE.\\u"\x00 \n'
    cookies = 0
    for _ in range(40):
        one = wire()
        cookies += 1
        try:
            for _ in range(40):
                text = "".join(source.choice(alphabet) for _ in range(source.randrange(30)))
                one.send(source.choice(["42", "421", "43", "3", "2", "4"]) + text)
        except (OSError, websocket.WebSocketException):
            continue
    assert is_well(running)
    assert "Traceback" not in running.output()
    assert len(running.output().splitlines()) < 30


def test_mutations_of_what_clients_send_leave_no_trace(
    wire: Callable[..., websocket.WebSocket], running: Server
) -> None:
    source = random.Random(23)
    corpus = [
        '421["subscribe",{"channel":"room:1","since":0}]', '42["unsubscribe",{"channel":"room:1"}]', "3", "1", "41", "40", "2probe",
        '427["question.vote",{"session_id":1,"question_id":1,"client_id":"abcdefgh"}]', '43[{"ok":true}]', '451-["a",{"_placeholder":true,"num":0}]',
        '429["chat.post",{"session_id":1,"body":"x"}]', '42/room,["a"]', '4212[]', '42["session.heartbeat",{"session_id":1}]', '44{"message":"x"}',
    ]  # fmt: skip
    until, sent, one = time.monotonic() + 10, 0, wire()
    while time.monotonic() < until and sent < 2500:
        packet = bytearray(source.choice(corpus).encode())
        for _ in range(source.randrange(4)):
            place, how = source.randrange(len(packet) + 1), source.randrange(4)
            piece = bytes(
                source.choice([source.randrange(256), *b'[]{}",:0129']) for _ in range(source.choice([1, 1, 1, 20]))
            )
            packet[place : place + (how > 0)] = (
                b"" if how == 3 else piece * (50 if how == 2 and source.random() < 0.05 else 1)
            )
        try:
            one.send(
                bytes(packet), opcode=source.choice([websocket.ABNF.OPCODE_TEXT] * 9 + [websocket.ABNF.OPCODE_BINARY])
            )
            sent += 1
        except (OSError, websocket.WebSocketException):
            one = wire()
    assert sent > 100
    assert is_well(running)
    assert "Traceback" not in running.output()


def test_json_that_is_hostile_is_answered(wire: Callable[..., websocket.WebSocket]) -> None:
    one = wire()
    for number, text in enumerate(['["subscribe",' + "[" * 5000 + "]" * 5000 + "]", '["subscribe",{"since":1e400}]']):
        one.send(f"42{number}{text}")
        assert '"bad_request"' in one.recv()
    assert answer_of(one, 7, "subscribe", {"channel": "room:\ud800", "since": 1})["error"]["code"] == "invalid"
    assert answer_of(one, 8, "subscribe", {"channel": "room:\x00", "since": 1})["error"]["code"] == "not_found"
    assert answer_of(one, 9, "no.such", {})["error"]["code"] == "unknown_event"


def test_messages_one_after_the_other_are_answered_in_order(wire: Callable[..., websocket.WebSocket]) -> None:
    one = wire()
    for number in range(50):
        one.send(f'42{number}["unsubscribe",{{"channel":"room:1"}}]')
    answers = [one.recv() for _ in range(50)]
    assert [answer.split("[")[0] for answer in answers] == [f"43{number}" for number in range(50)]


def mask_frame(opcode: int, data: bytes, *, final: bool) -> bytes:
    header = struct.pack("!B", opcode | (0x80 if final else 0))
    size = len(data)
    length = struct.pack("!B", 0x80 | size) if size < 126 else struct.pack("!BH", 0x80 | 126, size)
    return header + length + b"\x00\x00\x00\x00" + data


def test_a_frame_over_the_limit_closes_the_connection(
    wire: Callable[..., websocket.WebSocket], running: Server
) -> None:
    one = wire()
    one.send("x" * (MAX_MESSAGE + 1))
    rest_of(one)
    huge = wire()
    huge.sock.sendall(struct.pack("!BBQ", 0x81, 0x80 | 127, 2**62) + b"\x00\x00\x00\x00" + b"x" * 100)
    rest_of(huge)
    assert is_well(running)


@pytest.mark.parametrize("size", [60_000, 1, 0])
def test_a_message_in_endless_pieces_is_cut_off(
    wire: Callable[..., websocket.WebSocket], running: Server, size: int
) -> None:
    before = memory_of(running)
    one = wire("", log_in=False)
    with suppress(OSError):  # It may be closed while we are still sending.
        one.sock.sendall(mask_frame(1, b"4", final=False))
        for _ in range(10_000):
            one.sock.sendall(mask_frame(0, b"x" * size, final=False))
    # Returns once the server has closed; a connection that stays open runs into the time-out and fails the test.
    rest_of(one)
    assert memory_of(running) - before < 20 * 1024 * 1024
    assert is_well(running)


def memory_of(server: Server) -> int:
    assert server.process is not None
    return int(psutil.Process(server.process.pid).memory_info().rss)


def test_compression_is_not_offered(wire: Callable[..., websocket.WebSocket]) -> None:
    one = wire(header=["Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=junk"])
    assert "sec-websocket-extensions" not in one.headers


def test_a_flood_from_one_does_not_slow_the_others(wire: Callable[..., websocket.WebSocket], running: Server) -> None:
    quiet, loud = wire(), wire()
    stop = threading.Event()

    def flood() -> None:
        try:
            while not stop.is_set():
                loud.send('42["unsubscribe",{"channel":"room:1"}]')
        except (OSError, websocket.WebSocketException):
            stop.set()

    thread = threading.Thread(target=flood)
    thread.start()
    times = []
    for number in range(20):
        begun = time.monotonic()
        assert answer_of(quiet, number, "unsubscribe", {"channel": "room:1"})["ok"]
        times.append(time.monotonic() - begun)
    thread.join(timeout=20)
    assert stop.is_set(), "the flood was never cut off"
    stop.set()
    assert sorted(times)[18] < 0.5
    assert is_well(running)


# ------------------------------------------------------------------ a crowd


def test_eleven_hundred_sockets_are_held_and_a_page_still_loads(site: Site) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 8192)), hard))
    server = site.server
    cookies = [site.cookie() for _ in range(58)]
    opened = []
    try:
        for number in range(1100):
            one = websocket.create_connection(
                f"ws://127.0.0.1:{server.port}/socket.io/?EIO=4&transport=websocket",
                cookie=cookies[number % len(cookies)], timeout=10, suppress_origin=True,
            )  # fmt: skip
            opened.append(one)
            one.recv()
            one.send("40")
        assert all(one.recv().startswith("40{") for one in opened)
        times = []
        for _ in range(20):
            begun = time.monotonic()
            assert server.get("/readyz", timeout=5)[0] == 200
            times.append(time.monotonic() - begun)
        assert sorted(times)[18] < 0.5
        assert answer_of(opened[-1], 1, "unsubscribe", {"channel": "room:1"})["ok"]
    finally:
        for one in opened:
            one.shutdown()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_eleven_hundred_slow_headers_keep_no_page_from_loading_and_are_closed(settings: Settings, app: Flask) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 8192)), hard))
    server = Server(settings, REQUEST_TIMEOUT_SECONDS="5").start(timeout=60)
    slow: list[socket.socket] = []
    try:
        for _ in range(1100):
            one = socket.create_connection(("127.0.0.1", server.port), timeout=10)
            one.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
            slow.append(one)
        begun = time.monotonic()
        assert server.get("/healthz", timeout=5)[0] == 200
        assert time.monotonic() - begun < 2
        slow[0].settimeout(20)
        with suppress(ConnectionError):
            assert b"X-Slow" not in slow[0].recv(4096)  # Returns when the server closes; a time-out fails the test.
    finally:
        for one in slow:
            one.close()
        server.kill()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_one_address_gets_only_so_many_sockets(settings: Settings, app: Flask) -> None:
    server = Server(settings, SOCKETS_PER_ADDRESS="5").start()
    address = f"ws://127.0.0.1:{server.port}/socket.io/?EIO=4&transport=websocket"
    opened = [websocket.create_connection(address, timeout=5, suppress_origin=True) for _ in range(5)]
    try:
        assert knock(server).startswith("HTTP/1.1 429")
        opened.pop().close()
        time.sleep(0.3)
        assert knock(server).startswith("HTTP/1.1 101")
    finally:
        for one in opened:
            one.shutdown()
        server.kill()
