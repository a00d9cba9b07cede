"""Shapes of what a group writes: its chat and its notes."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from pydantic import Field

from social_cme.live import rules
from social_cme.live.schemas.base import ID, PersonOut, SessionCommand, Shown
from social_cme.live.schemas.chat import GroupLineOut
from social_cme.privacy.schemas import Attesting
from social_cme.web.api import ClientBody


class NotesOut(Shown):
    """A group's notes; a save names the ``revision`` that it changes."""

    text: str
    revision: int
    saved_at: datetime | None
    saved_by: PersonOut | None

    @classmethod
    def of(cls, group: Any) -> Self:
        """Show the notes of a group that was loaded with who saved them."""
        return cls(
            text=group.notes,
            revision=group.notes_revision,
            saved_at=group.notes_saved_at,
            saved_by=PersonOut.of(group.notes_saved_by) if group.notes_saved_by is not None else None,
        )


class GroupBoardOut(Shown):
    """A group's chat and notes; messages of its channel after ``seq`` bring it up to date."""

    seq: int
    group_id: int
    name: str
    chat: list[GroupLineOut]
    earlier_chat: str | None
    notes: NotesOut

    @classmethod
    def of(cls, board: Any) -> Self:
        """Show what a group wrote."""
        return cls(
            seq=board.seq,
            group_id=board.group.id,
            name=board.group.name,
            chat=[GroupLineOut.of(one) for one in board.chat],
            earlier_chat=board.earlier,
            notes=NotesOut.of(board.group),
        )


class NotesBody(ClientBody, Attesting):
    """Notes in plain text, and the revision that the writer saw."""

    notes: str = Field("", max_length=rules.MAX_NOTES)
    revision: int = Field(ge=0, lt=2**53)


class GroupCommand(SessionCommand):
    """A message about a group."""

    group_id: int = ID


class PostInGroup(GroupCommand, Attesting):
    """A line of the group's chat in plain text."""

    body: str = Field(min_length=1, max_length=rules.MAX_CHAT)


class HideInGroup(GroupCommand):
    """A line of the group's chat is taken off the screen; for who leads."""

    message_id: int = ID
    reason: str = Field("", max_length=rules.MAX_REASON)


class SaveNotes(GroupCommand, Attesting):
    """Save the group's notes; refused as a conflict when somebody saved after ``revision``."""

    notes: str = Field("", max_length=rules.MAX_NOTES)
    revision: int = Field(ge=0, lt=2**53)
