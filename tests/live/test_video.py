"""External video: https alone, told to participants alone, in a frame only where the settings let its host in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from config import ConfigurationError, load_settings
from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.core.errors import Forbidden, Invalid, NotFound
from social_cme.live.queries.sessions import access_session
from social_cme.live.queries.stage import load_stage
from social_cme.live.rules import frame_origin
from social_cme.live.services import leading
from social_cme.live.services import stage as stage_service
from social_cme.rooms.enums import Visibility
from tests.live.stage import Stage
from tests.live.test_api import Caller

CALL = "https://meet.example.org/loop-42"


def test_who_leads_sets_changes_and_takes_it_away(stage: Stage) -> None:
    session = stage.session()
    mentor = stage.ctx(stage.mentor)
    for _ in range(2):
        stage_service.set_video(mentor, session.id, url=f" {CALL} ")
    assert load_stage(session).video_url == CALL
    for wrong in (
        "http://meet.example.org/x",
        "javascript:alert(1)",
        "https://a:b@meet.example.org/",
        "meet.example.org",
        "https://x/" + "a" * 500,
    ):
        with pytest.raises(Invalid):
            stage_service.set_video(mentor, session.id, url=wrong)
    with pytest.raises(Forbidden):
        stage_service.set_video(stage.ctx(stage.learner), session.id, url=CALL)
    with pytest.raises(NotFound):
        stage_service.set_video(stage.ctx(stage.mentor, stage.other_room), session.id, url=CALL)
    stage_service.set_video(mentor, session.id, url="")
    assert load_stage(session).video_url == ""
    assert stage.kinds(session).count("video.changed") == 2
    assert CALL not in str([fact.data for fact in stage.facts(session)])
    leading.start_session(mentor, session.id)
    leading.end_session(mentor, session.id)
    with pytest.raises(Forbidden, match="over"):
        stage_service.set_video(mentor, session.id, url=CALL)


def test_participants_alone_are_told_the_address(
    app: Flask, stage: Stage, login: Callable[[User], FlaskClient]
) -> None:
    room = stage.make.room(mentor=stage.mentor, members=(stage.learner,), visibility=Visibility.PUBLIC)
    stage.room = room
    session = stage.running()
    stage_service.set_video(stage.ctx(stage.mentor), session.id, url=CALL)
    path, page = f"/{session.id}/video", f"/rooms/{room.slug}/live/{session.id}"
    assert Caller(app, stage, stage.learner)("GET", path)["url"] == CALL
    outsider = stage.make.user()
    Caller(app, stage, outsider)("GET", path, 403)
    Caller(app, stage, None)("GET", path, 401)
    assert Caller(app, stage, outsider)("GET", f"/{session.id}/state")["video"] == {
        "is_set": True,
        "host": "meet.example.org",
    }
    assert f'href="{CALL}"' in login(stage.learner).get(page).text
    for browser in (login(outsider), app.test_client()):
        answer = browser.get(page)
        assert answer.status_code == 200
        assert CALL not in answer.text


def test_a_frame_is_shown_where_the_host_is_let_in_and_nowhere_else(
    app: Flask, stage: Stage, login: Callable[[User], FlaskClient]
) -> None:
    session = stage.running()
    stage_service.set_video(stage.ctx(stage.mentor), session.id, url=CALL)
    browser, page = login(stage.learner), f"/rooms/{stage.room.slug}/live/{session.id}"
    answer = browser.get(page)
    assert "<iframe" not in answer.text
    assert "frame-src" not in answer.headers["Content-Security-Policy"]
    app.extensions["settings"] = app.extensions["settings"].model_copy(update={"video_frame_hosts": "meet.example.org"})
    answer = browser.get(page)
    assert f'src="{CALL}"' in answer.text
    policy = answer.headers["Content-Security-Policy"]
    assert policy.endswith("; frame-src https://meet.example.org")
    assert "default-src 'none'" in policy
    assert 'camera=(self "https://meet.example.org")' in answer.headers["Permissions-Policy"]
    for other in ("/live", f"/rooms/{stage.room.slug}/live"):
        assert "frame-src" not in browser.get(other).headers["Content-Security-Policy"]
    stage_service.set_video(stage.ctx(stage.mentor), session.id, url="https://meet.example.org.evil.example/x")
    assert "<iframe" not in browser.get(page).text


@pytest.mark.parametrize(
    ("hosts", "address", "allowed"),
    [
        (("meet.example.org",), CALL, True),
        (("*.example.org",), CALL, True),
        (("*.example.org",), "https://example.org/x", False),
        (("meet.example.org",), "https://xmeet.example.org/x", False),
        (("meet.example.org",), "http://meet.example.org/x", False),
        ((), CALL, False),
    ],
)
def test_hosts_are_compared_as_a_whole(hosts: tuple[str, ...], address: str, allowed: bool) -> None:
    assert (frame_origin(address, hosts) is not None) is allowed


def test_a_setting_that_is_no_list_of_hosts_stops_the_start(tmp_path: Any) -> None:
    with pytest.raises(ConfigurationError, match="VIDEO_FRAME_HOSTS"):
        load_settings(video_frame_hosts="https://meet.example.org; script-src *", instance_path=tmp_path)
    settings = load_settings(
        video_frame_hosts=" Meet.Example.org ,*.bbb.example ", instance_path=tmp_path, secret_key="x" * 40
    )
    assert settings.frame_hosts == ("meet.example.org", "*.bbb.example")


def test_the_planning_form_takes_the_address(stage: Stage, login: Callable[[User], FlaskClient]) -> None:
    browser = login(stage.mentor)
    root = f"/rooms/{stage.room.slug}/live"
    token = browser.get("/live").text.split('name="csrf-token" content="')[1].split('"')[0]
    start = clock.now() + timedelta(minutes=20)
    form = {
        "csrf_token": token,
        "title": "Wet on day three",
        "starts_at": start.strftime("%Y-%m-%dT%H:%M"),
        "ends_at": (start + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M"),
        "time_zone": "UTC",
        "mentor_ids": str(stage.mentor.id),
    }
    refused = browser.post(f"{root}/new", data={**form, "video_url": "http://meet.example.org/x"})
    assert refused.status_code == 422
    assert "begins with https://" in refused.text
    planned = browser.post(f"{root}/new", data={**form, "video_url": CALL})
    assert planned.status_code == 303, planned.text
    number = int(planned.headers["Location"].rsplit("/", 1)[1])
    assert load_stage(access_session(stage.ctx(stage.mentor), number)).video_url == CALL
    assert CALL in browser.get(f"{root}/{number}/edit").text
