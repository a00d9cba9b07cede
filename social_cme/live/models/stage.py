"""What stands in front of the audience of one session: slides, projector, captioner, video. Made when first needed."""

from __future__ import annotations

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from social_cme.accounts.models import User
from social_cme.live.enums import ProjectorView
from social_cme.persistence.base import Model, PrimaryKey, RoomScoped, foreign_key


class LiveStage(Model, RoomScoped):
    """One row per session at most; ``page`` counts from 1 and is of the deck ``deck_id``."""

    __tablename__ = "live_stage"

    id: Mapped[PrimaryKey]
    session_id: Mapped[int] = foreign_key("live_session.id", index=False, unique=True)
    deck_id: Mapped[int | None] = foreign_key("slide_deck.id", index=False)
    page: Mapped[int] = mapped_column(Integer, default=1)
    view: Mapped[str] = mapped_column(String(20), default=ProjectorView.QUESTION)
    captioner_id: Mapped[int | None] = foreign_key("user_account.id", index=False)
    video_url: Mapped[str] = mapped_column(String(500), default="")

    captioner: Mapped[User | None] = relationship(lazy="raise")
