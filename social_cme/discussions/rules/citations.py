"""Reading a source from what people paste: a PubMed number, a DOI, or an address, with or without words around it.

Rule: the stored value is bare (``31475795``, ``10.1056/NEJMoa1107039``, ``https://example.org/a``), so the same source is found
again however it was written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

from social_cme.core.errors import Invalid
from social_cme.core.text import clean_line
from social_cme.discussions.enums import CITATION_LINE_LIMIT, CITATIONS_LIMIT, CitationKind

_ADDRESS = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_DOI = re.compile(r"\b10\.\d{4,9}/[^\s<>\"]+")
_PMID = re.compile(r"\bpmid:?\s*(\d{1,8})\b", re.IGNORECASE)
_BARE_PMID = re.compile(r"\d{1,8}\Z")
_DOI_PREFIX = re.compile(r"\bdoi:?\s*\Z", re.IGNORECASE)
_PUBMED_PATH = re.compile(r"/(?:pubmed/)?(\d{1,8})/?\Z")
_DOI_HOSTS = {"doi.org", "dx.doi.org", "www.doi.org"}
_PUBMED_HOSTS = {"pubmed.ncbi.nlm.nih.gov", "www.ncbi.nlm.nih.gov", "ncbi.nlm.nih.gov"}
_TRACKING = re.compile(r"utm_\w+|fbclid|gclid", re.IGNORECASE)
_CLOSING = ".,;:!?'\u201d\u2019)]}>"
_AROUND = " |-\u2013\u2014:;,.([)]"
_VALUE_LIMIT = 500
_LABEL_LIMIT = 300
_HOW = "Give a DOI, a PubMed number or a web address, one source on each line."


@dataclass(frozen=True, slots=True)
class Source:
    """A source as it is stored."""

    kind: CitationKind
    value: str
    label: str = ""


def parse_sources(lines: list[str]) -> list[Source]:
    """Read sources, one from each line; empty lines and repeats are dropped.

    Raises ``Invalid`` for the field ``citations`` naming the first line that holds no source, or when there are too many.
    """
    found: dict[tuple[str, str], Source] = {}
    for number, line in enumerate(lines, start=1):
        text = clean_line(line[: CITATION_LINE_LIMIT + 1])
        if not text:
            continue
        if len(text) > CITATION_LINE_LIMIT:
            raise _refused(f"Source {number} is longer than {CITATION_LINE_LIMIT} characters.")
        source = parse_source(text)
        if source is None:
            raise _refused(f"Source {number} could not be read: “{text[:60]}”. {_HOW}")
        found.setdefault((source.kind, source.value.casefold()), source)
        if len(found) > CITATIONS_LIMIT:
            raise _refused(f"An answer can name up to {CITATIONS_LIMIT} sources.")
    return list(found.values())


def parse_source(text: str) -> Source | None:
    """Read one source from a line, ``None`` when it holds none; the words around it become its label."""
    for reader in (_from_address, _from_doi, _from_pmid):
        found = reader(text)
        if found is not None:
            return found
    return None


def source_href(kind: str, value: str) -> str:
    """Return the address under which a stored source is found."""
    if kind == CitationKind.PMID:
        return f"https://pubmed.ncbi.nlm.nih.gov/{value}/"
    if kind == CitationKind.DOI:
        return f"https://doi.org/{quote(value, safe='/()<>;:.-_')}"
    return value


def source_line(kind: str, value: str, label: str) -> str:
    """Write a stored source as a line that ``parse_source`` reads back."""
    name = {CitationKind.PMID: f"PMID {value}", CitationKind.DOI: f"doi:{value}"}.get(CitationKind(kind), value)
    return f"{label} {name}".strip()


def _from_address(text: str) -> Source | None:
    match = _ADDRESS.search(text)
    if match is None:
        return None
    raw = _trimmed(match.group())
    label = _label(text[: match.start()], text[match.start() + len(raw) :])
    try:
        parts = urlsplit(raw)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return None
    if not host or parts.username or parts.password or "." not in host:
        return None
    special = _known_host(host, parts.path, label)
    if special is not None:
        return special
    query = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.fullmatch(pair[0])]
    kept = parts.query if len(query) == parts.query.count("&") + 1 else urlencode(query)
    place = f"{host}:{port}" if port else host
    value = urlunsplit((parts.scheme.lower(), place, parts.path or "/", kept, parts.fragment))
    return Source(CitationKind.URL, value, label) if len(value) <= _VALUE_LIMIT else None


def _known_host(host: str, path: str, label: str) -> Source | None:
    if host in _DOI_HOSTS:
        doi = _DOI.match(unquote(path).lstrip("/"))
        return Source(CitationKind.DOI, _trimmed(doi.group()), label) if doi else None
    if host in _PUBMED_HOSTS:
        pmid = _PUBMED_PATH.match(path)
        return Source(CitationKind.PMID, str(int(pmid.group(1))), label) if pmid else None
    return None


def _from_doi(text: str) -> Source | None:
    match = _DOI.search(text)
    if match is None:
        return None
    value = _trimmed(match.group())
    if len(value) > _VALUE_LIMIT or value.endswith("/"):
        return None
    before = _DOI_PREFIX.sub("", text[: match.start()])
    return Source(CitationKind.DOI, value, _label(before, text[match.start() + len(value) :]))


def _from_pmid(text: str) -> Source | None:
    if _BARE_PMID.match(text):
        return Source(CitationKind.PMID, str(int(text))) if int(text) else None
    match = _PMID.search(text)
    if match is None or not int(match.group(1)):
        return None
    return Source(CitationKind.PMID, str(int(match.group(1))), _label(text[: match.start()], text[match.end() :]))


def _trimmed(value: str) -> str:
    """Cut the punctuation of the sentence around an identifier; a closing bracket stays when its partner is inside."""
    while value and value[-1] in _CLOSING:
        if value[-1] == ")" and value.count("(") >= value.count(")"):
            break
        value = value[:-1]
    return value


def _label(before: str, after: str) -> str:
    words = clean_line(f"{before.strip(_AROUND)} {after.strip(_AROUND)}")
    return words[:_LABEL_LIMIT].strip()


def _refused(message: str) -> Invalid:
    return Invalid(message, fields={"citations": [message]})
