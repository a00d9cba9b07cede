"""Who reads whose work.

Rule: nobody reads their own team's work, nobody reads the same work twice, and everybody gives and gets equally much.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence

Pair = tuple[int, int]


def assign_reviews(team_ids: Sequence[int], each: int, *, seed: str = "") -> list[Pair]:
    """Return (reader, read) pairs: in a circle each team reads the next *each* teams, or all the others when there are fewer.

    So every team gives exactly as many reviews as it gets. The circle is drawn by lot from *seed*.
    """
    circle = sorted(set(team_ids), key=lambda one: hashlib.sha256(f"{seed}:{one}".encode()).digest())
    count = len(circle)
    steps = range(1, min(each, count - 1) + 1)
    return [(circle[place], circle[(place + step) % count]) for place in range(count) for step in steps]


def add_latecomer(pairs: Iterable[Pair], team_ids: Sequence[int], latecomer: int, each: int) -> list[Pair]:
    """Return the pairs that bring in a team which handed in after the work was given out.

    What was given out stays. The newcomer is read by those with the least to read, and reads those with the fewest readers.
    """
    known = set(pairs)
    others = [one for one in dict.fromkeys(team_ids) if one != latecomer]
    reading = Counter(reader for reader, _ in known)
    read = Counter(work for _, work in known)
    readers = sorted((one for one in others if (one, latecomer) not in known), key=lambda one: (reading[one], one))
    works = sorted((one for one in others if (latecomer, one) not in known), key=lambda one: (read[one], one))
    wanted = min(each, len(others))
    missing_readers = max(wanted - read[latecomer], 0)
    missing_works = max(wanted - reading[latecomer], 0)
    return [
        *((one, latecomer) for one in readers[:missing_readers]),
        *((latecomer, one) for one in works[:missing_works]),
    ]
