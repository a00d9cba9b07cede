"""The shape of group challenges, teams' work and feedback in the API."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from pydantic import Field

from social_cme.cohorts.enums import ChallengePhase
from social_cme.cohorts.rules import limits
from social_cme.cohorts.schemas.shown import PersonOut, Shown
from social_cme.web.api import ClientBody, Schema


class CriterionOut(Shown):
    """A criterion of a rubric; each level has a name and words, the first is the least developed."""

    id: int
    name: str
    levels: list[list[str]]


class TeamOut(Shown):
    """A team in the list of a challenge."""

    id: int
    name: str
    people: list[PersonOut]
    submitted_at: datetime | None
    is_late: bool

    @classmethod
    def of(cls, line: Any) -> Self:
        """Show a line of the teams."""
        work = line.work
        return cls(
            id=line.team.id,
            name=line.team.name,
            people=[PersonOut.of(one.user) for one in line.people],
            submitted_at=work.submitted_at if work is not None else None,
            is_late=bool(work is not None and work.is_late),
        )


class ReviewOut(Shown):
    """Feedback: asked of a team until ``given_at``; ``levels`` is the chosen level (from 0) by the id of the criterion."""

    id: int
    reviewed_team_id: int
    reviewer_team_id: int | None
    by_coordinator: bool
    levels: dict[str, int]
    body_md: str
    body_html: str
    given_at: datetime | None

    @classmethod
    def of(cls, review: Any) -> Self:
        """Show a review to somebody who may read it."""
        own = {name: getattr(review, name) for name in cls.model_fields if name != "by_coordinator"}
        return cls(**own, by_coordinator=review.coordinator_id is not None)


class ReviewList(Shown):
    """Reviews."""

    items: list[ReviewOut]


class ChallengeOut(Shown):
    """A challenge with its rubric and teams, and what the reader's own team was asked for; a change names ``revision``."""

    id: int
    cohort_id: int
    title: str
    brief_md: str
    brief_html: str
    opens_at: datetime
    due_at: datetime
    feedback_at: datetime
    phase: ChallengePhase
    reviews_each: int
    revision: int
    criteria: list[CriterionOut]
    teams: list[TeamOut]
    my_team_id: int | None
    my_reviews: list[ReviewOut]


class WorkOut(Shown):
    """A team's work; ``revision`` 0 means that nothing was saved yet."""

    team_id: int
    body_md: str
    body_html: str
    link: str
    revision: int
    submitted_at: datetime | None
    is_late: bool

    @classmethod
    def of(cls, team_id: int, work: Any) -> Self:
        """Show a team's work, or that there is none yet."""
        if work is None:
            return cls(team_id=team_id, body_md="", body_html="", link="", revision=0, submitted_at=None, is_late=False)
        names = ("body_md", "body_html", "link", "revision", "submitted_at", "is_late")
        return cls(team_id=team_id, **{name: getattr(work, name) for name in names})


class VersionOut(Shown):
    """What a team's draft said at one saving."""

    revision: int
    body_md: str
    body_html: str
    link: str
    saved_at: datetime
    saved_by: PersonOut

    @classmethod
    def of(cls, version: Any) -> Self:
        """Show a version whose writer was loaded with it."""
        names = ("revision", "body_md", "body_html", "link", "saved_at")
        return cls(saved_by=PersonOut.of(version.saved_by), **{name: getattr(version, name) for name in names})


class VersionList(Shown):
    """The latest versions of a team's work, the newest first."""

    items: list[VersionOut]


class CommentOut(Shown):
    """Something said beside a team's work."""

    id: int
    author: PersonOut
    body_md: str
    body_html: str
    created_at: datetime

    @classmethod
    def of(cls, comment: Any) -> Self:
        """Show a comment whose author was loaded with it."""
        names = ("id", "body_md", "body_html", "created_at")
        return cls(author=PersonOut.of(comment.author), **{name: getattr(comment, name) for name in names})


class CommentList(Shown):
    """What was said beside a team's work, the oldest first."""

    items: list[CommentOut]


class WorkBody(Schema):
    """A version of a team's work; ``revision`` is the one its writer saw, 0 before the first."""

    body: str = Field("", max_length=4 * limits.DELIVERABLE)
    link: str = Field("", max_length=4 * limits.URL)
    revision: int = Field(ge=0, lt=2**31)


class FeedbackBody(Schema):
    """Feedback: one level (from 0) for each criterion, by its id, and words."""

    levels: dict[str, int] = Field(default_factory=dict, max_length=limits.MOST_CRITERIA)
    body: str = Field(max_length=4 * limits.FEEDBACK)


class CommentBody(ClientBody):
    """Something said beside a team's work."""

    body: str = Field(max_length=4 * limits.COMMENT)
