"""Making balanced teams.

Rule: teams differ in size by one person at most, and no other division has more professions in its teams taken together.
Dealing people out profession by profession reaches that: a profession with *c* people comes into min(*c*, *teams*) teams, and
more is not possible. Career stages are then mixed by exchanging people of the same profession.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to be put into a team; an empty text where nothing was said."""

    id: int
    profession: str = ""
    career_stage: str = ""


def balanced_teams(people: Sequence[Person], count: int, *, seed: str = "") -> list[list[Person]]:
    """Divide *people* among *count* teams; the same seed gives the same teams, another seed other ones.

    Raises ``ValueError`` when there are fewer people than teams or no team at all.
    """
    if not 1 <= count <= len(people):
        raise ValueError("there must be at least one person for each team")
    sizes = Counter(one.profession for one in people)
    ordered = sorted(
        people,
        key=lambda one: (-sizes[one.profession], one.profession, one.career_stage, _lot(seed, one.id)),
    )
    teams: list[list[Person]] = [[] for _ in range(count)]
    for place, one in enumerate(ordered):
        teams[place % count].append(one)
    _mix_stages(teams)
    return teams


def professions_met(teams: Sequence[Sequence[Person]]) -> int:
    """Return how many professions the teams have, added up over the teams: the measure of the mix."""
    return sum(len({one.profession for one in team}) for team in teams)


def stages_met(teams: Sequence[Sequence[Person]]) -> int:
    """Return how many career stages the teams have, added up over the teams."""
    return sum(len({one.career_stage for one in team}) for team in teams)


def _mix_stages(teams: list[list[Person]]) -> None:
    """Exchange people of one profession as long as that brings more career stages together; each exchange gains one."""
    while any(_exchange(first, second) for first, second in combinations(teams, 2)):
        continue


def _exchange(first: list[Person], second: list[Person]) -> bool:
    before = stages_met((first, second))
    for here, one in enumerate(first):
        for there, other in enumerate(second):
            if one.profession != other.profession or one.career_stage == other.career_stage:
                continue
            first[here], second[there] = other, one
            if stages_met((first, second)) > before:
                return True
            first[here], second[there] = one, other
    return False


def _lot(seed: str, person_id: int) -> bytes:
    return hashlib.sha256(f"{seed}:{person_id}".encode()).digest()
