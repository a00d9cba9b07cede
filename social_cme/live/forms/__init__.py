"""Forms of live sessions."""

from __future__ import annotations

from social_cme.live.forms.archive import SummaryForm
from social_cme.live.forms.chat import ChatForm
from social_cme.live.forms.groups import GroupChatForm, GroupNotesForm
from social_cme.live.forms.planning import CancelForm, OptionsForm, PlanForm, QueueFields, SegmentForm
from social_cme.live.forms.polls import PollForm, PollTextForm
from social_cme.live.forms.questions import AnswerForm, AskForm, PrivateForm, ReasonForm
from social_cme.live.forms.stage import (
    CaptionerForm,
    CaptionForm,
    DescribeForm,
    LinkForm,
    ObserverForm,
    SlidesForm,
    VideoForm,
)

__all__ = [
    "AnswerForm",
    "AskForm",
    "CancelForm",
    "CaptionForm",
    "CaptionerForm",
    "ChatForm",
    "DescribeForm",
    "GroupChatForm",
    "GroupNotesForm",
    "LinkForm",
    "ObserverForm",
    "OptionsForm",
    "PlanForm",
    "PollForm",
    "PollTextForm",
    "PrivateForm",
    "QueueFields",
    "ReasonForm",
    "SegmentForm",
    "SlidesForm",
    "SummaryForm",
    "VideoForm",
]
