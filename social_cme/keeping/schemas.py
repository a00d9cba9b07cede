"""What the API takes and shows of bookmarks and notes; always one's own."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field

from social_cme.keeping.enums import NOTE_LIMIT, Kept, Reminder
from social_cme.web.api import PageQuery, Schema


class ReminderIn(Schema):
    """When to be reminded; a time without a zone is one on your own clock."""

    choice: Reminder = Reminder.NONE
    at: datetime | None = Field(None, description="With the choice `at`; two years ahead at most.")


class NoteIn(Schema):
    """A private note in Markdown; an empty one removes it."""

    body: str = Field("", max_length=4 * NOTE_LIMIT)
    revision: int = Field(0, ge=0, lt=2**31, description="The revision you read last, 0 for a new note.")


class BookmarksQuery(PageQuery):
    """Which bookmarks to list."""

    due: bool = Field(default=False, description="Only those whose reminder has come.")


class PlaceOut(BaseModel):
    """Where something stands, as you may see it now."""

    model_config = ConfigDict(from_attributes=True)

    slug: str
    room_name: str
    thread_id: int
    title: str
    post_id: int | None = None


class BookmarkOut(BaseModel):
    """A bookmark with its reminder."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    target: Kept
    target_id: int
    remind_at: datetime | None
    reminded_at: datetime | None
    created_at: datetime


class BookmarkLineOut(BookmarkOut):
    """A bookmark in a list; ``place`` is empty when you cannot reach it any more."""

    is_due: bool
    place: PlaceOut | None

    @classmethod
    def of(cls, line: Any) -> Self:
        """Show a line of a list."""
        own = {name: getattr(line.bookmark, name) for name in BookmarkOut.model_fields}
        return cls(**own, is_due=line.is_due, place=PlaceOut.model_validate(line.place) if line.place else None)


class BookmarkList(BaseModel):
    """A page of bookmarks, the youngest first."""

    items: list[BookmarkLineOut]
    next_cursor: str | None


class NoteOut(BaseModel):
    """A private note; send its ``revision`` with the next save. Without a note the text is empty and the revision 0."""

    thread_id: int
    body: str
    body_html: str
    revision: int
    saved_at: datetime | None

    @classmethod
    def of(cls, note: Any, thread_id: int) -> Self:
        """Show a note, or that there is none."""
        if note is None:
            return cls(thread_id=thread_id, body="", body_html="", revision=0, saved_at=None)
        return cls(
            thread_id=note.thread_id,
            body=note.body_md,
            body_html=note.body_html,
            revision=note.revision,
            saved_at=note.saved_at,
        )


class NoteLineOut(NoteOut):
    """A note in a list; ``place`` is empty when you cannot reach its thread any more."""

    id: int
    place: PlaceOut | None

    @classmethod
    def of_line(cls, line: Any) -> Self:
        """Show a line of a list."""
        own = NoteOut.of(line.note, line.note.thread_id).model_dump()
        return cls(**own, id=line.note.id, place=PlaceOut.model_validate(line.place) if line.place else None)


class NoteList(BaseModel):
    """A page of notes, the youngest first."""

    items: list[NoteLineOut]
    next_cursor: str | None
