"""The shape of what live sessions take in and show, for the API, the sockets and the channel.

Rule: what is shown is named here field by field; a column that is not listed never leaves the server.
"""

from __future__ import annotations

from social_cme.live.schemas.base import Id, PersonOut, ReasonBody, SessionCommand, Shown
from social_cme.live.schemas.board import BoardOut
from social_cme.live.schemas.chat import ChatBody, ChatOut, ChatPage, HideChat, PostChat
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
    "Heartbeat",
    "HideChat",
    "HideQuestion",
    "Id",
    "MentorOut",
    "MergeBody",
    "MergeQuestion",
    "PersonOut",
    "PlanBody",
    "PlanPatch",
    "PostChat",
    "PulseOut",
    "QuestionCommand",
    "QuestionList",
    "QuestionOut",
    "ReasonBody",
    "ReopenQuestion",
    "SessionCommand",
    "SessionOut",
    "SessionPage",
    "SessionsQuery",
    "Shown",
    "SkipQuestion",
    "StartSession",
    "TakeNextQuestion",
    "TakeQuestionUp",
    "UnvoteQuestion",
    "VoteQuestion",
]
