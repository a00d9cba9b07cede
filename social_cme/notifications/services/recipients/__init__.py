"""Who hears of a fact, as what, and what it is about.

Rule: a condition on people and nothing else; whether they may read it is asked when the notices are written.
"""

from __future__ import annotations

from social_cme.notifications.services.recipients import discussions, sessions
from social_cme.notifications.services.recipients.base import Telling, number

TELLINGS = discussions.TELLINGS | sessions.TELLINGS

__all__ = ["TELLINGS", "Telling", "number"]
