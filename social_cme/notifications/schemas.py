"""What the API says about the inbox."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from social_cme.notifications.enums import NoticeKind
from social_cme.web.api import Schema


class NoticeOut(BaseModel):
    """One notice."""

    id: int
    kind: NoticeKind
    text: str
    room_name: str
    address: str = Field(description="Path of the page that it leads to.")
    at: datetime
    is_unread: bool


class NoticesOut(BaseModel):
    """A page of one's notices, the newest first."""

    items: list[NoticeOut]
    next_cursor: str | None
    unread: int = Field(description="How many are unread, counted to 100.")


class ReadIn(Schema):
    """Which notices were read: those named, or all up to one."""

    ids: list[int] = Field(default_factory=list, max_length=100)
    up_to: int | None = Field(None, ge=0, lt=2**63)


class ReadOut(BaseModel):
    """How many are still unread."""

    unread: int
