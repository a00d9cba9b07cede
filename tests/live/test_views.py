"""The pages of live sessions, as browsers with and without JavaScript meet them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.live.models import LiveSession
from social_cme.live.queries.board import list_chat, list_questions
from social_cme.live.queries.options import Options, find_options
from social_cme.live.services import chat, leading, questions, queue, schedule
from social_cme.rooms.enums import Visibility
from tests.live.stage import Stage

Login = Callable[[User], FlaskClient]


class Page:
    """A browser at the pages of one room's sessions."""

    def __init__(self, browser: FlaskClient, stage: Stage) -> None:
        self.browser, self.root = browser, f"/rooms/{stage.room.slug}/live"

    def get(self, path: str = "", status: int = 200) -> str:
        answer = self.browser.get(self.root + path)
        assert answer.status_code == status, answer.text
        return answer.text

    def post(self, path: str, status: int = 303, **values: Any) -> str:
        token = re.search(r'name="csrf-token" content="([^"]+)"', self.browser.get("/live").text)
        assert token is not None
        answer = self.browser.post(self.root + path, data={"csrf_token": token.group(1), **values})
        assert answer.status_code == status, answer.text
        return answer.headers["Location"] if status == 303 else answer.text


@pytest.fixture
def page(stage: Stage, login: Login) -> Callable[[User | None], Page]:
    return lambda user: Page(login(user), stage)


@pytest.fixture
def stranger(app: Flask, stage: Stage) -> Page:
    return Page(app.test_client(), stage)


Open = Callable[[User], Page]


def test_a_session_is_planned_asked_led_and_kept_without_javascript(stage: Stage, page: Open) -> None:
    mentor, learner, peer = page(stage.mentor), page(stage.learner), page(stage.peer)
    start = (clock.now() + timedelta(minutes=20)).strftime("%Y-%m-%dT%H:%M")
    end = (clock.now() + timedelta(minutes=80)).strftime("%Y-%m-%dT%H:%M")
    plan = {"title": "Wet on day three", "starts_at": start, "ends_at": end, "time_zone": "UTC"}
    address = mentor.post("/new", **plan, mentor_ids=[str(stage.mentor.id)], client_id="plan-000001")
    number = address.rsplit("/", 1)[1]
    assert address == mentor.post("/new", **plan, mentor_ids=[str(stage.mentor.id)], client_id="plan-000001")
    assert "Wet on day three" in learner.get()
    assert "Wet on day three" in learner.browser.get("/live").text

    session = f"/{number}"
    assert "in " in learner.get(session)
    learner.post(f"{session}/rsvp", going="1")
    assert 'aria-pressed="true"' in learner.get(session)
    asked = learner.post(f"{session}/ask", body="Which dose?", client_id="ask-000001")
    learner.post(f"{session}/ask", body="Which dose?", client_id="ask-000001")
    question = f"{session}/questions/{asked.rsplit('-', 1)[1]}"
    assert learner.get(session).count('<p class="queue-text" data-field="body">Which dose?</p>') == 1
    peer.post(f"{question}/vote", vote="1")
    assert 'data-score="1"' in peer.get(session)

    mentor.post(f"{session}/control", do="start")
    assert "Answering now" in learner.get(session)
    learner.post(f"{session}/chat", body="Hello <i>all</i>")
    assert "Hello &lt;i&gt;all&lt;/i&gt;" in peer.get(session)
    mentor.post(f"{question}/control", do="answering")
    mentor.post(f"{question}/control", do="answer", text="Twice the **oral** dose.")
    assert "<strong>oral</strong>" in learner.get(session)
    mentor.post(f"{session}/control", do="end")
    kept = learner.get(session)
    assert "Read the thread" in kept
    assert "Hello &lt;i&gt;all&lt;/i&gt;" in kept
    assert "<strong>oral</strong>" in kept


