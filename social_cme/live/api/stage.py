"""The projector, the video, hands, captions and shared links."""

from __future__ import annotations

from social_cme.core.permissions import require
from social_cme.live import schemas
from social_cme.live.api import SESSION, WRITE, bp
from social_cme.live.policies import can_watch
from social_cme.live.queries import sessions
from social_cme.live.queries.stage import hands_by_id, links_by_id, list_captions, load_stage
from social_cme.live.services import captions, hands, links, stage
from social_cme.live.services.joining import decide_to_join
from social_cme.rooms.queries import read_room
from social_cme.web.actor import current_actor, require_actor
from social_cme.web.api import endpoint

HAND = f"{SESSION}/hands/<id:hand_id>"


@endpoint(
    bp,
    f"{SESSION}/projector",
    "PUT",
    result=schemas.ProjectorOut,
    body=schemas.ProjectorBody,
    scope=WRITE,
    errors=(422,),
)
def show_on_projector(slug: str, session_id: int, body: schemas.ProjectorBody) -> schemas.ProjectorOut:
    """Choose what the projector of the hall shows."""
    ctx = read_room(require_actor(), slug)
    session = stage.show_on_projector(ctx, session_id, view=body.view, client_id=body.client_id)
    return schemas.ProjectorOut.model_validate({"view": load_stage(session).projector})


@endpoint(bp, f"{SESSION}/video", "GET", result=schemas.VideoAddressOut)
def show_video(slug: str, session_id: int) -> schemas.VideoAddressOut:
    """Tell a participant the address of the video call."""
    ctx = read_room(require_actor(), slug)
    session = sessions.access_session(ctx, session_id)
    require(decide_to_join(ctx, session))
    require(can_watch(session))
    return _video(load_stage(session).video_url)


@endpoint(
    bp,
    f"{SESSION}/video",
    "PUT",
    result=schemas.VideoAddressOut,
    body=schemas.VideoBody,
    scope=WRITE,
    errors=(422,),
)
def set_video(slug: str, session_id: int, body: schemas.VideoBody) -> schemas.VideoAddressOut:
    """Set the address of the video call, or take it away."""
    return _video(load_stage(stage.set_video(read_room(require_actor(), slug), session_id, url=body.url)).video_url)


@endpoint(bp, f"{SESSION}/hands", "GET", result=schemas.HandList, public=True)
def list_hands(slug: str, session_id: int) -> schemas.HandList:
    """List the open hands in the order in which they went up."""
    session = sessions.access_session(read_room(current_actor(), slug), session_id)
    return schemas.HandList(items=[schemas.HandOut.of(hand) for hand in load_stage(session).hands])


@endpoint(bp, f"{SESSION}/hand", "PUT", result=schemas.HandOut, scope=WRITE)
def raise_hand(slug: str, session_id: int) -> schemas.HandOut:
    """Ask for the floor."""
    return _hand(hands.raise_hand(read_room(require_actor(), slug), session_id).id)


@endpoint(bp, f"{SESSION}/hand", "DELETE", result=None, status=204, scope=WRITE)
def lower_hand(slug: str, session_id: int) -> None:
    """Take one's own hand down."""
    hands.lower_hand(read_room(require_actor(), slug), session_id)


@endpoint(bp, HAND, "DELETE", result=schemas.HandOut, scope=WRITE)
def lower_others_hand(slug: str, session_id: int, hand_id: int) -> schemas.HandOut:
    """Take somebody's hand down, as who leads."""
    hands.lower_hand(read_room(require_actor(), slug), session_id, hand_id)
    return _hand(hand_id)


@endpoint(bp, f"{HAND}/floor", "PUT", result=schemas.HandOut, body=schemas.FloorBody, scope=WRITE, errors=(422,))
def give_floor(slug: str, session_id: int, hand_id: int, body: schemas.FloorBody) -> schemas.HandOut:
    """Give somebody the floor."""
    ctx = read_room(require_actor(), slug)
    return _hand(hands.give_floor(ctx, session_id, hand_id, minutes=body.minutes, client_id=body.client_id).id)


