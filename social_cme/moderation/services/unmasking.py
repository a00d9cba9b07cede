"""Lifting a pseudonym: one moderator asks with a reason, a second one confirms, the author is told.

Rule: nobody does both, and nobody for what they wrote themselves. The log says who did what and why, never who the author is.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.exc import IntegrityError

from social_cme.accounts.queries import find_user
from social_cme.core import clock
from social_cme.core.errors import Conflict, Invalid, NotFound
from social_cme.core.permissions import require
from social_cme.core.text import clean_text
from social_cme.discussions.models import Thread
from social_cme.moderation import policies
from social_cme.moderation.enums import NOTE_LIMIT, UNMASK_REQUEST_DAYS, UNMASKED_DAYS, FlagTarget, Measure
from social_cme.moderation.events import PseudonymLifted, UnmaskDeclined, UnmaskRequested
from social_cme.moderation.models import UnmaskRequest
from social_cme.moderation.queries.unmasking import access_masked, find_open_request
from social_cme.moderation.services.log import write_log
from social_cme.moderation.services.targets import Target, lock_target
from social_cme.persistence.transaction import transaction
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries import open_room_by_id

_ASKED = "Somebody has asked for this already. A second moderator can confirm or decline it."


def request_unmasking(ctx: RoomContext, *, thread_id: int, reason: str) -> UnmaskRequest:
    """Ask to lift the pseudonym of a thread; raises ``Conflict`` while another request is open."""
    with transaction() as tx:
        thread = _locked(ctx, thread_id)
        text = _reason(reason)
        earlier = find_open_request(thread.id, lock=True)
        if earlier is not None and earlier.expires_at > clock.now():
            raise Conflict(_ASKED)
        if earlier is not None:
            earlier.ended_at = earlier.expires_at
            tx.session.flush()
        moment = clock.now()
        row = UnmaskRequest(
            room_id=ctx.room_id,
            thread_id=thread.id,
            requested_by_id=ctx.user.id,
            reason=text,
            expires_at=moment + timedelta(days=UNMASK_REQUEST_DAYS),
        )
        try:
            with tx.savepoint():
                tx.add(row)
        except IntegrityError as error:
            raise Conflict(_ASKED) from error
        _log(ctx, Measure.UNMASK_REQUESTED, thread, text)
        tx.record(UnmaskRequested(actor_id=ctx.user.id, **_place(row)))
        return row


def confirm_unmasking(ctx: RoomContext, *, thread_id: int) -> UnmaskRequest:
    """Agree with a request; from now on the two who asked and agreed see who it is, for thirty days.

    Raises ``Conflict`` when the request is over, or when whoever asked moderates the room no longer.
    """
    with transaction() as tx:
        thread = _locked(ctx, thread_id)
        row = _open(thread)
        require(policies.can_confirm_unmasking(ctx, requested_by_id=row.requested_by_id))
        if not _still_moderates(row.requested_by_id, ctx.room_id):
            raise Conflict(
                "Whoever asked for this moderates the room no longer. Ask anew, and a second moderator decides."
            )
        row.confirmed_by_id, row.confirmed_at = ctx.user.id, clock.now()
        row.shown_until = row.confirmed_at + timedelta(days=UNMASKED_DAYS)
        tx.session.flush()
        _log(ctx, Measure.UNMASKED, thread, row.reason)
        # The author is told by the fact, and not by whom it was lifted; that stands in the log.
        tx.record(PseudonymLifted(actor_id=None, **_place(row)))
        return row


def decline_unmasking(ctx: RoomContext, *, thread_id: int) -> UnmaskRequest:
    """End a request without lifting anything; whoever asked takes it back in the same way."""
    with transaction() as tx:
        thread = _locked(ctx, thread_id)
        row = _open(thread)
        row.ended_at = clock.now()
        tx.session.flush()
        _log(ctx, Measure.UNMASK_DECLINED, thread, row.reason)
        tx.record(UnmaskDeclined(actor_id=ctx.user.id, **_place(row)))
        return row


def _locked(ctx: RoomContext, thread_id: int) -> Thread:
    access_masked(ctx, thread_id)
    thread = lock_target(ctx, FlagTarget.THREAD, thread_id).thread
    require(policies.can_unmask(ctx, author_id=thread.author_id, pseudonym=thread.pseudonym))
    return thread


def _open(thread: Thread) -> UnmaskRequest:
    row = find_open_request(thread.id, lock=True)
    if row is None:
        raise Conflict("There is no open request. Somebody may have decided a moment ago; look at the log.")
    if row.expires_at <= clock.now():
        raise Conflict(f"This request ended after {UNMASK_REQUEST_DAYS} days. Ask anew if it is still needed.")
    return row


def _still_moderates(user_id: int, room_id: int) -> bool:
    user = find_user(user_id)
    if user is None or not user.is_confirmed:
        return False
    try:
        return open_room_by_id(user, room_id).moderates
    except NotFound:
        return False


def _reason(reason: str) -> str:
    text = clean_text(reason[: NOTE_LIMIT * 4])
    if not text:
        raise Invalid(fields={"reason": ["Please give a reason; the author and the log will show it."]})
    if len(text) > NOTE_LIMIT:
        raise Invalid(fields={"reason": [f"A reason can have at most {NOTE_LIMIT} characters."]})
    return text


def _log(ctx: RoomContext, measure: Measure, thread: Thread, reason: str) -> None:
    write_log(room_id=ctx.room_id, actor_id=ctx.user.id, measure=measure, target=Target(thread, None), reason=reason)


def _place(row: UnmaskRequest) -> dict[str, int]:
    return {"room_id": row.room_id, "thread_id": row.thread_id, "request_id": row.id}