def test_what_was_typed_stays_when_it_is_refused(stage: Stage, page: Open) -> None:
    session = stage.running()
    learner = page(stage.learner)
    answer = learner.post(f"/{session.id}/ask", 422, body="x" * 501)
    assert "x" * 501 in answer
    assert "at most 500 characters" in answer
    answer = learner.post(f"/{session.id}/chat", 422, body="y" * 1001)
    assert "y" * 1001 in answer
    leading.end_session(stage.ctx(stage.mentor), session.id)
    for path in ("ask", "chat"):
        assert "Which dose" in learner.post(f"/{session.id}/{path}", 403, body="Which dose of furosemide in this one?")
        learner.post(f"/{session.id}/{path}", 403, body="z" * 1200)
    plan = page(stage.mentor).post("/new", 422, title="A title", starts_at="2020-01-01T10:00", ends_at="nonsense")
    assert 'value="A title"' in plan
    assert "error-summary" in plan


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"title": "\x00"},
        {
            "title": "x" * 5000,
            "starts_at": "0001-01-01T00:00",
            "ends_at": "9999-12-31T23:59",
            "time_zone": "Asia/Tokyo",
        },
        {"title": "A", "starts_at": "2026-13-45T99:99", "mentor_ids": ["a", "99999999999999999999"], "capacity": "1e9"},
        {"title": "A", "starts_at": "2030-01-01T00:00", "ends_at": "2030-01-01T01:00", "time_zone": "../../x"},
        {"title": "A", "capacity": "-1"},
    ],
)
def test_a_plan_of_nonsense_is_refused_politely(stage: Stage, page: Open, values: dict[str, Any]) -> None:
    page(stage.mentor).post("/new", 422, **values)


def test_a_session_is_changed_and_canceled(stage: Stage, page: Open) -> None:
    session = stage.session()
    mentor = page(stage.mentor)
    form = mentor.get(f"/{session.id}/edit")
    assert 'value="Loop diuretics on the ward"' in form
    plan = schedule.current_plan(stage.ctx(stage.mentor), session.id)
    mentor.post(
        f"/{session.id}/edit",
        title="Another title",
        starts_at=plan.starts.strftime("%Y-%m-%dT%H:%M"),
        ends_at=plan.ends.strftime("%Y-%m-%dT%H:%M"),
        time_zone="UTC",
        mentor_ids=[str(stage.mentor.id)],
    )
    assert "Another title" in mentor.get(f"/{session.id}")
    assert "Please write a reason" in mentor.post(f"/{session.id}/cancel", 422, reason=" ")
    mentor.post(f"/{session.id}/cancel", reason="The speaker is ill")
    assert "The speaker is ill" in page(stage.learner).get(f"/{session.id}")
    assert "Canceled" in page(stage.learner).get()


def test_learners_find_no_controls_and_may_not_open_them(stage: Stage, page: Open) -> None:
    session = stage.running()
    question = stage.ask(session)
    learner = page(stage.learner)
    shown = learner.get(f"/{session.id}")
    for word in ("End the session", "Answer now", "Put back", "data-hide", "<dialog"):
        assert word not in shown
    for path in ("/new", f"/{session.id}/edit", f"/{session.id}/cancel", f"/{session.id}/questions/{question.id}"):
        learner.get(path, 403)
    learner.post(f"/{session.id}/control", do="end")
    learner.post(f"/{session.id}/questions/{question.id}/control", do="skip", reason="No")
    assert "Only the mentors of this session" in learner.get(f"/{session.id}")
    assert session.state == "live"


def test_a_mentor_steers_one_question_from_its_page(stage: Stage, page: Open) -> None:
    session = stage.running()
    one, two = stage.ask(session, body="One?"), stage.ask(session, body="Two?")
    mentor = page(stage.mentor)
    where = f"/{session.id}/questions"
    assert f'<option value="{two.id}">Two?</option>' in mentor.get(f"{where}/{one.id}")
    assert "Please write a reason" in mentor.post(f"{where}/{one.id}/control", 422, do="skip", reason="")
    for into in ("", "x", "-1", "9" * 400, "\u0661"):
        mentor.post(f"{where}/{one.id}/control", 422, do="merge", into_id=into)
    mentor.post(f"{where}/{one.id}/control", 422, do="launch")
    mentor.post(f"{where}/{one.id}/control", do="merge", into_id=str(two.id))
    mentor.post(f"{where}/{one.id}/control", do="reopen")
    mentor.post(f"{where}/{one.id}/control", do="hide", reason="A patient")
    assert "One?" not in page(stage.learner).get(f"/{session.id}")
    mentor.post(f"/{session.id}/control", do="next")
    assert "Two?" in mentor.get(f"/{session.id}/projector")
    message = stage.say(session, "The mayor")
    mentor.post(f"/{session.id}/chat/{message.id}/hide")
    assert "The mayor" not in page(stage.learner).get(f"/{session.id}")
    mentor.post(f"/{session.id}/control", 422, do="nothing")
    mentor.get(f"{where}/999999", 404)


def test_strangers_read_public_sessions_and_are_sent_to_log_in_to_take_part(stage: Stage, stranger: Page) -> None:
    session = stage.running()
    stage.ask(session, body="Which dose?")
    shown = stranger.get(f"/{session.id}")
    assert "Which dose?" in shown
    assert "Please log in to take part." in shown
    assert "data-vote-form" not in shown
    stranger.get()
    answer = stranger.browser.post(f"{stranger.root}/{session.id}/ask", data={"body": "Hello?"})
    assert answer.status_code == 400, "a form of nobody's has no token"
    stranger.post(f"/{session.id}/ask", 302, body="Hello?")
    assert len(list_questions(session.id)) == 1


