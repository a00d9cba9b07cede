"""The shape of the content files; a misspelled key is refused.

Rule: a time is told from the present (``days_ago``, ``days_ahead``), from the start of a thread (``hours_after``) or from the
start of a session (``minute``), so the demonstration is never old.
"""

from __future__ import annotations

from datetime import time
from typing import Literal

from pydantic import Field

from social_cme.demo.schemas.base import Content
from social_cme.demo.schemas.cohorts import CohortText


class PersonText(Content):
    """Somebody of the demonstration; ``account`` names the four that a visitor may log in as."""

    key: str
    account: Literal["learner", "mentor", "coordinator", "administrator"] | None = None
    display_name: str
    email: str = Field(pattern=r"@demo\.example$")
    profession: str
    specialty: str
    career_stage: str
    training_year: int | None = None
    verified: bool = False
    time_zone: str
    bio: str
    interests: list[str]


class MentorText(Content):
    """A mentor of a room with what they disclose."""

    person: str
    disclosure: str


class RoomText(Content):
    """A room with its people."""

    slug: str
    name: str
    specialty: str
    visibility: str
    evidence_scale: str = "grade"
    summary: str
    description: str
    practice_gap: str
    agenda: str = ""
    objectives: list[str]
    ground_rules: str
    mentors: list[MentorText]
    coordinators: list[str]
    members: list[str]


class CitationText(Content):
    """A source of an answer."""

    kind: Literal["doi", "pmid", "url"]
    value: str
    label: str = ""


class MeasureText(Content):
    """Something a moderator did, with the reason that everybody reads."""

    by: str
    reason: str


class FlagText(Content):
    """A member's notice to the moderators."""

    by: str
    reason: str
    note: str = ""


class CommentText(Content):
    """A comment below an answer."""

    author: str
    hours_after: float
    body: str


class DisputeText(Content):
    """A mentor's correction of an answer."""

    by: str
    hours_after: float
    reason: str
    correction: str


class ThinkAloudText(Content):
    """How a mentor searched, found and decided."""

    searched: str
    found: str
    decided: str


class SummaryText(Content):
    """A version of a text on top of a thread."""

    by: str
    body: str
    reason: str = ""


class ClosingText(Content):
    """Why a thread was closed, and the closing words."""

    by: str
    reason: str
    summary: str


class AnswerText(Content):
    """An answer with what became of it."""

    author: str
    hours_after: float
    body: str
    votes: int = 0
    accepted: bool = False
    endorsed_by: str | None = None
    endorsement_note: str = ""
    evidence_level: str = "very_low"
    review_in_days: int | None = None
    think_aloud: ThinkAloudText | None = None
    dispute: DisputeText | None = None
    citations: list[CitationText] = []
    comment: list[CommentText] = []
    hidden: MeasureText | None = None
    flag: FlagText | None = None


class CaseText(Content):
    """The structured parts of a case."""

    setting: str
    age_band: str
    presenting_problem: str
    question: str
    history: str = ""
    examination: str = ""
    results: str = ""


class PictureText(Content):
    """A picture with an opening; ``drawing`` names what is drawn when the demonstration is loaded."""

    drawing: Literal["irregular-wide-rhythm", "fever-chart"]
    alt: str
    caption: str = ""


class BallotText(Content):
    """How likely somebody held each diagnosis of a poll, in percent and in the order of the options."""

    author: str
    shares: list[int]


class ReplyText(Content):
    """What somebody answered to a step."""

    author: str
    body: str


class StepText(Content):
    """A step of a case; ``reveals`` is the option (from 1) of the case's first poll that this step tells."""

    title: str = ""
    body: str = ""
    ask: Literal["nothing", "text", "poll"]
    question: str = ""
    options: list[str] = []
    reveals: int | None = None
    ballot: list[BallotText] = []
    reply: list[ReplyText] = []


class OutcomeText(Content):
    """What the author told of how a case went on."""

    days_after: float
    body: str
    diagnosis: str = ""
    final: bool = False


class ThreadText(Content):
    """A thread with everything below it; ``key`` is the name of its file."""

    key: str
    room: str
    author: str
    kind: Literal["question", "case", "discussion"]
    title: str
    days_ago: float
    body: str = ""
    case: CaseText | None = None
    picture: PictureText | None = None
    pseudonym: Literal["training_year", "stage", "profession", "member"] | None = None
    pinned: bool = False
    locked: MeasureText | None = None
    step: list[StepText] = []
    outcome: list[OutcomeText] = []
    take_home: SummaryText | None = None
    case_summary: list[SummaryText] = []
    answered_by: str | None = None
    closed: ClosingText | None = None
    answer: list[AnswerText] = []


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


class World(Content):
    """Everything that the content files hold."""

    people: list[PersonText]
    rooms: list[RoomText]
    threads: list[ThreadText]
    sessions: list[SessionText]
    cohorts: list[CohortText] = []
