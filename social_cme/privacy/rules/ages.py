"""Ages over 89, written in figures, in words, or as a year of birth."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from social_cme.privacy.enums import IdentifierClass
from social_cme.privacy.rules.findings import Finding, ask

OLDEST_SAID = 89
_WHY = "An age over 89 is given only as “90 or older”, because few people reach it."
_HIGH = r"(?:9\d|1[0-2]\d)"
_ONES = r"(?:one|two|three|four|five|six|seven|eight|nine)"
_WORDS = rf"(?:ninety(?:[- ]{_ONES})?|(?:an?|one)[- ]hundred(?:[- ](?:and[- ])?(?:{_ONES}|ten|eleven|twelve))?)"
_WHO = (
    r"(?P<who>man|woman|male|female|lady|gentleman|patient|resident|person|veteran|widow|widower|nun|farmer"
    r"|grandmother|grandfather)"
)
_KIND = (
    r"(?:\s+(?:white|black|asian|hispanic|caucasian|african[- ]american|frail|retired|elderly|nursing home"
    r"|pleasant)){0,2}"
)
_OLD = re.compile(
    rf"\b(?:{_HIGH}|{_WORDS})(?:[\s-]{{0,2}}(?:years?|yrs?|yr)[\s-]{{1,2}}(?:old|of[\s-]age)"
    rf"|[\s-]?(?:y\.?\s?/?\s?o\b\.?[mf]?|yom\b|yof\b))(?:{_KIND}[\s-]{{1,2}}{_WHO}\b)?",
    re.IGNORECASE,
)
_AGED = re.compile(
    rf"\b(?:aged?|age\s?(?:is|was|of|:|=)|turn(?:ed|ing|s)|(?:his|her|their)\s+age\s+(?:is"
    rf"|was))\s{{0,2}}(?P<age>{_HIGH}|{_WORDS})\b"
    r"(?!\s?(?:%|days|weeks|months|mg|percent|degrees))(?:\s+years?(?:\s+old)?\b)?",
    re.IGNORECASE,
)
_SAID = re.compile(
    rf"\b(?:he|she|patient|pt|mother|father|wife|husband)(?:\s(?:is|was)|'s)(?:\s(?:now|already|almost|nearly))?\s(?P<age>{_HIGH}"
    rf"|{_WORDS})(?=\s{{0,2}}(?:$|[.;,)](?!\d)|(?:years|and|but|now)\b))(?:\s+years(?:\s+old)?\b)?",
    re.IGNORECASE | re.MULTILINE,
)
_BIRTHDAY = re.compile(
    rf"\b(?:{_HIGH}(?:st|nd|rd|th)|ninetieth|hundredth|ninety[- ]\w{{5,8}})\s+birthday\b", re.IGNORECASE
)
_SEX = re.compile(
    rf"(?<![\d.])\b{_HIGH}\s?[MF]\b(?=,?\s+(?:with|w/|who|from|p/w|presents?|presenting|h/o|hx|pmh|c/o|admitted"
    rf"|s/p|on)\b)"
)
_CENTENARIAN = re.compile(r"\b(?:super)?centenarian\b", re.IGNORECASE)
_BORN = re.compile(
    r"\b(?:born(?:\s+in)?|year of birth|birth year|yob|b\.)[\s:]{1,3}((?:18|19|20)\d\d)\b(?![-/]\d)", re.IGNORECASE
)
# Groups are not people: "over 90 years of age", "90 years or older", "65 to 94 years".
_GROUP_BEFORE = re.compile(
    r"(?:over|older than|above|>|>=|≥|at least|under|below|younger than|less than|more than|<|≤|up to|until|"
    r"average|mean|median|beyond|past)\s{0,2}(?:the age of\s|age\s|aged\s)?$",
    re.IGNORECASE,
)
_GROUP_AGED = re.compile(r"\b(?:over|above|than|least|under|past|of)\s+(?:aged?|age)\s(?:of\s)?$", re.IGNORECASE)
_RANGE_BEFORE = re.compile(r"\d\s?(?:-|to|and|through)\s?$")
_GROUP_AFTER = re.compile(
    r"\s{0,2}(?:\+|or (?:older|over|above|more)|and (?:older|over|above|up)|-\s?\d|to \d)", re.IGNORECASE
)


def find_ages(text: str, today: date | None) -> Iterator[Finding]:
    """Yield ages over 89; years of birth only when *today* is known."""
    for match in _OLD.finditer(text):
        if _is_group(text, match.start(), match.end()):
            continue
        who = match.group("who")
        yield _age(match.start(), match.end(), f"{who} aged 90 or older" if who else "90 or older")
    for match in _AGED.finditer(text):
        if not _is_group(text, match.start("age"), match.end(), direct=False):
            yield _age(match.start("age"), match.end(), "90 or older")
    yield from _said_otherwise(text)
    if today is not None:
        for match in _BORN.finditer(text):
            if today.year - int(match.group(1)) > OLDEST_SAID:
                yield _age(match.start(), match.end(), "90 or older")


def _said_otherwise(text: str) -> Iterator[Finding]:
    for match in _SAID.finditer(text):
        if not _OLD.search(text[match.start() : match.end() + 4]):
            yield _age(match.start("age"), match.end(), "90 or older")
    for match in _BIRTHDAY.finditer(text):
        yield _age(match.start(), match.end(), "birthday")
    for match in _SEX.finditer(text):
        yield _age(match.start(), match.end(), "90 or older " + ("man" if match.group().endswith("M") else "woman"))
    for match in _CENTENARIAN.finditer(text):
        yield _age(match.start(), match.end(), "person aged 90 or older")


def _is_group(text: str, start: int, end: int, *, direct: bool = True) -> bool:
    words = text[max(0, start - 30) : start]
    grouped = (_GROUP_BEFORE if direct else _GROUP_AGED).search(words)
    return bool(grouped or _RANGE_BEFORE.search(words) or _GROUP_AFTER.match(text[end : end + 20]))


def _age(start: int, end: int, proposal: str) -> Finding:
    return ask(IdentifierClass.AGE, start, end, _WHY, proposal)
