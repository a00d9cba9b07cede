"""Reads of the texts on top of threads, and of what they said before."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from social_cme.core.errors import NotFound
from social_cme.core.pagination import Page, decode_cursor, make_page
from social_cme.discussions.enums import SummaryKind
from social_cme.discussions.models import SummaryVersion, Thread, ThreadSummary
from social_cme.discussions.policies import can_see_sealed
from social_cme.discussions.queries.sight import sight_of
from social_cme.discussions.rules.differences import Piece, differences
from social_cme.extensions import db
from social_cme.rooms.policies import RoomContext


@dataclass(frozen=True, slots=True)
class ShownVersion:
    """A version and how it differs from the one before; without words when it is sealed and the reader does not moderate."""

    version: SummaryVersion
    is_present: bool
    shows_text: bool
    pieces: list[Piece] = field(default_factory=list)


def summaries_of(thread_id: int) -> dict[str, ThreadSummary]:
    """Return the texts on top of a thread by kind, with who wrote last; one that was taken off the page is left out."""
    rows = (
        select(ThreadSummary)
        .where(ThreadSummary.thread_id == thread_id)
        .options(joinedload(ThreadSummary.account_behind))
    )
    return {row.kind: row for row in db.session.scalars(rows) if row.body_md}


def find_summary(ctx: RoomContext, thread: Thread, kind: str) -> ThreadSummary | None:
    """Return a text on top of a thread, also one that is empty now.

    Raises ``NotFound`` for a kind that there is not, and where the discussion is not in the reader's sight yet.
    """
    if kind not in set(SummaryKind) or not sight_of(ctx, thread).is_open:
        raise NotFound
    rows = (
        select(ThreadSummary)
        .filter_by(thread_id=thread.id, kind=str(kind))
        .options(joinedload(ThreadSummary.account_behind))
    )
    return db.session.scalar(rows)


def list_versions(
    ctx: RoomContext, summary: ThreadSummary | None, *, cursor: str | None = None, limit: int = 20
) -> Page[ShownVersion]:
    """Return the versions of a text, the latest first, each with what it changed."""
    if summary is None:
        return Page(items=[])
    statement = (
        select(SummaryVersion)
        .options(joinedload(SummaryVersion.account_behind))
        .where(SummaryVersion.summary_id == summary.id)
        .order_by(SummaryVersion.revision.desc())
        .limit(limit + 1)
    )
    after = decode_cursor(cursor, int)
    if after is not None:
        statement = statement.where(SummaryVersion.revision < after[0])
    rows = db.session.scalars(statement).all()
    page = make_page(rows, limit=limit, key=lambda row: (row.revision,))
    before = {row.revision + 1: row for row in rows}
    shown = [_shown(ctx, summary, row, before.get(row.revision)) for row in page.items]
    return Page(items=shown, next_cursor=page.next_cursor)


def _shown(
    ctx: RoomContext, summary: ThreadSummary, version: SummaryVersion, before: SummaryVersion | None
) -> ShownVersion:
    sees_sealed = bool(can_see_sealed(ctx))
    shows_text = sees_sealed or not version.is_sealed
    # A difference shows the words of both versions.
    shows_change = shows_text and (before is None or sees_sealed or not before.is_sealed)
    pieces = differences(before.body_md if before is not None else "", version.body_md) if shows_change else []
    return ShownVersion(version, version.revision == summary.revision, shows_text, pieces)
