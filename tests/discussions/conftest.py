"""Fixtures of the tests of discussions."""

from __future__ import annotations

import pytest

from tests.discussions.journal_club import Club
from tests.factories import Factory


@pytest.fixture
def club(make: Factory) -> Club:
    """A room with its people, and a second room of the same mentor."""
    return Club.gather(make)
