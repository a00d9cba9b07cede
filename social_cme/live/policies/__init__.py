"""What somebody may do in a live session; each answer carries its reason."""

from __future__ import annotations

from social_cme.live.policies.breakouts import can_enter_groups, can_follow_group, can_write_in_group
from social_cme.live.policies.chat import can_chat
from social_cme.live.policies.polls import can_cast, can_export_polls, can_prepare_polls
from social_cme.live.policies.questions import can_ask, can_clarify, can_hide, can_say_more, can_vote
from social_cme.live.policies.sessions import (
    can_come,
    can_give_back,
    can_join,
    can_lead,
    can_schedule,
    can_see_records,
    is_eligible,
)
from social_cme.live.policies.stage import (
    can_caption,
    can_hide_caption,
    can_prepare,
    can_present,
    can_raise_hand,
    can_remove_link,
    can_see_slides,
    can_share_link,
    can_watch,
)

__all__ = [
    "can_ask",
    "can_caption",
    "can_cast",
    "can_chat",
    "can_clarify",
    "can_come",
    "can_enter_groups",
    "can_export_polls",
    "can_follow_group",
    "can_give_back",
    "can_hide",
    "can_hide_caption",
    "can_join",
    "can_lead",
    "can_prepare",
    "can_prepare_polls",
    "can_present",
    "can_raise_hand",
    "can_remove_link",
    "can_say_more",
    "can_schedule",
    "can_see_records",
    "can_see_slides",
    "can_share_link",
    "can_vote",
    "can_watch",
    "can_write_in_group",
    "is_eligible",
]
