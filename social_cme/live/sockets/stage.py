"""Messages about slides, the projector, hands, captions and shared links."""

from __future__ import annotations

from typing import Any

from social_cme.live import schemas
from social_cme.live.queries.sessions import enter_session
from social_cme.live.queries.stage import hands_by_id, links_by_id, load_stage
from social_cme.live.services import captions, hands, links, slides, stage
from social_cme.realtime.gateway import Gateway

Answer = dict[str, Any]


def register(gateway: Gateway) -> None:
    """Add the messages of what stands in front of the audience."""
    _register_screen(gateway)
    _register_hands(gateway)
    _register_captions(gateway)
    _register_links(gateway)


def _register_screen(gateway: Gateway) -> None:
    @gateway.on("slide.show", schemas.ShowSlide)
    def show_slide(actor: Any, message: schemas.ShowSlide) -> Answer:
        ctx = enter_session(actor, message.session_id)
        session = slides.show_page(ctx, message.session_id, page=message.page, client_id=message.client_id)
        return {"slides": schemas.SlidesOut.of(load_stage(session).slides).model_dump(mode="json")}

    @gateway.on("projector.show", schemas.ShowProjector)
    def show_on_projector(actor: Any, message: schemas.ShowProjector) -> Answer:
        ctx = enter_session(actor, message.session_id)
        session = stage.show_on_projector(ctx, message.session_id, view=message.view, client_id=message.client_id)
        return {"projector": {"view": load_stage(session).projector}}


def _register_hands(gateway: Gateway) -> None:
    @gateway.on("hand.raise", schemas.RaiseHand)
    def raise_hand(actor: Any, message: schemas.RaiseHand) -> Answer:
        ctx = enter_session(actor, message.session_id)
        return _hand(hands.raise_hand(ctx, message.session_id, client_id=message.client_id))

    @gateway.on("hand.lower", schemas.LowerHand)
    def lower_hand(actor: Any, message: schemas.LowerHand) -> Answer:
        ctx = enter_session(actor, message.session_id)
        return _hand(hands.lower_hand(ctx, message.session_id, message.hand_id, client_id=message.client_id))

    @gateway.on("hand.give", schemas.GiveFloor)
    def give_floor(actor: Any, message: schemas.GiveFloor) -> Answer:
        ctx = enter_session(actor, message.session_id)
        return _hand(
            hands.give_floor(
                ctx, message.session_id, message.hand_id, minutes=message.minutes, client_id=message.client_id
            )
        )

    @gateway.on("hand.next", schemas.NextSpeaker)
    def next_speaker(actor: Any, message: schemas.NextSpeaker) -> Answer:
        ctx = enter_session(actor, message.session_id)
        return _hand(hands.next_speaker(ctx, message.session_id, minutes=message.minutes, client_id=message.client_id))


def _register_captions(gateway: Gateway) -> None:
    @gateway.on("caption.post", schemas.PostCaption)
    def post_caption(actor: Any, message: schemas.PostCaption) -> Answer:
        ctx = enter_session(actor, message.session_id)
        return _caption(captions.post_caption(ctx, message.session_id, body=message.body, client_id=message.client_id))

    @gateway.on("caption.hide", schemas.HideCaption)
    def hide_caption(actor: Any, message: schemas.HideCaption) -> Answer:
        ctx = enter_session(actor, message.session_id)
        return _caption(captions.hide_caption(ctx, message.session_id, message.caption_id, client_id=message.client_id))


def _register_links(gateway: Gateway) -> None:
    @gateway.on("link.share", schemas.ShareLink)
    def share_link(actor: Any, message: schemas.ShareLink) -> Answer:
        ctx = enter_session(actor, message.session_id)
        return _link(
            links.share_link(
                ctx,
                message.session_id,
                title=message.title,
                url=message.url,
                attested=message.attested,
                client_id=message.client_id,
            )
        )

    @gateway.on("link.remove", schemas.RemoveLink)
    def remove_link(actor: Any, message: schemas.RemoveLink) -> Answer:
        ctx = enter_session(actor, message.session_id)
        return _link(links.remove_link(ctx, message.session_id, message.link_id, client_id=message.client_id))


def _hand(hand: Any) -> Answer:
    if hand is None:
        return {"hand": None}
    return {"hand": schemas.HandOut.of(hands_by_id([hand.id])[hand.id]).model_dump(mode="json")}


def _caption(line: Any) -> Answer:
    return {"caption": schemas.CaptionOut.of(line).model_dump(mode="json")}


def _link(link: Any) -> Answer:
    return {"link": schemas.LinkOut.of(links_by_id([link.id])[link.id]).model_dump(mode="json")}
