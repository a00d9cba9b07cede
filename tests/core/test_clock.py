"""Wall-clock times on the nights when clocks change."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from social_cme.core.clock import iso, local_to_utc, now, utc_to_local


@pytest.mark.parametrize(
    ("zone", "wall", "utc"),
    [
        ("Europe/Berlin", datetime(2026, 3, 29, 2, 30), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2026, 10, 25, 2, 30), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 3, 8, 2, 15), datetime(2026, 3, 8, 7, 15, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 11, 1, 1, 15), datetime(2026, 11, 1, 5, 15, tzinfo=UTC)),
        ("Australia/Lord_Howe", datetime(2026, 10, 4, 2, 15), datetime(2026, 10, 3, 15, 45, tzinfo=UTC)),
    ],
)
def test_gaps_move_forward_and_overlaps_mean_the_first(zone: str, wall: datetime, utc: datetime) -> None:
    assert local_to_utc(wall, zone) == utc
    assert utc_to_local(utc, zone).utcoffset() is not None


def test_now_is_aware_and_written_in_utc() -> None:
    assert now().tzinfo is UTC
    assert iso(datetime(2026, 1, 2, 3, 4, 5, 678900, tzinfo=UTC)) == "2026-01-02T03:04:05.678Z"


def test_a_time_with_a_zone_is_not_a_wall_time() -> None:
    with pytest.raises(ValueError, match="naive"):
        local_to_utc(datetime(2026, 1, 1, tzinfo=UTC), "UTC")
