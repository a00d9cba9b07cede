"""Fixtures of the tests of live sessions."""

from __future__ import annotations

import pytest

from social_cme.persistence.transaction import transaction
from tests.factories import Factory
from tests.live.stage import Stage


@pytest.fixture
def stage(make: Factory) -> Stage:
    """A room with its people, and a second room of the same people."""
    with transaction():
        learner, peer, mentor, coordinator = (make.user(name) for name in ("Learner", "Peer", "Mentor", "Coordinator"))
        room = make.room(mentor=mentor, coordinator=coordinator, members=(learner, peer))
        other = make.room(mentor=mentor, members=(learner,))
        return Stage(make, room, other, learner, peer, mentor, coordinator)
