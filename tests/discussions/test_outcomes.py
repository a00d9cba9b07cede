"""The outcome of a case: the author is asked at its time, tells it, and who follows hears of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_socketio import SocketIOTestClient

from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.core.errors import Forbidden, Invalid, NotFound
from social_cme.discussions.jobs import ask_outcomes
from social_cme.discussions.models import CaseOutcome, OutcomeRequest, Thread
from social_cme.discussions.queries.outcomes import list_outcomes
from social_cme.discussions.queries.sight import sight_of
from social_cme.discussions.queries.steps import options_of
from social_cme.discussions.rules.schedules import weeks_to_ask
from social_cme.discussions.services.follows import follow_thread
from social_cme.discussions.services.moderating import hide_thread
from social_cme.discussions.services.outcomes import hide_outcome, tell_outcome
from social_cme.discussions.services.steps import add_step
from social_cme.notifications.queries import list_notices
from tests.discussions.journal_club import CASE, Club, count, facts, reload

POSTED = datetime(2026, 2, 20, 22, 30, tzinfo=UTC)


@pytest.fixture
def case(club: Club) -> Thread:
    with clock.at(POSTED):
        return club.question(kind="case", title="Breathless", case=CASE, setting="inpatient", age_band="40-64")


def ask(*, weeks: float) -> None:
    with clock.at(POSTED + timedelta(weeks=weeks)):
        ask_outcomes()


def asked() -> list[int]:
    return [fact["weeks"] for fact in facts("outcome.asked")]


@pytest.mark.parametrize(
    ("weeks", "before", "due"),
    [
        (1.99, (), None),
        (2, (), 2),
        (2, (2,), None),
        (6, (2,), 6),
        (6, (), 6),
        (7, (6,), None),
        (12, (2, 6), 12),
        (15, (2, 6, 12), None),
        (16.1, (), None),
    ],
)
def test_only_the_latest_interval_is_asked_and_once(weeks: float, before: tuple[int, ...], due: int | None) -> None:
    assert weeks_to_ask(timedelta(weeks=weeks), before) == due


def test_the_author_is_asked_after_2_6_and_12_weeks_each_once(club: Club, case: Thread) -> None:
    for weeks in (1.9, 2, 2.1, 5.9, 6, 6.1, 12, 12.1, 15.9):
        ask(weeks=weeks)
    assert asked() == [2, 6, 12]
    assert {fact["user_id"] for fact in facts("outcome.asked")} == {club.author.id}


def test_after_a_final_outcome_nobody_is_asked_and_after_another_one_is(club: Club, case: Thread) -> None:
    with clock.at(POSTED + timedelta(weeks=1)):
        tell_outcome(club.ctx(club.author), thread_id=case.id, body="Better so far.")
    ask(weeks=2)
    assert asked() == [2]
    with clock.at(POSTED + timedelta(weeks=3)):
        final = tell_outcome(club.ctx(club.author), thread_id=case.id, body="Home.", is_final=True)
    ask(weeks=6)
    assert asked() == [2]
    hide_outcome(club.ctx(club.author), outcome_id=final.id)
    ask(weeks=6)
    assert asked() == [2, 6]


def test_nobody_is_asked_about_what_is_hidden_or_no_case(club: Club, case: Thread) -> None:
    with clock.at(POSTED):
        club.question()
    hide_thread(club.ctx(club.mentor), thread_id=case.id, reason="A name.")
    ask(weeks=2)
    assert (asked(), count(OutcomeRequest)) == ([], 0)


def test_the_asking_comes_as_a_notice_and_a_mail_with_the_way_to_the_form(
    app: Flask, club: Club, case: Thread, login: Callable[[User], FlaskClient], deliver: Callable[[], int]
) -> None:
    ask(weeks=2)
    deliver()
    deliver()
    [notice] = [one for one in list_notices(club.author).items if one.kind == "outcome_asked"]
    assert notice.text == "What happened with the patient of “Breathless”? Colleagues would like to know"
    assert (notice.endpoint, notice.values["thread_id"]) == ("discussions.new_outcome", case.id)
    mails = [path.read_text() for path in (Path(app.instance_path) / "mail").glob("*.eml")]
    [mail] = [text for text in mails if club.author.email in text and "outcomes/new" in text]
    assert f"/rooms/{club.room.slug}/threads/{case.id}/outcomes/new" in mail
    assert all(one.kind != "outcome_asked" for user in (club.peer, club.mentor) for one in list_notices(user).items)


def test_followers_hear_of_it_and_open_pages_are_told(
    club: Club, case: Thread, connect: Callable[[User], SocketIOTestClient], deliver: Callable[[], int]
) -> None:
    follow_thread(club.ctx(club.peer), thread_id=case.id)
    tell_outcome(club.ctx(club.author), thread_id=case.id, body="It was the canaryword.")
    deliver()
    assert [one.text for one in list_notices(club.peer).items] == ["Ada Author told what happened in “Breathless”"]
    assert list_notices(club.second).items == []
    answer = connect(club.second).emit("subscribe", {"channel": f"room:{club.room.id}", "since": 0}, callback=True)
    assert {"thread_id": case.id, "steps": 0} in [one["data"] for one in answer["messages"]]
    assert "canaryword" not in str(answer)


def test_several_outcomes_stand_with_the_case_the_latest_on_top(
    club: Club, case: Thread, login: Callable[[User], FlaskClient]
) -> None:
    for days, text in ((10, "Better."), (40, "Worse again.")):
        with clock.at(POSTED + timedelta(days=days)):
            tell_outcome(club.ctx(club.author), thread_id=case.id, body=text, diagnosis="Heart failure")
    page = login(club.peer).get(f"/rooms/{club.room.slug}/threads/{case.id}").text
    assert page.index("Worse again.") < page.index("Better.") < page.index("Breathless for two weeks.")
    assert "Heart failure" in page


def test_only_the_author_of_a_case_tells_it(club: Club, case: Thread) -> None:
    with pytest.raises(Forbidden):
        tell_outcome(club.ctx(club.peer), thread_id=case.id, body="I heard.")
    with pytest.raises(Forbidden):
        tell_outcome(club.ctx(club.author), thread_id=club.question().id, body="Solved.")
    with pytest.raises(NotFound):
        tell_outcome(club.ctx(club.mentor, club.other), thread_id=case.id, body="Wrong room.")
    with pytest.raises(Invalid):
        tell_outcome(club.ctx(club.author), thread_id=case.id, body="  ")
    with pytest.raises(Invalid):
        tell_outcome(club.ctx(club.author), thread_id=case.id, body="X", right_options=[999])
    assert (count(CaseOutcome), facts("outcome.told")) == (0, [])


def test_the_same_request_tells_it_once(club: Club, case: Thread) -> None:
    ctx = club.ctx(club.author)
    same = [tell_outcome(ctx, thread_id=case.id, body="Home.", client_id="request-1").id for _ in range(2)]
    assert same[0] == same[1]
    assert len(facts("outcome.told")) == 1


def test_a_case_in_steps_tells_its_outcome_to_those_who_opened_all_of_them(
    club: Club, case: Thread, login: Callable[[User], FlaskClient]
) -> None:
    ctx = club.ctx(club.author)
    for text in ("First.", "Second."):
        add_step(ctx, thread_id=case.id, body=text, ask="text", question="What now?")
    tell_outcome(ctx, thread_id=case.id, body="The canaryword.", is_final=True)
    here = f"/rooms/{club.room.slug}/threads/{case.id}"
    assert "canaryword" not in login(club.peer).get(here).text
    assert login(club.peer).get(f"/api/v1{here}/outcomes").json == {"items": []}
    thread = reload(case)
    seen = club.ctx(club.mentor)
    assert len(list_outcomes(seen, thread, sight_of(seen, thread))) == 1


def test_its_author_takes_it_back_and_a_moderator_hides_it_with_a_reason(club: Club, case: Thread) -> None:
    outcome = tell_outcome(club.ctx(club.author), thread_id=case.id, body="With a name.")
    with pytest.raises(Forbidden):
        hide_outcome(club.ctx(club.peer), outcome_id=outcome.id)
    with pytest.raises(Invalid):
        hide_outcome(club.ctx(club.mentor), outcome_id=outcome.id)
    hide_outcome(club.ctx(club.mentor), outcome_id=outcome.id, reason="A name.")
    peer = club.ctx(club.peer)
    assert list_outcomes(peer, case, sight_of(peer, case)) == []
    with pytest.raises(NotFound):
        hide_outcome(peer, outcome_id=outcome.id)


def test_the_form_marks_the_diagnosis_that_proved_right(
    club: Club, case: Thread, login: Callable[[User], FlaskClient]
) -> None:
    step = add_step(club.ctx(club.author), thread_id=case.id, ask="poll", question="Which?", options=["Asthma", "COPD"])
    right = options_of([step.id])[step.id][1]
    browser = login(club.author)
    address = f"/rooms/{club.room.slug}/threads/{case.id}/outcomes/new"
    token = browser.get(address).text.split('name="csrf-token" content="')[1].split('"')[0]
    empty = browser.post(address, data={"csrf_token": token, "diagnosis": "Kept diagnosis"})
    assert empty.status_code == 422
    assert "Kept diagnosis" in empty.text
    form = {"csrf_token": token, "body": "A test showed it.", f"right_{step.id}": str(right.id), "is_final": "y"}
    page = browser.post(address, data=form, follow_redirects=True)
    assert "What happened in the end" in page.text
    assert reload(right).is_right