def test_a_closed_room_shows_its_sessions_to_members_alone(stage: Stage, login: Login) -> None:
    closed = stage.make.room(mentor=stage.mentor, visibility=Visibility.REQUEST)
    hidden = stage.make.room(mentor=stage.mentor, visibility=Visibility.INVITATION)
    for room, status in ((closed, 403), (hidden, 404)):
        session = schedule.schedule_session(stage.ctx(stage.mentor, room), plan=stage.plan(title="Behind the door"))
        for path in ("", f"/{session.id}", f"/{session.id}/projector"):
            answer = login(stage.learner).get(f"/rooms/{room.slug}/live{path}")
            assert answer.status_code == status
            assert "Behind the door" not in answer.text
        assert "Behind the door" not in login(stage.learner).get("/live").text


def test_ids_that_no_row_has_are_not_found(stage: Stage, page: Open) -> None:
    session = stage.running()
    elsewhere = f"/rooms/{stage.other_room.slug}/live/{session.id}"
    learner = page(stage.learner)
    assert learner.browser.get(elsewhere).status_code == 404
    for number in ("0", "-1", str(2**63), "9" * 400, "1e3", "0x1", "%00", "\u0661"):
        assert learner.browser.get(f"{learner.root}/{number}").status_code == 404


def test_times_are_shown_in_the_readers_zone_and_the_hosts(stage: Stage, page: Open) -> None:
    from datetime import UTC, datetime

    with clock.at(datetime(2026, 5, 12, 12, tzinfo=UTC)):
        session = stage.session(
            starts=datetime(2026, 6, 1, 18),
            ends=datetime(2026, 6, 1, 19),
            time_zone="America/New_York",
        )
        shown = page(stage.learner).get(f"/{session.id}")
    assert "Jun 1, 2026, 22:00 UTC" in shown
    assert "Jun 1, 2026, 18:00 EDT" in shown


def test_the_transcript_of_a_long_chat_is_read_in_pages(stage: Stage, page: Open) -> None:
    session = stage.running()
    for number in range(205):
        stage.say(session, f"Line {number:03}")
    leading.end_session(stage.ctx(stage.mentor), session.id)
    learner = page(stage.learner)
    last = learner.get(f"/{session.id}")
    assert "Line 204" in last
    assert "Line 004" not in last
    earlier = re.search(r"\?before=([^#\"]+)", last)
    assert earlier is not None
    assert "Line 004" in learner.get(f"/{session.id}?before={earlier.group(1)}")
    learner.get(f"/{session.id}?before=made-up", 400)


@pytest.fixture
def crowd(stage: Stage) -> Iterator[Callable[[LiveSession, int], None]]:
    def fill(session: LiveSession, count: int) -> None:
        have = len(list_questions(session.id))
        for number in range(have, count):
            user = stage.make.user()
            stage.make.membership(stage.room, user)
            question = stage.ask(session, user, f"Question {number}")
            questions.vote(stage.ctx(stage.learner), session.id, question.id)
            chat.post_message(stage.ctx(user), session.id, body=f"Line {number}")
        first, *_, last = list_questions(session.id)
        if have == 0:
            queue.merge(stage.ctx(stage.mentor), session.id, last.id, into_id=first.id)

    return fill


def test_a_page_costs_the_same_number_of_statements_however_full_the_session_is(
    stage: Stage, page: Open, count_queries: Callable[[], Any], crowd: Callable[[LiveSession, int], None]
) -> None:
    session = stage.running()
    browsers = {"learner": page(stage.learner), "mentor": page(stage.mentor)}
    state = f"/api/v1/rooms/{stage.room.slug}/sessions/{session.id}/state"
    costs: dict[tuple[str, str], list[int]] = {}
    for count in (5, 200):
        crowd(session, count)
        for who, browser in browsers.items():
            for address in (f"{browser.root}/{session.id}", browser.root, state):
                browser.browser.get(address)
                with count_queries() as seen:
                    assert browser.browser.get(address).status_code == 200
                costs.setdefault((who, address), []).append(len(seen))
    assert all(few == many <= 40 for few, many in costs.values()), costs
    assert len(list_chat(session, limit=100).items) == 100


