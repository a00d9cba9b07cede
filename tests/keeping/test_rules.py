"""When a reminder comes, on the reader's own clock."""

from __future__ import annotations

from datetime import datetime

import pytest

from social_cme.keeping.enums import Reminder
from social_cme.keeping.rules import wall_time


@pytest.mark.parametrize(
    ("choice", "here", "expected"),
    [
        (Reminder.TONIGHT, "2026-03-04T09:30:20", "2026-03-04T20:00"),
        (Reminder.TONIGHT, "2026-03-04T19:30:20", "2026-03-04T20:30"),
        (Reminder.TONIGHT, "2026-03-04T23:30:20", "2026-03-05T00:30"),
        (Reminder.TOMORROW, "2026-03-31T23:59:00", "2026-04-01T08:00"),
        (Reminder.TOMORROW, "2028-02-28T03:00:00", "2028-02-29T08:00"),
        (Reminder.NEXT_WEEK, "2026-03-02T09:00:00", "2026-03-09T08:00"),
        (Reminder.NEXT_WEEK, "2026-03-08T23:00:00", "2026-03-09T08:00"),
    ],
)
def test_a_choice_means_a_time_of_day(choice: Reminder, here: str, expected: str) -> None:
    assert wall_time(choice, datetime.fromisoformat(here)) == datetime.fromisoformat(expected)
