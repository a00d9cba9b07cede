"""Making pictures of slides, some pages at a time, outside of any request.

Rule: after each batch the row says how far it is, so a restart goes on from there. Whoever is at work holds a lease; one that has
not been heard of for two minutes is taken over. The uploaded file is discarded at the end, whatever came of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from social_cme.core import clock
from social_cme.core.text import clean_text
from social_cme.live import events, rules
from social_cme.live.enums import DeckState
from social_cme.live.models import LiveSession, SlideDeck, SlidePage
from social_cme.live.queries.slides import list_decks, list_unfinished_ids
from social_cme.live.services.slides import clean_deck, mark_removed
from social_cme.live.services.stage import stage_of
from social_cme.media.decoding.pages import NewPage, render_pages
from social_cme.media.storage import storage
from social_cme.persistence.transaction import Transaction, transaction

PAGES_AT_ONCE = 4
LEASE = timedelta(minutes=2)
_AT_WORK = {DeckState.WAITING, DeckState.RENDERING}


@dataclass(frozen=True, slots=True)
class _Turn:
    """What is to be rendered next, and the lease under which that happens."""

    source: str
    first: int
    last: int
    lease: datetime


def render_deck(deck_id: int) -> None:
    """Make pictures of all pages of a deck that are missing; does nothing while somebody else is at work on it."""
    turn = _begin(deck_id)
    while turn is not None:
        source = storage().read(turn.source)
        pages = render_pages(source, first=turn.first, last=turn.last) if source is not None else []
        turn = _keep(deck_id, turn, pages)
    clean_deck(deck_id)


def finish_unfinished() -> int:
    """Go on with what a restart interrupted; return how many decks there were."""
    ids = list_unfinished_ids(left_before=clock.now() - LEASE, limit=20)
    for deck_id in ids:
        render_deck(deck_id)
    return len(ids)


def _begin(deck_id: int) -> _Turn | None:
    with transaction() as tx:
        deck = _locked(tx, deck_id)
        if deck is None or deck.state not in _AT_WORK or deck.stored_at is None:
            return None
        if deck.taken_at is not None and deck.taken_at > clock.now() - LEASE:
            return None
        deck.state = DeckState.RENDERING
        return _next_turn(deck)


def _keep(deck_id: int, turn: _Turn, pages: list[NewPage]) -> _Turn | None:
    """Store the pictures, then say how far it is; return what comes next, ``None`` when nothing does."""
    with transaction() as tx:
        deck = _locked(tx, deck_id)
        if deck is None or deck.state != DeckState.RENDERING or deck.taken_at != turn.lease:
            return None
        place = {(page.number, one.size): deck.file_name(page.number, one.size) for page in pages for one in page.files}
    for page in pages:
        for one in page.files:
            storage().write(place[page.number, one.size], one.data)
    with transaction() as tx:
        deck = _locked(tx, deck_id)
        if deck is None or deck.state != DeckState.RENDERING or deck.taken_at != turn.lease:
            # Removed or taken over meanwhile: what was just written goes with the rest of the folder.
            tx.after_commit(lambda: storage().remove(place.values()))
            return None
        for page in pages:
            _add_page(tx, deck, page)
        deck.pages_done = turn.first - 1 + len(pages)
        if deck.pages_done < turn.last:
            _fail(deck)
        elif deck.pages_done == deck.pages_total:
            _finish(tx, deck)
        _tell(tx, deck)
        return _next_turn(deck) if deck.state == DeckState.RENDERING else None


def _locked(tx: Transaction, deck_id: int) -> SlideDeck | None:
    statement = select(SlideDeck).where(SlideDeck.id == deck_id).with_for_update(key_share=True)
    return tx.session.scalar(statement.execution_options(populate_existing=True))


def _next_turn(deck: SlideDeck) -> _Turn:
    deck.taken_at = clock.now()
    first = deck.pages_done + 1
    last = min(deck.pages_total, first + PAGES_AT_ONCE - 1)
    return _Turn(source=deck.source_name, first=first, last=last, lease=deck.taken_at)


def _add_page(tx: Transaction, deck: SlideDeck, page: NewPage) -> None:
    largest = page.files[-1]
    tx.add(
        SlidePage(
            deck_id=deck.id,
            number=page.number,
            alt=clean_text(page.text)[: rules.MAX_ALT],
            width=largest.width,
            height=largest.height,
            files=[[one.size, one.width, one.height, len(one.data)] for one in page.files],
        )
    )


def _fail(deck: SlideDeck) -> None:
    deck.state = DeckState.FAILED
    deck.problem = (
        f"Page {deck.pages_done + 1} could not be turned into a picture. "
        "Leave it out or print the slides to a new PDF, then choose that file."
    )


def _finish(tx: Transaction, deck: SlideDeck) -> None:
    """Let the deck be the one that is shown, and take the one before away."""
    session = tx.session.get(LiveSession, deck.session_id)
    if session is None:
        raise RuntimeError("a deck belongs to a session")
    tx.session.flush()
    pages = tx.session.scalars(select(SlidePage.files).where(SlidePage.deck_id == deck.id))
    deck.byte_size = sum(int(one[3]) for files in pages for one in files)
    deck.state = DeckState.READY
    stage = stage_of(tx, session)
    stage.deck_id, stage.page = deck.id, 1
    tx.session.flush()
    for other in list_decks([deck.session_id]).get(deck.session_id, []):
        if other.id < deck.id:
            mark_removed(tx, other, actor_id=None)


def _tell(tx: Transaction, deck: SlideDeck) -> None:
    tx.record(
        events.SlidesRendered(
            actor_id=deck.uploaded_by_id,
            room_id=deck.room_id,
            session_id=deck.session_id,
            deck_id=deck.id,
            state=deck.state,
            done=deck.pages_done,
        )
    )
