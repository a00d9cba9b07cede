"""When what was asked in a room was answered; one statement however long the room's history is.

Rule: what came with an import, out of a live session or by a split is left out, for nobody waited for it here.
"""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import and_, case, func, select

from social_cme.discussions.enums import PostKind, ThreadKind
from social_cme.discussions.models import Post, Thread, ThreadSplit
from social_cme.discussions.rules.response_times import MonthOfWaits, Wait, by_month
from social_cme.extensions import db
from social_cme.rooms.enums import MembershipState, RoomRole
from social_cme.rooms.models import Membership
from social_cme.rooms.policies import RoomContext


def list_months_of_waits(ctx: RoomContext, *, months: list[date], zone: ZoneInfo) -> list[MonthOfWaits]:
    """Return how long cases and questions of each month waited for an answer, and for one of a present mentor."""
    since = datetime(months[0].year, months[0].month, 1, tzinfo=zone)
    return by_month(_waits(ctx, since), months, zone)


def _waits(ctx: RoomContext, since: datetime) -> list[Wait]:
    answer = and_(
        Post.thread_id == Thread.id,
        Post.kind == PostKind.ANSWER,
        Post.hidden_at.is_(None),
        Post.author_id != Thread.author_id,
    )
    mentor = and_(
        Membership.room_id == Thread.room_id,
        Membership.user_id == Post.author_id,
        Membership.role == RoomRole.MENTOR,
        Membership.state == MembershipState.ACTIVE,
    )
    statement = (
        select(
            Thread.created_at,
            func.min(Post.created_at),
            func.min(case((Membership.id.is_not(None), Post.created_at))),
        )
        .outerjoin(Post, answer)
        .outerjoin(Membership, mentor)
        .where(
            Thread.room_id == ctx.room_id,
            Thread.created_at >= since,
            Thread.kind.in_((ThreadKind.CASE, ThreadKind.QUESTION)),
            Thread.hidden_at.is_(None),
            Thread.source_ref.is_(None),
            Thread.live_question_id.is_(None),
            Thread.id.not_in(select(ThreadSplit.thread_id).where(ThreadSplit.room_id == ctx.room_id)),
        )
        .group_by(Thread.id, Thread.created_at)
    )
    return [Wait(*row) for row in db.session.execute(statement)]
