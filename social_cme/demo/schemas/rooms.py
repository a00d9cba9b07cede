"""Shapes of people and rooms."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from social_cme.demo.schemas.base import Content


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
