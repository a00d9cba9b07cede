"""What threads and posts said before, and how each version led to the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from social_cme.core.pagination import Page, decode_cursor, make_page
from social_cme.discussions.enums import CASE_LIMITS, THINK_ALOUD_LIMITS
from social_cme.discussions.models import Citation, Post, Revision, Thread
from social_cme.discussions.policies import can_see_sealed, can_see_text
from social_cme.discussions.queries.posts import citations_of
from social_cme.discussions.rules.authorship import Author
from social_cme.discussions.rules.citations import source_line
from social_cme.discussions.rules.differences import Piece, differences
from social_cme.extensions import db
from social_cme.rooms.policies import RoomContext


@dataclass(frozen=True, slots=True)
class Version:
    """One edit: who made it, when, why, and what it changed in each part of the text."""

    editor: Author
    at: datetime
    reason: str
    parts: dict[str, list[Piece]] = field(default_factory=dict)
    is_sealed: bool = False


def list_revisions(
    ctx: RoomContext, thread: Thread, post: Post | None, *, cursor: str | None = None, limit: int = 20
) -> Page[Revision]:
    """Return what a thread's opening (or *post*) said before each edit, the latest edit first.

    Versions replaced while the text was hidden are left out unless the reader moderates; so is everything while it is hidden
    from the reader.
    """
    if post is not None and not can_see_text(ctx, post):
        return Page(items=[])
    after = decode_cursor(cursor, int)
    statement = (
        select(Revision)
        .options(joinedload(Revision.account_behind))
        .where(Revision.thread_id == thread.id)
        .where(Revision.post_id.is_(None) if post is None else Revision.post_id == post.id)
        .order_by(Revision.id.desc())
        .limit(limit + 1)
    )
    if not can_see_sealed(ctx):
        statement = statement.where(Revision.is_sealed.is_(False))
    if after is not None:
        statement = statement.where(Revision.id < after[0])
    return make_page(db.session.scalars(statement).all(), limit=limit, key=lambda row: (row.id,))


def versions(thread: Thread, post: Post | None, revisions: Sequence[Revision], *, newest: bool) -> list[Version]:
    """Tell for each revision how it differs from what came after it; *newest* says that the first led to today's text."""
    after = _present(thread, post) if newest else None
    found = []
    for revision in revisions:
        before = _parts(revision)
        if after is not None:
            names = [name for name in _ORDER if before.get(name, "") != after.get(name, "")]
            parts = {name: differences(before.get(name, ""), after.get(name, "")) for name in names}
            found.append(Version(revision.editor, revision.created_at, revision.reason, parts, revision.is_sealed))
        after = before
    return found


_ORDER = ("title", "setting", "age_band", *CASE_LIMITS, "body", *THINK_ALOUD_LIMITS, "citations")


def _present(thread: Thread, post: Post | None) -> dict[str, str]:
    if post is not None:
        aloud = {name: str(value) for name, value in (post.think_aloud or {}).items()}
        return {"body": post.body_md, **aloud, "citations": citation_lines(citations_of([post.id]).get(post.id, []))}
    case = {name: str(value) for name, value in (thread.case or {}).items()}
    facts = {"setting": thread.setting or "", "age_band": thread.age_band or ""} if thread.case else {}
    return {"title": thread.title, "body": thread.body_md, **case, **facts}


def _parts(revision: Revision) -> dict[str, str]:
    case = {name: str(value) for name, value in (revision.case or {}).items()}
    return {"title": revision.title, "body": revision.body_md, "citations": revision.citations, **case}


def citation_lines(citations: Sequence[Citation]) -> str:
    """Write sources one on each line, as the form takes them."""
    return "\n".join(source_line(one.kind, one.value, one.label) for one in citations)
