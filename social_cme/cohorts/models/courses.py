"""A cohort, its members, its units with their self-study lists, and what each member ticked off."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, Date, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from social_cme.accounts.models import User
from social_cme.persistence.base import Model, PrimaryKey, RoomScoped, Timestamped, UtcDateTime, foreign_key


class Cohort(Model, Timestamped, RoomScoped):
    """A term of a room. ``starts_on`` and ``join_until`` are dates of its own zone, ``join_until`` is still open all day.

    Without ``published_at`` it is a plan that only coordinators see.
    """

    __tablename__ = "cohort"
    __table_args__ = (
        CheckConstraint("weeks > 0", name="weeks"),
        CheckConstraint("member_count >= 0", name="member_count"),
    )

    id: Mapped[PrimaryKey]
    name: Mapped[str] = mapped_column(String(100))
    summary_md: Mapped[str] = mapped_column(Text, default="")
    summary_html: Mapped[str] = mapped_column(Text, default="")
    starts_on: Mapped[date] = mapped_column(Date)
    weeks: Mapped[int] = mapped_column(Integer)
    time_zone: Mapped[str] = mapped_column(String(60))
    capacity: Mapped[int | None] = mapped_column(Integer)
    join_until: Mapped[date | None] = mapped_column(Date)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    member_count: Mapped[int] = mapped_column(Integer, default=0)
    revision: Mapped[int] = mapped_column(Integer, default=1)
    created_by_id: Mapped[int] = foreign_key("user_account.id", index=False)
    copied_from_id: Mapped[int | None] = foreign_key("cohort.id", index=False)


class CohortMember(Model):
    """One person in one cohort; leaving sets ``left_at`` and keeps the row with everything that hangs on it."""

    __tablename__ = "cohort_member"
    __table_args__ = (UniqueConstraint("cohort_id", "user_id"),)

    id: Mapped[PrimaryKey]
    cohort_id: Mapped[int] = foreign_key("cohort.id", index=False)
    user_id: Mapped[int] = foreign_key("user_account.id")
    joined_at: Mapped[datetime] = mapped_column(UtcDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    user: Mapped[User] = relationship(lazy="raise")


class Unit(Model, Timestamped, RoomScoped):
    """A dated part of a cohort; ``opening_told_at`` says that its members were told that it is open."""

    __tablename__ = "cohort_unit"
    __table_args__ = (
        Index("ix_cohort_unit_list", "cohort_id", "position"),
        Index("ix_cohort_unit_opening", "opening_told_at", "opens_at"),
        CheckConstraint("due_at > opens_at", name="times"),
    )

    id: Mapped[PrimaryKey]
    cohort_id: Mapped[int] = foreign_key("cohort.id", index=False)
    position: Mapped[int] = mapped_column(Integer)
    title: Mapped[str] = mapped_column(String(140))
    objectives: Mapped[list[str]] = mapped_column(JSON, default=list)
    body_md: Mapped[str] = mapped_column(Text, default="")
    body_html: Mapped[str] = mapped_column(Text, default="")
    opens_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opening_told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revision: Mapped[int] = mapped_column(Integer, default=1)


class StudyItem(Model, Timestamped):
    """An entry of a unit's self-study list; of kind ``session`` without ``session_id`` it is still to be scheduled."""

    __tablename__ = "study_item"
    __table_args__ = (Index("ix_study_item_list", "unit_id", "position"),)

    id: Mapped[PrimaryKey]
    cohort_id: Mapped[int] = foreign_key("cohort.id")
    unit_id: Mapped[int] = foreign_key("cohort_unit.id", index=False)
    position: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(200))
    citation: Mapped[str] = mapped_column(String(300), default="")
    url: Mapped[str] = mapped_column(String(500), default="")
    thread_id: Mapped[int | None] = foreign_key("thread.id", index=False)
    session_id: Mapped[int | None] = foreign_key("live_session.id", index=False)
    minutes: Mapped[int | None] = mapped_column(Integer)


class StudyTick(Model, Timestamped):
    """What one learner said of one entry; taking the tick back empties ``done_at`` and keeps the row."""

    __tablename__ = "study_tick"
    __table_args__ = (
        UniqueConstraint("item_id", "user_id"),
        Index("ix_study_tick_progress", "cohort_id", "user_id"),
    )

    id: Mapped[PrimaryKey]
    cohort_id: Mapped[int] = foreign_key("cohort.id", index=False)
    item_id: Mapped[int] = foreign_key("study_item.id", index=False)
    user_id: Mapped[int] = foreign_key("user_account.id", index=False)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reflection: Mapped[str] = mapped_column(String(300), default="")


class UnitCompletion(Model):
    """When somebody had ticked off everything of a unit for the first time."""

    __tablename__ = "unit_completion"
    __table_args__ = (UniqueConstraint("unit_id", "user_id"),)

    id: Mapped[PrimaryKey]
    unit_id: Mapped[int] = foreign_key("cohort_unit.id", index=False)
    user_id: Mapped[int] = foreign_key("user_account.id", index=False)
    completed_at: Mapped[datetime] = mapped_column(UtcDateTime)
