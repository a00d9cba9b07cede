"""Shapes of live sessions: what is planned, and what happened in them."""

from __future__ import annotations

from datetime import time
from typing import Literal

from social_cme.demo.schemas.base import Content


class SegmentText(Content):
    """A line of an agenda; the segments of a session that was held follow one another to the minute."""

    title: str
    minutes: int
    kind: str
    countable: bool = True
    interactive: bool = False


class QuestionText(Content):
    """A question of a live session; without a minute it was asked beforehand.

    ``merged_into`` is the place of another question in the file, counted from 1; ``later_days`` is the promise of one that was
    put off.
    """

    author: str
    body: str
    votes: int
    status: Literal["answered", "open", "later", "merged"]
    minute: float | None = None
    answer: str = ""
    pseudonym: str = ""
    merged_into: int | None = None
    later_days: int = 7
    labels: list[str] = []


class RoundText(Content):
    """A round of voting: when it was open, and the option or value that each person chose."""

    opens: float
    closes: float
    votes: dict[str, int]


class PollText(Content):
    """A poll; without rounds it is prepared and nobody has been asked."""

    kind: str
    question: str
    options: list[str] = []
    correct: list[int] = []
    rationale: str = ""
    anonymous: bool = False
    results: str = "closed"
    label_min: str = ""
    label_max: str = ""
    round: list[RoundText] = []


class ChatText(Content):
    """A line of a session's chat; ``reply_to`` is the place of another in the file, counted from 1."""

    author: str
    minute: float
    body: str
    reply_to: int | None = None
    reactions: dict[str, list[str]] = {}
    pinned: bool = False


class CaptionText(Content):
    """A line of captions."""

    minute: float
    body: str


class HandText(Content):
    """A raised hand; without ``given`` its owner took it down."""

    person: str
    minute: float
    given: float | None = None
    ended: float


class LinkText(Content):
    """An address that was shared."""

    author: str
    minute: float
    title: str
    url: str


class SummaryOfSession(Content):
    """What the mentor wrote about a session some hours after its end."""

    hours_after: float
    body: str


class FollowingText(Content):
    """A later session of a series, which has a subject of its own."""

    title: str
    description: str


class StationText(Content):
    """A station of a rotation with its expert."""

    name: str
    topic: str
    expert: str


class RotationText(Content):
    """A rotation that is planned: groups go from station to station."""

    groups: int
    round_minutes: int
    changeover_seconds: int
    station: list[StationText]


class AttendanceText(Content):
    """When somebody was in a session, as [first, last] minute."""

    person: str
    intervals: list[tuple[float, float]]


class SessionText(Content):
    """A live session that has ended (``days_ago``) or is to come (``days_ahead``)."""

    room: str
    title: str
    mentor: str
    co_mentors: list[str] = []
    minutes: int
    time_zone: str
    description: str
    days_ago: float | None = None
    days_ahead: float | None = None
    starts_utc: time
    capacity: int | None = None
    video_url: str = ""
    captioner: str | None = None
    labels: list[str] = []
    rsvps: list[str] = []
    segment: list[SegmentText] = []
    question: list[QuestionText] = []
    poll: list[PollText] = []
    chat: list[ChatText] = []
    caption: list[CaptionText] = []
    hand: list[HandText] = []
    link: list[LinkText] = []
    attendance: list[AttendanceText] = []
    following: list[FollowingText] = []
    rotation: RotationText | None = None
    summary: SummaryOfSession | None = None
