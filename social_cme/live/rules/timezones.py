"""The VTIMEZONE of a zone for the years in which its events lie, so that calendars need no list of zones of their own.

Rule: a change of clocks is written with the wall-clock time before it, as RFC 5545 (3.6.5) asks.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Component, Timezone, TimezoneDaylight, TimezoneStandard

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


@lru_cache(maxsize=256)
def changes_of_clocks(zone_name: str, first_year: int, last_year: int) -> tuple[datetime, ...]:
    """Return the moments (UTC) between two years, both included, from which a zone's wall clock shows another offset."""
    return tuple(_changes(ZoneInfo(zone_name), datetime(first_year, 1, 1, tzinfo=UTC), last_year))


def time_zone_component(zone_name: str, *, first_year: int, last_year: int) -> Component:
    """Build the VTIMEZONE of a zone that is right from the beginning of one year to the end of another."""
    zone = ZoneInfo(zone_name)
    component = Timezone()
    component.add("tzid", zone_name)
    begin = datetime(first_year, 1, 1, tzinfo=UTC).astimezone(zone)
    offset = begin.utcoffset() or timedelta()
    component.add_component(_observance(begin.replace(tzinfo=None), begin, offset))
    for moment in changes_of_clocks(zone_name, first_year, last_year):
        before = (moment - _SECOND).astimezone(zone).utcoffset() or timedelta()
        component.add_component(_observance((moment + before).replace(tzinfo=None), moment.astimezone(zone), before))
    return component


def _observance(onset: datetime, after: datetime, before: timedelta) -> Component:
    one: Component = TimezoneDaylight() if after.dst() else TimezoneStandard()
    one.add("dtstart", onset)
    one.add("tzoffsetfrom", before)
    one.add("tzoffsetto", after.utcoffset() or timedelta())
    one.add("tzname", after.tzname() or "")
    return one


def _changes(zone: ZoneInfo, moment: datetime, last_year: int) -> Iterator[datetime]:
    while moment.year <= last_year:
        following = moment + _DAY
        if moment.astimezone(zone).utcoffset() != following.astimezone(zone).utcoffset():
            yield _exactly(zone, moment, following)
        moment = following


def _exactly(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """Halve the stretch in which the offset changes until its first second is found."""
    offset = before.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = (before + (after - before) / 2).replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after
