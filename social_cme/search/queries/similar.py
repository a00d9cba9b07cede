"""Finds threads that resemble a new one: the rarest of its words through the full-text index, then compared one by one.

Rule: two statements whatever is asked; how alike two texts are is decided by the rules, the same on both databases.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Float,
    Integer,
    and_,
    cast,
    func,
    literal,
    literal_column,
    or_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from social_cme.discussions.models import Thread
from social_cme.discussions.queries.similar import SimilarThread
from social_cme.discussions.rules.taxonomy import other_names
from social_cme.extensions import db
from social_cme.rooms.enums import Visibility
from social_cme.rooms.models import Room
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries.directory import readable_by
from social_cme.search.enums import EntryKind
from social_cme.search.models import SearchEntry
from social_cme.search.queries.matching import english, fts5, is_sqlite, matching, vectors
from social_cme.search.rules import Query, Term
from social_cme.search.rules.similarity import (
    CLOSE_SCORE,
    COUNT_LIMIT,
    Asked,
    best,
    choose_words,
    read_asked,
    similarity,
    stem,
    weight_of,
    words_of,
)

COMPARED = 40
# How much of a text is read to compare it.
BODY_READ = 800
_TITLE_BONUS = 2.0


def find_similar_threads(ctx: RoomContext, title: str, body: str, limit: int) -> list[SimilarThread]:
    """Return threads of the room, and of public rooms the reader may read, that resemble a new one."""
    asked = read_asked(title, body)
    if not asked.words:
        return []
    counts, total = _counts(asked.words)
    words = choose_words(asked, counts)
    if not words:
        return []
    weights = {stem(word): weight_of(counts[word], total) for word in asked.words}
    rows = _candidates(ctx, words, asked, weights)
    scores = {row.id: similarity(asked, weights, title=row.title, body=row.words) for row in rows}
    found = {row.id: row for row in rows}
    chosen = best([(score, thread_id) for thread_id, score in scores.items()], limit=limit)
    return [
        SimilarThread(
            **{name: getattr(found[thread_id], name) for name in SimilarThread.__slots__ if name != "is_close"},
            is_close=scores[thread_id] >= CLOSE_SCORE,
        )
        for thread_id in chosen
    ]


def _counts(words: Sequence[str]) -> tuple[dict[str, int], int]:
    """Return in how many entries each word stands, counting to a limit, and about how many entries there are."""
    columns: list[Any] = [select(func.coalesce(func.max(SearchEntry.id), 0)).scalar_subquery()]
    one: Any = literal_column("1").label("one")
    for number, word in enumerate(words):
        if is_sqlite():
            fits: Any = text(f"search_index MATCH :word{number}").bindparams(**{f"word{number}": f'"{word}"'})
            inner = select(one).select_from(fts5).where(fits).limit(COUNT_LIMIT).subquery()
        else:
            fits = vectors.c.words.op("@@")(_asked_for(word))
            inner = select(one).select_from(vectors).where(fits).limit(COUNT_LIMIT).subquery()
        columns.append(select(func.count()).select_from(inner).scalar_subquery())
    row = db.session.execute(select(*columns)).one()
    return dict(zip(words, row[1:], strict=True)), int(row[0])


def _candidates(ctx: RoomContext, words: Sequence[str], asked: Asked, weights: Mapping[str, float]) -> list[Any]:
    terms = [Term((word,), word) for word in words]
    for key in sorted(asked.concepts)[:4]:
        for name in other_names(key):
            parts = tuple(words_of(name)) or (name,)
            terms.append(Term(parts, " ".join(parts)))
    hit = _ranked(terms, weights).subquery("hit")
    statement = (
        select(
            Thread.id,
            Thread.kind,
            Thread.title,
            Thread.excerpt,
            Room.slug.label("room_slug"),
            Room.name.label("room_name"),
            Thread.status,
            Thread.answer_count,
            Thread.endorsed_count,
            Thread.author_id,
            func.substr(SearchEntry.body, 1, BODY_READ).label("words"),
        )
        .join_from(hit, SearchEntry, and_(SearchEntry.id == hit.c.entry_id, SearchEntry.kind == EntryKind.THREAD))
        .join(Thread, Thread.id == SearchEntry.object_id)
        .join(Room, Room.id == Thread.room_id)
        .where(
            Thread.hidden_at.is_(None),
            or_(Room.id == ctx.room_id, Room.visibility == Visibility.PUBLIC),
            readable_by(ctx.actor),
        )
        .order_by(hit.c.rank, Thread.id)
        .limit(COMPARED)
    )
    return list(db.session.execute(statement).all())


def _ranked(terms: Sequence[Term], weights: Mapping[str, float]) -> Any:
    """Select entries with any of the terms; a smaller rank is a better one, as rare words and words of the title have it."""
    if is_sqlite():
        return matching(Query(text="", wanted=tuple(terms)), every=False)
    usual = max(weights.values(), default=1.0)
    asked = [(_asked_for(" ".join(term.words)), weights.get(stem(term.words[0]), usual)) for term in terms]
    rank: ColumnElement[Any] = literal(0.0)
    for wanted, weight in asked:
        rank = rank - cast(cast(vectors.c.words.op("@@")(wanted), Integer), Float) * weight
    anything = or_(*(vectors.c.words.op("@@")(wanted) for wanted, _weight in asked))
    by_title = func.ts_rank(text("'{0, 0, 0, 1}'"), vectors.c.words, _any_of([one for one, _weight in asked]))
    return select(vectors.c.entry_id, (rank - by_title * _TITLE_BONUS).label("rank")).where(anything)


def _any_of(parts: Sequence[ColumnElement[Any]]) -> ColumnElement[Any]:
    whole = parts[0]
    for part in parts[1:]:
        whole = whole.op("||", return_type=TSQUERY())(part).self_group()
    return whole


def _asked_for(words: str) -> ColumnElement[Any]:
    return func.phraseto_tsquery(english(), words, type_=TSQUERY())
