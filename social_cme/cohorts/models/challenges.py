"""Group challenges: teams, what they hand in, the rubric, and the feedback that teams give one another."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, Boolean, CheckConstraint, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from social_cme.accounts.models import User
from social_cme.persistence.base import Model, PrimaryKey, RoomScoped, Timestamped, UtcDateTime, foreign_key


class Challenge(Model, Timestamped, RoomScoped):
    """A task for teams. ``assigned_at`` is when the teams were told whose work they read; then the first rubric stands.

    ``due_told_at`` says that the members were reminded of the due time.
    """

    __tablename__ = "challenge"
    __table_args__ = (
        Index("ix_challenge_due", "due_told_at", "due_at"),
        CheckConstraint("due_at > opens_at", name="times"),
        CheckConstraint("feedback_at > due_at", name="feedback"),
    )

    id: Mapped[PrimaryKey]
    cohort_id: Mapped[int] = foreign_key("cohort.id")
    title: Mapped[str] = mapped_column(String(140))
    brief_md: Mapped[str] = mapped_column(Text, default="")
    brief_html: Mapped[str] = mapped_column(Text, default="")
    opens_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    feedback_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reviews_each: Mapped[int] = mapped_column(Integer, default=2)
    assigned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revision: Mapped[int] = mapped_column(Integer, default=1)


class Criterion(Model):
    """One line of a rubric; ``levels`` are (name, words) pairs, the first the least developed."""

    __tablename__ = "rubric_criterion"

    id: Mapped[PrimaryKey]
    challenge_id: Mapped[int] = foreign_key("challenge.id")
    position: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(String(100))
    levels: Mapped[list[list[str]]] = mapped_column(JSON)


class Team(Model, Timestamped):
    """A few members of the cohort who hand in one piece of work together."""

    __tablename__ = "challenge_team"
    __table_args__ = (UniqueConstraint("challenge_id", "name"),)

    id: Mapped[PrimaryKey]
    challenge_id: Mapped[int] = foreign_key("challenge.id", index=False)
    name: Mapped[str] = mapped_column(String(60))


class TeamMember(Model):
    """One person in one team; in a challenge nobody is in two."""

    __tablename__ = "challenge_team_member"
    __table_args__ = (UniqueConstraint("challenge_id", "user_id"),)

    id: Mapped[PrimaryKey]
    challenge_id: Mapped[int] = foreign_key("challenge.id", index=False)
    team_id: Mapped[int] = foreign_key("challenge_team.id")
    user_id: Mapped[int] = foreign_key("user_account.id", index=False)

    user: Mapped[User] = relationship(lazy="raise")


class Deliverable(Model, Timestamped):
    """What a team wrote, as it is now; ``submitted_at`` once it was handed in, which happens once."""

    __tablename__ = "deliverable"

    id: Mapped[PrimaryKey]
    team_id: Mapped[int] = foreign_key("challenge_team.id", index=False, unique=True)
    body_md: Mapped[str] = mapped_column(Text, default="")
    body_html: Mapped[str] = mapped_column(Text, default="")
    link: Mapped[str] = mapped_column(String(500), default="")
    revision: Mapped[int] = mapped_column(Integer, default=0)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    saved_by_id: Mapped[int] = foreign_key("user_account.id", index=False)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    submitted_by_id: Mapped[int | None] = foreign_key("user_account.id", index=False)
    is_late: Mapped[bool] = mapped_column(Boolean, default=False)

    saved_by: Mapped[User] = relationship(foreign_keys=[saved_by_id], lazy="raise")
    submitted_by: Mapped[User | None] = relationship(foreign_keys=[submitted_by_id], lazy="raise")


class DeliverableVersion(Model):
    """What a team's draft said at one saving; rows are only ever added."""

    __tablename__ = "deliverable_version"
    __table_args__ = (UniqueConstraint("deliverable_id", "revision"),)

    id: Mapped[PrimaryKey]
    deliverable_id: Mapped[int] = foreign_key("deliverable.id", index=False)
    revision: Mapped[int] = mapped_column(Integer)
    body_md: Mapped[str] = mapped_column(Text)
    body_html: Mapped[str] = mapped_column(Text)
    link: Mapped[str] = mapped_column(String(500), default="")
    saved_by_id: Mapped[int] = foreign_key("user_account.id", index=False)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)

    saved_by: Mapped[User] = relationship(lazy="raise")


class Review(Model, Timestamped):
    """Feedback on one team's work: by another team, or by a coordinator; empty until ``given_at``.

    ``levels`` holds the chosen level (from 0) by the id of the criterion, as text.
    """

    __tablename__ = "peer_review"
    __table_args__ = (
        UniqueConstraint("reviewed_team_id", "reviewer_team_id"),
        UniqueConstraint("reviewed_team_id", "coordinator_id"),
        CheckConstraint("(reviewer_team_id IS NULL) <> (coordinator_id IS NULL)", name="one_reviewer"),
        CheckConstraint("reviewer_team_id <> reviewed_team_id", name="not_oneself"),
    )

    id: Mapped[PrimaryKey]
    challenge_id: Mapped[int] = foreign_key("challenge.id")
    reviewed_team_id: Mapped[int] = foreign_key("challenge_team.id", index=False)
    reviewer_team_id: Mapped[int | None] = foreign_key("challenge_team.id")
    coordinator_id: Mapped[int | None] = foreign_key("user_account.id", index=False)
    levels: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    body_md: Mapped[str] = mapped_column(Text, default="")
    body_html: Mapped[str] = mapped_column(Text, default="")
    given_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    given_by_id: Mapped[int | None] = foreign_key("user_account.id", index=False)

    given_by: Mapped[User | None] = relationship(foreign_keys=[given_by_id], lazy="raise")
    reviewer_team: Mapped[Team | None] = relationship(foreign_keys=[reviewer_team_id], lazy="raise")
    reviewed_team: Mapped[Team] = relationship(foreign_keys=[reviewed_team_id], lazy="raise")


class TeamComment(Model, Timestamped):
    """What a mentor, a coordinator or the team itself said beside the work."""

    __tablename__ = "team_comment"

    id: Mapped[PrimaryKey]
    team_id: Mapped[int] = foreign_key("challenge_team.id")
    author_id: Mapped[int] = foreign_key("user_account.id", index=False)
    body_md: Mapped[str] = mapped_column(Text)
    body_html: Mapped[str] = mapped_column(Text)

    author: Mapped[User] = relationship(lazy="raise")
