"""The arithmetic of attendance, for every sequence of heartbeats that a browser and a clock can produce."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_cme.live import rules
from social_cme.live.enums import Reckoned
from social_cme.live.rules import (
    STILL_HERE_GRACE,
    Beat,
    Claim,
    Frame,
    Interval,
    Piece,
    claims,
    common,
    counted,
    cut,
    judge_beat,
    length,
    merge_intervals,
    presence,
    quiet_for,
    reckon,
    unconfirmed,
)

# How long a machine takes to make up examples says nothing about the rules.

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


# --- how attended time becomes counted time -------------------------------------------------------------------------------

holes = st.lists(
    st.tuples(st.integers(-600, 4200), st.integers(0, 900)).map(lambda pair: stretch(pair[0], pair[0] + pair[1])),
    max_size=4,
).map(tuple)
signs_of_life = st.lists(st.integers(-600, 4200).map(at), max_size=8)
frames = st.builds(
    Frame,
    session_id=st.just(2),
    start=st.just(START),
    end=st.just(START + HOUR),
    pauses=holes,
    breaks=holes,
    interactive=holes,
    ask_every=st.sampled_from([None, timedelta(minutes=5), timedelta(minutes=15)]),
)
rival_claims = st.lists(
    st.tuples(st.integers(-600, 4200), st.integers(1, 3), stretches).map(
        lambda one: Claim(at(one[0]), one[1], tuple(merge_intervals(one[2])))
    ),
    max_size=3,
)


def seconds(pieces: list[Piece], state: Reckoned) -> int:
    return sum(one.seconds for one in pieces if one.state == state)


@given(stretches, stretches)
def test_what_is_cut_and_what_is_shared_make_the_whole(one: list[Interval], other: list[Interval]) -> None:
    base = merge_intervals(one)
    left, shared = cut(base, other), common(base, other)
    assert length(left) + length(shared) == length(base)
    assert common(left, other) == []
    assert cut(shared, other) == []


@given(frames, stretches, signs_of_life, rival_claims)
def test_every_second_that_somebody_was_there_has_one_fate(
    frame: Frame, heard: list[Interval], signs: list[datetime], rivals: list[Claim]
) -> None:
    pieces = reckon(frame, heard, signs, rivals)
    there = presence(frame, heard)
    assert all(one.seconds > 0 for one in pieces)
    # They follow one another from the first moment to the last without a hole and without an overlap.
    assert all(before.end == after.start for before, after in itertools.pairwise(pieces))
    assert sum(one.seconds for one in pieces if one.state != Reckoned.GAP) == length(there)
    assert 0 <= seconds(pieces, Reckoned.COUNTED) <= length(there) <= 3600
    inside = counted(pieces)
    for taken in (frame.pauses, frame.breaks, *(claim.stretches for claim in rivals if claim.rank < (START, 2))):
        assert common(inside, taken) == []


@given(frames, stretches, signs_of_life, rival_claims)
def test_a_rule_more_never_counts_more(
    frame: Frame, heard: list[Interval], signs: list[datetime], rivals: list[Claim]
) -> None:
    plain = length(counted(reckon(Frame(2, frame.start, frame.end), heard, ())))
    alone = length(counted(reckon(frame, heard, signs)))
    assert length(counted(reckon(frame, heard, signs, rivals))) <= alone <= plain


@given(frames, frames, stretches, stretches, signs_of_life)
def test_two_sessions_share_the_time_without_doubling_or_losing_any(
    one: Frame, two: Frame, heard_one: list[Interval], heard_two: list[Interval], signs: list[datetime]
) -> None:
    first = Frame(1, one.start, one.end, one.pauses, one.breaks, (), one.ask_every)
    claims_of_first, claims_of_second = claims(first, heard_one, signs), claims(two, heard_two, signs)
    here = counted(reckon(first, heard_one, signs, claims_of_second))
    there = counted(reckon(two, heard_two, signs, claims_of_first))
    assert common(here, there) == []
    eligible = [piece for claim in (*claims_of_first, *claims_of_second) for piece in claim.stretches]
    union = merge_intervals(eligible, gap=timedelta())
    assert length(here) + length(there) == length(union)


@given(stretches, signs_of_life, st.integers(1, 30))
def test_no_run_without_a_sign_of_life_is_counted_beyond_the_grace(
    heard: list[Interval], signs: list[datetime], minutes: int
) -> None:
    there, every = merge_intervals(heard), timedelta(minutes=minutes)
    kept = cut(there, unconfirmed(there, signs, every=every))
    marks = sorted(signs)
    for before, after in itertools.pairwise([at(-99_999), *marks, at(99_999)]):
        run = common(kept, [Interval(before, after)])
        assert length(run) <= (every + STILL_HERE_GRACE).total_seconds()


@given(stretches, signs_of_life, signs_of_life)
def test_a_sign_of_life_more_never_takes_time_away(
    heard: list[Interval], signs: list[datetime], more: list[datetime]
) -> None:
    there, every = merge_intervals(heard), timedelta(minutes=5)
    before = length(unconfirmed(there, signs, every=every))
    assert length(unconfirmed(there, [*signs, *more], every=every)) <= before


def test_the_quiet_since_the_last_sign_runs_on_presence_alone() -> None:
    there = [stretch(0, 600), stretch(1000, 1300)]
    assert quiet_for(there, []) == timedelta(seconds=900)
    assert quiet_for(there, [at(500)]) == timedelta(seconds=400)
    assert quiet_for(there, [at(700)]) == timedelta(seconds=300)
    assert quiet_for(there, [at(1300)]) == timedelta()


def test_fractions_of_a_second_neither_add_up_nor_get_lost() -> None:
    frame = Frame(1, START, START + HOUR, pauses=(stretch(100, 200),))
    pieces = reckon(frame, [Interval(at(0.9), at(300.2))], ())
    assert [(one.state, one.seconds) for one in pieces] == [
        (Reckoned.COUNTED, 100),
        (Reckoned.PAUSE, 100),
        (Reckoned.COUNTED, 100),
    ]


def test_of_two_sessions_begun_in_the_same_second_the_one_planned_earlier_counts() -> None:
    heard = [stretch(0, 600)]
    one, two = (Frame(number, START, START + HOUR) for number in (1, 2))
    assert length(counted(reckon(one, heard, (), claims(two, heard, ())))) == 600
    assert length(counted(reckon(two, heard, (), claims(one, heard, ())))) == 0
