"""The texts on top of a thread: a mentor's take-home and the shared summary of a case.

Rule: every save is a version that stays, and names the revision that its writer saw; somebody else's text is never overwritten
unseen.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from social_cme.core import clock
from social_cme.core.errors import Conflict, Forbidden, Invalid, NotFound
from social_cme.core.permissions import require
from social_cme.discussions import policies
from social_cme.discussions.enums import REASON_LIMIT, SUMMARY_LIMIT, SummaryKind
from social_cme.discussions.events import SummaryChanged, SummaryVersionSealed
from social_cme.discussions.models import SummaryVersion, Thread, ThreadSummary
from social_cme.discussions.queries.sight import sight_of
from social_cme.discussions.queries.threads import access_thread
from social_cme.discussions.services.masking import find_mask
from social_cme.discussions.services.mentions import Scribe
from social_cme.discussions.services.texts import line_text, long_text
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.privacy.enums import ObjectKind
from social_cme.privacy.services.checking import check_before_publishing
from social_cme.rooms.policies import RoomContext

_FASTER = "Somebody else saved this meanwhile. Both texts are kept: theirs is shown, yours is in the form."


class SummaryConflict(Conflict):
    """Somebody else saved meanwhile; ``fields`` holds their text as ``body``, and its ``revision``."""

    code = "summary_conflict"
    title = _FASTER


def save_summary(
    ctx: RoomContext,
    *,
    thread_id: int,
    kind: str,
    body: str,
    revision: int,
    reason: str = "",
    attested: Collection[str] = (),
) -> ThreadSummary:
    """Write a text on top of a thread; *revision* is the one that the writer saw, 0 for the first.

    Mentors may save an empty text, which takes it off the page. Saving the same text again leaves no trace. Raises
    ``SummaryConflict`` when it was changed since.
    """
    wanted = _kind(kind)
    with transaction() as tx:
        thread = access_thread(ctx, thread_id, lock=True)
        require(policies.can_edit_summary(ctx, thread, wanted))
        sight = sight_of(ctx, thread)
        if not sight.is_open:
            raise Forbidden(sight.reason)
        text = long_text(body, "body", SUMMARY_LIMIT, required=not ctx.is_mentor)
        why = line_text(reason, "reason", REASON_LIMIT)
        present = _locked(tx, thread, wanted)
        if present is None and not text:
            raise Invalid("There is nothing to save yet.", fields={"body": ["Write what is to stand on top."]})
        if present is not None and present.body_md == text:
            return present
        if revision != (present.revision if present is not None else 0):
            raise _conflict(present)
        check_before_publishing(
            tx,
            ctx,
            kind=ObjectKind.THREAD,
            parts={"body": text, "reason": why},
            attested=attested,
            earlier={"body": present.body_md if present is not None else ""},
        ).note(thread.id)
        return _write(tx, ctx, thread, wanted, present, text=text, reason=why)


def restore_version(ctx: RoomContext, *, thread_id: int, kind: str, revision: int) -> ThreadSummary:
    """Put an earlier version back in place, as a new version; one that was put out of sight stays there."""
    wanted = _kind(kind)
    with transaction() as tx:
        thread = access_thread(ctx, thread_id, lock=True)
        require(policies.can_restore_summary(ctx, thread, wanted))
        present = _locked(tx, thread, wanted)
        if present is None:
            raise NotFound
        version = _version(tx, present, revision)
        if version.is_sealed:
            raise Conflict("This version was put out of sight, so it cannot be restored.")
        if version.body_md == present.body_md:
            return present
        reason = f"Version {revision} restored."
        return _write(tx, ctx, thread, wanted, present, text=version.body_md, reason=reason, restored=True)


def seal_version(ctx: RoomContext, *, thread_id: int, kind: str, revision: int) -> SummaryVersion:
    """Put the text of an earlier version out of the members' sight, because it should never have been there."""
    wanted = _kind(kind)
    with transaction() as tx:
        thread = access_thread(ctx, thread_id, lock=True)
        require(policies.can_restore_summary(ctx, thread, wanted))
        present = _locked(tx, thread, wanted)
        if present is None:
            raise NotFound
        version = _version(tx, present, revision)
        if version.revision == present.revision and present.body_md:
            raise Conflict("This version is on the page now. Restore another one first, then hide this one.")
        if not version.is_sealed:
            version.is_sealed = True
            tx.record(
                SummaryVersionSealed(
                    actor_id=ctx.user.id,
                    room_id=ctx.room_id,
                    thread_id=thread.id,
                    summary=wanted.value,
                    revision=revision,
                )
            )
        return version


def _kind(kind: str) -> SummaryKind:
    if kind not in set(SummaryKind):
        raise NotFound
    return SummaryKind(kind)


def _locked(tx: Transaction, thread: Thread, kind: SummaryKind) -> ThreadSummary | None:
    return tx.session.scalar(
        select(ThreadSummary)
        .where(ThreadSummary.thread_id == thread.id, ThreadSummary.kind == kind)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _version(tx: Transaction, summary: ThreadSummary, revision: int) -> SummaryVersion:
    found = tx.session.scalar(select(SummaryVersion).filter_by(summary_id=summary.id, revision=revision))
    if found is None:
        raise NotFound
    return found


def _write(
    tx: Transaction,
    ctx: RoomContext,
    thread: Thread,
    kind: SummaryKind,
    present: ThreadSummary | None,
    *,
    text: str,
    reason: str,
    restored: bool = False,
) -> ThreadSummary:
    moment = clock.now()
    line, is_verified = find_mask(tx, thread, ctx.user.id)
    mask = {"pseudonym": line, "pseudonym_verified": is_verified}
    values: dict[str, Any] = {
        **mask,
        "body_md": text,
        "body_html": Scribe(ctx.room_id).render(text) if text else "",
        "revision": (present.revision if present is not None else 0) + 1,
        "edited_at": moment,
        "editor_id": ctx.user.id,
    }
    if present is None:
        present = ThreadSummary(thread_id=thread.id, kind=kind.value, **values)
        try:
            with tx.savepoint():
                tx.add(present)
        except IntegrityError as error:
            raise SummaryConflict from error
    else:
        for name, value in values.items():
            setattr(present, name, value)
    tx.add(
        SummaryVersion(
            summary_id=present.id,
            revision=present.revision,
            editor_id=ctx.user.id,
            body_md=text,
            reason=reason,
            created_at=moment,
            **mask,
        )
    )
    tx.record(
        SummaryChanged(
            actor_id=ctx.user.id,
            room_id=ctx.room_id,
            thread_id=thread.id,
            summary=kind.value,
            revision=present.revision,
            restored=restored,
        )
    )
    return present


def _conflict(present: ThreadSummary | None) -> SummaryConflict:
    if present is None:
        return SummaryConflict(fields={"body": [""], "revision": ["0"]})
    return SummaryConflict(fields={"body": [present.body_md], "revision": [str(present.revision)]})
