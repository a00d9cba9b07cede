"""Elements of dates finer than a year: numbers, months, written-out days, weekdays and holidays that belong to somebody's story.

Rule: a year alone is never a finding, and neither is the date of a guideline or a study.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from social_cme.privacy.enums import IdentifierClass
from social_cme.privacy.rules import calendar
from social_cme.privacy.rules.context import after, before, is_about_literature
from social_cme.privacy.rules.findings import Finding, ask

_WHY = "Days and months of birth, admission, treatment or death can identify a patient; the year may stay."
_WHY_BORN = "A date of birth is one of the strongest identifiers. Give the age instead."
_YEAR = r"(?:1[89]|20)\d\d"
_MONTH = calendar.MONTH
_DAY = calendar.DAY
_DAYWORD = calendar.DAY_WORD
_NOT_A_DOSE = (
    r"(?!\d|[./:-]\d|\s?(?:mg|mcg|ml|g|kg|cm|mm|units?|u|iu|meq|mmol|%|percent|patients|tablets?|tabs?|pills?|steps"
    r"|times|x)\b|%)"
)
_LEAD = r"(?P<lead>\b(?:on|in|since|from|until|till|of|by|dated|at)\s+(?:the\s+)?)?"

_ISO = re.compile(
    rf"{_LEAD}(?<![\w./-])(?P<year>{_YEAR})(?P<sep>[-/.])(?:0?[1-9]"
    rf"|1[0-2])(?P=sep){_DAY}(?:T\d\d:\d\d(?::\d\d)?Z?)?(?![\d]|[-/.]\d)",
    re.I,
)
_NUMERIC = re.compile(
    rf"{_LEAD}(?<![\w./-])(?P<one>\d{{1,2}})(?P<sep>[-/.])(?P<two>\d{{1,2}})(?P=sep)(?P<year>{_YEAR}"
    rf"|\d\d){_NOT_A_DOSE}(?![\w])",
    re.I,
)
_SPACED = re.compile(
    rf"{_LEAD}(?<![\w./-])(?P<one>\d{{1,2}})\s?(?P<sep>[-/.])\s(?P<two>\d{{1,2}})\s?(?P=sep)\s(?P<year>{_YEAR})\b", re.I
)
_MONTH_YEAR_NUMBER = re.compile(rf"{_LEAD}(?<![\w./-])(?:0?[1-9]|1[0-2])/(?P<year>{_YEAR})(?![\d/]|\.\d)", re.I)
_SHORT = re.compile(
    r"(?P<lead>\b(?:on|since|until|till|dated?|dob|born|admitted|discharged|seen|visit|collected|drawn|labs?"
    r"|echo|ct|mri|surgery|scan"
    r"|biopsy|died|expired|pod ?0|transferred|delivered|intubated|extubated)\s{1,2}(?:the\s)?(?:on\s|of\s|from\s)?)"
    r"(?P<one>\d{1,2})/(?P<two>\d{1,2})(?![\d/]|\.\d|\s?(?:tab|tablet|pill|dose|strength|pain|murmur|motor|cup"
    r"|pack|mg|ml|teaspoon|normal|bottles|sets"
    r"|cultures|score|systolic|dilut|patients|cores|nodes))",
    re.I,
)
_MONTH_DAY = re.compile(
    rf"{_LEAD}\b(?P<month>{_MONTH})[\s-]{{0,2}}(?:the\s)?(?P<day>{_DAY}|{_DAYWORD})(?P<nth>st|nd|rd"
    rf"|th)?{_NOT_A_DOSE}\b"
    rf"(?:[,\s-]{{1,3}}(?:of\s|in\s)?(?P<year>{_YEAR}|'\d\d)\b)?",
    re.I,
)
_DAY_MONTH = re.compile(
    rf"{_LEAD}(?<![\w./-])(?P<day>{_DAY}|{_DAYWORD})(?P<nth>st|nd|rd|th)?(?:\s(?:day\s)?(?P<of>of\s)"
    rf"|[\s-]{{0,2}})(?P<month>{_MONTH})\b"
    rf"(?:[,\s-]{{1,3}}(?:of\s|in\s)?(?P<year>{_YEAR}|'\d\d)\b|-(?P<short>\d\d)\b)?",
    re.I,
)
_MONTH_YEAR = re.compile(
    rf"{_LEAD}\b(?:early\s|mid[\s-]|late\s)?(?P<month>{_MONTH})(?:\s(?:of\s)?|,\s|[-/])(?P<year>{_YEAR}|'\d\d)\b", re.I
)
_IN_MONTH = re.compile(
    rf"\b(?P<lead>in|since|last|this(?:\spast)?|next|until|during|by|early(?:\sin)?|mid|late(?:\sin)?|before"
    rf"|after|from|around|through|past|every|each"
    rf"|(?:the\s)?(?:beginning|end|middle|start|first week|last week)\sof|of)(?:\s|-)(?:early\s|mid[\s-]|late\s"
    rf"|last\s|this\s)?(?P<month>{_MONTH})\b(?![-']?\w)",
    re.I,
)
_BIRTH = re.compile(
    r"\b(?:d\.?o\.?b\.?|date of birth|birth\s?date|birthday(?:\sis|\son)?|born(?:\son)?"
    r"|b\.)\s{0,2}[:=(-]?\s{0,2}(?:on\s|is\s|the\s)?$",
    re.I,
)
_COMPACT = re.compile(
    rf"(?P<lead>\b(?:dob|date of birth|birth\s?date|date|dos|doa"
    rf"|dod)\s{{0,2}}[:=#]?\s{{0,2}})(?P<year>{_YEAR})(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\b",
    re.I,
)
_WEEKDAY = re.compile(
    rf"\b(?:last|this(?:\spast)?|next|past|(?:admitted|presented|seen|discharged|died|expired|came(?:\sin)?"
    rf"|arrived|collapsed|fell|transferred"
    rf"|operated|surgery|scheduled|delivered|intubated|appointment)(?:\s\w{{1,12}})?\son"
    rf"|since)\s(?P<day>{calendar.WEEKDAY})\b(?!s)",
    re.I,
)
_HOLIDAY = re.compile(
    rf"(?P<lead>\b(?:on|at|over|since|before|after|around|until|during"
    rf"|the day after)\s(?:the\s)?)?\b(?P<day>{calendar.HOLIDAY})\b",
    re.I,
)


def find_dates(text: str, today: date | None) -> Iterator[Finding]:
    """Yield dates; a full date of birth is answered with the age when *today* is known."""
    small = text.lower()
    if any(one.isdigit() for one in text):
        yield from _in_figures(text, today)
    # Most texts name no month and no feast; looking for the letters first is quicker than every pattern at every word.
    if any(letters in small for letters in calendar.MONTH_LETTERS):
        yield from _with_months(text, today)
    if "day" in small:
        yield from _of_the_week(text)
    if any(letters in small for letters in calendar.HOLIDAY_LETTERS):
        yield from _on_holidays(text)


def _in_figures(text: str, today: date | None) -> Iterator[Finding]:
    for pattern in (_ISO, _COMPACT, _MONTH_YEAR_NUMBER):
        for match in pattern.finditer(text):
            yield from _dated(text, match, today)
    for pattern in (_NUMERIC, _SPACED):
        for match in pattern.finditer(text):
            if _is_day_and_month(match) and not (match["sep"] == "." and len(match["year"]) == 2):
                yield from _dated(text, match, today)
    for match in _SHORT.finditer(text):
        if _is_day_and_month(match) and not (match["one"] == "1" and match["two"] in {"2", "3", "4"}):
            yield ask(IdentifierClass.DATE, match.start("one"), match.end(), _WHY, "one day")


def _with_months(text: str, today: date | None) -> Iterator[Finding]:
    for match in _MONTH_DAY.finditer(text):
        if _is_month(match, has_day=True, marked=bool(match["nth"] or match["year"] or not match["day"][0].isdigit())):
            yield from _dated(text, match, today)
    for match in _DAY_MONTH.finditer(text):
        if _is_month(match, has_day=True, marked=bool(match["of"] or match["nth"] or match["year"] or match["short"])):
            yield from _dated(text, match, today)
    for match in _MONTH_YEAR.finditer(text):
        if _is_month(match, has_day=False, marked=True):
            yield from _dated(text, match, today)
    for match in _IN_MONTH.finditer(text):
        if _is_month(match, has_day=False, marked=False) and not _is_seasonal(text, match):
            yield from _dated(text, match, today)


def _of_the_week(text: str) -> Iterator[Finding]:
    for match in _WEEKDAY.finditer(text):
        lead = match.group()[: match.start("day") - match.start()].strip().lower()
        whole = lead.startswith(("last", "this", "past"))
        if lead.endswith(" on"):
            yield ask(IdentifierClass.DATE, match.start("day") - 3, match.end(), _WHY, "recently")
        else:
            start = match.start() if whole or lead == "next" else match.start("day")
            yield ask(
                IdentifierClass.DATE,
                start,
                match.end(),
                _WHY,
                "recently" if whole else "soon" if lead == "next" else "then",
            )


def _on_holidays(text: str) -> Iterator[Finding]:
    for match in _HOLIDAY.finditer(text):
        if (match["lead"] or match["day"].lower().endswith((" eve", " day"))) and not calendar.NOT_A_DAY.match(
            after(text, match.end(), 14)
        ):
            yield ask(IdentifierClass.DATE, match.start(), match.end(), _WHY, "around that time")


def _dated(text: str, match: re.Match[str], today: date | None) -> Iterator[Finding]:
    groups = match.groupdict()
    lead = groups.get("lead") or ""
    start = match.start("lead") + len(lead) if lead and groups.get("lead") is not None else match.start()
    if _BIRTH.search(before(text, start, 30)):
        yield ask(
            IdentifierClass.DATE,
            start,
            match.end(),
            _WHY_BORN,
            calendar.age_words(groups, match.group()[len(lead) :], today),
        )
        return
    if is_about_literature(text, match.start(), match.end()):
        return
    year = calendar.full_year(groups.get("year") or groups.get("short"), today)
    word = lead.strip().lower()
    if word in {"in", "on", "on the", "in the", "at"}:
        yield ask(
            IdentifierClass.DATE,
            match.start(),
            match.end(),
            _WHY,
            f"in {year}" if year else calendar.part_of_year(groups),
        )
    elif year:
        yield ask(IdentifierClass.DATE, start, match.end(), _WHY, year)
    else:
        yield ask(IdentifierClass.DATE, match.start(), match.end(), _WHY, calendar.part_of_year(groups, word))


def _is_day_and_month(match: re.Match[str]) -> bool:
    one, two = int(match["one"]), int(match["two"])
    return 1 <= min(one, two) <= 12 and max(one, two) <= 31 and min(one, two) >= 1


def _is_month(match: re.Match[str], *, has_day: bool, marked: bool) -> bool:
    """Tell a month from the verbs, articles and tests that are written alike."""
    word = match["month"]
    name = word.rstrip(".").lower()
    if word.isupper() and len(name) <= 3 and name != "may":
        return marked
    if name == "may":
        in_figures = match.groupdict().get("year") or match.groupdict().get("nth") or match.groupdict().get("of")
        return bool(in_figures) if word == "may" else True
    if has_day or marked:
        return True
    if len(name) <= 4 and name not in {"june", "july"}:
        return word[0].isupper() and (word.endswith(".") or name in {"sept"})
    return (
        word[0].isupper()
        or name not in {"march"}
        or match["lead"].lower().endswith(("in", "since", "last", "early", "late", "mid", "this"))
    )


def _is_seasonal(text: str, match: re.Match[str]) -> bool:
    """Tell whether months say when something usually happens: "from October to May", "peaks in January"."""
    if match["lead"].lower() in {"every", "each"}:
        return True
    around = before(text, match.start(), 60) + match.group() + after(text, match.end(), 40)
    return calendar.SEASONAL.search(around) is not None
