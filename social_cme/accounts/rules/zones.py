"""The time zones that people choose from.

Rule: the list is the installation's IANA data, without zones that name no place and without what only old systems know.
"""

from __future__ import annotations

import zoneinfo
from functools import cache

_REGIONS = (
    "Africa/",
    "America/",
    "Antarctica/",
    "Arctic/",
    "Asia/",
    "Atlantic/",
    "Australia/",
    "Europe/",
    "Indian/",
    "Pacific/",
)


@cache
def listed_zones() -> tuple[str, ...]:
    """Return the names of all zones on offer, UTC first."""
    return ("UTC", *sorted(name for name in zoneinfo.available_timezones() if name.startswith(_REGIONS)))


def is_listed_zone(name: str) -> bool:
    """Tell whether a zone is on offer."""
    return name in _as_set()


def zone_choices() -> list[tuple[str, str]]:
    """Return the zones with the words shown for them: ``America/New_York`` becomes ``America: New York``."""
    return [(name, name.replace("/", ": ", 1).replace("_", " ").replace("/", ", ")) for name in listed_zones()]


@cache
def _as_set() -> frozenset[str]:
    return frozenset(listed_zones())
