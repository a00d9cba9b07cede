"""Shapes of live sessions."""

from __future__ import annotations

from datetime import time
from typing import Literal

from social_cme.demo.schemas.base import Content


class QuestionText(Content):
    """A question of a live session; without a minute it was asked beforehand."""

    author: str
    body: str
    votes: int
    status: Literal["answered", "open"]
    minute: float | None = None
    answer: str = ""


class ChatText(Content):
    """A line of a session's chat."""

    author: str
    minute: float
    body: str


class AttendanceText(Content):
    """When somebody was in a session, as [first, last] minute."""

    person: str
    intervals: list[tuple[float, float]]


class SessionText(Content):
    """A live session that has ended (``days_ago``) or is to come (``days_ahead``)."""

    room: str
    title: str
    mentor: str
    minutes: int
    time_zone: str
    description: str
    days_ago: float | None = None
    days_ahead: float | None = None
    starts_utc: time
    rsvps: list[str] = []
    question: list[QuestionText] = []
    chat: list[ChatText] = []
    attendance: list[AttendanceText] = []
