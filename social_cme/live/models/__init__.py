"""Live sessions, their questions, chat and attendance.

Rule: attendance is intervals stamped by this server's clock; nothing that a client says about time is believed.
"""

from __future__ import annotations

from social_cme.live.models.archive import SessionArchive
from social_cme.live.models.attendance import AttendanceInterval, CountedStretch, StillHere
from social_cme.live.models.breakouts import (
    Breakout,
    BreakoutGroup,
    BreakoutRound,
    GroupMember,
    GroupMessage,
    Meeting,
    RoundPause,
    Station,
)
from social_cme.live.models.calendar import CalendarFeed
from social_cme.live.models.captions import CaptionLine
from social_cme.live.models.chat import ChatMention, ChatMessage, ChatReaction, ReactionTally
from social_cme.live.models.clarifications import LiveClarification
from social_cme.live.models.hands import RaisedHand
from social_cme.live.models.links import SharedLink
from social_cme.live.models.observers import ObserverLink, ObserverOpening
from social_cme.live.models.options import SessionOptions
from social_cme.live.models.polls import LivePoll, PollBallot, PollGroup, PollMark, PollRound, PollTally
from social_cme.live.models.questions import LiveQuestion, QuestionVote
from social_cme.live.models.segments import Segment, SegmentRun, SessionPause
from social_cme.live.models.series import LiveSeries
from social_cme.live.models.sessions import LiveSession, Rsvp, SessionMentor
from social_cme.live.models.slides import SlideDeck, SlidePage
from social_cme.live.models.stage import LiveStage

__all__ = [
    "AttendanceInterval",
    "Breakout",
    "BreakoutGroup",
    "BreakoutRound",
    "CalendarFeed",
    "CaptionLine",
    "ChatMention",
    "ChatMessage",
    "ChatReaction",
    "CountedStretch",
    "GroupMember",
    "GroupMessage",
    "LiveClarification",
    "LivePoll",
    "LiveQuestion",
    "LiveSeries",
    "LiveSession",
    "LiveStage",
    "Meeting",
    "ObserverLink",
    "ObserverOpening",
    "PollBallot",
    "PollGroup",
    "PollMark",
    "PollRound",
    "PollTally",
    "QuestionVote",
    "RaisedHand",
    "ReactionTally",
    "RoundPause",
    "Rsvp",
    "Segment",
    "SegmentRun",
    "SessionArchive",
    "SessionMentor",
    "SessionOptions",
    "SessionPause",
    "SharedLink",
    "SlideDeck",
    "SlidePage",
    "Station",
    "StillHere",
]
