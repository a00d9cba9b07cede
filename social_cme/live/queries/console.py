"""Reads of questions that nobody sees but their authors and who leads the session.

Rule: for everybody else they are absent, also by their ids.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from social_cme.accounts.models import User
from social_cme.core.errors import NotFound
from social_cme.extensions import db
from social_cme.live.enums import UNSEEN
from social_cme.live.models import LiveQuestion
from social_cme.live.policies import can_lead
from social_cme.live.queries.sessions import enter_session, mentor_ids

MOST_UNSEEN = 500


@dataclass(frozen=True, slots=True)
class Unseen:
    """What waits or was declined: the reader's own, and for who leads everything, the earliest first."""

    mine: list[LiveQuestion] = field(default_factory=list)
    staged: list[LiveQuestion] = field(default_factory=list)


def list_unseen(session_id: int, actor_id: int | None, *, leads: bool) -> Unseen:
    """Return the questions of a session that are out of sight, as far as the reader may see them; one statement."""
    if actor_id is None:
        return Unseen()
    statement = (
        select(LiveQuestion)
        .where(LiveQuestion.session_id == session_id, LiveQuestion.state.in_([str(one) for one in UNSEEN]))
        .options(joinedload(LiveQuestion.account_behind), joinedload(LiveQuestion.answered_by))
        .order_by(LiveQuestion.id)
        .limit(MOST_UNSEEN)
    )
    if not leads:
        statement = statement.where(LiveQuestion.author_id == actor_id)
    rows = list(db.session.scalars(statement))
    return Unseen([one for one in rows if one.author_id == actor_id], rows if leads else [])


def list_own(session_id: int, actor_id: int) -> list[LiveQuestion]:
    """Return everything that somebody asked in a session, also what waits or was declined, the earliest first."""
    statement = (
        select(LiveQuestion)
        .where(LiveQuestion.session_id == session_id, LiveQuestion.author_id == actor_id)
        .options(joinedload(LiveQuestion.account_behind), joinedload(LiveQuestion.answered_by))
        .order_by(LiveQuestion.id)
    )
    return list(db.session.scalars(statement.limit(MOST_UNSEEN)))


def access_stage(viewer: User, session_id: int) -> None:
    """Raise ``NotFound`` unless *viewer* leads the session; absent and forbidden look the same."""
    ctx = enter_session(viewer, session_id)
    if not can_lead(ctx, mentor_ids(session_id)):
        raise NotFound
