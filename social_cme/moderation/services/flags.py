"""Reports by members, and the decisions about them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from social_cme.core import clock
from social_cme.core.errors import Conflict, Invalid
from social_cme.core.permissions import require
from social_cme.core.text import clean_text
from social_cme.discussions.models import Post, Thread
from social_cme.discussions.services import moderating, withholding
from social_cme.moderation import policies
from social_cme.moderation.enums import NOTE_LIMIT, FlagReason, FlagTarget, Measure, Resolution
from social_cme.moderation.events import FlagRaised, FlagReopened, FlagResolved
from social_cme.moderation.models import Flag
from social_cme.moderation.queries import access_flag
from social_cme.moderation.services.log import write_log
from social_cme.moderation.services.targets import Target, lock_target
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.rooms.policies import RoomContext

_MEASURES = {Resolution.KEEP: Measure.KEPT, Resolution.HIDE: Measure.HIDDEN, Resolution.EDIT: Measure.EDIT_REQUESTED}


def raise_flag(
    ctx: RoomContext, *, target: str, target_id: int, reason: str, note: str = "", client_id: str | None = None
) -> Flag:
    """Report a thread or post, once per person; what could identify a patient is hidden at once.

    It is not hidden again after a moderator looked at the same words and kept them. Raises ``Conflict`` for a second report.
    """
    with transaction() as tx:
        require(policies.can_flag(ctx))
        # Before the text is looked for: the first request may have hidden it from the one who repeats it.
        claim = tx.claim(ctx.user.id, client_id, "flag.raise")
        if claim.object_id is not None:
            return tx.session.get_one(Flag, claim.object_id)
        found = lock_target(ctx, target, target_id)
        kind, text = _checked(reason, note)
        require(policies.can_flag_text(ctx, author_id=found.author_id, reason=kind))
        flag = Flag(
            room_id=ctx.room_id,
            reporter_id=ctx.user.id,
            target=found.kind.value,
            target_id=found.id,
            thread_id=found.thread.id,
            reason=kind.value,
            note=text,
        )
        withheld = kind == FlagReason.IDENTIFIER and not _was_kept(tx, found) and _withhold(found)
        try:
            with tx.savepoint():
                tx.add(flag)
        except IntegrityError as error:
            raise Conflict("You have reported this already. The room's mentors have it on their list.") from error
        claim.settle(flag.id)
        if withheld:
            write_log(room_id=ctx.room_id, actor_id=ctx.user.id, measure=Measure.WITHHELD, target=found, reason=text)
        tx.record(FlagRaised(actor_id=ctx.actor_id, reason=kind.value, withheld=withheld, **_fact(found, flag.id)))
        return flag


def resolve_flag(ctx: RoomContext, *, flag_id: int, resolution: str, note: str = "") -> Flag:
    """Decide about a report, and with it about every open report of the same text.

    ``keep`` shows again what was hidden provisionally; ``hide`` and ``edit`` need a note, which the author reads. Raises
    ``Conflict`` when somebody else has decided.
    """
    with transaction() as tx:
        flag = access_flag(ctx, flag_id)
        found = lock_target(ctx, flag.target, flag.target_id)
        require(policies.can_decide(ctx, author_id=found.author_id))
        decision, text = _decision(resolution, note)
        flags = _open_flags(tx, found)
        if flag.id not in {one.id for one in flags}:
            raise Conflict("Somebody has decided about this already. Look at the log for what they did.")
        _carry_out(ctx, found, decision, text)
        _settle(ctx, flags, decision, text)
        write_log(room_id=ctx.room_id, actor_id=ctx.user.id, measure=_MEASURES[decision], target=found, reason=text)
        tx.record(FlagResolved(actor_id=ctx.actor_id, resolution=decision.value, **_fact(found, flag.id)))
        return flag


def settle_flags(ctx: RoomContext, found: Target, resolution: Resolution, note: str) -> None:
    """Settle the open reports of a text that a moderator hid or showed without the queue; records the decision."""
    with transaction() as tx:
        flags = _open_flags(tx, found)
        if flags:
            _settle(ctx, flags, resolution, note)
            tx.record(FlagResolved(actor_id=ctx.actor_id, resolution=resolution.value, **_fact(found, flags[0].id)))


def reopen_after_edit(*, target: str, target_id: int) -> None:
    """Put a text back on the list when its author edited it after a request and it is still hidden; idempotent."""
    with transaction() as tx:
        flags = tx.session.scalars(select(Flag).where(Flag.target == target, Flag.target_id == target_id)).all()
        asked = [flag for flag in flags if flag.resolution == Resolution.EDIT and flag.resolved_at is not None]
        if not asked or any(flag.resolved_at is None for flag in flags):
            return
        found = _load(tx, asked[0])
        if found is None or not found.is_hidden:
            return
        for flag in asked:
            flag.resolved_at = None
        tx.record(FlagReopened(actor_id=None, **_fact(found, asked[0].id)))


def _checked(reason: str, note: str) -> tuple[FlagReason, str]:
    if reason not in set(FlagReason):
        raise Invalid(fields={"reason": ["Choose what is wrong."]})
    text = _note(note)
    if reason == FlagReason.OTHER and not text:
        raise Invalid(fields={"note": ["Please say what is wrong."]})
    return FlagReason(reason), text


def _decision(resolution: str, note: str) -> tuple[Resolution, str]:
    if resolution not in set(Resolution):
        raise Invalid(fields={"resolution": ["Choose what is to be done."]})
    text = _note(note)
    if resolution != Resolution.KEEP and not text:
        raise Invalid(fields={"note": ["Please give the author a reason."]})
    return Resolution(resolution), text


def _note(note: str) -> str:
    text = clean_text(note[: NOTE_LIMIT * 4])
    if len(text) > NOTE_LIMIT:
        raise Invalid(fields={"note": [f"This can have at most {NOTE_LIMIT} characters."]})
    return text


def _was_kept(tx: Transaction, found: Target) -> bool:
    kept = tx.session.scalar(
        select(Flag.resolved_at)
        .where(
            Flag.target == found.kind.value,
            Flag.target_id == found.id,
            Flag.reason == FlagReason.IDENTIFIER,
            Flag.resolution == Resolution.KEEP,
            Flag.resolved_at.is_not(None),
        )
        .order_by(Flag.resolved_at.desc())
        .limit(1)
    )
    return kept is not None and (found.row.edited_at is None or found.row.edited_at < kept)


def _withhold(found: Target) -> bool:
    if found.post is None:
        return withholding.withhold_thread(found.thread)
    return withholding.withhold_post(found.thread, found.post)


def _carry_out(ctx: RoomContext, found: Target, decision: Resolution, text: str) -> None:
    match decision:
        case Resolution.KEEP if found.is_hidden and not found.is_withdrawn:
            if found.post is None:
                moderating.unhide_thread(ctx, thread_id=found.id)
            else:
                moderating.unhide_post(ctx, post_id=found.id)
        case Resolution.HIDE if found.is_hidden:
            withholding.give_reason(found.row, text)
        case Resolution.HIDE:
            if found.post is None:
                moderating.hide_thread(ctx, thread_id=found.id, reason=text)
            else:
                moderating.hide_post(ctx, post_id=found.id, reason=text)
        case Resolution.EDIT if found.is_hidden:
            withholding.give_reason(found.row, text)


def _open_flags(tx: Transaction, found: Target) -> Sequence[Flag]:
    statement = (
        select(Flag)
        .where(Flag.target == found.kind.value, Flag.target_id == found.id, Flag.resolved_at.is_(None))
        .order_by(Flag.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return tx.session.scalars(statement).all()


def _settle(ctx: RoomContext, flags: Sequence[Flag], decision: Resolution, text: str) -> None:
    moment = clock.now()
    for flag in flags:
        flag.resolved_at, flag.resolved_by_id = moment, ctx.user.id
        flag.resolution, flag.resolution_note = decision.value, text


def _load(tx: Transaction, flag: Flag) -> Target | None:
    post = tx.session.get(Post, flag.target_id) if flag.target == FlagTarget.POST else None
    thread = tx.session.get(Thread, flag.thread_id) if flag.thread_id is not None else None
    if thread is None or (flag.target == FlagTarget.POST and post is None):
        return None
    return Target(thread, post)


def _fact(found: Target, flag_id: int) -> dict[str, Any]:
    return {
        "room_id": found.thread.room_id,
        "flag_id": flag_id,
        "target": found.kind.value,
        "target_id": found.id,
        "thread_id": found.thread.id,
        "author_id": found.author_id,
    }
