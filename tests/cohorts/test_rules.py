"""What holds for every division, every circle of readers and every moved term, tried out on many."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from social_cme.cohorts.enums import ChallengePhase, UnitState
from social_cme.cohorts.rules import dates, rubrics, states
from social_cme.cohorts.rules.links import checked_address
from social_cme.cohorts.rules.progress import Share, sum_of
from social_cme.cohorts.rules.reviews import add_latecomer, assign_reviews
from social_cme.cohorts.rules.teams import Person, balanced_teams, professions_met, stages_met
from social_cme.core import clock

MANY = settings(max_examples=120, deadline=None, database=None, derandomize=True)
people_and_teams = st.lists(
    st.tuples(st.sampled_from(["physician", "nurse", "pharmacist", "psychologist", ""]), st.sampled_from("abcd")),
    min_size=1,
    max_size=40,
).flatmap(lambda traits: st.tuples(st.just(traits), st.integers(1, len(traits))))


@MANY
@given(people_and_teams, st.text(max_size=3))
def test_teams_are_fair_complete_and_as_mixed_as_can_be(drawn: tuple[list[tuple[str, str]], int], seed: str) -> None:
    traits, count = drawn
    people = [Person(number, *each) for number, each in enumerate(traits, start=1)]
    teams = balanced_teams(people, count, seed=seed)
    assert sorted(one.id for team in teams for one in team) == [one.id for one in people]
    sizes = [len(team) for team in teams]
    assert max(sizes) - min(sizes) <= 1
    # A profession of c people can meet in min(c, teams) teams and in no more.
    best = sum(min(found, count) for found in Counter(one.profession for one in people).values())
    assert professions_met(teams) == best
    assert balanced_teams(people, count, seed=seed) == teams


@MANY
@given(people_and_teams)
def test_no_exchange_of_colleagues_would_bring_more_career_stages_together(
    drawn: tuple[list[tuple[str, str]], int],
) -> None:
    traits, count = drawn
    teams = balanced_teams([Person(number, *each) for number, each in enumerate(traits, start=1)], count)
    reached = stages_met(teams)
    for at, first in enumerate(teams):
        for second in teams[at + 1 :]:
            for here, one in enumerate(first):
                for there, other in enumerate(second):
                    if one.profession != other.profession:
                        continue
                    first[here], second[there] = other, one
                    assert stages_met(teams) <= reached
                    first[here], second[there] = one, other


def test_another_lot_makes_other_teams_and_too_few_people_none() -> None:
    people = [Person(number, "physician", "senior") for number in range(1, 13)]
    assert balanced_teams(people, 3, seed="a") != balanced_teams(people, 3, seed="b")
    for count in (0, -1, 13):
        with pytest.raises(ValueError, match="at least one person"):
            balanced_teams(people, count)


@MANY
@given(st.integers(0, 25), st.integers(1, 5), st.text(max_size=3))
def test_nobody_reads_themselves_and_all_read_and_are_read_equally(count: int, each: int, seed: str) -> None:
    teams = list(range(100, 100 + count))
    pairs = assign_reviews(teams, each, seed=seed)
    assert all(reader != read for reader, read in pairs)
    assert len(set(pairs)) == len(pairs)
    wanted = min(each, max(count - 1, 0))
    reading, read = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    assert all(reading[team] == wanted and read[team] == wanted for team in teams)
    assert assign_reviews(list(reversed(teams)), each, seed=seed) == pairs


@MANY
@given(st.integers(0, 8), st.integers(1, 5), st.integers(1, 6))
def test_latecomers_are_brought_in_without_changing_what_was_given_out(count: int, each: int, late: int) -> None:
    teams = list(range(1, count + 1))
    pairs = assign_reviews(teams, each)
    for newcomer in range(50, 50 + late):
        before = Counter(reader for reader, _ in pairs)
        teams = [*teams, newcomer]
        added = add_latecomer(pairs, teams, newcomer, each)
        assert all(newcomer in pair and pair[0] != pair[1] for pair in added)
        assert len({*pairs, *added}) == len(pairs) + len(added)
        wanted = min(each, len(teams) - 1)
        chosen = {reader for reader, read in added if read == newcomer}
        assert len(chosen) == wanted
        assert sum(reader == newcomer for reader, _ in added) == wanted
        others = set(teams) - {newcomer} - chosen
        # Whoever was asked had no more to read than those who were spared.
        assert all(before[busy] >= before[asked] for busy in others for asked in chosen)
        pairs = [*pairs, *added]
        assert add_latecomer(pairs, teams, newcomer, each) == []


ZONES = st.sampled_from(
    ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "America/St_Johns", "UTC"]
)
days = st.dates(date(2025, 1, 1), date(2028, 12, 31))


@MANY
@given(days, days, st.integers(0, 80), st.integers(0, 23), st.sampled_from([0, 30, 59]), ZONES)
def test_a_moved_term_keeps_weekday_and_hour_and_nothing_comes_before_its_start(
    old_start: date, new_start: date, offset: int, hour: int, minute: int, zone: str
) -> None:
    wall = datetime.combine(old_start, datetime.min.time()) + timedelta(days=offset, hours=hour, minutes=minute)
    moment = clock.local_to_utc(wall, zone)
    shown = dates.wall(moment, zone)
    weeks = dates.whole_weeks_between(old_start, new_start)
    moved = dates.moved_wall(moment, zone, weeks)
    assert moved.weekday() == shown.weekday()
    assert moved.time() == shown.time()
    assert moved.date() >= new_start
    assert moved.date() - timedelta(days=7) < new_start + timedelta(days=offset + 1)
    arrived = clock.local_to_utc(moved, zone)
    there = dates.wall(arrived, zone)
    # A wall clock that a spring night skips is the one thing that cannot be kept.
    exists = arrived.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == moved
    assert there.replace(fold=0) == moved.replace(fold=0) or not exists


def test_the_same_weekday_moves_by_exactly_the_distance() -> None:
    assert dates.whole_weeks_between(date(2026, 9, 7), date(2027, 1, 11)) == 18
    assert dates.whole_weeks_between(date(2026, 9, 7), date(2027, 1, 13)) == 19
    assert dates.whole_weeks_between(date(2026, 9, 7), date(2026, 8, 31)) == -1
    before = datetime(2026, 10, 19, 7, 0, tzinfo=UTC)  # 09:00 in Berlin, a week before clocks change
    after = clock.local_to_utc(dates.moved_wall(before, "Europe/Berlin", 1), "Europe/Berlin")
    assert after == datetime(2026, 10, 26, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("today", "until", "may"),
    [
        (date(2026, 5, 1), None, True),
        (date(2026, 6, 28), None, True),
        (date(2026, 6, 29), None, False),
        (date(2026, 6, 10), date(2026, 6, 10), True),
        (date(2026, 6, 11), date(2026, 6, 10), False),
    ],
)
def test_a_cohort_is_open_to_the_last_day_to_join(today: date, until: date | None, may: bool) -> None:
    assert dates.is_open_to_join(today, starts_on=date(2026, 6, 1), weeks=4, join_until=until) is may


def test_weeks_are_counted_from_the_first_day() -> None:
    start = date(2026, 6, 1)
    found = [dates.week_number(start + timedelta(days=off), starts_on=start, weeks=2) for off in (-1, 0, 6, 7, 13, 14)]
    assert found == [None, 1, 1, 2, 2, None]


def test_a_unit_is_locked_open_overdue_or_done() -> None:
    opens, due = datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 6, 8, tzinfo=UTC)

    def state(moment: datetime, done: int, total: int = 2) -> UnitState:
        return states.unit_state(opens_at=opens, due_at=due, done=done, total=total, moment=moment)

    assert state(opens - timedelta(seconds=1), 0) == UnitState.LOCKED
    assert state(opens, 1) == UnitState.OPEN
    assert state(due, 1) == UnitState.OVERDUE
    assert state(due, 2) == UnitState.DONE
    assert state(due, 0, total=0) == UnitState.OPEN
    found = [
        states.challenge_phase(opens_at=opens, due_at=due, feedback_at=due + timedelta(days=7), moment=moment)
        for moment in (opens - timedelta(seconds=1), opens, due, due + timedelta(days=7))
    ]
    assert found == [ChallengePhase.AHEAD, ChallengePhase.WORK, ChallengePhase.FEEDBACK, ChallengePhase.OVER]


def test_feedback_opens_by_the_date_or_by_giving_ones_own() -> None:
    day = datetime(2026, 6, 8, tzinfo=UTC)

    def reads(moment: datetime, asked: int, given: int) -> bool:
        return states.reads_feedback(moment=moment, feedback_at=day, asked=asked, given=given)

    early = day - timedelta(days=1)
    assert [reads(early, 2, 1), reads(early, 2, 2), reads(early, 0, 0), reads(day, 2, 0)] == [False, True, False, True]


def test_shares_add_up_and_a_shade_never_promises_what_is_not_done() -> None:
    assert sum_of([Share(1, 2), Share(0, 3)]) == Share(1, 5)
    assert [Share(done, 10).level for done in (0, 1, 4, 7, 9, 10)] == [0, 1, 2, 3, 3, 4]
    assert (Share(0, 0).level, Share(0, 0).is_complete) == (0, False)


@MANY
@given(
    st.lists(
        st.tuples(
            st.from_regex(r"[A-Z][a-z]{2,9}", fullmatch=True), st.from_regex(r"[a-z][a-z :]{0,20}z", fullmatch=True)
        ),
        min_size=2,
        max_size=6,
        unique_by=lambda pair: pair[0].casefold(),
    )
)
def test_levels_are_read_as_they_were_written(levels: list[tuple[str, str]]) -> None:
    cleaned = [(name, " ".join(words.split())) for name, words in levels]
    assert list(rubrics.parse_levels(rubrics.write_levels(cleaned))) == cleaned


@pytest.mark.parametrize("text", ["", "One: alone", "no colon\nTwo: yes", ": words\nTwo: yes", "One:\nTwo: yes"])
def test_levels_need_names_and_words(text: str) -> None:
    with pytest.raises(ValueError, match="level"):
        rubrics.parse_levels(text)


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "ftp://example.org/a", "https://", "//example.org", "https://a b.org", "https://exa\tmple.org",
     "data:text/html,x", "https://user@example.org/", "https://localhost", "http://[::1", "x" * 600],
)  # fmt: skip
def test_only_whole_web_addresses_are_taken(address: str) -> None:
    with pytest.raises(ValueError, match="address"):
        checked_address(address)
    assert checked_address("  ") == ""
    assert checked_address("https://example.org/a?b=c#d") == "https://example.org/a?b=c#d"
