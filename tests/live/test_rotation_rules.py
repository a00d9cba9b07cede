"""The rotation: no repeats, nobody in two places, nothing lost, fair pauses; whatever happens, and never worse than the best."""

from __future__ import annotations

from collections import Counter
from functools import cache
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from social_cme.live.rules.rotation import Changes, Plan, heal, plan

quick = settings(max_examples=60, deadline=None)
SIZE = st.integers(0, 12)


def groups(count: int) -> tuple[int, ...]:
    return tuple(range(1, count + 1))


def stations(count: int) -> tuple[int, ...]:
    return tuple(range(101, 101 + count))


def meetings(made: Plan, since: int = 0) -> list[tuple[int, int]]:
    return [pair for one in made.rounds[since:] for pair in one.items()]


def assert_sound(made: Plan, *, done: int = 0) -> None:
    """No meeting twice, no station with two groups in a round, and only those who are there in what is to come."""
    assert len(set(meetings(made))) == len(meetings(made))
    for one in made.rounds:
        assert len(set(one.values())) == len(one)
    for one in made.rounds[done:]:
        assert one.keys() <= set(made.groups)
        assert set(one.values()) <= set(made.stations)


@quick
@given(SIZE, SIZE, st.integers(0, 14))
def test_a_fresh_plan_is_sound_full_and_fair_after_every_round(n: int, m: int, rounds: int) -> None:
    made = plan(groups(n), stations(m), rounds)
    assert len(made.rounds) == rounds
    assert_sound(made)
    assert len(meetings(made)) == min(n, m) * min(rounds, max(n, m))
    if rounds >= max(n, m):
        assert len(meetings(made)) == n * m
    for until in range(1, min(rounds, max(n, m)) + 1):
        pauses = [made.pauses(group, until=until) for group in made.groups]
        assert not pauses or max(pauses) - min(pauses) <= 1
        seen = Counter(station for _, station in meetings(Plan(made.groups, made.stations, made.rounds[:until])))
        idle = [until - seen[station] for station in made.stations]
        assert not idle or max(idle) - min(idle) <= 1


def test_seven_groups_and_five_experts() -> None:
    made = plan(groups(7), stations(5), 7)
    assert_sound(made)
    assert set(meetings(made)) == {(group, station) for group in groups(7) for station in stations(5)}
    assert [len(one) for one in made.rounds] == [5] * 7
    assert {made.pauses(group) for group in groups(7)} == {2}
    six = plan(groups(7), stations(5), 6)
    assert Counter(six.pauses(group) for group in groups(7)) == {1: 2, 2: 5}
    for group in groups(7):
        paused = [number for number, one in enumerate(made.rounds) if group not in one]
        assert all(later - earlier > 1 for earlier, later in pairwise(paused)), "nobody pauses twice in a row"


def test_an_expert_lost_in_round_three() -> None:
    made = plan(groups(7), stations(5), 7)
    healed = heal(made, 3, Changes(lost_stations={103}))
    assert_sound(healed, done=3)
    assert healed.rounds[:3] == made.rounds[:3]
    missing = {(group, station) for group in groups(7) for station in stations(5) if station != 103}
    missing -= set(meetings(Plan(made.groups, made.stations, made.rounds[:3])))
    # Four stations can have sixteen meetings in the four rounds that are left, and sixteen are missing: all take place.
    assert len(missing) == 16
    assert set(meetings(healed, 3)) == missing
    pauses = [healed.pauses(group) for group in groups(7)]
    assert max(pauses) - min(pauses) <= 1


def test_a_lost_expert_who_comes_back_meets_those_not_met_yet() -> None:
    made = plan(groups(4), stations(4), 4)
    without = heal(made, 1, Changes(lost_stations={102}))
    again = heal(without, 2, Changes(late_stations={102}, rounds=6))
    assert_sound(again, done=2)
    assert again.rounds[:2] == without.rounds[:2]
    assert len(meetings(again)) == 16


def test_a_person_who_joins_late_changes_no_plan_and_a_lost_group_leaves_the_others_where_they_go() -> None:
    made = plan(groups(5), stations(5), 5)
    assert heal(made, 2, Changes()) == made
    healed = heal(made, 2, Changes(lost_groups={3}))
    assert [{group: at for group, at in one.items() if group != 3} for one in made.rounds[2:]] == list(
        healed.rounds[2:]
    )


def test_a_late_group_pauses_no_more_and_no_less_than_the_others() -> None:
    made = plan(groups(6), stations(5), 6)
    healed = heal(made, 2, Changes(late_groups={7}))
    assert_sound(healed, done=2)
    assert healed.since == {7: 2}
    assert len(meetings(healed, 2)) == 20
    pauses = [healed.pauses(group) for group in healed.groups]
    assert max(pauses) - min(pauses) <= 1


CHANGE = st.tuples(
    st.integers(0, 3),
    st.sets(st.integers(1, 14), max_size=2),
    st.sets(st.integers(101, 114), max_size=2),
    st.sets(st.integers(1, 14), max_size=2),
    st.sets(st.integers(101, 114), max_size=2),
    st.one_of(st.none(), st.integers(0, 14)),
)


