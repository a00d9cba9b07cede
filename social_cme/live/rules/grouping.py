"""Splits people into small groups: sizes differ by one at most, and professions and career stages are mixed where wanted.

Rule: the same people give the same groups; published practice is groups of three to five.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

GROUP_LEAST = 3
GROUP_MOST = 5
GROUP_USUAL = 4


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who is to be put into a group; ``traits`` are what groups mix, the most important first."""

    id: int
    traits: tuple[str, ...] = ()


def group_count(people: int, *, size: int = GROUP_USUAL) -> int:
    """Return into how many groups a number of people goes so that each has about *size*, and three to five where possible.

    Six, seven and eight give two groups; one to five give one. Only then can every group have three to five.
    """
    if people == 0:
        return 0
    wanted = max(1, round(people / max(1, size)))
    if size < GROUP_LEAST or size > GROUP_MOST:
        return min(wanted, people)
    least, most = -(-people // GROUP_MOST), max(1, people // GROUP_LEAST)
    return min(max(wanted, least), most)


def form_groups(people: Sequence[Candidate], count: int) -> list[list[int]]:
    """Deal people out over *count* groups.

    They are laid out by their traits and dealt one by one, so for the first trait no group has two more of a kind than another.
    """
    if count <= 0:
        return []
    dealt: list[list[int]] = [[] for _ in range(count)]
    for number, one in enumerate(sorted(people, key=lambda one: (one.traits, one.id))):
        dealt[number % count].append(one.id)
    return dealt


def smallest(sizes: Sequence[tuple[int, int]]) -> int | None:
    """Return the group that a latecomer joins: of (group, size) the smallest, the first of equals."""
    return min(sizes, key=lambda one: one[1])[0] if sizes else None
