"""Hears what happened and tells the people concerned."""

from __future__ import annotations

from social_cme.notifications.services.telling import TOLD_KINDS, tell
from social_cme.persistence.facts import Listener

LISTENERS = (Listener(name="notifications.tell", kinds=TOLD_KINDS, function=tell),)
