"""Breakouts of a session: groups and their people, stations, rounds, and who met whom.

Rule: what took place stays. Who leaves a group, a group or a station that drops out get a time, never a deletion.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from social_cme.accounts.models import User
from social_cme.live.enums import BreakoutState, RoundState
from social_cme.persistence.base import Model, PrimaryKey, RoomScoped, Timestamped, UtcDateTime, foreign_key


class Breakout(Model, Timestamped, RoomScoped):
    """A part of a session in small groups; a session has one that is not over at most.

    ``due_at`` is when something happens by itself (a round begins or ends); empty while nothing will.
    """

    __tablename__ = "breakout"
    __table_args__ = (
        Index("ix_breakout_session_id_id", "session_id", "id"),
        Index("ix_breakout_due_at", "due_at"),
        Index(
            "uq_breakout_open",
            "session_id",
            unique=True,
            sqlite_where=text("state != 'ended'"),
            postgresql_where=text("state != 'ended'"),
        ),
        CheckConstraint("round_seconds > 0", name="round_seconds"),
        CheckConstraint("changeover_seconds >= 0", name="changeover_seconds"),
    )

    id: Mapped[PrimaryKey]
    session_id: Mapped[int] = foreign_key("live_session.id", index=False)
    kind: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20), default=BreakoutState.FORMING)
    round_count: Mapped[int] = mapped_column(Integer)
    round_seconds: Mapped[int] = mapped_column(Integer)
    changeover_seconds: Mapped[int] = mapped_column(Integer)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    paused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int] = foreign_key("user_account.id")


class BreakoutGroup(Model, Timestamped, RoomScoped):
    """A group of a breakout; ``since_round`` is the number of the first round it was there for.

    ``notes`` are what the group writes down together, in plain text; each save counts ``notes_revision`` up.
    """

    __tablename__ = "breakout_group"

    id: Mapped[PrimaryKey]
    breakout_id: Mapped[int] = foreign_key("breakout.id")
    session_id: Mapped[int] = foreign_key("live_session.id")
    position: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(String(60))
    since_round: Mapped[int] = mapped_column(Integer, default=1)
    gone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    notes: Mapped[str] = mapped_column(Text, default="")
    notes_revision: Mapped[int] = mapped_column(Integer, default=0)
    notes_saved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    notes_saved_by_id: Mapped[int | None] = foreign_key("user_account.id", index=False)

    notes_saved_by: Mapped[User | None] = relationship(lazy="raise")


class GroupMember(Model):
    """Somebody's time in a group; who moves on leaves one and begins another. Nobody is in two groups at once."""

    __tablename__ = "breakout_member"
    __table_args__ = (
        Index("ix_breakout_member_group_id", "group_id"),
        Index(
            "uq_breakout_member_present",
            "breakout_id",
            "user_id",
            unique=True,
            sqlite_where=text("left_at IS NULL"),
            postgresql_where=text("left_at IS NULL"),
        ),
    )

    id: Mapped[PrimaryKey]
    breakout_id: Mapped[int] = foreign_key("breakout.id")
    group_id: Mapped[int] = foreign_key("breakout_group.id", index=False)
    user_id: Mapped[int] = foreign_key("user_account.id")
    joined_at: Mapped[datetime] = mapped_column(UtcDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    user: Mapped[User] = relationship(lazy="raise")


class Station(Model, Timestamped, RoomScoped):
    """A place that groups go to: a name, what it is about, and who is there for them."""

    __tablename__ = "breakout_station"

    id: Mapped[PrimaryKey]
    breakout_id: Mapped[int] = foreign_key("breakout.id")
    session_id: Mapped[int] = foreign_key("live_session.id")
    position: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(String(80))
    topic: Mapped[str] = mapped_column(String(200), default="")
    expert_id: Mapped[int | None] = foreign_key("user_account.id")
    gone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    expert: Mapped[User | None] = relationship(lazy="raise")


class BreakoutRound(Model):
    """A round; ``starts_at`` is known once the round before has ended, ``ends_at`` once it runs."""

    __tablename__ = "breakout_round"
    __table_args__ = (UniqueConstraint("breakout_id", "number"),)

    id: Mapped[PrimaryKey]
    breakout_id: Mapped[int] = foreign_key("breakout.id", index=False)
    number: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(20), default=RoundState.PLANNED)
    starts_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RoundPause(Model):
    """A stretch in which a running round stood still."""

    __tablename__ = "breakout_pause"
    __table_args__ = (CheckConstraint("ended_at >= began_at", name="times"),)

    id: Mapped[PrimaryKey]
    round_id: Mapped[int] = foreign_key("breakout_round.id")
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Meeting(Model):
    """A group at a station in a round; ``cut_at`` tells when the one or the other was lost while the round ran."""

    __tablename__ = "breakout_meeting"
    __table_args__ = (UniqueConstraint("round_id", "group_id"), UniqueConstraint("round_id", "station_id"))

    id: Mapped[PrimaryKey]
    round_id: Mapped[int] = foreign_key("breakout_round.id", index=False)
    group_id: Mapped[int] = foreign_key("breakout_group.id")
    station_id: Mapped[int] = foreign_key("breakout_station.id")
    cut_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class GroupMessage(Model, Timestamped, RoomScoped):
    """A line of a group's own chat; plain text."""

    __tablename__ = "group_message"
    __table_args__ = (Index("ix_group_message_group_id_id", "group_id", "id"),)

    id: Mapped[PrimaryKey]
    group_id: Mapped[int] = foreign_key("breakout_group.id", index=False)
    author_id: Mapped[int] = foreign_key("user_account.id")
    body: Mapped[str] = mapped_column(Text)
    hidden_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    hidden_reason: Mapped[str] = mapped_column(String(300), default="")

    author: Mapped[User] = relationship(lazy="raise")
