"""What a client may put on the wire: shapes, sizes and rates, judged before anything is parsed further."""

from __future__ import annotations

import json
import os
import random

import engineio.packet
import pytest
import socketio.packet

from social_cme.realtime.inspection import MAX_DEPTH, PACKETS_PER_10_S, Inspector
from social_cme.realtime.limits import Allowance, Hush
from social_cme.realtime.transport import unmask


@pytest.fixture
def inspector() -> Inspector:
    one = Inspector()
    assert one.judge("40").passes
    return one


def error_of(answer: str | None, number: int) -> str:
    assert answer is not None
    assert answer.startswith(f"43{number}[")
    [body] = json.loads(answer[2 + len(str(number)) :])
    assert body["ok"] is False
    return str(body["error"]["code"])


@pytest.mark.parametrize(
    "packet", ['42["subscribe",{"channel":"room:1","since":0}]', '427["a"]', "3", "1", "41", "41/,", '42/,1["a"]']
)
def test_ordinary_packets_pass(inspector: Inspector, packet: str) -> None:
    assert inspector.judge(packet).passes


@pytest.mark.parametrize(
    "payload",
    [
        "[" * 5000 + "]" * 5000,
        '["a",' + "[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1) + "]",
        '["a",1e400]',
        '["a",-1e400]',
        '["a",NaN]',
        '["a",Infinity]',
        '["a",9223372036854775808]',
        '["a",' + "9" * 400 + "]",
        '["a",{"b":}]',
        '["a"',
        "[]",
        "[1]",
        '["a",{},{}]',
        f'["{"a" * 61}"]',
    ],
)
def test_what_cannot_be_read_is_answered_with_an_error(inspector: Inspector, payload: str) -> None:
    verdict = inspector.judge(f"4212{payload}")
    assert not verdict.passes
    assert error_of(verdict.answer, 12) == "bad_request"
    assert inspector.judge(f"42{payload}").answer is None


@pytest.mark.parametrize("event", ["connect", "disconnect", "message", "ephemeral", "*", "connect_error"])
def test_the_servers_own_events_cannot_be_played(inspector: Inspector, event: str) -> None:
    assert error_of(inspector.judge(f'425["{event}",{{}}]').answer, 5) == "unknown_event"


@pytest.mark.parametrize(
    "packet",
    [
        "", "5", "6", "9", "4", "4x", "41x", "41[1]", "44", "45", '451-["a",{"_placeholder":true,"num":0}]', "46", "4210000000000-[", "0", "x",
        "42" + "9" * 400 + '["a"]', '42{"a":1}', '42/admin,["a"]', b"4", "\ud800", "40", "40/admin,",
    ],
)  # fmt: skip
def test_what_no_client_of_ours_sends_closes_the_connection(inspector: Inspector, packet: str | bytes) -> None:
    verdict = inspector.judge(packet)
    assert verdict.closes
    assert not verdict.passes


@pytest.mark.parametrize("packet", ["2", "2probe", "43[]", "431[1]"])
def test_harmless_noise_is_dropped(inspector: Inspector, packet: str) -> None:
    verdict = inspector.judge(packet)
    assert (verdict.passes, verdict.answer, verdict.closes) == (False, None, None)


def test_nothing_is_heard_before_the_log_in() -> None:
    assert Inspector().judge('42["subscribe",{}]').closes == "event before connect"


def test_a_client_that_does_not_log_in_is_late(monkeypatch: pytest.MonkeyPatch) -> None:
    one = Inspector()
    assert not one.is_late
    one._begun -= 11
    assert one.is_late
    assert one.judge('40{"token":"x"}').passes
    assert not one.is_late


def test_a_flood_of_packets_closes_the_connection(inspector: Inspector) -> None:
    verdicts = [inspector.judge("3") for _ in range(3 * PACKETS_PER_10_S)]
    assert verdicts[100].passes
    assert verdicts[-1].closes == "flood"


def test_large_packets_use_the_allowance_up_sooner(inspector: Inspector) -> None:
    big = '42["a","' + "x" * 60_000 + '"]'
    verdicts = [inspector.judge(big) for _ in range(10)]
    assert verdicts[0].passes
    assert verdicts[-1].closes == "flood"


def test_whatever_passes_can_be_read_by_the_library_behind() -> None:
    """Random packets never raise here, and none passes on which the socket server would stumble."""
    source = random.Random(7)
    alphabet = '0123456789[]{}",:-/abeE.\\u"\x00\ud800 \n'
    passed = 0
    for _ in range(60_000):
        one = Inspector()
        one.is_connected = source.random() < 0.9
        text = "".join(source.choice(alphabet) for _ in range(source.randrange(12)))
        packet = source.choice(["", "0", "1", "2", "3", "4", "40", "41", "42", '42["a"', "421", "43", "45"]) + text
        packet += source.choice(["", "]", '"]', ',{"a":1}]'])
        if not one.judge(packet).passes:
            continue
        passed += 1
        outer = engineio.packet.Packet(encoded_packet=packet)
        if outer.packet_type == engineio.packet.MESSAGE:
            inner = socketio.packet.Packet(encoded_packet=outer.data)
            assert inner.packet_type in {socketio.packet.CONNECT, socketio.packet.DISCONNECT, socketio.packet.EVENT}
            assert inner.namespace in {None, "/"}
    assert passed > 500


@pytest.mark.parametrize("offset", range(5))
def test_the_mask_comes_off_wherever_a_piece_begins(offset: int) -> None:
    mask = (1, 2, 255, 77)
    for size in (0, 1, 3, 4, 5, 1000):
        data = os.urandom(size)
        assert unmask(data, mask, length=size, offset=offset) == bytes(
            byte ^ mask[(offset + place) % 4] for place, byte in enumerate(data)
        )


def test_an_allowance_fills_up_again(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = [100.0]
    monkeypatch.setattr("social_cme.realtime.limits.time.monotonic", lambda: moment[0])
    one = Allowance(10, per_seconds=10)
    assert [one.take() for _ in range(11)] == [True] * 10 + [False]
    assert one.wait_seconds() == pytest.approx(1.0)
    moment[0] += 2.5
    assert [one.take() for _ in range(3)] == [True, True, False]
    assert not one.is_full
    moment[0] += 100
    assert one.is_full


def test_a_hush_counts_what_it_held_back(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = [0.0]
    monkeypatch.setattr("social_cme.realtime.limits.time.monotonic", lambda: moment[0])
    hush = Hush(seconds=10)
    assert [hush.speak() for _ in range(4)] == [0, None, None, None]
    moment[0] += 10
    assert hush.speak() == 3
