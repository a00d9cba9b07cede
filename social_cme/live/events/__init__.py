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
from social_cme.live.events.slides import SlideDescribed, SlideShown, SlidesRemoved, SlidesRendered, SlidesUploaded
from social_cme.live.events.stage import (
    CaptionerNamed,
    CaptionHidden,
    CaptionPosted,
    FloorGiven,
    HandEnded,
    HandRaised,
    LinkRemoved,
    LinkShared,
    ObserverInvited,
    ObserverRevoked,
    ProjectorChanged,
    VideoChanged,
)

__all__ = [
    "AgendaChanged",
    "AttendanceClosed",
    "AttendanceConfirmed",
    "AttendanceVoided",
    "CaptionHidden",
    "CaptionPosted",
    "CaptionerNamed",
    "ChatHidden",
    "ChatMentioned",
    "ChatPinned",
    "ChatPosted",
    "ChatReacted",
    "FloorGiven",
    "HandEnded",
    "HandRaised",
    "LinkRemoved",
    "LinkShared",
    "LiveClarificationAnswered",
    "LiveClarificationAsked",
    "MentorReleased",
    "ObserverInvited",
    "ObserverRevoked",
    "OptionsChanged",
    "PollChanged",
    "PollClosed",
    "PollDeskChanged",
    "PollFact",
    "PollOpened",
    "PollRoundCounted",
    "PollVoted",
    "ProjectorChanged",
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
    "SlideDescribed",
    "SlideShown",
    "SlidesRemoved",
    "SlidesRendered",
    "SlidesUploaded",
    "VideoChanged",
    "desk_channel",
    "round_channel",
    "stage_channel",
]
