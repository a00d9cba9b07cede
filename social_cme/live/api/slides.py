"""Slides: bring them, list their pages, move them, say what stands on them, take them away."""

from __future__ import annotations

from flask import url_for

from social_cme.live import schemas
from social_cme.live.api import SESSION, WRITE, bp
from social_cme.live.models import LiveSession
from social_cme.live.policies import can_lead, can_see_slides
from social_cme.live.queries import sessions
from social_cme.live.queries.slides import list_pages
from social_cme.live.queries.stage import load_stage
from social_cme.live.services import slides
from social_cme.media.storage import settings
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries import read_room
from social_cme.web.actor import current_actor, require_actor
from social_cme.web.api import endpoint
from social_cme.web.uploads import uploaded_bytes


@endpoint(bp, f"{SESSION}/slides", "GET", result=schemas.SlideList, public=True)
def list_slides(slug: str, session_id: int) -> schemas.SlideList:
    """List the pages of the slides with what stands on them and where their pictures are."""
    ctx = read_room(current_actor(), slug)
    return _shown(ctx, sessions.access_session(ctx, session_id))


@endpoint(
    bp,
    f"{SESSION}/slides",
    "POST",
    result=schemas.SlideList,
    form=schemas.SlidesIn,
    status=201,
    scope=WRITE,
    errors=(413, 422, 503),
    file="slides",
)
def upload_slides(slug: str, session_id: int, form: schemas.SlidesIn) -> schemas.SlideList:
    """Bring a PDF; ``work`` says how many of its pages are pictures, and then they replace the slides before."""
    ctx = read_room(require_actor(), slug)
    data = uploaded_bytes(form.file, most=settings().max_slides_kilobytes * 1024)
    slides.upload_deck(ctx, session_id, data=data, attested=form.attested, client_id=form.client_id)
    return _shown(ctx, sessions.access_session(ctx, session_id))


@endpoint(
    bp,
    f"{SESSION}/slides/shown",
    "PUT",
    result=schemas.SlidesOut,
    body=schemas.ShowSlideBody,
    scope=WRITE,
    errors=(422,),
)
def show_slide(slug: str, session_id: int, body: schemas.ShowSlideBody) -> schemas.SlidesOut:
    """Move the slides for everybody."""
    ctx = read_room(require_actor(), slug)
    session = slides.show_page(ctx, session_id, page=body.page, client_id=body.client_id)
    return schemas.SlidesOut.of(load_stage(session).slides)


@endpoint(
    bp,
    f"{SESSION}/slides/description",
    "PUT",
    result=schemas.SlideList,
    body=schemas.DescribeSlideBody,
    scope=WRITE,
    errors=(422,),
)
def describe_slide(slug: str, session_id: int, body: schemas.DescribeSlideBody) -> schemas.SlideList:
    """Say what stands on a page, for somebody who cannot see it."""
    ctx = read_room(require_actor(), slug)
    slides.describe_page(
        ctx, session_id, page=body.page, alt=body.alt, attested=body.attested, client_id=body.client_id
    )
    return _shown(ctx, sessions.access_session(ctx, session_id))


@endpoint(bp, f"{SESSION}/slides", "DELETE", result=None, status=204, scope=WRITE)
def remove_slides(slug: str, session_id: int) -> None:
    """Take the slides away for good."""
    slides.remove_decks(read_room(require_actor(), slug), session_id)


def _shown(ctx: RoomContext, session: LiveSession) -> schemas.SlideList:
    now = load_stage(session).slides
    seen = can_see_slides(session, leads=bool(can_lead(ctx, sessions.mentor_ids(session.id))))
    deck = now.deck if seen else None
    return schemas.SlideList(
        slides=schemas.SlidesOut.of(now),
        items=[
            schemas.SlidePageOut(
                number=page.number,
                alt=page.alt,
                width=page.width,
                height=page.height,
                hrefs={
                    str(size): url_for(
                        "live.slide_picture",
                        slug=ctx.room.slug,
                        session_id=session.id,
                        deck=deck.key,
                        page=page.number,
                        size=size,
                    )
                    for size, *_rest in page.files
                },
            )
            for page in list_pages(deck.id if deck is not None else None)
            if deck is not None
        ],
    )
