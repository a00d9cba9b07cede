"""What stands in front of the audience besides slides: the projector, the video, and who types captions."""

from __future__ import annotations

from sqlalchemy import select

from social_cme.core.errors import Invalid
from social_cme.core.permissions import require
from social_cme.live import events, rules
from social_cme.live.enums import ProjectorView
from social_cme.live.models import LiveSession, LiveStage
from social_cme.live.policies import can_prepare, can_present
from social_cme.live.queries.sessions import access_session, mentor_ids
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.rooms.enums import MembershipState
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries.members import find_membership


def stage_of(tx: Transaction, session: LiveSession) -> LiveStage:
    """Return the row of a session whose own row is locked, made when there is none. Joins the caller's transaction."""
    statement = select(LiveStage).where(LiveStage.session_id == session.id)
    stage = tx.session.scalar(statement.execution_options(populate_existing=True))
    if stage is None:
        stage = LiveStage(session_id=session.id, room_id=session.room_id, page=1, view=ProjectorView.QUESTION)
        tx.add(stage)
    return stage


def show_on_projector(ctx: RoomContext, session_id: int, *, view: str, client_id: str | None = None) -> LiveSession:
    """Choose what the projector of the hall shows: the question, the slides, the poll, or how to join."""
    with transaction() as tx:
        session = access_session(ctx, session_id, lock=True)
        require(can_present(ctx, session, mentor_ids(session.id)))
        if view not in set(ProjectorView):
            message = "Choose question, slides, poll or join."
            raise Invalid(message, fields={"view": [message]})
        claim = tx.claim(ctx.user.id, client_id, "projector.show")
        stage = stage_of(tx, session)
        if claim.object_id is not None or stage.view == view:
            return session
        stage.view = view
        tx.record(events.ProjectorChanged(actor_id=ctx.user.id, room_id=ctx.room_id, session_id=session.id, view=view))
        claim.settle(session.id)
    return session


def set_video(ctx: RoomContext, session_id: int, *, url: str) -> LiveSession:
    """Set the https address of the video call, or take it away with an empty one; participants alone are told it."""
    address = rules.checked_address(url, schemes=("https",), limit=rules.MAX_VIDEO_URL) if url.strip() else ""
    if address is None:
        message = (
            "Give the whole address of the video call; it begins with https:// and holds no password before the host."
        )
        raise Invalid(message, fields={"video_url": [message]})
    with transaction() as tx:
        session = access_session(ctx, session_id, lock=True)
        require(can_prepare(ctx, session, mentor_ids(session.id)))
        stage = stage_of(tx, session)
        if stage.video_url != address:
            stage.video_url = address
            tx.record(
                events.VideoChanged(
                    actor_id=ctx.user.id, room_id=ctx.room_id, session_id=session.id, is_set=bool(address)
                )
            )
    return session


def name_captioner(ctx: RoomContext, session_id: int, *, user_id: int | None) -> LiveSession:
    """Ask a member of the room to type captions, or nobody any more."""
    with transaction() as tx:
        session = access_session(ctx, session_id, lock=True)
        require(can_prepare(ctx, session, mentor_ids(session.id)))
        if user_id is not None:
            membership = find_membership(ctx.room_id, user_id)
            if membership is None or membership.state != MembershipState.ACTIVE:
                message = "Choose a member of this room."
                raise Invalid(message, fields={"captioner_id": [message]})
        stage = stage_of(tx, session)
        if stage.captioner_id != user_id:
            stage.captioner_id = user_id
            tx.record(
                events.CaptionerNamed(actor_id=ctx.user.id, room_id=ctx.room_id, session_id=session.id, user_id=user_id)
            )
    return session
