"""Drafts kept on the server, so that unfinished writing is there on every device.

Rule: a save names the revision that it builds on. Another window's text is never overwritten unseen.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.core.errors import Conflict, NotFound
from social_cme.discussions.models import Draft
from social_cme.discussions.queries.drafts import count_drafts
from social_cme.discussions.rules.places import DRAFTS_LIMIT, draft_content, is_place
from social_cme.persistence.transaction import Transaction, transaction


class DraftConflict(Conflict):
    """Another window saved meanwhile; ``fields`` holds its text by name, and its ``revision``."""

    code = "draft_conflict"
    title = "This draft was changed in another window. Both texts are kept; choose which one to go on with."


def save_draft(actor: User, *, place: str, content: dict[str, Any], revision: int) -> Draft:
    """Keep a draft; *revision* is the one that the writer last saw, 0 for a new draft.

    Raises ``DraftConflict`` when another revision is kept: it carries that text. Saving again with its revision replaces it.
    The same text again is no conflict, so a save whose answer was lost can be repeated.
    """
    if not is_place(place):
        raise NotFound
    kept = draft_content(content)
    with transaction() as tx:
        draft = _locked(tx, actor.id, place)
        if draft is None:
            if revision:
                raise _conflict(None)
            return _first(tx, actor.id, place, kept)
        if draft.content == kept:
            return draft
        if draft.revision != revision:
            raise _conflict(draft)
        draft.content = kept
        draft.revision += 1
        draft.saved_at = clock.now()
        tx.session.flush()
        return draft


def discard_draft(actor: User, *, place: str) -> None:
    """Throw a draft away; none is fine too."""
    if not is_place(place):
        raise NotFound
    with transaction() as tx:
        tx.session.execute(delete(Draft).where(Draft.user_id == actor.id, Draft.place == place))


def drop_draft(tx: Transaction, *, user_id: int, place: str, revision: int | None) -> None:
    """Remove the draft that was just posted; one that another window saved later stays. Joins the caller's transaction."""
    if revision:
        tx.session.execute(
            delete(Draft).where(Draft.user_id == user_id, Draft.place == place, Draft.revision <= revision)
        )


def _locked(tx: Transaction, user_id: int, place: str) -> Draft | None:
    statement = select(Draft).filter_by(user_id=user_id, place=place).with_for_update()
    return tx.session.scalar(statement.execution_options(populate_existing=True))


def _first(tx: Transaction, user_id: int, place: str, content: dict[str, str]) -> Draft:
    if count_drafts(user_id) >= DRAFTS_LIMIT:
        raise Conflict(
            f"You have {DRAFTS_LIMIT} drafts. Discard some, then this one can be kept; it is still on this page."
        )
    draft = Draft(user_id=user_id, place=place, content=content, revision=1, saved_at=clock.now())
    try:
        with tx.savepoint():
            tx.add(draft)
    except IntegrityError:
        # Another window was first by a moment.
        raise _conflict(_locked(tx, user_id, place)) from None
    return draft


def _conflict(draft: Draft | None) -> DraftConflict:
    if draft is None:
        return DraftConflict(
            "This draft was posted or discarded in another window. Your text is still on this page.",
            fields={"revision": ["0"]},
        )
    texts = {name: [str(text)] for name, text in draft.content.items()}
    return DraftConflict(fields={**texts, "revision": [str(draft.revision)]})
