"""Hears what people did and brings it to the ledger."""

from __future__ import annotations

from social_cme.cme.services.ledger import RECORDED_KINDS, record_fact
from social_cme.persistence.facts import Listener

LISTENERS = (Listener(name="cme.record_participation", kinds=RECORDED_KINDS, function=record_fact),)
