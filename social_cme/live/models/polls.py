"""Polls of a session: what is asked, the rounds of voting, named ballots, and counters.

Rule: an anonymous poll has no ballots. It has marks (who has voted, without a choice, a time or an order) and counters; nothing
joins the two. A named poll has ballots, and its counters are their sum.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.live.enums import PollState, ResultsWhen, Reveal
from social_cme.persistence.base import BigId, Model, PrimaryKey, RoomScoped, Timestamped, UtcDateTime, foreign_key


def unordered_id() -> int:
    """Return an id that says nothing about when its row was written."""
    return secrets.randbits(62) + 1


class LivePoll(Model, Timestamped, RoomScoped):
    """A question to everybody in a session. ``options`` are counted from 1; ``correct`` names the right ones."""

    __tablename__ = "live_poll"
    __table_args__ = (Index("ix_live_poll_session_id_id", "session_id", "id"),)

    id: Mapped[PrimaryKey]
    session_id: Mapped[int] = foreign_key("live_session.id", index=False)
    created_by_id: Mapped[int] = foreign_key("user_account.id", index=False)
    kind: Mapped[str] = mapped_column(String(20))
    question: Mapped[str] = mapped_column(Text)
    options: Mapped[list[str]] = mapped_column(JSON, default=list)
    correct: Mapped[list[int]] = mapped_column(JSON, default=list)
    rationale: Mapped[str] = mapped_column(Text, default="")
    max_choices: Mapped[int | None] = mapped_column(Integer)
    scale_min: Mapped[int] = mapped_column(Integer, default=1)
    scale_max: Mapped[int] = mapped_column(Integer, default=5)
    label_min: Mapped[str] = mapped_column(String(60), default="")
    label_max: Mapped[str] = mapped_column(String(60), default="")
    is_anonymous: Mapped[bool] = mapped_column(Boolean, default=False)
    may_change: Mapped[bool] = mapped_column(Boolean, default=False)
    two_rounds: Mapped[bool] = mapped_column(Boolean, default=False)
    results_when: Mapped[str] = mapped_column(String(10), default=ResultsWhen.CLOSED)
    reveal: Mapped[str] = mapped_column(String(10), default=Reveal.AUTO)
    timer_seconds: Mapped[int | None] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(20), default=PollState.DRAFT)
    round: Mapped[int] = mapped_column(Integer, default=0)


class PollRound(Model):
    """One time of voting; ``voters`` counts the people. After ``ends_at`` no ballot is taken, closed or not."""

    __tablename__ = "poll_round"
    __table_args__ = (
        UniqueConstraint("poll_id", "number"),
        Index("ix_poll_round_closed_at_ends_at", "closed_at", "ends_at"),
    )

    id: Mapped[PrimaryKey]
    poll_id: Mapped[int] = foreign_key("live_poll.id", index=False)
    number: Mapped[int] = mapped_column(Integer)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    voters: Mapped[int] = mapped_column(Integer, default=0)


class PollBallot(Model):
    """What somebody voted in a round of a named poll; ``top`` is its main answer. ``client_id`` names the first request."""

    __tablename__ = "poll_ballot"
    __table_args__ = (UniqueConstraint("round_id", "user_id"),)

    id: Mapped[PrimaryKey]
    round_id: Mapped[int] = foreign_key("poll_round.id", index=False)
    user_id: Mapped[int] = foreign_key("user_account.id")
    kept: Mapped[dict[str, Any]] = mapped_column(JSON)
    top: Mapped[int | None] = mapped_column(Integer)
    client_id: Mapped[str] = mapped_column(String(64), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    user: Mapped[User] = relationship(lazy="raise")


class PollMark(Model):
    """That somebody has voted in a round of an anonymous poll. It must never carry a choice, a time or an order."""

    __tablename__ = "poll_mark"
    __table_args__ = (UniqueConstraint("round_id", "user_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False, default=unordered_id)
    round_id: Mapped[int] = foreign_key("poll_round.id", index=False)
    user_id: Mapped[int] = foreign_key("user_account.id")
    client_id: Mapped[str] = mapped_column(String(64), default="")


class PollTally(Model):
    """Counters of one option (or value) in one round; changed only by adding to them, in the ballot's own transaction."""

    __tablename__ = "poll_tally"
    __table_args__ = (UniqueConstraint("round_id", "place"),)

    id: Mapped[PrimaryKey]
    round_id: Mapped[int] = foreign_key("poll_round.id", index=False)
    place: Mapped[int] = mapped_column(Integer)
    count: Mapped[int] = mapped_column(Integer, default=0)
    weight: Mapped[int] = mapped_column(Integer, default=0)
    firsts: Mapped[int] = mapped_column(Integer, default=0)


class PollGroup(Model):
    """Equal free answers of a round, worded as the first of them; a mentor can put one into another."""

    __tablename__ = "poll_group"
    __table_args__ = (UniqueConstraint("round_id", "norm"),)

    id: Mapped[PrimaryKey]
    round_id: Mapped[int] = foreign_key("poll_round.id", index=False)
    norm: Mapped[str] = mapped_column(String(400))
    text: Mapped[str] = mapped_column(String(200))
    count: Mapped[int] = mapped_column(Integer, default=0)
    into_id: Mapped[int | None] = foreign_key("poll_group.id", index=False)
    is_hidden: Mapped[bool] = mapped_column(Boolean, default=False)
