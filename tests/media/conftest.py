"""Fixtures of the tests of pictures."""

from __future__ import annotations

from pathlib import Path

import pytest

from config import Settings
from tests.discussions.journal_club import Club
from tests.factories import Factory


@pytest.fixture
def club(make: Factory) -> Club:
    """A room with its people, and a second room of the same mentor."""
    return Club.gather(make, author_in_both=True)


@pytest.fixture
def folder(settings: Settings) -> Path:
    """Where the files of pictures are."""
    return settings.media_folder


def files_in(folder: Path) -> list[Path]:
    """Return every file below a folder."""
    return sorted(path for path in folder.rglob("*") if path.is_file())
