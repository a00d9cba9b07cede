"""The words around a place in a text, by which patterns decide what a number or a name is."""

from __future__ import annotations

import re

_PATIENT = re.compile(
    r"\b(?:patients?|pts?|he|she|his|her|hers|him|mr|mrs|ms|admitted|discharged|presented|dob|born|seen|wife"
    r"|husband|mother"
    r"|father|son|daughter|y/?o)\b",
    re.IGNORECASE,
)
_PUBLICATION = re.compile(
    r"\b(?:guidelines?|guidance|publish(?:ed|es)|publication|issued|approv(?:ed|al|als)|fda|ema|nice|who|cdc"
    r"|updated?|updates|edition"
    r"|version|revis(?:ed|ion)|label|labeling|statement|consensus|trials?|study|studies|registry|lancet|nejm"
    r"|jama|bmj|circulation"
    r"|review(?:ed)?|released|accessed|retrieved|recall(?:ed)?|launched|congress|conference|meeting|webinar"
    r"|podcast|policy|act|law"
    r"|journal|article|paper|report|erratum|epub|symposium|bulletin|advisory|committee|season|seasonal"
    r"|outbreaks?|epidemic|census"
    r"|awareness|program|workshop|grant|enrollment)\b",
    re.IGNORECASE,
)


def before(text: str, start: int, length: int = 40) -> str:
    """Return up to *length* characters before a place, of the same line."""
    return text[max(0, start - length) : start].rpartition("\n")[2]


def after(text: str, end: int, length: int = 40) -> str:
    """Return up to *length* characters after a place, of the same line."""
    return text[end : end + length].partition("\n")[0]


def sentence(text: str, start: int, end: int, length: int = 160) -> str:
    """Return the sentence around a place, at most *length* characters to each side."""
    left, right = text[max(0, start - length) : start], text[end : end + length]
    cut = max(left.rfind(f"{stop} ") for stop in ".!?;")
    cut = max(cut, left.rfind("\n"))
    ends = [place for place in (right.find(f"{stop} ") for stop in ".!?;") if place >= 0]
    ends += [place for place in (right.find("\n"),) if place >= 0]
    return left[cut + 1 :] + text[start:end] + (right[: min(ends)] if ends else right)


def is_about_literature(text: str, start: int, end: int) -> bool:
    """Tell whether a date belongs to a guideline, a study or another publication rather than to a patient."""
    around = sentence(text, start, end)
    return _PUBLICATION.search(around) is not None and _PATIENT.search(around) is None
