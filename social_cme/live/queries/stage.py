"""Reads of what stands in front of the audience, for a page, a snapshot or the channel, in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from social_cme.accounts.models import User
from social_cme.core.errors import NotFound
from social_cme.extensions import db
from social_cme.live import rules
from social_cme.live.enums import DeckState, HandState, ProjectorView
from social_cme.live.models import CaptionLine, LiveSession, LiveStage, RaisedHand, SharedLink, SlideDeck
from social_cme.live.queries.slides import list_decks

OPEN_HANDS = (HandState.RAISED, HandState.SPEAKING)
MOST_HANDS = 500


@dataclass(frozen=True, slots=True)
class SlidesNow:
    """The deck that is shown with its current page, and the one that is being made or could not be."""

    deck: SlideDeck | None
    page: int
    work: SlideDeck | None


@dataclass(frozen=True, slots=True)
class StageBoard:
    """What stands in front of the audience; ``captions`` are the last ones, oldest first."""

    slides: SlidesNow
    hands: list[RaisedHand]
    captions: list[CaptionLine]
    captioner: User | None
    links: list[SharedLink]
    projector: str
    video_url: str

    @property
    def speaker(self) -> RaisedHand | None:
        """Who has the floor."""
        return next((hand for hand in self.hands if hand.state == HandState.SPEAKING), None)


def load_stage(session: LiveSession) -> StageBoard:
    """Read it; five statements, however much there is."""
    stage = stages_of([session.id]).get(session.id)
    return StageBoard(
        slides=slides_of(stage, list_decks([session.id]).get(session.id, [])),
        hands=list_hands(session.id),
        captions=list_captions(session.id),
        captioner=stage.captioner if stage is not None else None,
        links=list_links(session.id),
        projector=stage.view if stage is not None else ProjectorView.QUESTION,
        video_url=stage.video_url if stage is not None else "",
    )


def slides_of(stage: LiveStage | None, decks: list[SlideDeck]) -> SlidesNow:
    """Tell which of the decks of a session is shown, and which is at work."""
    shown = next((one for one in decks if stage is not None and one.id == stage.deck_id), None)
    work = next((one for one in reversed(decks) if one.state != DeckState.READY), None)
    page = stage.page if stage is not None and shown is not None else 1
    return SlidesNow(deck=shown, page=page, work=work)


def stages_of(session_ids: Collection[int]) -> dict[int, LiveStage]:
    """Return the rows of some sessions with their captioners, as the database has them now."""
    if not session_ids:
        return {}
    statement = (
        select(LiveStage)
        .where(LiveStage.session_id.in_(list(session_ids)))
        .options(joinedload(LiveStage.captioner))
        .execution_options(populate_existing=True)
    )
    return {stage.session_id: stage for stage in db.session.scalars(statement)}


def list_hands(session_id: int) -> list[RaisedHand]:
    """Return the open hands of a session with their people, in the order in which they went up."""
    statement = (
        select(RaisedHand)
        .where(RaisedHand.session_id == session_id, RaisedHand.state.in_(OPEN_HANDS))
        .options(joinedload(RaisedHand.person))
        .order_by(RaisedHand.id)
        .limit(MOST_HANDS)
    )
    return list(db.session.scalars(statement))


def hands_by_id(ids: Collection[int]) -> dict[int, RaisedHand]:
    """Return some hands with their people, as the database has them now."""
    if not ids:
        return {}
    statement = select(RaisedHand).where(RaisedHand.id.in_(list(ids))).options(joinedload(RaisedHand.person))
    return {hand.id: hand for hand in db.session.scalars(statement.execution_options(populate_existing=True))}


def find_open_hand(session_id: int, user_id: int) -> RaisedHand | None:
    """Return the hand that somebody holds up."""
    return db.session.scalar(
        select(RaisedHand).where(
            RaisedHand.session_id == session_id, RaisedHand.user_id == user_id, RaisedHand.state.in_(OPEN_HANDS)
        )
    )


def access_hand(session: LiveSession, hand_id: int) -> RaisedHand:
    """Return a hand of this session; raise ``NotFound`` for one that is absent or of another session."""
    hand = db.session.scalar(select(RaisedHand).where(RaisedHand.id == hand_id, RaisedHand.session_id == session.id))
    if hand is None:
        raise NotFound
    return hand


def list_captions(session_id: int, *, limit: int | None = rules.CAPTIONS_SHOWN) -> list[CaptionLine]:
    """Return the last captions of a session, or all, oldest first."""
    statement = select(CaptionLine).where(CaptionLine.session_id == session_id).order_by(CaptionLine.id.desc())
    return list(reversed(db.session.scalars(statement.limit(limit) if limit else statement).all()))


def captions_by_id(ids: Collection[int]) -> dict[int, CaptionLine]:
    """Return some captions, as the database has them now."""
    if not ids:
        return {}
    statement = select(CaptionLine).where(CaptionLine.id.in_(list(ids))).execution_options(populate_existing=True)
    return {line.id: line for line in db.session.scalars(statement)}


def access_caption(session: LiveSession, caption_id: int) -> CaptionLine:
    """Return a caption of this session; raise ``NotFound`` for one that is absent or of another session."""
    line = db.session.scalar(
        select(CaptionLine).where(CaptionLine.id == caption_id, CaptionLine.session_id == session.id)
    )
    if line is None:
        raise NotFound
    return line


def list_links(session_id: int) -> list[SharedLink]:
    """Return the addresses on the list of a session with who shared them."""
    statement = (
        select(SharedLink)
        .where(SharedLink.session_id == session_id, SharedLink.removed_at.is_(None))
        .options(joinedload(SharedLink.author))
        .order_by(SharedLink.id)
        .limit(rules.MAX_LINKS)
    )
    return list(db.session.scalars(statement))


def links_by_id(ids: Collection[int]) -> dict[int, SharedLink]:
    """Return some shared addresses with who shared them, as the database has them now."""
    if not ids:
        return {}
    statement = select(SharedLink).where(SharedLink.id.in_(list(ids))).options(joinedload(SharedLink.author))
    return {link.id: link for link in db.session.scalars(statement.execution_options(populate_existing=True))}


def access_link(session: LiveSession, link_id: int) -> SharedLink:
    """Return a shared address of this session; raise ``NotFound`` for one that is absent or of another session."""
    link = db.session.scalar(select(SharedLink).where(SharedLink.id == link_id, SharedLink.session_id == session.id))
    if link is None:
        raise NotFound
    return link


def count_links(session_id: int, *, author_id: int | None = None) -> int:
    """Count the addresses on the list of a session, of everybody or of one person."""
    statement = select(func.count(SharedLink.id)).where(
        SharedLink.session_id == session_id, SharedLink.removed_at.is_(None)
    )
    if author_id is not None:
        statement = statement.where(SharedLink.author_id == author_id)
    return db.session.scalar(statement) or 0
