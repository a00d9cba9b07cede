"""Rooms, memberships and invitations.

Rule: one membership row per person and room, whatever happens to it over time.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, Boolean, Integer, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from social_cme.accounts.models import User
from social_cme.persistence.base import Model, PrimaryKey, RoomScoped, Timestamped, UtcDateTime, foreign_key
from social_cme.rooms.enums import EvidenceScale, MembershipState, RoomRole, Visibility


class Room(Model, Timestamped):
    """A topic group with a purpose that can be stated and measured; ``revision`` counts the edits of its texts.

    Without ``professions`` everybody can join; ``verified_only`` asks for a verified one.
    """

    __tablename__ = "room"

    id: Mapped[PrimaryKey]
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    specialty: Mapped[str] = mapped_column(String(40), index=True)
    summary: Mapped[str] = mapped_column(String(300), default="")
    description_md: Mapped[str] = mapped_column(Text, default="")
    description_html: Mapped[str] = mapped_column(Text, default="")
    practice_gap: Mapped[str] = mapped_column(Text, default="")
    agenda_md: Mapped[str] = mapped_column(Text, default="", server_default="")
    agenda_html: Mapped[str] = mapped_column(Text, default="", server_default="")
    objectives: Mapped[list[str]] = mapped_column(JSON, default=list)
    ground_rules_md: Mapped[str] = mapped_column(Text, default="")
    ground_rules_html: Mapped[str] = mapped_column(Text, default="")
    ground_rules_version: Mapped[int] = mapped_column(Integer, default=1)
    visibility: Mapped[str] = mapped_column(String(20), default=Visibility.PUBLIC)
    professions: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    verified_only: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    evidence_scale: Mapped[str] = mapped_column(String(10), default=EvidenceScale.GRADE)
    revision: Mapped[int] = mapped_column(Integer, default=1)
    is_archived: Mapped[bool] = mapped_column(Boolean, default=False)
    post_first: Mapped[bool] = mapped_column(Boolean, default=False)
    member_count: Mapped[int] = mapped_column(Integer, default=0)
    thread_count: Mapped[int] = mapped_column(Integer, default=0)
    escalation_hours: Mapped[int] = mapped_column(Integer, default=24, server_default="24")
    cohort_count: Mapped[int] = mapped_column(Integer, default=0)
    last_activity_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int] = foreign_key("user_account.id")


class Membership(Model, Timestamped, RoomScoped):
    """What one person is in one room."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("user_id", "room_id"),)

    id: Mapped[PrimaryKey]
    user_id: Mapped[int] = foreign_key("user_account.id", index=False)
    role: Mapped[str] = mapped_column(String(20), default=RoomRole.LEARNER)
    state: Mapped[str] = mapped_column(String(20), default=MembershipState.ACTIVE)
    statement: Mapped[str] = mapped_column(Text, default="")
    disclosure: Mapped[str] = mapped_column(Text, default="")
    rules_accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rules_accepted_version: Mapped[int | None] = mapped_column(Integer)
    joined_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    state_reason: Mapped[str] = mapped_column(Text, default="")

    user: Mapped[User] = relationship(lazy="raise")
    room: Mapped[Room] = relationship(lazy="raise")


class Invitation(Model, Timestamped, RoomScoped):
    """A link into a room for one e-mail address; good once, for a limited time."""

    __tablename__ = "invitation"

    id: Mapped[PrimaryKey]
    email: Mapped[str] = mapped_column(String(254))
    role: Mapped[str] = mapped_column(String(20), default=RoomRole.LEARNER)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    invited_by_id: Mapped[int] = foreign_key("user_account.id")
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    used_by_id: Mapped[int | None] = foreign_key("user_account.id")
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    room: Mapped[Room] = relationship(lazy="raise")
    invited_by: Mapped[User] = relationship(foreign_keys=[invited_by_id], lazy="raise")

    def is_open_at(self, moment: datetime) -> bool:
        """Tell whether the link could be used at *moment*."""
        return self.used_at is None and self.revoked_at is None and self.expires_at > moment
