"""What services and lists say of papers, read into one shape.

Rule: everything here comes from outside, so every value may be missing, of another type or far too long.
Sources: NCBI E-utilities (``esummary``, version 2.0), Crossref REST API (``works``), the Retraction Watch list as published
by Crossref.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from social_cme.core.text import clean_line
from social_cme.discussions.enums import PaperStatus

_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,60}>")
_YEAR = re.compile(r"\b(1[89]\d\d|20\d\d)\b")
_DOI = re.compile(r"10\.\d{4,9}/\S+\Z")
_RETRACTED_TITLE = re.compile(r"\W*(?:retracted|withdrawn)\b(?:\s+article)?\s*[:\]]", re.IGNORECASE)
_SEVERITY = list(PaperStatus)
_CROSSREF_KINDS = {
    "retraction": PaperStatus.RETRACTED,
    "partial_retraction": PaperStatus.RETRACTED,
    "withdrawal": PaperStatus.RETRACTED,
    "removal": PaperStatus.RETRACTED,
    "expression_of_concern": PaperStatus.CONCERN,
    "correction": PaperStatus.CORRECTED,
    "corrigendum": PaperStatus.CORRECTED,
    "erratum": PaperStatus.CORRECTED,
    "addendum": PaperStatus.CORRECTED,
}
_PUBMED_KINDS = {
    "retraction in": PaperStatus.RETRACTED,
    "expression of concern in": PaperStatus.CONCERN,
    "erratum in": PaperStatus.CORRECTED,
    "corrected and republished in": PaperStatus.CORRECTED,
}
_NATURES = {
    "retraction": PaperStatus.RETRACTED,
    "expression of concern": PaperStatus.CONCERN,
    "correction": PaperStatus.CORRECTED,
    "reinstatement": PaperStatus.STANDING,
}
_AUTHORS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Standing:
    """What became of a paper, since when, why, and the DOI of the notice that says so."""

    status: PaperStatus
    on: date | None = None
    reason: str = ""
    notice_doi: str = ""


@dataclass(frozen=True, slots=True)
class PaperFacts:
    """What one service says of a paper."""

    title: str = ""
    authors: str = ""
    journal: str = ""
    year: int | None = None
    pmid: str = ""
    doi: str = ""
    standing: Standing = Standing(PaperStatus.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Notice:
    """A line of the Retraction Watch list."""

    record_id: str
    pmid: str
    doi: str
    nature: PaperStatus
    noticed_on: date | None
    notice_doi: str
    reason: str
    facts: PaperFacts


def severest(standings: Iterable[Standing]) -> Standing:
    """Return the standing that readers most need to know of; of equals the first."""
    return max(standings, key=lambda one: _SEVERITY.index(one.status), default=Standing(PaperStatus.UNKNOWN))


def standing_by_notices(notices: Iterable[Standing]) -> Standing | None:
    """Return what several notices come to, ``None`` without any: a reinstatement undoes what was said until then."""
    in_order = sorted(notices, key=lambda one: one.on or date.min)
    if not in_order:
        return None
    last_reinstated = max((n for n, one in enumerate(in_order) if one.status == PaperStatus.STANDING), default=0)
    return severest(in_order[last_reinstated:])


def read_pubmed(record: object) -> PaperFacts | None:
    """Read one document of an ``esummary`` answer; ``None`` when PubMed has no such paper."""
    if not isinstance(record, dict) or record.get("error") or not isinstance(record.get("title"), str):
        return None
    numbers = {str(one.get("idtype")): one.get("value") for one in _dicts(record.get("articleids"))}
    date_of = _text(record.get("pubdate") or record.get("epubdate"), 40)
    year = _YEAR.search(date_of)
    names = [_text(one.get("name"), 80) for one in _dicts(record.get("authors"))]
    return PaperFacts(
        title=_title(record.get("title")),
        authors=_authors(names),
        journal=_text(record.get("fulljournalname") or record.get("source"), 300),
        year=int(year.group()) if year else None,
        pmid=_number(record.get("uid")),
        doi=bare_doi(numbers.get("doi")),
        standing=_pubmed_standing(record),
    )


def _pubmed_standing(record: Mapping[str, Any]) -> Standing:
    found = [Standing(PaperStatus.STANDING)]
    for one in _dicts(record.get("references")):
        status = _PUBMED_KINDS.get(_text(one.get("reftype"), 60).lower())
        if status is not None:
            found.append(Standing(status, reason=_text(one.get("refsource"), 200)))
    if "Retracted Publication" in _strings(record.get("pubtype")):
        found.append(Standing(PaperStatus.RETRACTED))
    return severest(found)


def read_crossref(message: object, notices: Iterable[object] = ()) -> PaperFacts | None:
    """Read the ``message`` of a work, with works that update it as far as they were asked for separately."""
    if not isinstance(message, dict) or not bare_doi(message.get("DOI")):
        return None
    title = next(iter(_strings(message.get("title"))), "")
    names = [
        _text(one.get("name") or f"{_initial(one.get('family'), one.get('given'))}", 80)
        for one in _dicts(message.get("author"))
    ]
    found = [Standing(PaperStatus.STANDING), *_updates(message.get("updated-by"))]
    doi = bare_doi(message.get("DOI"))
    for notice in notices:
        if isinstance(notice, dict):
            about = [one for one in _dicts(notice.get("update-to")) if bare_doi(one.get("DOI")) == doi]
            found += [replace(one, notice_doi=bare_doi(notice.get("DOI"))) for one in _updates(about)]
    if _RETRACTED_TITLE.match(title):
        found.append(Standing(PaperStatus.RETRACTED))
    journal = next(iter(_strings(message.get("container-title"))), "")
    issued = _parts(message.get("issued"))
    return PaperFacts(
        title=_title(title),
        authors=_authors(names),
        journal=_text(journal, 300),
        year=issued[0] if issued else None,
        doi=doi,
        standing=severest(found),
    )


def _updates(rows: object) -> list[Standing]:
    found = []
    for one in _dicts(rows):
        status = _CROSSREF_KINDS.get(_text(one.get("type"), 60).lower().replace("-", "_").replace(" ", "_"))
        if status is not None:
            found.append(Standing(status, on=_day(_parts(one.get("updated"))), notice_doi=bare_doi(one.get("DOI"))))
    return found


def read_notice(row: Mapping[str, str | None]) -> Notice | None:
    """Read a line of the Retraction Watch list by its column names; ``None`` when it names no paper or says nothing known."""
    nature = _NATURES.get(_text(row.get("RetractionNature"), 60).lower())
    record_id = _text(row.get("Record ID"), 20)
    pmid, doi = _number(row.get("OriginalPaperPubMedID")), bare_doi(row.get("OriginalPaperDOI"))
    if nature is None or not record_id or not (pmid or doi):
        return None
    published = _day_of_list(row.get("OriginalPaperDate"))
    names = [_text(name, 80) for name in _text(row.get("Author"), 2_000).split(";")]
    return Notice(
        record_id=record_id,
        pmid=pmid,
        doi=doi,
        nature=nature,
        noticed_on=_day_of_list(row.get("RetractionDate")),
        notice_doi=bare_doi(row.get("RetractionDOI")),
        reason="; ".join(part.strip(" +") for part in _text(row.get("Reason"), 480).split(";") if part.strip(" +")),
        facts=PaperFacts(
            title=_title(row.get("Title")),
            authors=_authors([name for name in names if name]),
            journal=_text(row.get("Journal"), 300),
            year=published.year if published else None,
        ),
    )


def bare_doi(value: object) -> str:
    """Return a DOI in small letters without what stands around it, an empty text for anything else."""
    text = _text(value, 600).lower().removeprefix("https://doi.org/").removeprefix("doi:").strip()
    return text if len(text) <= 500 and _DOI.match(text) else ""


def _number(value: object) -> str:
    text = _text(value, 20).removesuffix(".0")
    return text.lstrip("0") if text.isascii() and text.isdigit() and len(text) <= 10 else ""


def _day_of_list(value: object) -> date | None:
    """Read ``4/15/2021 0:00`` or ``2021-04-15``."""
    word = _text(value, 40).split(" ")[0]
    for shape in ("%m/%d/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(word, shape).date()  # noqa: DTZ007 - a day of a calendar has no zone
        except ValueError:
            continue
    return None


def _parts(value: object) -> list[int]:
    rows = value.get("date-parts") if isinstance(value, dict) else None
    first = rows[0] if isinstance(rows, list) and rows and isinstance(rows[0], list) else []
    return [part for part in first if isinstance(part, int)]


def _day(parts: list[int]) -> date | None:
    try:
        return date(*[*parts, 1, 1][:3]) if parts else None
    except ValueError:
        return None


def _initial(family: object, given: object) -> str:
    letters = "".join(word[0] for word in re.split(r"[\s.-]+", _text(given, 80)) if word)
    return f"{_text(family, 60)} {letters}".strip()


def _authors(names: list[str]) -> str:
    named = [name for name in names if name]
    shown = ", ".join(named[:_AUTHORS_SHOWN])
    return (f"{shown}, et al." if len(named) > _AUTHORS_SHOWN else shown)[:300]


def _title(value: object) -> str:
    return _text(_TAG.sub("", html.unescape(str(value or "")[:2_000])), 500).removesuffix(".")


def _text(value: object, limit: int) -> str:
    return clean_line(str(value))[:limit].strip() if isinstance(value, str | int) else ""


def _strings(value: object) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _dicts(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
