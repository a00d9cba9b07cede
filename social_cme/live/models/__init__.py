"""Live sessions, their questions, chat and attendance.

Rule: attendance is intervals stamped by this server's clock; nothing that a client says about time is believed.
"""

from __future__ import annotations

from social_cme.live.models.attendance import AttendanceInterval
from social_cme.live.models.chat import ChatMessage
from social_cme.live.models.polls import LivePoll, PollBallot, PollGroup, PollMark, PollRound, PollTally
from social_cme.live.models.questions import LiveQuestion, QuestionVote
from social_cme.live.models.sessions import LiveSession, Rsvp, SessionMentor

__all__ = [
    "AttendanceInterval",
    "ChatMessage",
    "LivePoll",
    "LiveQuestion",
    "LiveSession",
    "PollBallot",
    "PollGroup",
    "PollMark",
    "PollRound",
    "PollTally",
    "QuestionVote",
    "Rsvp",
    "SessionMentor",
]
