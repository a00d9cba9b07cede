"""The pages of breakouts, as browsers without JavaScript meet them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from social_cme.accounts.models import User
from social_cme.live.services import groups, leading, rounds
from tests.live.circle import Circle
from tests.live.stage import Stage
from tests.live.test_views import Page

Login = Callable[[User], FlaskClient]


@pytest.fixture
def circle(stage: Stage) -> Circle:
    return Circle(stage)


@pytest.fixture
def page(stage: Stage, login: Login) -> Callable[[User], Page]:
    return lambda user: Page(login(user), stage)


Open = Callable[[User], Page]


def words(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def test_a_rotation_is_made_led_and_kept_without_javascript(circle: Circle, page: Open) -> None:
    one, two, *_ = circle.people
    mentor, learner, expert = page(circle.stage.mentor), page(one), page(circle.experts[0])
    root = f"/{circle.session.id}"
    for user in circle.people:
        circle.stage.beat(circle.session, circle.session.started_at, user=user)
    address = mentor.post(f"{root}/breakouts", kind="rotation", rounds="2", round_minutes="10", changeover_seconds="60")
    plan = f"{root}/breakouts/{address.rsplit('/', 1)[1]}"
    circle.breakout_id = int(plan.rsplit("/", 1)[1])
    for number, user in enumerate(circle.experts):
        mentor.post(f"{plan}/control", do="add_station", name=f"Station {number}", topic="ECG", expert_id=str(user.id))
    mentor.post(f"{plan}/control", do="form", count="2", size="4", mix="none")
    assert "Person 0" in words(mentor.get(plan))
    mentor.post(f"{plan}/control", do="start")
    assert "Go to Station" in words(learner.get(root))
    assert "comes to you" in words(expert.get(root))
    mentor.post(f"{plan}/control", do="next")
    shown = words(learner.get(root))
    assert "Round 1 of 2 Round under way" in shown
    assert "Person 0, Person 2" in shown
    assert "End this round" not in shown
    assert "End this round" in words(mentor.get(root))

    group = circle.layout().groups[0].id
    back = learner.post(f"{root}/groups/{group}/chat", body="Hello <b>all</b>", back="session")
    assert back.endswith("#group-room")
    assert "Hello &lt;b&gt;all&lt;/b&gt;" in learner.get(root)
    learner.post(f"{root}/groups/{group}/notes", notes="Ask for the ECG", revision="0")
    assert "Ask for the ECG" in learner.get(f"{root}/groups/{group}")
    page(two).get(f"{root}/groups/{group}", 404)
    page(two).post(f"{root}/groups/{group}/chat", 403, body="Let me in")

    learner.post(f"{plan}/place", do="leave")
    assert "You are in no group" in words(learner.get(root))
    learner.post(f"{plan}/place", do="join")
    mentor.post(f"{plan}/control", do="end")
    leading.end_session(circle.mentor, circle.session.id)
    assert "Your rounds" in learner.get(root)
    assert "Ask for the ECG" in learner.get(f"{root}/groups/{group}")
    assert "Attendance by round" in mentor.get(plan)


def test_what_was_typed_stays_when_it_is_refused(circle: Circle, page: Open) -> None:
    one, two, *_ = circle.people
    circle.create()
    circle.form([one, two])
    group = circle.layout().groups[0].id
    root = f"/{circle.session.id}/groups/{group}"
    learner = page(one)
    assert "x" * 1001 in learner.post(f"{root}/chat", 422, body="x" * 1001)
    assert "219-09-9999" in learner.post(f"{root}/chat", 422, body="SSN 219-09-9999")
    groups.save_notes(circle.stage.ctx(two), circle.session.id, group, notes="Theirs", revision=0)
    answer = learner.post(f"{root}/notes", 409, notes="Mine is long", revision="0")
    assert "Mine is long" in answer
    assert "Theirs" in answer
    assert 'name="revision" value="1"' in answer, "the next save takes the present notes into account"
    assert "y" * 10_001 in learner.post(f"{root}/notes", 422, notes="y" * 10_001, revision="1")


def test_attendance_is_a_table_for_who_leads_and_ones_own_for_others(circle: Circle, page: Open) -> None:
    bad = circle.stage.make.user("=cmd|calc")
    circle.stage.make.membership(circle.stage.room, bad)
    circle.people[0] = bad
    circle.create(rounds=1)
    circle.form()
    circle.start()
    circle.do(rounds.next_step)
    circle.do(rounds.end_round)
    plan = f"/{circle.session.id}/breakouts/{circle.breakout_id}"
    mine = page(circle.people[1]).get(f"{plan}/attendance.csv")
    assert {line.split(",")[4] for line in mine.splitlines()[1:]} == {"Person 1"}
    everybody = page(circle.stage.mentor).get(f"{plan}/attendance.csv")
    assert "Person 1" in everybody
    assert ",'=cmd|calc," in everybody
    assert "=cmd" not in page(circle.people[1]).get(plan)


def test_nonsense_is_refused_politely_and_changes_nothing(circle: Circle, page: Open) -> None:
    circle.create()
    circle.form()
    mentor, learner = page(circle.stage.mentor), page(circle.people[0])
    plan = f"/{circle.session.id}/breakouts/{circle.breakout_id}"
    mentor.post(f"{plan}/control", 422, do="dance")
    mentor.post(f"/{circle.session.id}/breakouts", kind="rotation", rounds="x", round_minutes="-1")
    for do, values in (
        ("move", {"user_id": "x"}),
        ("move", {"user_id": "9" * 400, "group_id": "1"}),
        ("drop_group", {"group_id": "0"}),
        ("drop_station", {"station_id": "\u0661"}),
    ):
        mentor.post(f"{plan}/control", 404, do=do, **values)
    for do, values in (("add_station", {"name": " "}), ("form", {"mix": "height"}), ("rename_group", {"name": ""})):
        assert mentor.post(f"{plan}/control", do=do, back="plan", **values).endswith(plan)
    learner.post(f"{plan}/control", do="start")
    assert "Only the mentors of this session" in learner.get(f"/{circle.session.id}")
    assert circle.layout().breakout.state == "forming"
    for path in ("breakouts/999999", "groups/999999", "breakouts/999999/attendance.csv"):
        mentor.get(f"/{circle.session.id}/{path}", 404)


def test_a_breakout_is_prepared_in_the_lobby(stage: Stage, page: Open) -> None:
    session = stage.session()
    mentor = page(stage.mentor)
    assert "Breakout groups or a rotation" in mentor.get(f"/{session.id}")
    address: Any = mentor.post(
        f"/{session.id}/breakouts", kind="plain", rounds="1", round_minutes="15", changeover_seconds="0"
    )
    assert "Put this away" in mentor.get(f"/{session.id}/breakouts/{address.rsplit('/', 1)[1]}")
    assert "Breakout groups" in page(stage.learner).get(f"/{session.id}")
    assert "Prepare breakout" not in page(stage.learner).get(f"/{session.id}")