@endpoint(
    bp, f"{SESSION}/hands/next", "POST", result=schemas.HandList, body=schemas.FloorBody, scope=WRITE, errors=(422,)
)
def next_speaker(slug: str, session_id: int, body: schemas.FloorBody) -> schemas.HandList:
    """Give the floor to who waits longest; the list tells who that is."""
    ctx = read_room(require_actor(), slug)
    hands.next_speaker(ctx, session_id, minutes=body.minutes, client_id=body.client_id)
    found = load_stage(sessions.access_session(ctx, session_id)).hands
    return schemas.HandList(items=[schemas.HandOut.of(hand) for hand in found])


@endpoint(bp, f"{SESSION}/captions", "GET", result=schemas.CaptionList, public=True)
def show_captions(slug: str, session_id: int) -> schemas.CaptionList:
    """List every line of captions, oldest first."""
    session = sessions.access_session(read_room(current_actor(), slug), session_id)
    person = load_stage(session).captioner
    return schemas.CaptionList(
        captioner=schemas.PersonOut.of(person) if person is not None else None,
        items=[schemas.CaptionOut.of(line) for line in list_captions(session.id, limit=None)],
    )


@endpoint(
    bp,
    f"{SESSION}/captions",
    "POST",
    result=schemas.CaptionOut,
    body=schemas.CaptionBody,
    status=201,
    scope=WRITE,
    errors=(422,),
)
def post_caption(slug: str, session_id: int, body: schemas.CaptionBody) -> schemas.CaptionOut:
    """Type a line of captions."""
    ctx = read_room(require_actor(), slug)
    return schemas.CaptionOut.of(captions.post_caption(ctx, session_id, body=body.body, client_id=body.client_id))


@endpoint(bp, f"{SESSION}/captions/<id:caption_id>", "DELETE", result=schemas.CaptionOut, scope=WRITE)
def hide_caption(slug: str, session_id: int, caption_id: int) -> schemas.CaptionOut:
    """Take a line of captions back."""
    return schemas.CaptionOut.of(captions.hide_caption(read_room(require_actor(), slug), session_id, caption_id))


@endpoint(
    bp,
    f"{SESSION}/captioner",
    "PUT",
    result=schemas.CaptionList,
    body=schemas.CaptionerBody,
    scope=WRITE,
    errors=(422,),
)
def name_captioner(slug: str, session_id: int, body: schemas.CaptionerBody) -> schemas.CaptionList:
    """Ask a member to type captions, or nobody any more."""
    stage.name_captioner(read_room(require_actor(), slug), session_id, user_id=body.user_id)
    return show_captions(slug, session_id)


@endpoint(bp, f"{SESSION}/links", "GET", result=schemas.LinkList, public=True)
def list_links(slug: str, session_id: int) -> schemas.LinkList:
    """List the addresses that were shared."""
    session = sessions.access_session(read_room(current_actor(), slug), session_id)
    return schemas.LinkList(items=[schemas.LinkOut.of(link) for link in load_stage(session).links])


@endpoint(
    bp,
    f"{SESSION}/links",
    "POST",
    result=schemas.LinkOut,
    body=schemas.LinkBody,
    status=201,
    scope=WRITE,
    errors=(422,),
)
def share_link(slug: str, session_id: int, body: schemas.LinkBody) -> schemas.LinkOut:
    """Share an address with a title."""
    ctx = read_room(require_actor(), slug)
    link = links.share_link(
        ctx, session_id, title=body.title, url=body.url, attested=body.attested, client_id=body.client_id
    )
    return schemas.LinkOut.of(links_by_id([link.id])[link.id])


@endpoint(bp, f"{SESSION}/links/<id:link_id>", "DELETE", result=schemas.LinkOut, scope=WRITE)
def remove_link(slug: str, session_id: int, link_id: int) -> schemas.LinkOut:
    """Take an address off the list."""
    links.remove_link(read_room(require_actor(), slug), session_id, link_id)
    return schemas.LinkOut.of(links_by_id([link_id])[link_id])


def _hand(hand_id: int) -> schemas.HandOut:
    return schemas.HandOut.of(hands_by_id([hand_id])[hand_id])


def _video(url: str) -> schemas.VideoAddressOut:
    return schemas.VideoAddressOut(**schemas.VideoOut.of(url).model_dump(), url=url)
