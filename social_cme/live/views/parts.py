"""What the parts of a session's page read that stand in front of the audience: slides, hands, captions, video, links."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import request

from social_cme.extensions import current_settings
from social_cme.live import rules
from social_cme.live.enums import SessionState
from social_cme.live.forms import CaptionForm, LinkForm, SlidesForm
from social_cme.live.models import LiveSession
from social_cme.live.policies import can_see_slides, can_share_link
from social_cme.live.queries.board import Board
from social_cme.live.queries.slides import find_page
from social_cme.live.queries.stage import list_captions
from social_cme.rooms.policies import RoomContext
from social_cme.web.headers import allow_frame


@dataclass(frozen=True, slots=True)
class Video:
    """The address of a video call for a participant; ``frame`` is set where it may be shown inside the page."""

    url: str
    host: str
    frame: bool


def stage_context(ctx: RoomContext, session: LiveSession, board: Board, *, joins: bool, leads: bool) -> dict[str, Any]:
    """Return what the parts read; the frame of a video is let through for this answer when it is in it."""
    stage, live = board.stage, session.state == SessionState.LIVE
    return {
        "slide": _slide(session, board, leads=leads),
        "slides_form": SlidesForm(formdata=None),
        "my_hand": next((hand for hand in stage.hands if hand.user_id == ctx.actor_id), None),
        "may_raise": joins and live,
        "is_captioner": live and joins and stage.captioner is not None and stage.captioner.id == ctx.actor_id,
        "caption_form": CaptionForm(formdata=None),
        "all_captions": list_captions(session.id, limit=None) if session.state == SessionState.ENDED else [],
        "may_share_link": joins and bool(can_share_link(session, leads=leads)),
        "link_form": LinkForm(formdata=None),
        "video": _video(stage.video_url, session) if joins else None,
    }


def _slide(session: LiveSession, board: Board, *, leads: bool) -> dict[str, Any] | None:
    """Return the page that is looked at: the one everybody sees, or the one that the address names."""
    now = board.stage.slides
    if now.deck is None or not can_see_slides(session, leads=leads):
        return None
    asked = request.args.get("slide", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else now.page
    number = number if 1 <= number <= now.deck.pages_total else now.page
    page = find_page(now.deck.id, number)
    return {"deck": now.deck, "shown": now.page, "page": page} if page is not None else None


def _video(url: str, session: LiveSession) -> Video | None:
    if not url or session.state not in {SessionState.SCHEDULED, SessionState.LIVE}:
        return None
    origin = rules.frame_origin(url, current_settings().frame_hosts) if session.state == SessionState.LIVE else None
    if origin is not None:
        allow_frame(origin)
    return Video(url=url, host=rules.host_of(url), frame=origin is not None)
