"""Who moves slides, speaks, types captions, shares addresses and sees the video."""

from __future__ import annotations

from collections.abc import Collection

from social_cme.core.permissions import ALLOWED, Decision, refuse
from social_cme.live.enums import SessionState
from social_cme.live.models import LiveSession, SharedLink
from social_cme.live.policies.sessions import can_lead
from social_cme.rooms.policies import RoomContext


def can_prepare(ctx: RoomContext, session: LiveSession, mentor_ids: Collection[int]) -> Decision:
    """Bring slides, set the video and name a captioner: who leads, until the session is over."""
    decision = can_lead(ctx, mentor_ids)
    if not decision:
        return decision
    return _until_its_end(session)


def can_present(ctx: RoomContext, session: LiveSession, mentor_ids: Collection[int]) -> Decision:
    """Move slides, give the floor, choose what the projector shows: who leads, while the session runs."""
    decision = can_lead(ctx, mentor_ids)
    return _while_it_runs(session) if decision else decision


def can_raise_hand(session: LiveSession) -> Decision:
    """Ask for the floor, as far as the session goes: while it runs."""
    return _while_it_runs(session)


def can_see_slides(session: LiveSession, *, leads: bool) -> Decision:
    """Look at slides: who leads at any time, everybody else from the start on."""
    if leads or session.state in {SessionState.LIVE, SessionState.ENDED}:
        return ALLOWED
    return refuse("The slides can be seen when the session starts.")


def can_caption(ctx: RoomContext, session: LiveSession, captioner_id: int | None) -> Decision:
    """Type captions: the person who was asked to, while the session runs."""
    if ctx.actor_id is None or ctx.actor_id != captioner_id:
        return refuse("Only the person whom the mentor named types captions.")
    return _while_it_runs(session)


def can_hide_caption(ctx: RoomContext, author_id: int) -> Decision:
    """Take a line of captions back: who typed it, and whoever moderates the room."""
    if ctx.moderates or ctx.actor_id == author_id:
        return ALLOWED
    return refuse("Only the captioner and the room's moderators can take a line back.")


def can_share_link(session: LiveSession, *, leads: bool) -> Decision:
    """Share an address: members while the session runs, who leads also before and after it."""
    if session.state == SessionState.CANCELLED:
        return refuse("This session was canceled.")
    return ALLOWED if leads else _while_it_runs(session)


def can_remove_link(ctx: RoomContext, link: SharedLink, *, leads: bool) -> Decision:
    """Take an address off the list: who shared it, who leads, whoever moderates the room."""
    if leads or ctx.moderates or ctx.actor_id == link.author_id:
        return ALLOWED
    return refuse("Only who shared it, the mentors and the moderators can remove a link.")


def can_watch(session: LiveSession) -> Decision:
    """Be told the address of the video, as far as the session goes: until its end."""
    return _until_its_end(session)


def _while_it_runs(session: LiveSession) -> Decision:
    if session.state == SessionState.LIVE:
        return ALLOWED
    if session.state == SessionState.SCHEDULED:
        return refuse("This is possible when the session has started.")
    return refuse("This session is over.")


def _until_its_end(session: LiveSession) -> Decision:
    if session.state in {SessionState.SCHEDULED, SessionState.LIVE}:
        return ALLOWED
    return refuse("This session is over.")
