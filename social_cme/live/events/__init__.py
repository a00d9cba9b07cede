"""Facts of live sessions; they travel on the session's own channel, somebody's attendance on the person's."""

from __future__ import annotations

from social_cme.live.events.archive import SessionSummarized
from social_cme.live.events.attendance import AttendanceClosed, AttendanceConfirmed, AttendanceVoided
from social_cme.live.events.chat import ChatHidden, ChatMentioned, ChatPinned, ChatPosted, ChatReacted
from social_cme.live.events.clarifications import LiveClarificationAnswered, LiveClarificationAsked
from social_cme.live.events.console import MentorReleased, QuestionStaged, stage_channel
from social_cme.live.events.options import OptionsChanged
from social_cme.live.events.polls import (
    PollChanged,
    PollClosed,
    PollDeskChanged,
    PollFact,
    PollOpened,
    PollRoundCounted,
    PollVoted,
    desk_channel,
    round_channel,
)
from social_cme.live.events.questions import (
    QuestionAsked,
    QuestionFact,
    QuestionLabelled,
    QuestionMoved,
    QuestionStateChanged,
    QuestionVoted,
)
from social_cme.live.events.rsvps import RsvpGiven, RsvpMovedUp, RsvpReleased
from social_cme.live.events.segments import AgendaChanged, SegmentEnded, SegmentStarted
from social_cme.live.events.series import SeriesCancelled, SeriesChanged, SeriesFact, SeriesScheduled
from social_cme.live.events.sessions import (
    SessionArchived,
    SessionCancelled,
    SessionChanged,
    SessionEnded,
    SessionFact,
    SessionPaused,
    SessionResumed,
    SessionScheduled,
    SessionStarted,
)

__all__ = [
    "AgendaChanged",
    "AttendanceClosed",
    "AttendanceConfirmed",
    "AttendanceVoided",
    "ChatHidden",
    "ChatMentioned",
    "ChatPinned",
    "ChatPosted",
    "ChatReacted",
    "LiveClarificationAnswered",
    "LiveClarificationAsked",
    "MentorReleased",
    "OptionsChanged",
    "PollChanged",
    "PollClosed",
    "PollDeskChanged",
    "PollFact",
    "PollOpened",
    "PollRoundCounted",
    "PollVoted",
    "QuestionAsked",
    "QuestionFact",
    "QuestionLabelled",
    "QuestionMoved",
    "QuestionStaged",
    "QuestionStateChanged",
    "QuestionVoted",
    "RsvpGiven",
    "RsvpMovedUp",
    "RsvpReleased",
    "SegmentEnded",
    "SegmentStarted",
    "SeriesCancelled",
    "SeriesChanged",
    "SeriesFact",
    "SeriesScheduled",
    "SessionArchived",
    "SessionCancelled",
    "SessionChanged",
    "SessionEnded",
    "SessionFact",
    "SessionPaused",
    "SessionResumed",
    "SessionScheduled",
    "SessionStarted",
    "SessionSummarized",
    "desk_channel",
    "round_channel",
    "stage_channel",
]
