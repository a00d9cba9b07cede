"""What authors attested, for the moderators of the room. Rule: classes and places, no words and no names."""

from __future__ import annotations

from sqlalchemy import func, select

from social_cme.core.errors import NotFound
from social_cme.core.pagination import Page, decode_cursor, make_page
from social_cme.extensions import db
from social_cme.privacy.enums import Outcome
from social_cme.privacy.models import IdentifierCheck
from social_cme.rooms.policies import RoomContext


def list_attested(ctx: RoomContext, *, cursor: str | None = None, limit: int = 20) -> Page[IdentifierCheck]:
    """Return what was published as attested and that no moderator has looked at yet, the oldest first."""
    statement = (
        select(IdentifierCheck)
        .where(
            IdentifierCheck.room_id == ctx.room_id,
            IdentifierCheck.outcome == Outcome.ATTESTED,
            IdentifierCheck.reviewed_at.is_(None),
        )
        .order_by(IdentifierCheck.id)
        .limit(limit + 1)
    )
    after = decode_cursor(cursor, int)
    if after is not None:
        statement = statement.where(IdentifierCheck.id > after[0])
    rows = db.session.scalars(statement).all()
    return make_page(rows, limit=limit, key=lambda row: (row.id,))


def count_attested(room_id: int) -> int:
    """Return how many attested texts of a room wait for the second look."""
    statement = select(func.count()).where(
        IdentifierCheck.room_id == room_id,
        IdentifierCheck.outcome == Outcome.ATTESTED,
        IdentifierCheck.reviewed_at.is_(None),
    )
    return db.session.scalar(statement) or 0


def access_check(ctx: RoomContext, check_id: int, *, lock: bool = False) -> IdentifierCheck:
    """Return an attested check of the room; raise ``NotFound`` when it is absent, of another kind or in another room."""
    statement = select(IdentifierCheck).where(
        IdentifierCheck.id == check_id,
        IdentifierCheck.room_id == ctx.room_id,
        IdentifierCheck.outcome == Outcome.ATTESTED,
    )
    check = db.session.scalar(statement.with_for_update() if lock else statement)
    if check is None:
        raise NotFound
    return check
