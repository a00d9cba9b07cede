"""Slides: bring a PDF, show one of its pages to everybody, say what stands on it, take it away.

Rule: the row is committed before the file is written; what a crash leaves over is found by the sweep. Who leads says before
anything is kept that no page identifies a patient.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import select

from social_cme.core import clock
from social_cme.core.errors import Conflict, Invalid, NotFound, TooLarge
from social_cme.core.ids import new_token
from social_cme.core.permissions import require
from social_cme.jobs.queue import enqueue
from social_cme.live import events, rules
from social_cme.live.enums import DeckState
from social_cme.live.models import LiveSession, SlideDeck, SlidePage
from social_cme.live.policies import can_prepare, can_present
from social_cme.live.queries.sessions import access_session, mentor_ids
from social_cme.live.queries.slides import find_page, kept_bytes, list_decks, list_unclean_ids
from social_cme.live.services.stage import stage_of
from social_cme.live.services.texts import optional_text
from social_cme.media.decoding.pages import count_pages
from social_cme.media.storage import settings, storage
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.privacy.enums import ObjectKind
from social_cme.privacy.services.checking import check_before_publishing
from social_cme.rooms.models import Room
from social_cme.rooms.policies import RoomContext

BROKEN_OFF = timedelta(hours=1)
BATCH = 50


def upload_deck(
    ctx: RoomContext, session_id: int, *, data: bytes, attested: bool, client_id: str | None = None
) -> SlideDeck:
    """Take a PDF of slides in; its pages become pictures in the background, and then it is the one that is shown.

    Raises ``TooLarge`` above the limit of bytes or the room's quota, ``Invalid`` naming ``file`` or ``attested``.
    """
    _require_preparing(ctx, access_session(ctx, session_id))
    _check_size(data)
    if not attested:
        message = "Look through the slides once more and confirm that nothing on them identifies a patient."
        raise Invalid(message, fields={"attested": [message]})
    # Slow, and no business of the database: a repeat of this request is noticed right after it.
    pages = count_pages(data, most=settings().max_slide_pages)
    deck, is_repeat = _announce(ctx, session_id, len(data), pages, client_id)
    if not is_repeat or deck.stored_at is None:
        _store(deck.id, deck.source_name, data)
    return deck


def show_page(ctx: RoomContext, session_id: int, *, page: int, client_id: str | None = None) -> LiveSession:
    """Move the slides for everybody; showing the page that is shown changes nothing."""
    with transaction() as tx:
        session = access_session(ctx, session_id, lock=True)
        require(can_present(ctx, session, mentor_ids(session.id)))
        claim = tx.claim(ctx.user.id, client_id, "slide.show")
        if claim.object_id is not None:
            return session
        stage = stage_of(tx, session)
        deck = tx.session.get(SlideDeck, stage.deck_id) if stage.deck_id is not None else None
        if deck is None or deck.state != DeckState.READY:
            raise Conflict("There are no slides to show yet.")
        if not 1 <= page <= deck.pages_total:
            message = f"These slides have the pages 1 to {deck.pages_total}."
            raise Invalid(message, fields={"page": [message]})
        if stage.page != page:
            stage.page = page
            tx.record(
                events.SlideShown(
                    actor_id=ctx.user.id, room_id=ctx.room_id, session_id=session.id, deck_id=deck.id, page=page
                )
            )
        claim.settle(session.id)
    return session


def describe_page(
    ctx: RoomContext,
    session_id: int,
    *,
    page: int,
    alt: str,
    attested: Collection[str] = (),
    client_id: str | None = None,
) -> SlidePage:
    """Say in other words what stands on a page of the slides that are shown; empty means that nothing stands on it."""
    text = optional_text(alt, field="alt", limit=rules.MAX_ALT, name="a description")
    with transaction() as tx:
        session = access_session(ctx, session_id, lock=True)
        require(can_prepare(ctx, session, mentor_ids(session.id)))
        claim = tx.claim(ctx.user.id, client_id, "slide.describe")
        deck_id = stage_of(tx, session).deck_id
        found = find_page(deck_id, page) if deck_id is not None else None
        deck = tx.session.get(SlideDeck, deck_id) if found is not None else None
        if found is None or deck is None:
            raise NotFound
        if claim.object_id is not None or found.alt == text:
            return found
        if text:
            check_before_publishing(
                tx,
                ctx,
                kind=ObjectKind.SLIDE,
                parts={"alt": text},
                attested=attested,
                earlier={"alt": found.alt},
                place_id=session.id,
            ).note(found.id)
        found.alt = text
        deck.revision += 1
        tx.record(
            events.SlideDescribed(
                actor_id=ctx.user.id, room_id=ctx.room_id, session_id=session.id, deck_id=deck.id, page=page
            )
        )
        claim.settle(found.id)
    return found


def remove_decks(ctx: RoomContext, session_id: int) -> LiveSession:
    """Take the slides of a session away, also those that are still being made; without any this changes nothing."""
    with transaction() as tx:
        session = access_session(ctx, session_id, lock=True)
        _require_preparing(ctx, session)
        stage = stage_of(tx, session)
        stage.deck_id, stage.page = None, 1
        for deck in list_decks([session.id]).get(session.id, []):
            mark_removed(tx, deck, actor_id=ctx.user.id)
    return session


def mark_removed(tx: Transaction, deck: SlideDeck, *, actor_id: int | None) -> None:
    """Put a deck out of sight and have its files removed after the commit. Joins the caller's transaction."""
    deck.state = DeckState.REMOVED
    tx.record(
        events.SlidesRemoved(actor_id=actor_id, room_id=deck.room_id, session_id=deck.session_id, deck_id=deck.id)
    )
    tx.session.flush()
    deck_id = deck.id
    tx.after_commit(lambda: enqueue("live.clean_slides", deck_id=deck_id))