@settings(max_examples=80, deadline=None)
@given(SIZE, SIZE, st.integers(0, 12), st.lists(CHANGE, max_size=5))
def test_whatever_happens_what_was_played_stays_and_nothing_repeats(
    n: int, m: int, rounds: int, story: list[tuple[int, set[int], set[int], set[int], set[int], int | None]]
) -> None:
    made, done = plan(groups(n), stations(m), rounds), 0
    for further, lost_groups, lost_stations, late_groups, late_stations, total in story:
        done = min(done + further, len(made.rounds))
        changes = Changes(lost_groups, lost_stations, late_groups - lost_groups, late_stations - lost_stations, total)
        healed = heal(made, done, changes)
        assert healed == heal(made, done, changes), "the same every time"
        assert healed.rounds[:done] == made.rounds[:done]
        assert len(healed.rounds) == max(done, len(made.rounds) if total is None else total)
        assert set(healed.groups) == (set(made.groups) - lost_groups) | (late_groups - lost_groups)
        assert set(healed.stations) == (set(made.stations) - lost_stations) | (late_stations - lost_stations)
        assert_sound(healed, done=done)
        assert_best(healed, done)
        made = healed


def assert_best(made: Plan, done: int) -> None:
    """As many meetings as a cut of the graph allows, all of them when the rounds suffice, and no unfairness that a swap mends."""
    left = len(made.rounds) - done
    met = set(meetings(Plan(made.groups, made.stations, made.rounds[:done])))
    missing = {(group, station) for group in made.groups for station in made.stations} - met
    planned = set(meetings(made, done))
    degree = Counter(vertex for pair in missing for vertex in pair)
    if not degree or max(degree.values()) <= left:
        assert planned == missing
    load = Counter(vertex for pair in planned for vertex in pair)
    assert reachable_end(missing, planned, {one for one in made.groups if load[one] < left}, load, left) is None
    pauses = {group: made.pauses(group) for group in made.groups}
    for group in made.groups:
        easier = {other for other in made.groups if pauses[other] <= pauses[group] - 2}
        if load[group] < left:
            assert not reachable_groups(missing, planned, group) & easier


def reachable_groups(missing: set[tuple[int, int]], planned: set[tuple[int, int]], start: int) -> set[int]:
    """Return the groups that could give *start* one meeting, through others who change their stations."""
    seen, waiting = {start}, [start]
    while waiting:
        one = waiting.pop()
        for station in {at for group, at in missing - planned if group == one}:
            for other in {group for group, at in planned if at == station} - seen:
                seen.add(other)
                waiting.append(other)
    return seen - {start}


def reachable_end(
    missing: set[tuple[int, int]], planned: set[tuple[int, int]], start: set[int], load: Counter[int], left: int
) -> int | None:
    """Return a station with a free round that a group with a free round could reach: none, when nothing can be added."""
    for group in start:
        for one in {group} | reachable_groups(missing, planned, group):
            for who, station in missing - planned:
                if who == one and load[station] < left:
                    return station
    return None


@cache
def brute_force(edges: frozenset[tuple[int, int]], left: int) -> int:
    """Count the most meetings of *left* rounds by trying every round."""
    if left == 0 or not edges:
        return 0
    best = 0
    for size in range(min(len(edges), 3), 0, -1):
        for one in combinations(sorted(edges), size):
            if len({g for g, _ in one}) == len({s for _, s in one}) == size:
                best = max(best, size + brute_force(edges - set(one), left - 1))
        if best >= min(len(edges), left * size):
            break
    return best


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 3), st.integers(1, 3), st.integers(1, 3), st.data())
def test_no_search_finds_more_meetings(n: int, m: int, left: int, data: st.DataObject) -> None:
    """The rounds played are any there could be, not only those of a neat plan."""
    played: list[dict[int, int]] = []
    met: set[tuple[int, int]] = set()
    for _ in range(data.draw(st.integers(0, 2))):
        targets = data.draw(st.permutations(stations(m)))
        one = {g: s for g, s in zip(groups(n), targets, strict=False) if (g, s) not in met and data.draw(st.booleans())}
        met |= set(one.items())
        played.append(one)
    healed = heal(Plan(groups(n), stations(m), tuple(played)), len(played), Changes(rounds=len(played) + left))
    assert_sound(healed, done=len(played))
    open_ones = frozenset((g, s) for g in groups(n) for s in stations(m) if (g, s) not in met)
    assert len(meetings(healed, len(played))) == brute_force(open_ones, left)


@pytest.mark.parametrize(("n", "m"), [(0, 5), (5, 0), (0, 0), (1, 1)])
def test_nobody_is_no_trouble(n: int, m: int) -> None:
    made = plan(groups(n), stations(m), 3)
    assert len(meetings(made)) == n * m
    healed = heal(made, 1, Changes(lost_groups=groups(n), lost_stations=stations(m)))
    assert list(healed.rounds[1:]) == [{}, {}]
    assert (healed.groups, healed.stations) == ((), ())


def test_when_stations_outnumber_groups_none_is_idle_more_than_it_must() -> None:
    empty = Plan(groups(2), stations(4), ({}, {}))
    loads = Counter(station for _, station in meetings(heal(empty, 0, Changes())))
    assert loads == dict.fromkeys(stations(4), 1)
