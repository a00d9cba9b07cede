"""Polls on the pages of a session, without JavaScript, and as CSV files."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from social_cme.accounts.models import User
from social_cme.live.queries.polls import list_polls
from social_cme.live.services import leading
from tests.live.pollster import agree, close, counts, draft, opened, sheet, vote
from tests.live.stage import Stage
from tests.live.test_views import Page

Open = Callable[[User], Page]
FORM = {"kind": "single", "question": "What next?", "options": "Furosemide\nMetolazone", "results_when": "closed"}


@pytest.fixture
def page(stage: Stage, login: Callable[[User], FlaskClient]) -> Open:
    return lambda user: Page(login(user), stage)


def test_a_poll_is_prepared_opened_voted_on_and_kept_without_javascript(stage: Stage, page: Open) -> None:
    session = stage.session()
    mentor, learner = page(stage.mentor), page(stage.learner)
    root = f"/{session.id}/polls"
    assert "Prepare a poll" in mentor.get(f"/{session.id}")
    assert "Polls you have prepared" not in learner.get(f"/{session.id}")
    mentor.post(f"{root}/new", **FORM, client_id="poll-00001")
    mentor.post(f"{root}/new", **FORM, client_id="poll-00001")
    (poll,) = list_polls(session.id, drafts=True)
    one = f"{root}/{poll.id}"
    assert "Metolazone" in mentor.get(f"{one}/edit")
    mentor.post(f"{one}/edit", **{**FORM, "question": "And now?", "two_rounds": "y"})
    assert "And now?" in mentor.get(f"/{session.id}")
    assert "And now?" not in learner.get(f"/{session.id}")

    leading.start_session(stage.ctx(stage.mentor), session.id)
    mentor.post(f"{one}/control", do="open")
    shown = learner.get(f"/{session.id}")
    assert "And now?" in shown
    assert "Your name is kept with your vote." in shown
    assert learner.post(f"{one}/vote", choices="2").endswith(f"#poll-{poll.id}")
    assert "Your vote is in." in learner.get(f"/{session.id}")
    mentor.post(f"{one}/control", do="discuss")
    assert "Results are shown after the poll is closed." in learner.get(f"/{session.id}")
    mentor.post(f"{one}/control", do="open")
    learner.post(f"{one}/vote", choices="1")
    mentor.post(f"{one}/control", do="close")
    result = learner.get(f"/{session.id}")
    assert "Who moved between the votes" in result
    assert "Second vote" in result
    assert "As a table" in result
    mentor.post(f"{one}/control", do="hide")
    assert "The results are held back for now." in learner.get(f"/{session.id}")
    mentor.post(f"{one}/control", do="show")
    leading.end_session(stage.ctx(stage.mentor), session.id)
    assert "Who moved between the votes" in learner.get(f"/{session.id}")
    assert "Results as CSV" in mentor.get(f"/{session.id}")
    assert "CSV" not in learner.get(f"/{session.id}").split("<main")[1]
    agree(poll)


@pytest.mark.parametrize(
    ("asked", "sent", "expected"),
    [
        ({"kind": "multiple"}, {"choices": ["1", "3"]}, [1, 0, 1]),
        ({"kind": "scale", "scale_max": 3}, {"value": "2"}, [0, 1, 0]),
        ({"kind": "ranking"}, {"rank-1": "3", "rank-2": "1", "rank-3": "2"}, [1, 1, 1]),
        ({"kind": "differential"}, {"share-1": "60", "share-2": "40", "share-3": ""}, [1, 1, 0]),
        ({"kind": "text"}, {"text": "Metolazone"}, []),
    ],
)
def test_every_kind_is_voted_on_with_a_plain_form(
    stage: Stage, page: Open, asked: Any, sent: Any, expected: Any
) -> None:
    poll = opened(stage, stage.running(), results_when="live", **asked)
    learner = page(stage.learner)
    form = learner.get(f"/{poll.session_id}").split(f'id="poll-{poll.id}"')[1].split("</form>")[0]
    assert set(re.findall(r'name="((?:choices|value|text|rank-\d+|share-\d+))"', form)) >= set(sent)
    learner.post(f"/{poll.session_id}/polls/{poll.id}/vote", **sent)
    assert counts(poll) == expected
    assert sheet(poll).voters == 1
    assert "1 vote" in learner.get(f"/{poll.session_id}")


@pytest.mark.parametrize(
    ("asked", "sent", "kept"),
    [
        ({"kind": "differential"}, {"share-1": "60", "share-2": "30"}, 'value="60"'),
        ({"kind": "ranking"}, {"rank-1": "1", "rank-2": "1", "rank-3": "2"}, "Give each option a different rank."),
        ({"kind": "text"}, {"text": "MRN 12345678"}, 'value="MRN 12345678"'),
        ({"kind": "scale"}, {"value": "nine"}, "Choose a value from 1 to 5."),
        ({"kind": "single"}, {}, "Choose one option."),
        ({"kind": "single"}, {"choices": ["1", "2"]}, "Choose one option."),
        ({"kind": "multiple", "max_choices": 1}, {"choices": ["1", "2"]}, 'value="2" checked'),
        ({"kind": "single"}, {"choices": "9" * 40}, "This poll does not have such an option."),
    ],
)
def test_what_was_chosen_stays_when_it_is_refused(stage: Stage, page: Open, asked: Any, sent: Any, kept: str) -> None:
    poll = opened(stage, stage.running(), **asked)
    assert kept in page(stage.learner).post(f"/{poll.session_id}/polls/{poll.id}/vote", 422, **sent)
    assert sheet(poll).voters == 0
    agree(poll)


def test_a_form_that_needs_another_look_keeps_what_was_typed(stage: Stage, page: Open) -> None:
    session = stage.session()
    answer = page(stage.mentor).post(f"/{session.id}/polls/new", 422, **{**FORM, "options": "Only one", "kind": "quiz"})
    assert "Only one" in answer
    assert "Name 2 to 12 options" in answer
    odd = {**FORM, "kind": "quiz", "correct": "two", "timer_seconds": "x", "max_choices": "\x00"}
    assert "error-summary" in page(stage.mentor).post(f"/{session.id}/polls/new", 422, **odd)
    assert list_polls(session.id, drafts=True) == []


def test_a_late_vote_is_told_and_not_counted(stage: Stage, page: Open) -> None:
    poll = opened(stage, stage.running())
    close(stage, poll)
    learner = page(stage.learner)
    learner.post(f"/{poll.session_id}/polls/{poll.id}/vote", choices="1")
    assert "This poll is closed. Your vote was not counted." in learner.get(f"/{poll.session_id}")
    assert sheet(poll).voters == 0


def test_the_page_of_a_participant_holds_nothing_that_is_held_back(stage: Stage, page: Open) -> None:
    session = stage.running()
    poll = opened(stage, session, kind="quiz", correct=[2], rationale="Sequential nephron blockade")
    draft(stage, session, question="A surprise?")
    vote(stage, poll, stage.peer, choices=[2])
    for path in (f"/{session.id}", f"/{session.id}/projector"):
        shown = page(stage.learner).get(path)
        assert "nephron" not in shown
        assert "surprise" not in shown
    state = page(stage.learner).get(f"/{session.id}").split("data-polls-state>")[1].split("</script>")[0]
    (told,) = json.loads(state)["polls"]
    assert (told["solution"], told["rounds"][0]["results"], told["voters"]) == (None, None, 1)
    assert "nephron" in page(stage.mentor).get(f"/{session.id}")


def test_drafts_are_taken_over_and_thrown_away(stage: Stage, page: Open) -> None:
    old, new = stage.session(), stage.session()
    source = draft(stage, old, question="From another evening?")
    mentor = page(stage.mentor)
    assert "From another evening?" in mentor.get(f"/{new.id}")
    mentor.post(f"/{new.id}/polls/copy", poll_id=str(source.id))
    (copied,) = list_polls(new.id, drafts=True)
    mentor.post(f"/{new.id}/polls/{copied.id}/control", do="delete")
    assert list_polls(new.id, drafts=True) == []
    mentor.post(f"/{new.id}/polls/copy", 404, poll_id="nonsense")
    mentor.post(f"/{old.id}/polls/{source.id}/control", 422, do="raffle")


def test_answers_are_grouped_with_selects(stage: Stage, page: Open) -> None:
    poll = opened(stage, stage.running(), kind="text")
    vote(stage, poll, stage.learner, text="One")
    vote(stage, poll, stage.peer, text="Two")
    first, second = sheet(poll).rounds[0].groups
    mentor, one = page(stage.mentor), f"/{poll.session_id}/polls/{poll.id}/answers"
    assert "Group the answers" in mentor.get(f"/{poll.session_id}")
    mentor.post(f"{one}/{second.id}", do="group", into_id=str(first.id))
    assert [len(group.members) for group in sheet(poll).rounds[0].groups] == [1]
    assert "with Two" in mentor.get(f"/{poll.session_id}")
    mentor.post(f"{one}/{second.id}", do="group", into_id="")
    mentor.post(f"{one}/{second.id}", do="hide")
    assert [group.is_hidden for group in sheet(poll).rounds[0].groups] == [False, True]
    mentor.post(f"{one}/{second.id}", do="unhide")


# ------------------------------------------------------------------ tables


def table(page: Page, session_id: int, query: str = "") -> list[list[str]]:
    answer = page.browser.get(f"{page.root}/{session_id}/polls.csv{query}")
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "text/csv"
    return list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))


def test_results_and_named_votes_are_taken_away_as_tables(stage: Stage, page: Open) -> None:
    session = stage.running()
    poll = opened(stage, session, kind="quiz", correct=[1], question="=SUM(A1)", options=("+Yes", "No"))
    vote(stage, poll, stage.learner, choices=[1])
    vote(stage, poll, stage.peer, choices=[2])
    close(stage, poll)
    hidden = opened(stage, session, is_anonymous=True, question="Honestly?")
    for user in (stage.learner, stage.peer, stage.coordinator):
        vote(stage, hidden, user, choices=[2])
    close(stage, hidden)
    mentor = page(stage.mentor)
    rows = table(mentor, session.id)
    assert [row[1:7] for row in rows[1:3]] == [
        ["'=SUM(A1)", "quiz", "1", "2", "'+Yes", "1"],
        ["'=SUM(A1)", "quiz", "1", "2", "No", "1"],
    ]
    assert [row[6] for row in rows[3:]] == ["0", "3", "0"]
    assert {row[0] for row in table(mentor, session.id, f"?poll={hidden.id}")[1:]} == {str(hidden.id)}
    named = table(mentor, session.id, "?rows=ballots")
    assert [(row[5], row[6], row[7]) for row in named[1:]] == [("Learner", "'+Yes", "yes"), ("Peer", "No", "no")]
    assert table(mentor, session.id, f"?poll={hidden.id}&rows=ballots")[1:] == [], (
        "an anonymous poll has no votes to give"
    )
    assert "Learner" not in str(rows)
    assert page(stage.coordinator).browser.get(f"{mentor.root}/{session.id}/polls.csv").status_code == 200
    assert page(stage.learner).browser.get(f"{mentor.root}/{session.id}/polls.csv").status_code == 403


def test_an_unknown_poll_has_no_table(stage: Stage, page: Open) -> None:
    session = stage.running()
    waiting = draft(stage, session)
    mentor = page(stage.mentor)
    for number in (waiting.id, 10**9, 10**30):
        assert mentor.browser.get(f"{mentor.root}/{session.id}/polls.csv?poll={number}").status_code == 404
