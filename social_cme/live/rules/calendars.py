"""Sessions as an iCalendar file (RFC 5545).

Rule: what it says is what a calendar shows to whoever looks over a shoulder: title, room, who leads, when and the address; no
description, no question, nobody who comes. A title is data: whatever it holds, it adds no line and no property.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event, vCalAddress, vText

from social_cme.core.text import clean_line
from social_cme.live.rules.timezones import time_zone_component

ALARM_BEFORE = timedelta(minutes=15)
REFRESH_EVERY = timedelta(hours=1)
PRODUCT = "-//Social CME//Live sessions//EN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A session as a calendar shows it; the moments are UTC, ``time_zone`` is the host's."""

    session_id: int
    sequence: int
    title: str
    room_name: str
    leaders: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    changed_at: datetime
    address: str
    is_cancelled: bool = False
    is_tentative: bool = False
    has_alarm: bool = True
    note: str = ""


def calendar_file(entries: Sequence[Entry], *, host: str, organizer: str, name: str = "", method: str = "") -> bytes:
    """Write sessions as one calendar; the same sessions give the same bytes.

    *host* completes the ids of the events, *organizer* is the server's own e-mail address. Without *method* it is ``PUBLISH``,
    or ``CANCEL`` where nothing takes place any more.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    all_off = bool(entries) and all(one.is_cancelled for one in entries)
    calendar.add("method", method or ("CANCEL" if all_off else "PUBLISH"))
    if name:
        calendar.add("x-wr-calname", clean_line(name))
        calendar.add("refresh-interval", REFRESH_EVERY, parameters={"VALUE": "DURATION"})
        calendar.add("x-published-ttl", "PT1H")
    for zone in sorted({one.time_zone for one in entries} - {"UTC"}):
        years = [moment.year for one in entries if one.time_zone == zone for moment in (one.starts_at, one.ends_at)]
        calendar.add_component(time_zone_component(zone, first_year=min(years) - 1, last_year=max(years) + 1))
    for one in entries:
        calendar.add_component(_event(one, host=host, organizer=organizer))
    return bytes(calendar.to_ical())


def _event(one: Entry, *, host: str, organizer: str) -> Event:
    zone = ZoneInfo(one.time_zone)
    event = Event()
    event.add("uid", f"live-session-{one.session_id}@{host}")
    event.add("sequence", one.sequence)
    event.add("dtstamp", one.changed_at)
    event.add("last-modified", one.changed_at)
    event.add("dtstart", one.starts_at.astimezone(zone) if one.time_zone != "UTC" else one.starts_at)
    event.add("dtend", one.ends_at.astimezone(zone) if one.time_zone != "UTC" else one.ends_at)
    event.add("summary", clean_line(one.title))
    event.add("description", _description(one))
    event.add("location", one.address)
    event.add("url", one.address)
    event.add("organizer", _organizer(clean_line(one.room_name), organizer))
    event.add("status", "CANCELLED" if one.is_cancelled else "TENTATIVE" if one.is_tentative else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if one.is_cancelled or one.is_tentative else "OPAQUE")
    event.add("class", "PRIVATE")
    if one.has_alarm and not one.is_cancelled:
        event.add_component(_alarm(one))
    return event


def _description(one: Entry) -> str:
    lines = [clean_line(one.note), f"Room: {clean_line(one.room_name)}"]
    if one.leaders:
        lines.append(f"Led by {', '.join(clean_line(name) for name in one.leaders)}")
    return "\n".join(line for line in [*lines, one.address] if line)


def _organizer(room_name: str, address: str) -> vCalAddress:
    organizer = vCalAddress(f"mailto:{address}")
    # A quotation mark has no place in a parameter.
    organizer.params["CN"] = vText(room_name.replace('"', "'"))
    return organizer


def _alarm(one: Entry) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", -ALARM_BEFORE)
    alarm.add("description", clean_line(one.title))
    return alarm
