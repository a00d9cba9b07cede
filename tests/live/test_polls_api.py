"""Polls over the REST API: the same functions, the same refusals."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from social_cme.live.services import leading
from tests.live.pollster import OPTIONS, draft, opened, vote
from tests.live.stage import Stage
from tests.live.test_api import Call, Caller

BODY = {"kind": "quiz", "question": "What next?", "options": list(OPTIONS), "correct": [2], "rationale": "Because."}


@pytest.fixture
def call(app: Flask, stage: Stage) -> Call:
    return lambda user: Caller(app, stage, user)


def test_a_poll_from_its_draft_to_its_table(stage: Stage, call: Call) -> None:
    session = stage.running()
    mentor, learner, peer, stranger = call(stage.mentor), call(stage.learner), call(stage.peer), call(None)
    root = f"/{session.id}/polls"
    poll = mentor("POST", root, 201, **BODY, two_rounds=True, timer_seconds=60, client_id="poll-00001")
    assert mentor("POST", root, 201, **BODY, client_id="poll-00001")["id"] == poll["id"]
    one = f"{root}/{poll['id']}"
    assert learner("GET", root) == {"items": [], "my_ballots": []}
    learner("GET", one, 404)
    assert mentor("GET", one)["solution"] == {"correct": [2], "rationale": "Because."}
    changed = mentor("PATCH", one, question="Changed?", timer_seconds=None)
    assert (changed["question"], changed["timer_seconds"], changed["two_rounds"]) == ("Changed?", None, True)

    assert mentor("POST", f"{one}/open")["state"] == "open"
    receipt = learner("PUT", f"{one}/ballot", choices=[1], client_id="vote-00001")
    assert learner("PUT", f"{one}/ballot", choices=[1], client_id="vote-00001") == receipt
    learner("PUT", f"{one}/ballot", 409, choices=[2])
    peer("PUT", f"{one}/ballot", 422, choices=[9])
    assert learner("GET", root)["my_ballots"] == [
        {"poll_id": poll["id"], "round": 1, "kept": {"choices": [1]}, "score": None}
    ]
    shown = learner("GET", one)
    assert (shown["voters"], shown["rounds"][0]["results"], shown["solution"]) == (1, None, None)
    assert mentor("GET", one)["rounds"][0]["results"]["bars"][0]["count"] == 1
    assert mentor("POST", f"{one}/close")["state"] == "discussing"
    assert mentor("POST", f"{one}/open")["round"] == 2
    learner("PUT", f"{one}/ballot", choices=[2])
    assert mentor("POST", f"{one}/close", discuss=False)["state"] == "closed"
    assert learner("GET", one)["shift"] == [{"start": 1, "end": 2, "people": 1}]
    assert learner("GET", one)["solution"]["rationale"] == "Because."
    assert mentor("PUT", f"{one}/results", shown=False)["reveal"] == "hidden"
    assert learner("GET", one)["solution"] is None

    table = mentor("GET", f"{one}/export")
    assert [row[3:7] for row in table["rows"] if row[6]] == [[1, 1, OPTIONS[0], 1], [2, 1, OPTIONS[1], 1]]
    assert mentor("GET", f"{root}/export") == table
    learner("GET", f"{one}/export", 403)
    stranger("GET", f"{one}/export", 401)
    assert stranger("GET", one)["question"] == "Changed?", "a public room can be read"


def test_a_poll_is_copied_and_a_draft_thrown_away(stage: Stage, call: Call) -> None:
    old, new = stage.running(), stage.session()
    source = draft(stage, old)
    mentor = call(stage.mentor)
    copied = mentor("POST", f"/{new.id}/polls/copy", 201, poll_id=source.id, client_id="copy-00001")
    assert (copied["question"], copied["id"] == source.id) == ("What next?", False)
    mentor("POST", f"/{new.id}/polls/copy", 404, poll_id=10**9)
    assert mentor("DELETE", f"/{new.id}/polls/{copied['id']}", 204) is None
    mentor("GET", f"/{new.id}/polls/{copied['id']}", 404)


def test_free_answers_are_grouped(stage: Stage, call: Call) -> None:
    poll = opened(stage, stage.running(), kind="text", results_when="live")
    vote(stage, poll, stage.learner, text="One")
    vote(stage, poll, stage.peer, text="Two")
    one, mentor = f"/{poll.session_id}/polls/{poll.id}", call(stage.mentor)
    first, second = mentor("GET", one)["rounds"][0]["results"]["groups"]
    joined = mentor("PUT", f"{one}/answers/{second['id']}/group", into_id=first["id"])
    assert [group["count"] for group in joined["rounds"][0]["results"]["groups"]] == [2]
    mentor("PUT", f"{one}/answers/{first['id']}/hidden", hidden=True)
    assert call(stage.learner)("GET", one)["rounds"][0]["results"]["groups"] == []
    mentor("PUT", f"{one}/answers/999/group", 404, into_id=first["id"])


def test_what_a_person_may_not_do_a_program_of_theirs_may_not(stage: Stage, call: Call) -> None:
    session = stage.running()
    poll = opened(stage, session)
    waiting = draft(stage, session)
    root, one = f"/{session.id}/polls", f"/{session.id}/polls/{poll.id}"
    writes: list[tuple[str, str, dict[str, Any]]] = [
        ("POST", root, BODY),
        ("POST", f"{root}/copy", {"poll_id": poll.id}),
        ("PATCH", f"{root}/{waiting.id}", {"question": "Mine?"}),
        ("DELETE", f"{root}/{waiting.id}", {}),
        ("POST", f"{root}/{waiting.id}/open", {}),
        ("POST", f"{one}/close", {}),
        ("PUT", f"{one}/results", {"shown": True}),
        ("GET", f"{one}/export", {}),
        ("GET", f"{root}/export", {}),
    ]
    for who, status in ((stage.learner, 403), (stage.make.user(), 403), (None, 401)):
        caller = call(who)
        for method, path, body in writes:
            caller(method, path, status, **body)
    call(stage.make.user())("PUT", f"{one}/ballot", 403, choices=[1])
    call(None)("PUT", f"{one}/ballot", 401, choices=[1])
    leading.end_session(stage.ctx(stage.mentor), session.id)
    call(stage.learner)("PUT", f"{one}/ballot", 403, choices=[1])


def test_an_anonymous_poll_names_nobody(stage: Stage, call: Call) -> None:
    poll = opened(stage, stage.running(), is_anonymous=True, results_when="live")
    one, learner, mentor = f"/{poll.session_id}/polls/{poll.id}", call(stage.learner), call(stage.mentor)
    assert learner("PUT", f"{one}/ballot", choices=[1], client_id="vote-00001")["kept"] is None
    assert mentor("GET", one)["rounds"][0]["results"]["is_withheld"] is True
    vote(stage, poll, stage.peer, choices=[1])
    vote(stage, poll, stage.coordinator, choices=[3])
    for told in (mentor("GET", one), mentor("GET", f"{one}/export"), mentor("GET", f"/{poll.session_id}/polls")):
        assert not {stage.learner.display_name, stage.peer.display_name} & set(str(told).split("'"))
    assert learner("GET", f"/{poll.session_id}/polls")["my_ballots"][0]["kept"] is None
