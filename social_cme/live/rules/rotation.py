"""Who meets whom in a rotation: groups go from station to station, and the plan heals when somebody is lost or comes late.

Rule: no group meets a station twice, a station has one group at a time, and what was played stays as it was played.

Meetings that are still to come are edges between groups and stations, a round is a matching. König (1916): the edges of a
bipartite graph can be split into k matchings exactly when no vertex has more than k of them. So with k rounds left the most
meetings that any plan can hold are the most edges with at most k at each vertex. Flow finds them; one matching at a time is
then taken out that covers every vertex which has as many meetings left as there are rounds (Mendelsohn and Dulmage 1958: one
matching covers what two cover on their own side). Nothing found is ever lost, so a plan without repeats is found whenever one
exists. The groups that a largest plan can serve form a matroid; adding to the group that waits most, as long as it can be
added to, spreads the pauses as evenly as any largest plan does (Federgruen and Groenevelt 1986). docs/breakouts.md tells more.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

Round = dict[int, int]
"""One round: the station of each group that meets one; a group that is not named pauses."""
Want = tuple[int, int]
"""How much a group is owed: the pauses it had, and the meetings it had as a negative number, which decides between equals."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A rotation: ids of its groups and stations, and for each round where each group goes.

    ``since`` names the first round (counted from 0) of groups that were not there from the beginning.
    """

    groups: tuple[int, ...]
    stations: tuple[int, ...]
    rounds: tuple[Round, ...]
    since: Mapping[int, int] = field(default_factory=dict)

    def pauses(self, group: int, *, until: int | None = None) -> int:
        """Return in how many rounds a group was there and met nobody, up to the round *until*."""
        return sum(group not in one for one in self.rounds[self.since.get(group, 0) : until])


@dataclass(frozen=True, slots=True)
class Changes:
    """What happened: who is gone, who came (late or back), and how many rounds there shall be, when that changed.

    Somebody who joins a group changes nothing for the plan: the group goes on, and its newest member goes with it.
    """

    lost_groups: Collection[int] = ()
    lost_stations: Collection[int] = ()
    late_groups: Collection[int] = ()
    late_stations: Collection[int] = ()
    rounds: int | None = None


def plan(groups: Sequence[int], stations: Sequence[int], rounds: int) -> Plan:
    """Plan a rotation of everybody who is there; after any number of rounds the pauses differ by one at most.

    The larger side stands in a circle that turns by one place each round, the smaller one is spread evenly over it.
    Rounds beyond the size of the circle stay empty: everybody has met everybody.
    """
    n, m = len(groups), len(stations)
    circle = max(n, m)
    if min(n, m) == 0:
        return Plan(tuple(groups), tuple(stations), tuple({} for _ in range(rounds)))
    if n >= m:
        place = {_place(number, m, n): stations[number] for number in range(m)}
        steps = {group: number for number, group in enumerate(groups)}
    else:
        place = dict(enumerate(stations))
        steps = {group: _place(number, n, m) for number, group in enumerate(groups)}
    made = tuple(
        {group: place[at] for group, step in steps.items() if (at := (step + turn) % circle) in place}
        if turn < circle
        else {}
        for turn in range(rounds)
    )
    return Plan(tuple(groups), tuple(stations), made)


def _place(number: int, few: int, many: int) -> int:
    """Return the place of one of *few* spread over *many* so evenly that equal stretches hold the same, give or take one."""
    return number * many // few


def heal(plan: Plan, done_rounds: int, changes: Changes) -> Plan:
    """Return the plan after *changes*; the first *done_rounds* rounds, begun or over, stay as they are.

    The rest has as many meetings as any plan without repeats can have, all that are missing when the rounds suffice, and
    among those the most even pauses. A rest that is already as good is kept, so that nobody is sent elsewhere for nothing.
    """
    done = plan.rounds[:done_rounds]
    total = max(changes.rounds if changes.rounds is not None else len(plan.rounds), len(done))
    groups = _after(plan.groups, changes.lost_groups, changes.late_groups)
    stations = _after(plan.stations, changes.lost_stations, changes.late_stations)
    came = {group for group in groups if group not in plan.groups}
    since = {group: at for group, at in plan.since.items() if group in groups and group not in came}
    since |= dict.fromkeys(came, len(done)) if done else {}
    so_far = Plan(groups, stations, done, since)
    left = total - len(done)
    met = {pair for one in done for pair in one.items()}
    wants = {group: (so_far.pauses(group), -sum(group in one for one in done)) for group in groups}
    chosen = _most_meetings(groups, stations, met, left, wants)
    kept = _kept(plan.rounds[len(done) : total], groups, stations, left)
    rest = kept if _is_as_good(kept, chosen, wants, met) else _spread(groups, stations, chosen, left, wants)
    return Plan(groups, stations, (*done, *rest), since)


def _after(members: Sequence[int], lost: Collection[int], late: Collection[int]) -> tuple[int, ...]:
    stay = [one for one in members if one not in lost]
    return (*stay, *(one for one in dict.fromkeys(late) if one not in stay))


def _kept(rounds: Sequence[Round], groups: Collection[int], stations: Collection[int], left: int) -> list[Round]:
    here, open_ones = set(groups), set(stations)
    kept = [{group: one[group] for group in one if group in here and one[group] in open_ones} for one in rounds]
    return [*kept, *({} for _ in range(left - len(kept)))]


def _is_as_good(
    kept: Sequence[Round], chosen: Mapping[int, set[int]], wants: Mapping[int, Want], met: Collection[tuple[int, int]]
) -> bool:
    pairs = [pair for one in kept for pair in one.items()]
    if len(pairs) != sum(map(len, chosen.values())) or not set(pairs).isdisjoint(met):
        return False
    counts = {group: sum(group in one for one in kept) for group in chosen}
    best = sorted(_after_meetings(wants[group], len(chosen[group])) for group in chosen)
    return sorted(_after_meetings(wants[group], counts[group]) for group in chosen) == best


def _after_meetings(want: Want, count: int) -> Want:
    waited, played = want
    return waited - count, played - count


# ---------------------------------------------------------------- which meetings: flow and fairness


def _most_meetings(
    groups: Sequence[int],
    stations: Sequence[int],
    met: Collection[tuple[int, int]],
    left: int,
    wants: Mapping[int, Want],
) -> dict[int, set[int]]:
    """Return the stations that each group shall still meet: as many in all as can be, at most *left* for each."""
    free = {group: [station for station in stations if (group, station) not in met] for group in groups}
    chosen: dict[int, set[int]] = {group: set() for group in groups}
    load = dict.fromkeys(stations, 0)
    open_groups = list(groups) if left else []
    while open_groups:
        # The group that would wait most is next, of equals the one that met fewest; one that cannot be served never will be.
        group = max(open_groups, key=lambda one: _after_meetings(wants[one], len(chosen[one])))
        if not _add_meeting(group, free, chosen, load, left) or len(chosen[group]) == left:
            open_groups.remove(group)
    _level_stations(free, chosen, load)
    return chosen


def _add_meeting(
    group: int, free: Mapping[int, list[int]], chosen: dict[int, set[int]], load: dict[int, int], left: int
) -> bool:
    """Give *group* one meeting more along a shortest path on which others change stations; ``False`` when there is none."""
    came_from: dict[int, int] = {}  # station: the group that would go there
    took: dict[int, int] = {}  # group on the way: the station that it would leave
    waiting = deque([group])
    while waiting:
        one = waiting.popleft()
        for station in free[one]:
            if station in came_from or station in chosen[one]:
                continue
            came_from[station] = one
            if load[station] < left:
                load[station] += 1
                _walk_back(station, group, came_from, took, chosen)
                return True
            for other, theirs in chosen.items():
                if station in theirs and other not in took and other != group:
                    took[other] = station
                    waiting.append(other)
    return False


def _walk_back(
    station: int, first: int, came_from: Mapping[int, int], took: Mapping[int, int], chosen: dict[int, set[int]]
) -> None:
    while True:
        one = came_from[station]
        chosen[one].add(station)
        if one == first:
            return
        station = took[one]
        chosen[one].discard(station)


def _level_stations(free: Mapping[int, list[int]], chosen: dict[int, set[int]], load: dict[int, int]) -> None:
    """Move meetings from full stations to emptier ones while groups keep their number; the loads end as even as can be."""
    moved = True
    while moved:
        moved = any(_shift(station, free, chosen, load) for station in sorted(load, key=lambda one: (load[one], one)))


def _shift(start: int, free: Mapping[int, list[int]], chosen: dict[int, set[int]], load: dict[int, int]) -> bool:
    through: dict[int, tuple[int, int]] = {}  # station: the group that would leave it, and for which station
    waiting = deque([start])
    while waiting:
        station = waiting.popleft()
        for group, theirs in chosen.items():
            if station in theirs or station not in free[group]:
                continue
            for other in sorted(theirs):
                if other in through or other == start:
                    continue
                through[other] = (group, station)
                if load[other] >= load[start] + 2:
                    load[other] -= 1
                    load[start] += 1
                    _move_along(other, start, through, chosen)
                    return True
                waiting.append(other)
    return False


def _move_along(station: int, start: int, through: Mapping[int, tuple[int, int]], chosen: dict[int, set[int]]) -> None:
    while station != start:
        group, target = through[station]
        chosen[group].discard(station)
        chosen[group].add(target)
        station = target


# ---------------------------------------------------------------- in which round: one matching at a time


def _spread(
    groups: Sequence[int],
    stations: Sequence[int],
    chosen: Mapping[int, set[int]],
    left: int,
    wants: Mapping[int, Want],
) -> list[Round]:
    """Split meetings, at most *left* for each, into *left* rounds: the early ones full, and who has waited goes first."""
    open_ones = {group: set(theirs) for group, theirs in chosen.items()}
    waits = {group: waited for group, (waited, _) in wants.items()}
    order = {group: number for number, group in enumerate(groups)}
    rounds: list[Round] = []
    for rounds_left in range(left, 0, -1):
        ranked = sorted(groups, key=lambda one: (len(open_ones[one]) < rounds_left, -waits[one], order[one]))
        made = _one_round(ranked, stations, open_ones, rounds_left)
        for group in groups:
            if group in made:
                open_ones[group].discard(made[group])
            else:
                waits[group] += 1
        rounds.append({group: made[group] for group in groups if group in made})
    return rounds


def _one_round(
    ranked: Sequence[int], stations: Sequence[int], open_ones: Mapping[int, set[int]], rounds_left: int
) -> Round:
    """Return a largest matching that covers everybody who must meet somebody in each round that is left."""
    at: Round = {}
    pressed = [group for group in ranked if len(open_ones[group]) == rounds_left]
    for group in pressed:
        _seat(group, open_ones, at)
    load = {station: sum(station in theirs for theirs in open_ones.values()) for station in stations}
    full = {station for station in stations if load[station] == rounds_left}
    for station in stations:
        if station in full and station not in at.values():
            _fetch(station, full, open_ones, at)
    for group in ranked:
        if group not in at:
            _seat(group, open_ones, at)
    return at


def _seat(group: int, open_ones: Mapping[int, set[int]], at: Round) -> None:
    """Find a station for *group*, where others may change theirs but nobody loses one; does nothing when there is none."""
    host = {station: one for one, station in at.items()}
    came_from: dict[int, int] = {}
    waiting = deque([group])
    while waiting:
        one = waiting.popleft()
        for station in sorted(open_ones[one]):
            if station in came_from:
                continue
            came_from[station] = one
            if station in host:
                waiting.append(host[station])
                continue
            _take_seats(station, came_from, at)
            return


def _take_seats(station: int, came_from: Mapping[int, int], at: Round) -> None:
    free: int | None = station
    while free is not None:
        mover = came_from[free]
        before = at.get(mover)
        at[mover] = free
        free = before


def _fetch(station: int, full: Collection[int], open_ones: Mapping[int, set[int]], at: Round) -> None:
    """Find a group for *station*: one that pauses, or through others one from a station that can spare it."""
    reached: dict[int, int] = {}  # group: the station it would go to
    waiting = deque([station])
    while waiting:
        target = waiting.popleft()
        for group, theirs in open_ones.items():
            if target not in theirs or group in reached:
                continue
            reached[group] = target
            here = at.get(group)
            if here is not None and here in full:
                waiting.append(here)
                continue
            mover = group
            while True:
                goal = reached[mover]
                holder = next((one for one, where in at.items() if where == goal and one != mover), None)
                at[mover] = goal
                if goal == station or holder is None:
                    return
                mover = holder
