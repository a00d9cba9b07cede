"""The agenda in the planning form, without a script: lines come, go, move, and nothing that was typed is lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.extensions import db
from social_cme.live.models import LiveSession
from social_cme.live.queries.agenda import load_agenda
from tests.live.stage import Stage
from tests.live.test_views import Page

Login = Callable[[User], FlaskClient]


@pytest.fixture
def mentor(stage: Stage, login: Login) -> Page:
    return Page(login(stage.mentor), stage)


def form(stage: Stage, *lines: tuple[str, str, str], **more: Any) -> dict[str, Any]:
    start = clock.now().replace(tzinfo=None, second=0, microsecond=0) + timedelta(days=1)
    values = {
        "title": "Wet on day three",
        "starts_at": start.strftime("%Y-%m-%dT%H:%M"),
        "ends_at": (start + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M"),
        "time_zone": "UTC",
        "mentor_ids": [str(stage.mentor.id)],
    }
    for number, (title, minutes, kind) in enumerate(lines):
        values |= {
            f"segments-{number}-title": title,
            f"segments-{number}-minutes": minutes,
            f"segments-{number}-kind": kind,
            f"segments-{number}-countable": "",
        }
    return {**values, **more}


def titles(page: str) -> list[str]:
    return re.findall(r'name="segments-\d{1,2}-title"[^>]*value="([^"]*)"', page)


TALK, COFFEE = ("Why loops fail", "20", "didactic"), ("Coffee", "10", "break")


def test_lines_are_added_moved_and_removed_by_plain_buttons(stage: Stage, mentor: Page) -> None:
    for button, left in (
        ({"add_segment": "1"}, ["Why loops fail", "Coffee", ""]),
        ({"raise_segment": "1"}, ["Coffee", "Why loops fail"]),
        ({"remove_segment": "0"}, ["Coffee"]),
    ):
        text = mentor.post("/new", 200, **form(stage, TALK, COFFEE, **button))
        assert titles(text) == left
        assert 'value="Wet on day three"' in text
    for nonsense in (
        {"remove_segment": "99"},
        {"raise_segment": "0"},
        {"remove_segment": "x"},
        {"raise_segment": "-1"},
    ):
        mentor.post("/new", 422, **form(stage, TALK, ("Long", "600", "case"), **nonsense))
    assert db.session.scalars(select(LiveSession)).all() == []


def test_a_plan_with_an_agenda_is_saved_and_changed(stage: Stage, mentor: Page) -> None:
    values = form(stage, TALK, ("", "", "didactic"), COFFEE, still_here_minutes="15")
    values["segments-0-interactive"] = "y"
    mentor.post("/new", **values)
    session = db.session.scalars(select(LiveSession)).one()
    talk, coffee = load_agenda(session.id).segments
    assert (talk.title, talk.interactive, talk.countable) == ("Why loops fail", True, True)
    assert (coffee.title, coffee.countable, session.still_here_minutes) == ("Coffee", False, 15)
    assert titles(mentor.get(f"/{session.id}/edit")) == ["Why loops fail", "Coffee"]
    changed = form(
        stage,
        COFFEE,
        **{"segments-0-segment_id": str(coffee.id), "segments-0-countable": "yes", "still_here_minutes": ""},
    )
    mentor.post(f"/{session.id}/edit", **changed)
    [line] = load_agenda(session.id).segments
    assert (line.id, line.countable) == (coffee.id, True)
    db.session.refresh(session)
    assert session.still_here_minutes is None


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (("Long", "61", "case"), "The agenda has 61 minutes and the session 60"),
        (("", "5", "case"), "Segment 1: give it a title"),
        (("Soon", "five", "case"), "whole number"),
        (("Party", "5", "party"), "choose what kind"),
        (("x" * 121, "5", "case"), "at most 120"),
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_stays(
    stage: Stage, mentor: Page, line: tuple[str, str, str], words: str
) -> None:
    text = mentor.post("/new", 422, **form(stage, line))
    assert words in text
    assert titles(text) == [line[0]]
    assert f'value="{line[1]}"' in text


def test_the_lobby_the_room_and_the_archive_show_the_agenda(stage: Stage, mentor: Page, login: Login) -> None:
    mentor.post("/new", **form(stage, TALK, COFFEE))
    session_id = db.session.scalars(select(LiveSession.id)).one()
    address, learner = f"/{session_id}", Page(login(stage.learner), stage)

    def seen() -> str:
        return learner.get(address)

    assert "Why loops fail" in seen()
    assert "Your connection" in seen()
    with clock.at(clock.now() + timedelta(hours=23, minutes=30)):
        for do in ("start", "pause"):
            mentor.post(f"{address}/control", do=do)
        assert 'aria-current="step"' in seen()
        assert re.search(r"data-paused>\s*<p class=\"callout-title\">", seen())
        mentor.post(f"{address}/control", do="resume")
        assert re.search(r"data-paused hidden>", seen())
        mentor.post(f"{address}/control", do="segment")
        assert 'Now: <strong data-field="now">Coffee' in seen()
        learner.post(f"{address}/still-here")
        learner.post(f"{address}/control", do="pause")
        assert re.search(r"data-paused hidden>", seen())
        mentor.post(f"{address}/control", do="end")
        assert "ran <span" in seen()
        assert "How my minutes were counted" in seen()
        assert "Session statistics" not in seen()
        assert "Session statistics" in mentor.get(address)