def test_lists_cost_the_same_number_of_statements_however_long_they_are(
    stage: Stage, page: Open, count_queries: Callable[[], Any]
) -> None:
    browser = page(stage.learner)
    costs: dict[str, list[int]] = {}
    for _ in range(2):
        for _ in range(6):
            stage.session()
            leading.end_session(stage.ctx(stage.mentor), stage.running().id)
        for path in ("", "mine"):
            browser.browser.get("/live" if path else browser.root)
            with count_queries() as seen:
                browser.browser.get("/live" if path else browser.root)
            costs.setdefault(path, []).append(len(seen))
    assert all(few == many for few, many in costs.values()), costs


def test_the_queue_and_the_chat_in_depth_without_javascript(stage: Stage, page: Open) -> None:
    mentor, learner, peer = page(stage.mentor), page(stage.learner), page(stage.peer)
    session = f"/{stage.running().id}"
    settings = {"queue_shown": "1", "approve_first": "y", "allow_pseudonyms": "y", "slow_seconds": "0"}
    mentor.post(f"{session}/options", **settings, labels="dose, evidence")
    first = learner.post(f"{session}/ask", body="Which dose?", pseudonym="member").rsplit("-", 1)[1]
    second = learner.post(f"{session}/ask", body="How much?").rsplit("-", 1)[1]
    assert "waits for approval; only you and who leads see it" in learner.get(session)
    assert "Which dose?" in mentor.get(session)
    assert "Which dose?" not in peer.get(session)
    for number in (first, second):
        mentor.post(f"{session}/questions/{number}/control", do="approve")
    mentor.post(f"{session}/questions/{second}/control", do="move", to="up")
    mentor.post(f"{session}/questions/{first}/control", do="label", labels=["dose"])
    shown = peer.get(session)
    assert shown.index("How much?") < shown.index("Which dose?")
    assert re.search(rf'id="question-{second}"[^>]* hidden>', peer.get(f"{session}?label=dose"))
    assert not re.search(rf'id="question-{first}"[^>]* hidden>', peer.get(f"{session}?label=dose"))
    mentor.post(f"{session}/questions/{second}/control", do="later", days="3")
    mentor.post(f"{session}/questions/{second}/control", 422, do="later", days="many")
    assert "to be answered in writing by" in peer.get(session)
    third = learner.post(f"{session}/ask", body="And why?").rsplit("-", 1)[1]
    mentor.post(f"{session}/questions/{third}/control", do="decline", reason="Asked before")
    assert "Asked before" in learner.get(session)
    assert "Asked before" not in peer.get(session)
    refused = learner.post(f"{session}/ask", 422, body="Kept words", pseudonym="professor")
    assert "Kept words" in refused

    said = learner.post(f"{session}/chat", body="Hello").rsplit("-", 1)[1]
    line = f"{session}/chat/{said}"
    assert "Your reply" in peer.get(line)
    peer.post(f"{session}/chat", body="Good evening", reply_to=said)
    assert "In reply to" in learner.get(session)
    peer.post(f"{line}/react", kind="agree")
    assert re.search(r'data-react="agree" aria-pressed="true"', peer.get(session))
    peer.post(f"{line}/react", kind="agree", on="0")
    peer.post(f"{line}/react", 422, kind="nonsense")
    mentor.post(f"{line}/pin")
    assert f'data-pinned="{said}"' in peer.get(session)
    mentor.post(f"{session}/options", **{**settings, "slow_seconds": "60"}, labels="")
    late = learner.post(f"{session}/chat", 429, body="One more thing")
    assert "One more thing" in late
    assert "Slow mode is on" in late


def test_a_plan_says_how_the_queue_is_run_and_keeps_it_when_it_is_silent(stage: Stage, page: Open) -> None:
    mentor, session = page(stage.mentor), stage.session()
    plan = {
        "title": "Changed",
        "starts_at": session.starts_at.strftime("%Y-%m-%dT%H:%M"),
        "ends_at": session.ends_at.strftime("%Y-%m-%dT%H:%M"),
        "time_zone": "UTC",
        "mentor_ids": [str(stage.mentor.id)],
    }
    mentor.post(f"/{session.id}/edit", **plan, queue_shown="1", approve_first="y", slow_seconds="15", labels="dose")
    held = Options(approve_first=True, allow_pseudonyms=False, slow_seconds=15, labels=("dose",))
    assert find_options(session.id) == held
    mentor.post(f"/{session.id}/edit", **plan)
    assert find_options(session.id) == held
    assert 'value="dose"' in mentor.get(f"/{session.id}/edit")
    mentor.post(f"/{session.id}/edit", 422, **plan, queue_shown="1", slow_seconds="601")
    mentor.post(f"/{session.id}/edit", 422, **plan, queue_shown="1", labels="x" * 31)
    assert find_options(session.id) == held
