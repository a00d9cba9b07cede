"""The shape of moderation through the API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from social_cme.discussions.enums import BODY_LIMIT, TITLE_LIMIT
from social_cme.moderation.enums import NOTE_LIMIT, FlagReason, FlagTarget, Resolution, Stays
from social_cme.web.api import ClientBody, Schema


class FlagBody(ClientBody):
    """A report."""

    reason: FlagReason
    note: str = Field("", max_length=NOTE_LIMIT)


class FlagOut(Schema):
    """A report as its maker and the moderators see it."""

    id: int
    target: FlagTarget
    target_id: int
    thread_id: int | None
    reason: FlagReason
    note: str
    created_at: datetime
    resolved_at: datetime | None
    resolution: str
    resolution_note: str


class ReportOut(Schema):
    """Everything reported about one text."""

    target: FlagTarget
    target_id: int
    thread_id: int
    author_id: int | None = Field(description="Null for a pseudonym.")
    author_name: str = Field(description="The name, or the line of a pseudonym.")
    body_md: str
    is_hidden: bool
    is_urgent: bool
    flags: list[FlagOut]


class QueuePage(Schema):
    """What waits for a decision."""

    items: list[ReportOut]
    next_cursor: str | None


class DecisionBody(Schema):
    """A decision; hiding and asking for an edit need a note, which the author reads."""

    resolution: Resolution
    note: str = Field("", max_length=NOTE_LIMIT)


class MeasureBody(Schema):
    """Why a measure is taken; needed for locking and hiding."""

    reason: str = Field("", max_length=NOTE_LIMIT)


class PurgeBody(MeasureBody):
    """What is erased for good; a reason is needed."""

    earlier_only: bool = Field(False, description="Erase what was said before edits, and keep the text as it is now.")


class MoveBody(MeasureBody):
    """Where a thread goes."""

    room: str = Field(max_length=60, description="Slug of a room that the caller moderates as well.")


class SplitBody(ClientBody):
    """Answers that become a thread of their own."""

    answers: list[Annotated[int, Field(ge=1, lt=2**53)]] = Field(max_length=500, description="Ids of answers.")
    title: str = Field(min_length=1, max_length=TITLE_LIMIT)
    kind: Literal["question", "discussion"] = "question"
    body: str = Field("", max_length=BODY_LIMIT, description="Markdown; stands above the answers in your name.")


class MergeBody(Schema):
    """The thread with which this one is merged."""

    other: int = Field(ge=1, lt=2**53, description="Id of another thread of the room.")
    stays: Stays = Field(Stays.OLDER, description="Which of the two stays; the address of the other leads to it.")
    note: str = Field("", max_length=NOTE_LIMIT, description="Read by who comes from the other address.")


class ThreadStateOut(Schema):
    """How a thread stands after a measure."""

    id: int
    room_id: int
    is_pinned: bool
    locked_at: datetime | None
    locked_reason: str
    hidden_at: datetime | None
    hidden_reason: str


class PostStateOut(Schema):
    """How a post stands after a measure."""

    id: int
    thread_id: int
    hidden_at: datetime | None
    hidden_reason: str


class UnmaskBody(Schema):
    """Why a pseudonym is to be lifted; the author and the log show it."""

    reason: str = Field(min_length=1, max_length=NOTE_LIMIT)


class UnmaskRequestOut(Schema):
    """A request to lift the pseudonym of a thread."""

    id: int
    thread_id: int
    requested_by_id: int
    reason: str
    created_at: datetime
    expires_at: datetime
    confirmed_at: datetime | None
    ended_at: datetime | None


class IdentityOut(Schema):
    """Who writes under a pseudonym; only for the two who lifted it."""

    id: int
    display_name: str
    shown_until: datetime


class LiftedOut(Schema):
    """That a pseudonym was lifted, and why."""

    reason: str
    confirmed_at: datetime


class UnmaskingOut(Schema):
    """How it stands about the pseudonym of a thread."""

    waiting: UnmaskRequestOut | None
    lifted: list[LiftedOut]
    identity: IdentityOut | None


class LogEntryOut(Schema):
    """Who did what to what, and why."""

    id: int
    actor_id: int
    action: str
    target: str
    target_id: int
    thread_id: int | None
    subject_id: int | None = Field(description="Who wrote what it is about; null for a pseudonym.")
    reason: str
    created_at: datetime


class LogPage(Schema):
    """The log, the newest first."""

    items: list[LogEntryOut]
    next_cursor: str | None
