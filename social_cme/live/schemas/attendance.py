"""Shapes of attendance."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from pydantic import Field

from social_cme.live.enums import Reckoned, SessionState
from social_cme.live.schemas.base import ID, SessionCommand, Shown
from social_cme.realtime.messages import Incoming
from social_cme.web.api import PageQuery


class PulseOut(Shown):
    """The answer to a heartbeat; ``seconds`` is what counts for this person so far, ``why`` what keeps the present off.

    With ``answer_by`` the person is asked for a sign of life, and has until then to give one.
    """

    state: SessionState
    counted: bool
    present: int
    seconds: int
    why: str
    answer_by: datetime | None


class PieceOut(Shown):
    """A piece of somebody's time in a session, and what became of it."""

    start: datetime
    end: datetime
    state: Reckoned
    seconds: int


class MinutesOut(Shown):
    """How somebody's minutes in a session came about; the pieces follow one another without a hole."""

    session_id: int
    seconds: int
    minutes: int
    interactive_seconds: int
    first_at: datetime | None
    last_at: datetime | None
    pieces: list[PieceOut]

    @classmethod
    def of(cls, account: Any) -> Self:
        """Show an account."""
        return cls(
            session_id=account.frame.session_id,
            seconds=account.seconds,
            minutes=account.seconds // 60,
            interactive_seconds=account.interactive_seconds,
            first_at=account.first_at,
            last_at=account.last_at,
            pieces=[PieceOut.model_validate(one) for one in account.pieces],
        )


class AttendeeOut(Shown):
    """What counts for somebody who came."""

    user_id: int
    display_name: str
    profession: str | None
    first_at: datetime | None
    last_at: datetime | None
    seconds: int
    minutes: int
    interactive_minutes: int
    stretches: int


class AttendeePage(Shown):
    """A page of those who came, by name."""

    items: list[AttendeeOut]
    next_cursor: str | None


class AttendeesQuery(PageQuery):
    """How to page through those who came."""


class MomentOut(Shown):
    """How many people were there at a moment."""

    at: datetime
    people: int


class StatisticsOut(Shown):
    """What a session was like, in numbers; times in seconds, ``None`` where there was nothing to measure."""

    people: int
    minutes: int
    median_minutes: int
    interactive_percent: int | None
    asked: int
    answered: int
    waiting: int
    skipped: int
    median_response: int | None
    longest_response: int | None
    over_time: list[MomentOut]


class Heartbeat(Incoming):
    """The page of a session is open and in sight; what the client thinks the time is, is of no interest."""

    session_id: int = ID
    client_id: str | None = Field(None, pattern=r"^[A-Za-z0-9_-]{8,64}$")


class CheckConnection(Incoming):
    """Ask for nothing but an answer, to see how long it takes."""

    session_id: int = ID
    client_id: str | None = Field(None, pattern=r"^[A-Za-z0-9_-]{8,64}$")


class ConfirmPresence(SessionCommand):
    """Say that one is still there."""


class PauseSession(SessionCommand):
    """Stop the clock of a running session; nothing counts until it is resumed."""


class ResumeSession(SessionCommand):
    """Let the clock of a paused session run on."""
