"""Sources of answers: where each is named, what is known of the paper, and which papers were retracted."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from social_cme.discussions.enums import PaperStatus
from social_cme.persistence.base import Model, PrimaryKey, Timestamped, UtcDateTime, foreign_key


class Paper(Model, Timestamped):
    """A paper that answers name by its PubMed number or DOI; what a card shows of it.

    ``value`` is in small letters, so a DOI is one paper however it was written. ``next_check_at`` is when it is looked up next,
    if the server may go out; ``checked_at`` and ``checked_with`` say how its status is known.
    """

    __tablename__ = "paper"
    __table_args__ = (UniqueConstraint("kind", "value"), Index("ix_paper_due", "next_check_at"))

    id: Mapped[PrimaryKey]
    kind: Mapped[str] = mapped_column(String(10))
    value: Mapped[str] = mapped_column(String(500))
    pmid: Mapped[str] = mapped_column(String(10), default="", index=True)
    doi: Mapped[str] = mapped_column(String(500), default="", index=True)
    title: Mapped[str] = mapped_column(String(500), default="")
    authors: Mapped[str] = mapped_column(String(300), default="")
    journal: Mapped[str] = mapped_column(String(300), default="")
    year: Mapped[int | None] = mapped_column(Integer)
    status: Mapped[str] = mapped_column(String(20), default=PaperStatus.UNKNOWN)
    status_on: Mapped[date | None] = mapped_column(Date)
    status_reason: Mapped[str] = mapped_column(String(500), default="")
    notice_doi: Mapped[str] = mapped_column(String(500), default="")
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    checked_with: Mapped[str] = mapped_column(String(20), default="")
    next_check_at: Mapped[datetime] = mapped_column(UtcDateTime)
    failures: Mapped[int] = mapped_column(Integer, default=0)


class Citation(Model):
    """A source named in an answer; ``value`` is a bare PMID, a bare DOI or an http(s) address, which has no paper."""

    __tablename__ = "citation"
    __table_args__ = (UniqueConstraint("post_id", "kind", "value"),)

    id: Mapped[PrimaryKey]
    post_id: Mapped[int] = foreign_key("post.id", ondelete="CASCADE", index=False)
    paper_id: Mapped[int | None] = foreign_key("paper.id")
    position: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(10))
    value: Mapped[str] = mapped_column(String(500))
    label: Mapped[str] = mapped_column(String(300), default="")

    paper: Mapped[Paper | None] = relationship(lazy="raise")


class RetractionNotice(Model):
    """A line of an imported list: what was published about a paper later. Papers named in future find it here too."""

    __tablename__ = "retraction_notice"

    id: Mapped[PrimaryKey]
    record_id: Mapped[str] = mapped_column(String(20), unique=True)
    pmid: Mapped[str] = mapped_column(String(10), default="", index=True)
    doi: Mapped[str] = mapped_column(String(500), default="", index=True)
    nature: Mapped[str] = mapped_column(String(20))
    noticed_on: Mapped[date | None] = mapped_column(Date)
    notice_doi: Mapped[str] = mapped_column(String(500), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
