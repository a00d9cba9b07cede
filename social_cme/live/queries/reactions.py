"""Reads of reactions. Rule: who reacted is told to nobody; only the counts, and one's own."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from social_cme.extensions import db
from social_cme.live.models import ChatMessage, ChatReaction, ReactionTally


def counts_by_message(ids: Collection[int]) -> dict[int, dict[str, int]]:
    """Return the counts of some lines as the database has them now; nothing for lines that are hidden or gone."""
    if not ids:
        return {}
    found: dict[int, dict[str, int]] = {}
    rows = db.session.execute(
        select(ChatMessage.id, ReactionTally.kind, ReactionTally.people)
        .outerjoin(ReactionTally, ReactionTally.message_id == ChatMessage.id)
        .where(ChatMessage.id.in_(list(ids)), ChatMessage.hidden_at.is_(None))
        .order_by(ReactionTally.kind)
    )
    for message_id, kind, people in rows:
        counts = found.setdefault(message_id, {})
        if kind is not None and people > 0:
            counts[kind] = people
    return found


def my_reactions(actor_id: int | None, message_ids: Collection[int]) -> dict[int, list[str]]:
    """Return how somebody reacted to some lines."""
    found: dict[int, list[str]] = {}
    if actor_id is None or not message_ids:
        return found
    rows = db.session.execute(
        select(ChatReaction.message_id, ChatReaction.kind)
        .where(ChatReaction.user_id == actor_id, ChatReaction.message_id.in_(list(message_ids)))
        .order_by(ChatReaction.message_id, ChatReaction.kind)
    )
    for message_id, kind in rows:
        found.setdefault(message_id, []).append(kind)
    return found
