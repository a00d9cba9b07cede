"""What somebody may do in a live session; each answer carries its reason."""

from __future__ import annotations

from social_cme.live.policies.breakouts import can_enter_groups, can_follow_group, can_write_in_group
from social_cme.live.policies.chat import can_chat
from social_cme.live.policies.questions import can_ask, can_hide, can_vote
from social_cme.live.policies.sessions import can_come, can_join, can_lead, can_schedule

__all__ = [
    "can_ask",
    "can_chat",
    "can_come",
    "can_enter_groups",
    "can_follow_group",
    "can_hide",
    "can_join",
    "can_lead",
    "can_schedule",
    "can_vote",
    "can_write_in_group",
]
