"""Finding words with the database's own full-text engine; the same question put to SQLite or to PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, column, func, literal_column, select, table, text
from sqlalchemy.dialects.postgresql import REGCONFIG, TSQUERY
from sqlalchemy.sql import cast, literal

from social_cme.extensions import db
from social_cme.search.models import SearchEntry
from social_cme.search.rules import CLOSE_MARK, OPEN_MARK, Query, Term, fts5_expression, tsquery_text

# A word in a title says more about a text than a word in its middle.
_TITLE_WEIGHT, _BODY_WEIGHT = 8.0, 1.0
_EXCERPT_WORDS = 32
fts5 = table("search_index", column("rowid"))
vectors = table("search_index", column("entry_id"), column("words"))


def is_sqlite() -> bool:
    """Tell which of the two engines is asked."""
    return db.session.get_bind().dialect.name == "sqlite"


def matching(query: Query, *, every: bool) -> Select[Any]:
    """Select ``entry_id`` and ``rank`` (smaller is better) of the entries that hold *every* wanted word, or any of them."""
    if is_sqlite():
        columns: list[Any] = [
            literal_column("search_index.rowid").label("entry_id"),
            literal_column(f"bm25(search_index, {_TITLE_WEIGHT}, {_BODY_WEIGHT})").label("rank"),
        ]
        return select(*columns).select_from(fts5).where(_fts5_match(query, every=every))
    asked = _tsquery(query, every=every)
    return select(vectors.c.entry_id, (-func.ts_rank(vectors.c.words, asked)).label("rank")).where(
        vectors.c.words.op("@@")(asked)
    )


def excerpts(query: Query, entry_ids: Sequence[int], *, every: bool) -> dict[int, tuple[str, str]]:
    """Return title and excerpt of entries with the found words between the two marks."""
    if is_sqlite():
        title = f"highlight(search_index, 0, '{OPEN_MARK}', '{CLOSE_MARK}')"
        body = f"snippet(search_index, 1, '{OPEN_MARK}', '{CLOSE_MARK}', '…', {_EXCERPT_WORDS})"
        columns: list[Any] = [literal_column(one) for one in ("search_index.rowid", title, body)]
        statement = select(*columns).select_from(fts5).where(_fts5_match(query, every=every))
        statement = statement.where(columns[0].in_(entry_ids))
    else:
        asked = _tsquery(query, every=every)
        marks = f'StartSel="{OPEN_MARK}", StopSel="{CLOSE_MARK}"'
        limits = f"{marks}, MaxWords={_EXCERPT_WORDS}, MinWords={_EXCERPT_WORDS // 2}, MaxFragments=1"
        statement = select(
            SearchEntry.id,
            func.ts_headline(english(), SearchEntry.title, asked, f"{marks}, HighlightAll=true"),
            func.ts_headline(english(), SearchEntry.body, asked, limits),
        ).where(SearchEntry.id.in_(entry_ids))
    return {row[0]: (row[1], row[2]) for row in db.session.execute(statement)}


def _fts5_match(query: Query, *, every: bool) -> ColumnElement[bool]:
    expression: Any = bindparam("fts5_expression", fts5_expression(query, every=every))
    return text("search_index MATCH :fts5_expression").bindparams(expression)  # type: ignore[return-value]


def english() -> ColumnElement[Any]:
    """Return the language in which PostgreSQL reads words."""
    return cast(literal("english"), REGCONFIG)


def _tsquery(query: Query, *, every: bool) -> ColumnElement[Any]:
    wanted = _joined([_one_tsquery(term) for term in query.wanted], "&&" if every else "||")
    if not query.unwanted:
        return wanted
    unwanted = _joined([_one_tsquery(term) for term in query.unwanted], "||")
    return wanted.op("&&", return_type=TSQUERY())(func.tsquery_not(unwanted, type_=TSQUERY()))


def _one_tsquery(term: Term) -> ColumnElement[Any]:
    by_words: ColumnElement[Any] = func.to_tsquery(english(), tsquery_text(term), type_=TSQUERY())
    if term.prefix or term.raw == " ".join(term.words):
        return by_words
    # PostgreSQL reads "1.5" or "COVID-19" as one word of its own kind; ask for that form as well.
    as_typed = func.phraseto_tsquery(english(), term.raw, type_=TSQUERY())
    return by_words.op("||", return_type=TSQUERY())(as_typed)


def _joined(parts: Sequence[ColumnElement[Any]], operator: str) -> ColumnElement[Any]:
    whole = parts[0]
    for part in parts[1:]:
        whole = whole.op(operator, return_type=TSQUERY())(part).self_group()
    return whole
