"""What somebody may do in a live session; each answer carries its reason."""

from __future__ import annotations

from social_cme.live.policies.chat import can_chat
from social_cme.live.policies.questions import can_ask, can_clarify, can_hide, can_say_more, can_vote
from social_cme.live.policies.sessions import can_come, can_join, can_lead, can_schedule

__all__ = [
    "can_ask",
    "can_chat",
    "can_clarify",
    "can_come",
    "can_hide",
    "can_join",
    "can_lead",
    "can_say_more",
    "can_schedule",
    "can_vote",
]
