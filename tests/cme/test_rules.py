"""The arithmetic: unions, local days, periods."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_cme.cme.enums import Activity
from social_cme.cme.rules import (
    Day,
    Interval,
    Moment,
    calendar,
    clip,
    day_start,
    merge,
    quarter_of,
    split_by_day,
    totals,
    union_seconds,
    weeks_of,
    year_of,
)

NOON = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def stretch(start: float, end: float) -> Interval:
    """Return a stretch given in minutes after noon."""
    return Interval(NOON + timedelta(minutes=start), NOON + timedelta(minutes=end))


def attended(start: float, end: float) -> Moment:
    one = stretch(start, end)
    return Moment(Activity.SESSION_ATTENDED, one.start, one)


def test_two_parallel_sessions_count_once() -> None:
    assert union_seconds([stretch(0, 45), stretch(15, 60)]) == 60 * 60


def test_a_session_inside_another_adds_nothing() -> None:
    assert union_seconds([stretch(0, 60), stretch(10, 20), stretch(30, 60)]) == 60 * 60


def test_stretches_that_touch_become_one() -> None:
    assert merge([stretch(10, 20), stretch(0, 10)]) == [stretch(0, 20)]


def test_a_gap_is_not_counted() -> None:
    assert union_seconds([stretch(0, 10), stretch(12, 20)]) == 18 * 60


def test_a_stretch_that_ends_before_it_starts_is_nothing() -> None:
    assert merge([stretch(5, 5), stretch(9, 3)]) == []
    assert stretch(9, 3).seconds == 0


def test_fifty_two_minutes_and_fifty_nine_seconds_are_fifty_two_minutes() -> None:
    found = totals([attended(0, 52 + 59 / 60)], start=NOON - timedelta(days=1), end=NOON + timedelta(days=1))
    assert (found.minutes, found.seconds) == (52, 52 * 60 + 59)


def test_rests_of_minutes_add_up_before_they_are_cut() -> None:
    found = totals(
        [attended(0, 10.5), attended(20, 30.5)], start=NOON - timedelta(days=1), end=NOON + timedelta(days=1)
    )
    assert found.minutes == 21


def test_totals_are_cut_at_the_borders_of_the_period() -> None:
    moments = [
        attended(-10, 10),
        Moment(Activity.ANSWER_WRITTEN, NOON),
        Moment(Activity.ANSWER_WRITTEN, NOON - timedelta(seconds=1)),
    ]
    found = totals(moments, start=NOON, end=NOON + timedelta(hours=1))
    assert found.minutes == 10
    assert found.answers == 1


def test_asked_joins_threads_and_live_questions() -> None:
    kinds = [
        Activity.THREAD_OPENED,
        Activity.QUESTION_ASKED,
        Activity.VOTE_GIVEN,
        Activity.QUESTION_SUPPORTED,
        Activity.COMMENT_WRITTEN,
    ]
    found = totals([Moment(kind, NOON) for kind in kinds], start=NOON, end=NOON + timedelta(seconds=1))
    assert (found.asked, found.threads, found.votes, found.comments, found.endorsed) == (2, 1, 2, 1, 0)


MINUTES = st.integers(min_value=0, max_value=600)
STRETCHES = st.lists(st.tuples(MINUTES, MINUTES).map(lambda pair: stretch(*pair)), max_size=12)


@given(STRETCHES)
def test_union_is_what_counting_single_minutes_gives(intervals: list[Interval]) -> None:
    covered = {
        minute
        for one in intervals
        for minute in range(int((one.start - NOON).total_seconds() // 60), int((one.end - NOON).total_seconds() // 60))
    }
    assert union_seconds(intervals) == len(covered) * 60


@given(STRETCHES)
def test_merged_stretches_are_ordered_apart_and_stable(intervals: list[Interval]) -> None:
    merged = merge(intervals)
    assert all(left.end < right.start for left, right in pairwise(merged))
    assert merge(reversed(merged)) == merged
    assert merge(intervals + intervals) == merged


@given(STRETCHES, MINUTES)
def test_cutting_in_two_loses_nothing(intervals: list[Interval], border: int) -> None:
    middle = NOON + timedelta(minutes=border)
    before = clip(merge(intervals), start=NOON - timedelta(days=1), end=middle)
    after = clip(merge(intervals), start=middle, end=NOON + timedelta(days=1))
    assert union_seconds(before) + union_seconds(after) == union_seconds(intervals)


ZONES = st.sampled_from(
    [
        "Europe/Berlin",
        "America/New_York",
        "Australia/Lord_Howe",
        "America/Havana",
        "Asia/Beirut",
        "Pacific/Apia",
        "UTC",
        "Asia/Kathmandu",
    ]
)
MOMENTS = st.datetimes(datetime(2010, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))


@given(MOMENTS, st.timedeltas(timedelta(seconds=1), timedelta(days=4)), ZONES)
def test_sharing_among_days_keeps_every_second(start: datetime, length: timedelta, zone: str) -> None:
    shares = split_by_day(Interval(start, start + length), ZoneInfo(zone))
    assert sum(seconds for _, seconds in shares) == pytest.approx(length.total_seconds())
    days = [day for day, _ in shares]
    assert days == sorted(set(days))
    assert days[0] == start.astimezone(ZoneInfo(zone)).date()


def test_the_night_of_spring_has_twenty_three_hours() -> None:
    night = Interval(datetime(2026, 3, 28, 23, 0, tzinfo=UTC), datetime(2026, 3, 29, 22, 0, tzinfo=UTC))
    assert split_by_day(night, BERLIN) == [(date(2026, 3, 29), 23 * 3600)]


def test_the_night_of_autumn_has_twenty_five_hours() -> None:
    night = Interval(datetime(2026, 10, 24, 22, 0, tzinfo=UTC), datetime(2026, 10, 25, 23, 0, tzinfo=UTC))
    assert split_by_day(night, BERLIN) == [(date(2026, 10, 25), 25 * 3600)]


def test_a_midnight_that_is_skipped_begins_the_day_an_hour_later() -> None:
    beirut = ZoneInfo("Asia/Beirut")
    assert day_start(date(2026, 3, 29), beirut) == datetime(2026, 3, 28, 22, 0, tzinfo=UTC)
    evening = Interval(datetime(2026, 3, 28, 21, 30, tzinfo=UTC), datetime(2026, 3, 28, 22, 30, tzinfo=UTC))
    assert split_by_day(evening, beirut) == [(date(2026, 3, 28), 1800), (date(2026, 3, 29), 1800)]


def test_a_session_over_midnight_belongs_to_both_days_and_its_entry_to_the_first() -> None:
    late = Interval(datetime(2026, 5, 12, 21, 45, tzinfo=UTC), datetime(2026, 5, 12, 22, 30, tzinfo=UTC))
    days = calendar(
        [Moment(Activity.SESSION_ATTENDED, late.start, late)],
        first=date(2026, 5, 12),
        last=date(2026, 5, 13),
        zone=BERLIN,
    )
    assert days == [Day(date(2026, 5, 12), entries=1, seconds=900), Day(date(2026, 5, 13), entries=0, seconds=1800)]


def test_the_same_act_lies_on_another_day_for_a_reader_elsewhere() -> None:
    moment = Moment(Activity.ANSWER_WRITTEN, datetime(2026, 5, 12, 23, 30, tzinfo=UTC))
    span = {"first": date(2026, 5, 12), "last": date(2026, 5, 13)}
    for zone, expected in (("America/New_York", [1, 0]), ("Asia/Tokyo", [0, 1])):
        assert [day.entries for day in calendar([moment], **span, zone=ZoneInfo(zone))] == expected


def test_parallel_sessions_fill_the_calendar_once() -> None:
    [day] = calendar([attended(0, 30), attended(10, 40)], first=date(2026, 5, 12), last=date(2026, 5, 12), zone=BERLIN)
    assert (day.entries, day.minutes) == (2, 40)


def test_weeks_begin_on_monday_and_are_whole() -> None:
    days = [Day(date(2026, 5, 13) + timedelta(days=offset)) for offset in range(6)]
    weeks = weeks_of(days)
    assert [len(week) for week in weeks] == [7, 7]
    assert [day.day.day if day else None for day in weeks[0]] == [None, None, 13, 14, 15, 16, 17]
    assert weeks[1][0] is not None
    assert weeks[1][1:] == [None] * 6
    assert weeks_of([]) == []


@pytest.mark.parametrize(("entries", "level"), [(0, 0), (1, 1), (2, 2), (3, 2), (4, 3), (6, 3), (7, 4), (90, 4)])
def test_shades_follow_the_number_of_entries(entries: int, level: int) -> None:
    assert Day(date(2026, 5, 12), entries=entries).level == level


def test_quarters_and_years_begin_at_the_readers_midnight() -> None:
    quarter = quarter_of(date(2026, 12, 31), BERLIN)
    assert (quarter.name, quarter.start, quarter.end) == (
        "2026 Q4",
        datetime(2026, 9, 30, 22, 0, tzinfo=UTC),
        datetime(2026, 12, 31, 23, 0, tzinfo=UTC),
    )
    assert year_of(date(2026, 7, 1), BERLIN).start == datetime(2025, 12, 31, 23, 0, tzinfo=UTC)
    assert [quarter_of(date(2026, month, 1), BERLIN).name for month in (1, 3, 4, 6, 7, 9, 10)] == [
        "2026 Q1", "2026 Q1", "2026 Q2", "2026 Q2", "2026 Q3", "2026 Q3", "2026 Q4",
    ]  # fmt: skip
