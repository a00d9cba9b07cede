"""Reads of slides: what is shown now, what is being made, and the pictures of pages."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, or_, select

from social_cme.core.errors import NotFound
from social_cme.extensions import db
from social_cme.live.enums import DeckState, SessionState
from social_cme.live.models import LiveSession, SlideDeck, SlidePage
from social_cme.media.storage import storage
from social_cme.rooms.policies import RoomContext

_AT_WORK = (DeckState.WAITING, DeckState.RENDERING)


def list_decks(session_ids: Collection[int]) -> dict[int, list[SlideDeck]]:
    """Return the decks of some sessions that were not removed, the latest last, as the database has them now."""
    found: dict[int, list[SlideDeck]] = {}
    if session_ids:
        statement = select(SlideDeck).where(
            SlideDeck.session_id.in_(list(session_ids)), SlideDeck.state != DeckState.REMOVED
        )
        for deck in db.session.scalars(statement.order_by(SlideDeck.id).execution_options(populate_existing=True)):
            found.setdefault(deck.session_id, []).append(deck)
    return found


def list_pages(deck_id: int | None) -> list[SlidePage]:
    """Return the pages of a deck in order."""
    if deck_id is None:
        return []
    return list(db.session.scalars(select(SlidePage).where(SlidePage.deck_id == deck_id).order_by(SlidePage.number)))


def find_page(deck_id: int, number: int) -> SlidePage | None:
    """Return one page of a deck."""
    return db.session.scalar(select(SlidePage).where(SlidePage.deck_id == deck_id, SlidePage.number == number))


def read_picture(ctx: RoomContext, session_id: int, key: str, number: int, size: int, *, leads: bool) -> bytes:
    """Return the picture of a page for somebody who may read the room; raise ``NotFound`` for whatever is not theirs to see."""
    statement = (
        select(SlideDeck, SlidePage, LiveSession.state)
        .join(SlidePage, SlidePage.deck_id == SlideDeck.id)
        .join(LiveSession, LiveSession.id == SlideDeck.session_id)
        .where(
            SlideDeck.key == key,
            SlideDeck.session_id == session_id,
            SlideDeck.room_id == ctx.room_id,
            SlideDeck.state == DeckState.READY,
            SlidePage.number == number,
        )
    )
    found = db.session.execute(statement).one_or_none()
    if found is None:
        raise NotFound
    deck, page, state = found
    seen = leads or state in {SessionState.LIVE, SessionState.ENDED}
    known = {int(one[0]) for one in page.files}
    data = storage().read(deck.file_name(number, size)) if seen and size in known else None
    if data is None:
        raise NotFound
    return data


def kept_bytes(room_id: int) -> int:
    """Return how many bytes of slides are kept for a room."""
    total = select(func.coalesce(func.sum(SlideDeck.byte_size), 0))
    kept = total.where(SlideDeck.room_id == room_id, SlideDeck.files_gone_at.is_(None))
    return int(db.session.scalar(kept) or 0)


def list_unfinished_ids(*, left_before: datetime, limit: int) -> list[int]:
    """Return decks whose pages are due: never begun, or left by whoever was at work on them."""
    statement = select(SlideDeck.id).where(
        SlideDeck.state.in_(_AT_WORK),
        SlideDeck.stored_at.is_not(None),
        or_(SlideDeck.taken_at.is_(None), SlideDeck.taken_at < left_before),
    )
    return list(db.session.scalars(statement.order_by(SlideDeck.id).limit(limit)))


def list_unclean_ids(*, begun_before: datetime, limit: int) -> list[int]:
    """Return decks with files that are to go: removed ones, and uploads that broke off."""
    broken_off = (SlideDeck.stored_at.is_(None)) & (SlideDeck.created_at < begun_before)
    discarded = (SlideDeck.state.not_in(_AT_WORK)) & (SlideDeck.source_gone_at.is_(None))
    removed = SlideDeck.state == DeckState.REMOVED
    statement = select(SlideDeck.id).where(SlideDeck.files_gone_at.is_(None), or_(broken_off, discarded, removed))
    return list(db.session.scalars(statement.order_by(SlideDeck.id).limit(limit)))
