"""Reads of what a group wrote, for those who may read it."""

from __future__ import annotations

from dataclasses import dataclass

from social_cme.core.errors import NotFound
from social_cme.extensions import db
from social_cme.live.events import group_channel
from social_cme.live.models import BreakoutGroup, GroupMessage, LiveSession
from social_cme.live.policies import can_follow_group, can_lead
from social_cme.live.queries.breakouts import (
    access_group_row,
    groups_by_id,
    is_in_group,
    is_with_group,
    list_group_messages,
)
from social_cme.live.queries.sessions import mentor_ids
from social_cme.persistence.facts import last_seq
from social_cme.rooms.policies import RoomContext, can_take_part


@dataclass(frozen=True, slots=True)
class GroupBoard:
    """A group's chat and notes; ``seq`` is the number of the last fact of its channel that is certainly in it."""

    seq: int
    group: BreakoutGroup
    chat: list[GroupMessage]
    earlier: str | None


def load_group(
    ctx: RoomContext, session: LiveSession, group_id: int, *, cursor: str | None = None, limit: int = 50
) -> GroupBoard:
    """Return what a group wrote; raise ``NotFound`` for everybody who may not read it, so that nobody learns of it."""
    group = access_group_row(session, group_id)
    if not may_follow(ctx, session, group):
        raise NotFound
    seq = last_seq(db.session(), group_channel(group.id))
    page = list_group_messages(group.id, cursor=cursor, limit=limit)
    fresh = groups_by_id([group.id])[group.id]
    return GroupBoard(seq=seq, group=fresh, chat=list(reversed(page.items)), earlier=page.next_cursor)


def may_follow(ctx: RoomContext, session: LiveSession, group: BreakoutGroup) -> bool:
    """Tell whether somebody may read what a group writes."""
    if ctx.actor is None:
        return False
    takes_part = bool(can_take_part(ctx))
    is_member = takes_part and is_in_group(group.id, ctx.user.id)
    leads = not is_member and bool(can_lead(ctx, mentor_ids(session.id)))
    is_expert = takes_part and not is_member and not leads and is_with_group(group, ctx.user.id)
    return bool(can_follow_group(is_member=is_member, is_expert=is_expert, leads=leads))
