"""The words of the calendar, and what may be said instead of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

_SHORT = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
    r"(?:\.(?=[\s\d]))?"
)
DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_UNIT = r"(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)"
DAY_WORD = (
    rf"(?:(?:twenty|thirty)[- ]?{_UNIT}|{_UNIT}|tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth|sixteenth"
    rf"|seventeenth"
    r"|eighteenth|nineteenth|twentieth|thirtieth)"
)
MONTH_LETTERS = _SHORT
HOLIDAY_LETTERS = re.findall(
    r"[^|]+",
    "christmas|thanksgiving|easter|halloween|new year|al day|or day|ce day|'s day"
    "|kippur|rosh|boxing|good fri|juneteen|of july|diwali",
)
WEEKDAY = r"(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
HOLIDAY = (
    r"(?:christmas(?:\s(?:eve|day))?|thanksgiving(?:\sday)?|new year'?s(?:\s(?:eve|day))?|easter(?:\s(?:sunday"
    r"|monday))?|halloween"
    r"|memorial day|labor day|independence day|valentine'?s day|mother'?s day|father'?s day|st\.? patrick'?s day"
    r"|yom kippur|rosh hashanah"
    r"|boxing day|good friday|juneteenth|(?:the\s)?fourth of july|diwali)"
)
NOT_A_DAY = re.compile(r"\s(?:disease|factor|tree|rash|lily|trees|island|seals?)", re.IGNORECASE)
SEASONAL = re.compile(
    r"\b(?:between|usually|typically|each year|every year|year-round|season|seasonal|peaks?|commonly|most often"
    r"|annual(?:ly)?"
    r"|hemisphere|awareness|through|outbreaks?)\b|\bfrom\s\w{3,9}\s(?:to|through|until)\b",
    re.IGNORECASE,
)
_NUMBERS = re.compile(r"\d{1,4}")


def month_number(word: str) -> int:
    """Return 1 to 12 for a month however it is shortened."""
    return _SHORT.index(word[:3].lower()) + 1


def full_year(told: str | None, today: date | None) -> str:
    """Return a year with its century, empty when none was told. Two figures mean the latest such year that is not to come."""
    if not told:
        return ""
    figures = told.strip("'")
    if len(figures) == 4:
        return figures
    latest = today.year % 100 if today is not None else 49
    return f"{'20' if int(figures) <= latest else '19'}{figures}"


def part_of_year(groups: Mapping[str, str | None], lead: str = "") -> str:
    """Return what may stand for a month or a day: "early in the year"."""
    word = groups.get("month")
    if not word:
        return "that year"
    part = ("early in", "in the middle of", "late in")[(month_number(word) - 1) // 4]
    if lead.startswith(("last", "past")):
        return f"{part} last year" if lead == "last" else f"{part} the year"
    prefix = f"{lead} " if lead in {"since", "until", "before", "after", "from", "by"} else ""
    return f"{prefix}{part} the year"


def age_words(groups: Mapping[str, str | None], told: str, today: date | None) -> str:
    """Return the age that a date of birth means today: "67-year-old", or "90 or older"."""
    year = full_year(groups.get("year") or groups.get("short"), today)
    if not year or today is None:
        return year or "[date of birth removed]"
    numbers = [int(one) for one in _NUMBERS.findall(told)]
    month, day = _month_and_day(groups, numbers)
    age = today.year - int(year) - ((today.month, today.day) < (month, day))
    if age < 0:
        return year
    if age > 89:
        return "90 or older"
    return f"{age}-year-old" if age >= 2 else "infant"


def _month_and_day(groups: Mapping[str, str | None], numbers: list[int]) -> tuple[int, int]:
    """Return month and day as far as they are clear; only the order within the year matters here."""
    word = groups.get("month")
    small = [one for one in numbers if one <= 31]
    if word:
        return month_number(word), small[0] if small else 1
    if len(small) >= 2:
        month, day = small[0], small[1]
        return (month, day) if month <= 12 else (day, month)
    return 1, 1
