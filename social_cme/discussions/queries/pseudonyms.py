"""The pseudonyms that the reader may write under in a room, with how many members each fits."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, func, select

from social_cme.accounts.enums import AccountState
from social_cme.accounts.models import User
from social_cme.discussions.enums import PseudonymLevel
from social_cme.discussions.rules.pseudonyms import Offer, Standing, lines_of
from social_cme.extensions import db
from social_cme.rooms.enums import MembershipState
from social_cme.rooms.models import Membership
from social_cme.rooms.policies import RoomContext


def list_pseudonyms(ctx: RoomContext) -> list[Offer]:
    """Return what the reader may write under here, the finest line first; one statement counts for all of them.

    Only members who are verified, or not, as the reader is share a line, for that stands beside it.
    """
    user = ctx.user
    standing = Standing(
        profession=user.profession,
        specialty=user.specialty,
        career_stage=user.career_stage,
        training_year=user.training_year,
        is_verified=user.is_verified,
    )
    lines = lines_of(standing)
    conditions = _conditions(user)
    counts = db.session.execute(
        select(*(func.count().filter(conditions[line.level]) for line in lines))
        .select_from(Membership)
        .join(User, User.id == Membership.user_id)
        .where(
            Membership.room_id == ctx.room_id,
            Membership.state == MembershipState.ACTIVE,
            User.state == AccountState.ACTIVE,
        )
    ).one()
    return [Offer(line, sharing) for line, sharing in zip(lines, counts, strict=True)]


def _conditions(user: User) -> dict[PseudonymLevel, ColumnElement[bool]]:
    """Say of each line which members it fits; ``NULL`` fits ``NULL``."""
    verified = func.coalesce(User.verified_profession == User.profession, False)
    profession = and_(User.profession.is_not_distinct_from(user.profession), verified.is_(user.is_verified))
    stage = and_(
        profession,
        User.specialty.is_not_distinct_from(user.specialty),
        User.career_stage.is_not_distinct_from(user.career_stage),
    )
    return {
        PseudonymLevel.TRAINING_YEAR: and_(stage, User.training_year.is_not_distinct_from(user.training_year)),
        PseudonymLevel.STAGE: stage,
        PseudonymLevel.PROFESSION: profession,
        PseudonymLevel.MEMBER: Membership.id.is_not(None),
    }
