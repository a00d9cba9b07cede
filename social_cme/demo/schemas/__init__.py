"""The shape of the content files; a misspelled key is refused.

Rule: a time is told from the present (``days_ago``, ``days_ahead``), from the start of a thread (``hours_after``) or from the
start of a session (``minute``), so the demonstration is never old.
"""

from __future__ import annotations

from social_cme.demo.schemas.base import Content
from social_cme.demo.schemas.cohorts import (
    ChallengeText,
    CohortText,
    CriterionText,
    FeedbackText,
    ItemText,
    TeamCommentText,
    TeamText,
    TickText,
    UnitText,
)
from social_cme.demo.schemas.discussions import (
    AnswerText,
    BallotText,
    CaseText,
    CitationText,
    ClosingText,
    CommentText,
    DisputeText,
    FlagText,
    MeasureText,
    OutcomeText,
    PictureText,
    ReplyText,
    StepText,
    SummaryText,
    ThinkAloudText,
    ThreadText,
)
from social_cme.demo.schemas.live import (
    AttendanceText,
    CaptionText,
    ChatText,
    FollowingText,
    HandText,
    LinkText,
    PollText,
    QuestionText,
    RotationText,
    RoundText,
    SegmentText,
    SessionText,
    StationText,
    SummaryOfSession,
)
from social_cme.demo.schemas.rooms import MentorText, PersonText, RoomText
from social_cme.demo.schemas.world import World

__all__ = [
    "AnswerText",
    "AttendanceText",
    "BallotText",
    "CaptionText",
    "CaseText",
    "ChallengeText",
    "ChatText",
    "CitationText",
    "ClosingText",
    "CohortText",
    "CommentText",
    "Content",
    "CriterionText",
    "DisputeText",
    "FeedbackText",
    "FlagText",
    "FollowingText",
    "HandText",
    "ItemText",
    "LinkText",
    "MeasureText",
    "MentorText",
    "OutcomeText",
    "PersonText",
    "PictureText",
    "PollText",
    "QuestionText",
    "ReplyText",
    "RoomText",
    "RotationText",
    "RoundText",
    "SegmentText",
    "SessionText",
    "StationText",
    "StepText",
    "SummaryOfSession",
    "SummaryText",
    "TeamCommentText",
    "TeamText",
    "ThinkAloudText",
    "ThreadText",
    "TickText",
    "UnitText",
    "World",
]
