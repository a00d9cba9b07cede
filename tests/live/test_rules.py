"""The arithmetic of attendance, for every sequence of heartbeats that a browser and a clock can produce."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_cme.live import rules
from social_cme.live.rules import Beat, Frame, Interval, counted, judge_beat, length, merge_intervals, reckon

START = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def stretch(start: float, end: float) -> Interval:
    return Interval(at(start), at(end))


def seconds_within(found: list[Interval], *, start: datetime, end: datetime) -> int:
    """Return what counts in a session from *start* to *end* without an agenda."""
    return length(counted(reckon(Frame(1, start, end), found, ())))


stretches = st.lists(
    st.tuples(st.integers(-600, 4200), st.integers(0, 1800)).map(lambda pair: stretch(pair[0], pair[0] + pair[1])),
    max_size=12,
)


@pytest.mark.parametrize(
    ("gap", "verdict"),
    [
        (0, Beat.IGNORE),
        (4.9, Beat.IGNORE),
        (5, Beat.EXTEND),
        (15, Beat.EXTEND),
        (89, Beat.EXTEND),
        (89.999, Beat.EXTEND),
        (90, Beat.RENEW),
        (91, Beat.RENEW),
        (86_400, Beat.RENEW),
        (-1, Beat.IGNORE),
        (-89, Beat.IGNORE),
        (-3600, Beat.RENEW),
    ],
)
def test_a_gap_under_ninety_seconds_continues_a_stretch(gap: float, verdict: Beat) -> None:
    assert judge_beat(START, at(gap)) is verdict


@pytest.mark.parametrize(("gap", "count"), [(89, 1), (90, 2), (91, 2)])
def test_stretches_less_than_ninety_seconds_apart_are_one(gap: int, count: int) -> None:
    merged = merge_intervals([stretch(0, 100), stretch(100 + gap, 300)])
    assert len(merged) == count
    assert seconds_within(merged, start=START, end=at(3600)) == (300 if count == 1 else 100 + 300 - 100 - gap)


def test_two_tabs_count_once() -> None:
    assert seconds_within([stretch(0, 600), stretch(300, 900), stretch(0, 600)], start=START, end=at(3600)) == 900


def test_only_the_time_between_start_and_end_counts() -> None:
    assert seconds_within([stretch(-300, 4000)], start=START, end=START + HOUR) == 3600
    assert seconds_within([stretch(-300, -10)], start=START, end=START + HOUR) == 0


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Berlin", "Australia/Lord_Howe"])
@pytest.mark.parametrize(
    "day", [(2026, 3, 8), (2026, 3, 29), (2026, 10, 4), (2026, 10, 25), (2026, 11, 1), (2026, 4, 5)]
)
def test_the_night_on_which_clocks_change_has_its_real_length(zone: str, day: tuple[int, int, int]) -> None:
    midnight = datetime(*day, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    night = Interval(midnight, midnight + timedelta(hours=8))
    assert seconds_within([night], start=midnight, end=midnight + timedelta(hours=12)) == 8 * 3600


@given(stretches)
def test_attendance_is_never_negative_nor_longer_than_the_session(found: list[Interval]) -> None:
    assert 0 <= seconds_within(found, start=START, end=START + HOUR) <= 3600


@given(stretches)
def test_the_order_and_repetition_of_stretches_change_nothing(found: list[Interval]) -> None:
    whole = seconds_within(found, start=START, end=START + HOUR)
    assert seconds_within([*reversed(found), *found], start=START, end=START + HOUR) == whole


@given(stretches)
def test_united_stretches_are_sorted_and_keep_their_distance(found: list[Interval]) -> None:
    merged = merge_intervals(found)
    assert merged == sorted(merged)
    assert merge_intervals(merged) == merged
    assert all(after.start - before.end >= rules.GAP for before, after in itertools.pairwise(merged))
    assert all(any(one.start <= whole.start and whole.end <= one.end for one in merged) for whole in found)


@given(st.lists(st.integers(-4000, 8000), min_size=1, max_size=60))
def test_whatever_the_clock_does_a_page_gets_no_more_than_the_time_it_spans(offsets: list[int]) -> None:
    closed: list[Interval] = []
    current: Interval | None = None
    for moment in map(at, offsets):
        verdict = judge_beat(current.end, moment) if current is not None else Beat.RENEW
        if current is not None and verdict is Beat.EXTEND:
            current = Interval(current.start, max(current.end, moment))
        elif verdict is Beat.RENEW:
            closed += [current] if current is not None else []
            current = Interval(moment, moment)
    assert current is not None
    found = [*closed, current]
    span = max(offsets) - min(offsets)
    assert all(one.end >= one.start for one in found)
    assert 0 <= seconds_within(found, start=at(-9000), end=at(9000)) <= span


def test_times_of_a_plan_are_judged_one_by_one() -> None:
    assert rules.time_problems(at(60), at(3660), START) == {}
    assert set(rules.time_problems(at(-1), at(3600), START)) == {"starts_at"}
    assert set(rules.time_problems(at(60), at(60), START)) == {"ends_at"}
    assert set(rules.time_problems(at(60), at(60 + 12 * 3600 + 1), START)) == {"ends_at"}
    assert set(rules.time_problems(START + timedelta(days=731), START + timedelta(days=731, hours=1), START)) == {
        "starts_at"
    }
