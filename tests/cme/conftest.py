"""Fixtures of the participation tests."""

from __future__ import annotations

import pytest

from social_cme.persistence.transaction import transaction
from tests.cme.ward import Ward
from tests.factories import Factory


@pytest.fixture
def ward(make: Factory) -> Ward:
    """A room with its people."""
    with transaction():
        learner, peer, mentor, coordinator = (make.user(name) for name in ("Learner", "Peer", "Mentor", "Coordinator"))
        room = make.room(mentor=mentor, coordinator=coordinator, members=(learner, peer))
        return Ward(make, room, learner, peer, mentor, coordinator)
