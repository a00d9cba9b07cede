"""The shape of what live sessions take in and show, for the API, the sockets and the channel.

Rule: what is shown is named here field by field; a column that is not listed never leaves the server.
"""

from __future__ import annotations

from social_cme.live.schemas.archive import ArchiveOut, LineOut, SummaryBody, TranscriptPage, TranscriptQuery
from social_cme.live.schemas.base import Id, PersonOut, ReasonBody, SessionCommand, Shown
from social_cme.live.schemas.board import BoardOut
from social_cme.live.schemas.calendar import FeedBody, FeedOut, FeedPatch, NewFeedOut, RsvpOut
from social_cme.live.schemas.chat import ChatBody, ChatOut, ChatPage, HideChat, PostChat
from social_cme.live.schemas.prep import PrepOut, SeriesOut
from social_cme.live.schemas.questions import (
    AnswerBody,
    AnswerQuestion,
    AskBody,
    AskQuestion,
    HideQuestion,
    MergeBody,
    MergeQuestion,
    QuestionCommand,
    QuestionList,
    QuestionOut,
    ReopenQuestion,
    SkipQuestion,
    TakeNextQuestion,
    TakeQuestionUp,
    UnvoteQuestion,
    VoteQuestion,
)
from social_cme.live.schemas.sessions import (
    CancelBody,
    EndSession,
    ExtendBody,
    ExtendSession,
    Heartbeat,
    MentorOut,
    PlanBody,
    PlanPatch,
    PulseOut,
    SessionOut,
    SessionPage,
    SessionsQuery,
    StartSession,
)

__all__ = [
    "AnswerBody",
    "AnswerQuestion",
    "ArchiveOut",
    "AskBody",
    "AskQuestion",
    "BoardOut",
    "CancelBody",
    "ChatBody",
    "ChatOut",
    "ChatPage",
    "EndSession",
    "ExtendBody",
    "ExtendSession",
    "FeedBody",
    "FeedOut",
    "FeedPatch",
    "Heartbeat",
    "HideChat",
    "HideQuestion",
    "Id",
    "LineOut",
    "MentorOut",
    "MergeBody",
    "MergeQuestion",
    "NewFeedOut",
    "PersonOut",
    "PlanBody",
    "PlanPatch",
    "PostChat",
    "PrepOut",
    "PulseOut",
    "QuestionCommand",
    "QuestionList",
    "QuestionOut",
    "ReasonBody",
    "ReopenQuestion",
    "RsvpOut",
    "SeriesOut",
    "SessionCommand",
    "SessionOut",
    "SessionPage",
    "SessionsQuery",
    "Shown",
    "SkipQuestion",
    "StartSession",
    "SummaryBody",
    "TakeNextQuestion",
    "TakeQuestionUp",
    "TranscriptPage",
    "TranscriptQuery",
    "UnvoteQuestion",
    "VoteQuestion",
]
