"""How often a calendar address may be asked for."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from config import Settings
from social_cme.live.services import calendar
from tests.conftest import build_settings
from tests.live.stage import Stage


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings with rate limits."""
    return build_settings(tmp_path / "instance", database_url=database_url, rate_limits=True)


def test_guesses_are_limited_by_address_and_a_feed_by_itself(app: Flask, stage: Stage) -> None:
    secrets = [calendar.renew_feed(user)[1] for user in (stage.learner, stage.mentor)]
    browser = app.test_client()
    codes = [browser.get(f"/calendar/{secrets[0]}.ics").status_code for _ in range(61)]
    assert codes == [200] * 60 + [429]
    assert browser.get(f"/calendar/{secrets[1]}.ics").status_code == 200, "another feed of the same hospital"
    guesses = [browser.get(f"/calendar/guess-{number}.ics").status_code for number in range(22)]
    assert guesses == [404] * 20 + [429] * 2
