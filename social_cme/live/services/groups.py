"""What a group writes: its own chat, and notes that all of it write together.

Rule: a save of the notes names the revision that its writer saw, so nobody overwrites a colleague unseen; text is plain.
"""

from __future__ import annotations

from collections.abc import Collection

from social_cme.core import clock
from social_cme.core.errors import Conflict
from social_cme.core.permissions import require
from social_cme.live import events, rules
from social_cme.live.models import BreakoutGroup, GroupMessage, LiveSession
from social_cme.live.policies import can_follow_group, can_lead, can_write_in_group
from social_cme.live.queries.breakouts import (
    access_group_message,
    access_group_row,
    is_in_group,
    is_with_group,
)
from social_cme.live.queries.sessions import access_session, mentor_ids
from social_cme.live.services.joining import decide_to_join
from social_cme.live.services.texts import optional_text, required_line, required_text
from social_cme.persistence.transaction import transaction
from social_cme.privacy.enums import ObjectKind
from social_cme.privacy.services.checking import check_before_publishing
from social_cme.rooms.policies import RoomContext

CHANGED = (
    "Somebody saved the notes while you were writing. Yours are still here; take over what is new, then save again."
)


def post_message(
    ctx: RoomContext,
    session_id: int,
    group_id: int,
    *,
    body: str,
    attested: Collection[str] = (),
    client_id: str | None = None,
) -> GroupMessage:
    """Write a line of 1 to 1,000 characters in a group's chat."""
    text = required_text(body, field="body", limit=rules.MAX_CHAT, name="a message")
    with transaction() as tx:
        session, group = _inside(ctx, session_id, group_id)
        claim = tx.claim(ctx.user.id, client_id, "group.post")
        if claim.object_id is not None:
            return access_group_message(group, claim.object_id)
        require(can_write_in_group(session))
        checked = check_before_publishing(
            tx, ctx, kind=ObjectKind.GROUP_CHAT, parts={"body": text}, attested=attested, place_id=session.id
        )
        message = GroupMessage(group_id=group.id, room_id=ctx.room_id, author_id=ctx.user.id, body=text)
        tx.add(message)
        tx.record(events.GroupMessagePosted(actor_id=ctx.user.id, message_id=message.id, **_about(group)))
        checked.note(message.id)
        claim.settle(message.id)
    return message


def hide_message(
    ctx: RoomContext,
    session_id: int,
    group_id: int,
    message_id: int,
    *,
    reason: str = "",
    client_id: str | None = None,
) -> GroupMessage:
    """Hide a line, also after the session; for who leads. Hiding it again changes nothing."""
    text = required_line(reason or "not fit for this chat", field="reason", limit=rules.MAX_REASON, name="a reason")
    with transaction() as tx:
        session, group = _inside(ctx, session_id, group_id)
        require(can_lead(ctx, mentor_ids(session.id)))
        message = access_group_message(group, message_id)
        claim = tx.claim(ctx.user.id, client_id, "group.hide")
        if claim.object_id is not None or message.hidden_at is not None:
            return message
        message.hidden_at, message.hidden_reason = clock.now(), text
        tx.record(events.GroupMessageHidden(actor_id=ctx.user.id, message_id=message.id, **_about(group)))
        claim.settle(message.id)
    return message


def save_notes(
    ctx: RoomContext,
    session_id: int,
    group_id: int,
    *,
    notes: str,
    revision: int,
    attested: Collection[str] = (),
    client_id: str | None = None,
) -> BreakoutGroup:
    """Save a group's notes; raise ``Conflict`` when *revision* is not the present one."""
    text = optional_text(notes, field="notes", limit=rules.MAX_NOTES, name="the notes")
    with transaction() as tx:
        session, group = _inside(ctx, session_id, group_id)
        claim = tx.claim(ctx.user.id, client_id, "group.save_notes")
        if claim.object_id is not None or (text == group.notes and revision == group.notes_revision):
            return group
        require(can_write_in_group(session))
        if revision != group.notes_revision:
            refusal = Conflict(CHANGED)
            refusal.details = {"notes": group.notes, "revision": group.notes_revision}
            raise refusal
        checked = check_before_publishing(
            tx,
            ctx,
            kind=ObjectKind.GROUP_NOTES,
            parts={"notes": text},
            attested=attested,
            earlier={"notes": group.notes},
            place_id=session.id,
        )
        group.notes, group.notes_revision = text, group.notes_revision + 1
        group.notes_saved_at, group.notes_saved_by_id = clock.now(), ctx.user.id
        tx.record(events.GroupNotesSaved(actor_id=ctx.user.id, revision=group.notes_revision, **_about(group)))
        checked.note(group.id)
        claim.settle(group.id)
    return group


def _inside(ctx: RoomContext, session_id: int, group_id: int) -> tuple[LiveSession, BreakoutGroup]:
    session = access_session(ctx, session_id, lock=True)
    leads = bool(can_lead(ctx, mentor_ids(session.id)))
    if not leads:
        require(decide_to_join(ctx, session))
    group = access_group_row(session, group_id)
    is_member = is_in_group(group.id, ctx.user.id)
    is_expert = not is_member and is_with_group(group, ctx.user.id)
    require(can_follow_group(is_member=is_member, is_expert=is_expert, leads=leads))
    return session, group


def _about(group: BreakoutGroup) -> dict[str, int]:
    return {
        "room_id": group.room_id,
        "session_id": group.session_id,
        "breakout_id": group.breakout_id,
        "group_id": group.id,
    }
