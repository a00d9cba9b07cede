"""The lists under ``privacy/data``: names, words, cities, states, hosts. Read once, then in memory; see the README there."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

# The first so many of the census's family names; rarer ones count only beside a given name.
_FREQUENT = 6_000


@cache
def first_names() -> frozenset[str]:
    """Return given names, in lower case."""
    return frozenset(_lines("first_names.txt")) | words("more_names.txt")


@cache
def plain_first_names() -> frozenset[str]:
    """Return given names that are neither a word, a place nor an eponym."""
    return first_names() - common_words() - eponyms() - frozenset(cities()) - frozenset(regions())


@cache
def frequent_first_names() -> frozenset[str]:
    """Return the given names by which most people are called and that are hardly ever anything else."""
    frequent = frozenset(_lines("first_names.txt")[:1_200]) | words("more_names.txt")
    return (frequent & plain_first_names()) | (frequent & words("names_and_eponyms.txt"))


@cache
def frequent_names_of_cities() -> frozenset[str]:
    """Return frequent given names that are cities as well."""
    return frozenset(_lines("first_names.txt")[:400]) & frozenset(cities())


@cache
def last_names() -> frozenset[str]:
    """Return family names, in lower case."""
    return frozenset(_lines("last_names.txt")) | words("more_family_names.txt")


@cache
def frequent_last_names() -> frozenset[str]:
    """Return family names that are frequent and no words."""
    return (frozenset(_lines("last_names.txt")[:_FREQUENT]) | words("more_family_names.txt")) - common_words()


@cache
def common_words() -> frozenset[str]:
    """Return words that are names as well."""
    return frozenset(_lines("common_words.txt"))


@cache
def words(name: str) -> frozenset[str]:
    """Return the words of a list that has several on each line."""
    return frozenset(word for line in _lines(name) for word in line.split())


@cache
def eponyms() -> frozenset[str]:
    """Return names that medicine uses as words: diseases, signs, scores, instruments."""
    return words("eponyms.txt")


@cache
def cities() -> tuple[str, ...]:
    """Return cities in lower case, those of several words first."""
    return tuple(sorted(_lines("cities.txt"), key=lambda name: -len(name)))


@cache
def regions() -> frozenset[str]:
    """Return countries, continents, states and other words that are no smaller place."""
    return frozenset(_lines("regions.txt")) | frozenset(states())


@cache
def states() -> dict[str, str]:
    """Return the postal letters of each state by its lower-case name."""
    pairs = (line.split(" = ") for line in _lines("states.txt"))
    return {name.lower(): letters for name, letters in pairs}


@cache
def restricted_zip_prefixes() -> frozenset[str]:
    """Return the first three figures of ZIP areas in which so few people live that 000 is written."""
    return frozenset(_lines("restricted_zip_prefixes.txt"))


@cache
def literature_hosts() -> frozenset[str]:
    """Return hosts of literature, guidelines and public bodies."""
    return frozenset(_lines("literature_hosts.txt"))


def literature_hosts_match(host: str) -> bool:
    """Tell whether *host* is one of them or below one, or a public body at all."""
    parts = host.lower().split(".")
    if parts[-1] in {"gov", "mil"} or ".gov." in f".{host}.":
        return True
    return any(".".join(parts[place:]) in literature_hosts() for place in range(len(parts) - 1))


def _lines(name: str) -> list[str]:
    text = (files("social_cme.privacy") / "data" / name).read_text(encoding="utf-8")
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
