"""Drafts of the person who asks; nobody else's can be reached."""

from __future__ import annotations

from sqlalchemy import func, select

from social_cme.core.pagination import Page, decode_cursor, make_page
from social_cme.discussions.models import Draft
from social_cme.extensions import db


def find_draft(user_id: int, place: str) -> Draft | None:
    """Return somebody's draft at a place."""
    return db.session.scalar(select(Draft).filter_by(user_id=user_id, place=place))


def list_drafts(user_id: int, *, cursor: str | None = None, limit: int = 20) -> Page[Draft]:
    """Return somebody's drafts, the youngest first."""
    after = decode_cursor(cursor, int)
    statement = select(Draft).where(Draft.user_id == user_id).order_by(Draft.id.desc()).limit(limit + 1)
    if after is not None:
        statement = statement.where(Draft.id < after[0])
    return make_page(db.session.scalars(statement).all(), limit=limit, key=lambda row: (row.id,))


def count_drafts(user_id: int) -> int:
    """Return how many drafts somebody has."""
    return db.session.scalar(select(func.count(Draft.id)).where(Draft.user_id == user_id)) or 0
