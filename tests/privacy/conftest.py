"""Fixtures of the tests of the identifier check."""

from __future__ import annotations

import pytest

from social_cme.persistence.transaction import transaction
from tests.discussions.journal_club import Club
from tests.factories import Factory


@pytest.fixture
def club(make: Factory) -> Club:
    """A room with its people, and a second room of the same mentor."""
    with transaction():
        author, peer, second, mentor = (
            make.user(name) for name in ("Ada Author", "Ben Peer", "Cleo Second", "Mira Mentor")
        )
        room = make.room(mentor=mentor, members=(author, peer, second))
        other = make.room(mentor=mentor)
        return Club(make, room, other, author, peer, second, mentor, make.user("Sam Stranger"))