def clean_deck(deck_id: int) -> None:
    """Discard the uploaded file once nothing is to be made of it any more, and the pictures of a deck that was removed."""
    with transaction() as tx:
        deck = tx.session.get(SlideDeck, deck_id)
        if deck is None or deck.state in {DeckState.WAITING, DeckState.RENDERING}:
            return
        removed = deck.state == DeckState.REMOVED
        names = [deck.source_name]
        if removed:
            pages = tx.session.scalars(select(SlidePage).where(SlidePage.deck_id == deck_id))
            names += [deck.file_name(page.number, int(one[0])) for page in pages for one in page.files]
    storage().remove(names)
    with transaction() as tx:
        row = tx.session.get(SlideDeck, deck_id)
        if row is not None:
            row.source_gone_at = row.source_gone_at or clock.now()
            if removed:
                row.files_gone_at = clock.now()


def clean_up() -> int:
    """Remove uploads that broke off and files that are still there; return how many decks were dealt with."""
    begun_before = clock.now() - BROKEN_OFF
    ids = list_unclean_ids(begun_before=begun_before, limit=BATCH)
    for deck_id in ids:
        with transaction() as tx:
            deck = tx.session.get(SlideDeck, deck_id)
            if deck is not None and deck.stored_at is None and deck.created_at < begun_before:
                deck.state = DeckState.REMOVED
        clean_deck(deck_id)
    return len(ids)


def _require_preparing(ctx: RoomContext, session: LiveSession) -> None:
    require(can_prepare(ctx, session, mentor_ids(session.id)))


def _check_size(data: bytes) -> None:
    if not data:
        raise Invalid("Choose a PDF.", fields={"file": ["Choose a PDF."]})
    most = settings().max_slides_kilobytes * 1024
    if len(data) > most:
        raise TooLarge(
            f"Slides can have at most {_size_words(most)}. Make the pictures in them smaller, then try again."
        )


def _size_words(size: int) -> str:
    megabytes = size / 1024 / 1024
    return f"{megabytes:.0f} MB" if megabytes >= 1 else f"{size // 1024} KB"


def _announce(
    ctx: RoomContext, session_id: int, length: int, pages: int, client_id: str | None
) -> tuple[SlideDeck, bool]:
    with transaction() as tx:
        session = access_session(ctx, session_id, lock=True)
        _require_preparing(ctx, session)
        claim = tx.claim(ctx.user.id, client_id, "slide.upload")
        earlier = tx.session.get(SlideDeck, claim.object_id) if claim.object_id is not None else None
        if earlier is not None:
            return earlier, True
        # Two uploads into the room at once wait for each other here, or both would see place for one.
        tx.session.execute(select(Room.id).where(Room.id == ctx.room_id).with_for_update(key_share=True))
        most = settings().slides_quota_megabytes * 1024 * 1024
        if kept_bytes(ctx.room_id) + length > most:
            raise TooLarge(
                f"The slides of this room fill the {_size_words(most)} that it may keep. Remove some of earlier sessions first."
            )
        stage = stage_of(tx, session)
        for other in list_decks([session.id]).get(session.id, []):
            if other.state != DeckState.READY:
                mark_removed(tx, other, actor_id=ctx.user.id)
        deck = SlideDeck(
            room_id=ctx.room_id,
            session_id=session.id,
            key=new_token(),
            uploaded_by_id=ctx.user.id,
            pages_total=pages,
            byte_size=length,
            attested_at=clock.now(),
        )
        tx.add(deck)
        tx.session.flush()
        if stage.deck_id is None:
            stage.page = 1
        tx.record(
            events.SlidesUploaded(
                actor_id=ctx.user.id, room_id=ctx.room_id, session_id=session.id, deck_id=deck.id, pages=pages
            )
        )
        claim.settle(deck.id)
        return deck, False


def _store(deck_id: int, name: str, data: bytes) -> None:
    storage().write(name, data)
    with transaction() as tx:
        deck = tx.session.get(SlideDeck, deck_id)
        if deck is None or deck.state != DeckState.WAITING:
            raise Conflict("These slides were removed while they were being taken in. Choose the file once more.")
        deck.stored_at = clock.now()
        tx.after_commit(lambda: enqueue("live.render_slides", deck_id=deck_id))
