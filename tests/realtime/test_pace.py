"""When a channel's messages go out: at once while it is quiet, together while it is busy, never too often."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from social_cme.core import clock
from social_cme.persistence.facts import FactRecord
from social_cme.realtime import pace as module
from social_cme.realtime.pace import AT_ONCE, LONGEST_TICK, SHARE, TICK, Pacer


class Line:
    """A pacer on a clock that the test moves."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        self.cost = 0.0
        self.sent: list[tuple[float, str, list[int]]] = []
        self.due: list[tuple[float, str]] = []
        self.pacer = Pacer(self._send)
        self.pacer.reset(lambda seconds, channel: self.due.append((self.now + seconds, channel)))
        monkeypatch.setattr(module.time, "monotonic", lambda: self.now)
        monkeypatch.setattr(module.time, "process_time", lambda: self.now)

    def _send(self, channel: str, facts: Sequence[FactRecord]) -> None:
        self.sent.append((self.now, channel, [fact.seq for fact in facts]))
        self.now += self.cost

    def take(self, *numbers: int, channel: str = "live:1") -> None:
        moment = clock.now()
        self.pacer.take(channel, [FactRecord(0, channel, one, "x.y", None, {}, moment) for one in numbers])

    def pass_time(self, seconds: float) -> None:
        end = self.now + seconds
        while self.due and min(self.due)[0] <= end:
            at, channel = min(self.due)
            self.due.remove((at, channel))
            self.now = max(self.now, at)
            self.pacer.flush(channel)
        self.now = max(self.now, end)

    @property
    def numbers(self) -> list[list[int]]:
        return [numbers for _, _, numbers in self.sent]


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> Line:
    return Line(monkeypatch)


def test_a_quiet_channel_sends_at_once(line: Line) -> None:
    for number in range(1, 4):
        line.take(number)
        assert line.numbers[-1] == [number]
        line.pass_time(TICK * 1.1)
    assert line.due == []


def test_a_busy_channel_sends_once_a_tick_in_the_order_of_the_numbers(line: Line) -> None:
    line.take(1)
    line.take(3)
    line.take(2, 4)
    assert line.numbers == [[1]]
    assert len(line.due) == 1, "one timer a tick, however much arrives"
    line.pass_time(TICK * 1.01)
    assert line.numbers == [[1], [2, 3, 4]]
    line.take(5)
    assert line.numbers == [[1], [2, 3, 4]], "the tick after a tick is not yet over"
    line.pass_time(TICK * 1.01)
    assert line.numbers[-1] == [5]


def test_a_channel_does_not_wait_for_another(line: Line) -> None:
    line.take(1)
    line.take(2)
    line.take(1, channel="live:2")
    assert [channel for _, channel, _ in line.sent] == ["live:1", "live:2"]


def test_where_sending_takes_long_it_happens_less_often(line: Line) -> None:
    line.cost = 0.02
    for number in range(1, 101):
        line.take(number)
        line.pass_time(0.01)
    busy = len(line.sent) * line.cost
    assert busy <= SHARE * (line.now - 100.0) + AT_ONCE + line.cost
    line.pass_time(1)
    assert sorted(number for one in line.numbers for number in one) == list(range(1, 101))


def test_a_few_costly_messages_after_one_another_are_not_held_up(line: Line) -> None:
    line.cost = 0.012
    for number in range(1, 40):
        line.take(number)
        assert line.numbers[-1] == [number]
        line.pass_time(0.038)


def test_a_tick_has_a_longest(line: Line) -> None:
    line.cost = 3.0
    line.take(1)
    line.take(2)
    line.pass_time(LONGEST_TICK * 1.01)
    assert line.numbers == [[1], [2]]


def test_a_failure_holds_nothing_up(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = line.pacer._send

    def fail(_channel: str, _facts: Sequence[FactRecord]) -> None:
        raise RuntimeError("no database")

    monkeypatch.setattr(line.pacer, "_send", fail)
    with pytest.raises(RuntimeError):
        line.take(1)
    monkeypatch.setattr(line.pacer, "_send", sent)
    line.take(2)
    line.pass_time(1)
    assert line.numbers == [[2]]


def test_what_is_known_of_quiet_channels_is_dropped_and_what_waits_is_not(line: Line) -> None:
    line.take(1)
    line.take(2)
    line.take(1, channel="live:2")
    line.now += 1
    line.pacer.forget_quiet()
    assert list(line.pacer._paces) == ["live:1"]
    line.pass_time(1)
    assert line.numbers == [[1], [1], [2]]


def test_without_a_timer_everything_goes_out_at_once(line: Line) -> None:
    line.pacer.reset(None)
    line.take(1)
    line.take(2)
    assert line.numbers == [[1], [2]]
