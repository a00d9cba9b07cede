"""What somebody typed into the search field, taken apart; no character of it is ever read as query language.

Rule: words are found all, ``"several words"`` in that order, ``-word`` not at all, ``word*`` by its beginning.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from social_cme.core.errors import BadRequest
from social_cme.core.text import clean_line

MAX_QUERY = 200
MAX_TERMS = 16
# Marks around a found word inside an excerpt; neither can occur in a stored text.
OPEN_MARK = "\x02"
CLOSE_MARK = "\x03"

_PART = re.compile(r'(-?)(?:"([^"]*)"?|([^\s"]+))')
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Term:
    """One thing to look for: a word, or several in their order; ``raw`` is the typed form without operators."""

    words: tuple[str, ...]
    raw: str
    prefix: bool = False
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """A search as it was typed and as it is understood."""

    text: str
    wanted: tuple[Term, ...] = ()
    unwanted: tuple[Term, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to look for; words to leave out alone find nothing."""
        return not self.wanted


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of an excerpt; ``found`` stretches are shown marked."""

    text: str
    found: bool = False


def parse_query(text: str) -> Query:
    """Take a typed search apart; raise ``BadRequest`` when it has more than 200 characters or 16 words."""
    line = clean_line(text[: MAX_QUERY * 50])
    if len(line) > MAX_QUERY or len(text) > MAX_QUERY * 50:
        raise BadRequest(f"Please search for at most {MAX_QUERY} characters.")
    terms = [term for match in _PART.finditer(line) if (term := _term(*match.groups())) is not None]
    if sum(len(term.words) for term in terms) > MAX_TERMS:
        raise BadRequest(f"Please search for at most {MAX_TERMS} words.")
    return Query(
        text=line,
        wanted=tuple(term for term in terms if not term.negated),
        unwanted=tuple(term for term in terms if term.negated),
    )


def _term(minus: str, phrase: str | None, word: str | None) -> Term | None:
    raw = (phrase if phrase is not None else word) or ""
    prefix = phrase is None and raw.endswith("*")
    words = tuple(_WORD.findall(raw))
    if not words:
        return None
    # One letter with a star would match half of everything.
    return Term(words, raw.strip("*"), prefix=prefix and len(words[-1]) > 1, negated=bool(minus))


def fts5_expression(query: Query, *, every: bool = True) -> str:
    """Write a query for SQLite's FTS5: quoted strings joined by its operators, and nothing else of the typed text."""
    wanted = (" AND " if every else " OR ").join(_fts5(term) for term in query.wanted)
    if not query.unwanted:
        return wanted
    return f"({wanted}) NOT ({' OR '.join(_fts5(term) for term in query.unwanted)})"


def _fts5(term: Term) -> str:
    # The words hold letters and digits alone, so there is no quotation mark to double.
    return f'"{" ".join(term.words)}"{" *" if term.prefix else ""}'


def tsquery_text(term: Term) -> str:
    """Write a term for PostgreSQL's ``to_tsquery``: letters and digits joined by its own operators."""
    words = list(term.words)
    if term.prefix:
        words[-1] += ":*"
    return " <-> ".join(words)


def pieces_of(marked: str) -> list[Piece]:
    """Split an excerpt with marks into stretches that a template can show without trusting any markup."""
    pieces: list[Piece] = []
    for number, part in enumerate(re.split(f"[{OPEN_MARK}{CLOSE_MARK}]", marked)):
        if part:
            pieces.append(Piece(part, found=number % 2 == 1))
    return pieces
