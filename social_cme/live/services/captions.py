"""Captions typed by a person. Rule: nothing but a certain identifier stops a line, for speech does not wait."""

from __future__ import annotations

from sqlalchemy import func, select

from social_cme.core import clock
from social_cme.core.errors import RateLimited
from social_cme.core.permissions import require
from social_cme.live import events, rules
from social_cme.live.models import CaptionLine, LiveSession
from social_cme.live.policies import can_caption, can_hide_caption
from social_cme.live.queries.sessions import access_session
from social_cme.live.queries.stage import access_caption, stages_of
from social_cme.live.services.joining import decide_to_join
from social_cme.live.services.texts import required_line
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.privacy.enums import ObjectKind
from social_cme.privacy.queries.looking import look_through
from social_cme.privacy.services.checking import check_before_publishing
from social_cme.rooms.policies import RoomContext


def post_caption(ctx: RoomContext, session_id: int, *, body: str, client_id: str | None = None) -> CaptionLine:
    """Show a line of 1 to 500 characters to everybody who reads captions."""
    text = required_line(body, field="body", limit=rules.MAX_CAPTION, name="a line")
    with transaction() as tx:
        # Not locked: captions neither count nor order anything, and must not wait behind votes.
        session = access_session(ctx, session_id)
        stage = stages_of([session.id]).get(session.id)
        require(decide_to_join(ctx, session))
        require(can_caption(ctx, session, stage.captioner_id if stage is not None else None))
        claim = tx.claim(ctx.user.id, client_id, "caption.post")
        if claim.object_id is not None:
            return access_caption(session, claim.object_id)
        _limit_pace(tx, session, ctx.user.id)
        parts = {"body": text}
        # What is only to be asked about is taken as looked at; the captioner repeats what was said aloud.
        doubtful = [one.key for one in look_through(ctx.user, ctx, parts) if not one.finding.blocks]
        checked = check_before_publishing(
            tx, ctx, kind=ObjectKind.CAPTION, parts=parts, attested=doubtful, place_id=session.id
        )
        line = CaptionLine(session_id=session.id, room_id=ctx.room_id, author_id=ctx.user.id, body=text)
        tx.add(line)
        tx.record(
            events.CaptionPosted(actor_id=ctx.user.id, room_id=ctx.room_id, session_id=session.id, caption_id=line.id)
        )
        checked.note(line.id)
        claim.settle(line.id)
    return line


def hide_caption(ctx: RoomContext, session_id: int, caption_id: int, *, client_id: str | None = None) -> CaptionLine:
    """Take a line back, also after the session; taking it back again changes nothing."""
    with transaction() as tx:
        session = access_session(ctx, session_id)
        line = access_caption(session, caption_id)
        require(can_hide_caption(ctx, line.author_id))
        claim = tx.claim(ctx.user.id, client_id, "caption.hide")
        if claim.object_id is not None or line.hidden_at is not None:
            return line
        line.hidden_at = clock.now()
        tx.record(
            events.CaptionHidden(actor_id=ctx.user.id, room_id=ctx.room_id, session_id=session.id, caption_id=line.id)
        )
        claim.settle(line.id)
    return line


def _limit_pace(tx: Transaction, session: LiveSession, user_id: int) -> None:
    since = clock.now() - rules.CAPTIONS_WITHIN
    statement = select(func.count(CaptionLine.id)).where(
        CaptionLine.session_id == session.id, CaptionLine.author_id == user_id, CaptionLine.created_at > since
    )
    if (tx.session.scalar(statement) or 0) >= rules.CAPTIONS_AT_ONCE:
        raise RateLimited("That is more than anybody can read. Wait a few seconds.", retry_after=10)
