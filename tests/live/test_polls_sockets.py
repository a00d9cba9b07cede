"""Polls over real sockets: who hears what and when, and that nothing leaves the server early."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from flask_socketio import SocketIOTestClient

from social_cme.accounts.models import User
from social_cme.live.channels import polls as channel
from social_cme.live.models import LivePoll, LiveSession
from social_cme.live.queries.poll_desk import sheet_of
from social_cme.live.schemas import PollOut
from social_cme.live.services import polling
from tests.live.audience import Listener
from tests.live.pollster import again, close, draft, opened, vote
from tests.live.stage import Stage

Connect = Callable[[User], SocketIOTestClient]

PUBLIC = {
    "id", "kind", "question", "options", "max_choices", "scale_min", "scale_max", "label_min", "label_max", "is_anonymous", "may_change",
    "two_rounds", "results_when", "reveal", "timer_seconds", "state", "round", "voters", "rounds", "shift", "solution",
}  # fmt: skip
ROUND = {"id", "number", "opened_at", "ends_at", "results"}
RESULT = {"voters", "bars", "mean", "median", "groups", "is_withheld"}


class Hall:
    """A running session with a mentor and two learners who listen."""

    def __init__(self, stage: Stage, connect: Connect, login: Callable[[User], FlaskClient]) -> None:
        self.stage, self.connect, self.login = stage, connect, login
        self.session = stage.running()
        self.learner, self.peer, self.mentor = (
            Listener(connect(user)) for user in (stage.learner, stage.peer, stage.mentor)
        )
        for one, user in ((self.learner, stage.learner), (self.peer, stage.peer), (self.mentor, stage.mentor)):
            one.follow(self.session.id, self.snapshot(user))

    def snapshot(self, user: User, session: LiveSession | None = None) -> dict[str, Any]:
        address = f"/api/v1/rooms/{self.stage.room.slug}/sessions/{(session or self.session).id}/state"
        answer = self.login(user).get(address)
        assert answer.status_code == 200, answer.text
        return dict(answer.json)

    def desk(self, since: int = 0) -> list[dict[str, Any]]:
        """Follow the channel of those who lead, from its beginning."""
        return self.follow(self.mentor, f"polldesk:{self.session.id}", since)

    def follow(self, who: Listener, name: str, since: int = 0) -> list[dict[str, Any]]:
        answer = who.send("subscribe", channel=name, since=since)
        assert answer["ok"], answer
        return list(answer["messages"])

    def heard(self, who: Listener) -> list[dict[str, Any]]:
        """Return what came since, without keeping state."""
        found: list[dict[str, Any]] = []
        for packet in who.socket.get_received():
            if packet["name"] == "message":
                found += packet["args"] if isinstance(packet["args"], list) else [packet["args"]]
        return [one for item in found for one in (item if isinstance(item, list) else [item])]

    def settle(self) -> None:
        """Everybody ends with the state of a fresh page."""
        for one, user in ((self.learner, self.stage.learner), (self.peer, self.stage.peer)):
            one.listen()
            fresh = self.snapshot(user)
            own = {"my_votes": [], "my_ballots": []}
            assert {**one.state, **own} == {**fresh, **own}

    def send(self, who: Listener, event: str, poll: LivePoll, **more: Any) -> dict[str, Any]:
        return who.send(event, session_id=self.session.id, poll_id=poll.id, **more)


@pytest.fixture
def hall(stage: Stage, connect: Connect, login: Callable[[User], FlaskClient]) -> Hall:
    return Hall(stage, connect, login)


def ok(answer: dict[str, Any]) -> dict[str, Any]:
    assert answer["ok"], answer
    return answer


def refused(answer: dict[str, Any], code: str = "forbidden") -> None:
    assert (answer["ok"], answer["error"]["code"]) == (False, code), answer


def test_a_poll_from_opening_to_its_results(hall: Hall) -> None:
    poll = draft(hall.stage, hall.session)
    ok(hall.send(hall.mentor, "poll.open", poll, client_id="open-0001"))
    hall.settle()
    receipt = ok(hall.send(hall.learner, "poll.vote", poll, choices=[2], client_id="vote-0001"))["receipt"]
    assert receipt == ok(hall.send(hall.learner, "poll.vote", poll, choices=[2], client_id="vote-0001"))["receipt"]
    assert (receipt["voters"], receipt["kept"], receipt["poll"]) == (1, {"choices": [2]}, None)
    hall.settle()
    ok(hall.send(hall.mentor, "poll.results", poll, shown=True))
    hall.settle()
    ok(hall.send(hall.mentor, "poll.close", poll, discuss=True))
    ok(hall.send(hall.mentor, "poll.close", poll))
    hall.settle()
    assert [one["kind"] for one in hall.learner.heard] == [
        "poll.opened",
        "poll.voted",
        "poll.changed",
        "poll.closed",
        "poll.closed",
    ]
    bars = hall.learner.state["polls"][0]["rounds"][0]["results"]["bars"]
    assert [bar["count"] for bar in bars] == [0, 1, 0]


def test_free_answers_are_grouped_and_hidden(hall: Hall) -> None:
    poll = opened(hall.stage, hall.session, kind="text", results_when="live")
    ok(hall.send(hall.learner, "poll.vote", poll, text="Metolazone"))
    ok(hall.send(hall.peer, "poll.vote", poll, text="A thiazide"))
    hall.settle()
    groups = {one["text"]: one["id"] for one in hall.learner.state["polls"][0]["rounds"][0]["results"]["groups"]}
    about = {"group_id": groups["A thiazide"], "into_id": groups["Metolazone"]}
    refused(hall.send(hall.learner, "poll.group", poll, **about))
    refused(hall.send(hall.learner, "poll.hide_answer", poll, group_id=groups["Metolazone"]))
    ok(hall.send(hall.mentor, "poll.group", poll, **about))
    hall.settle()
    shown = hall.learner.state["polls"][0]["rounds"][0]["results"]["groups"]
    assert [(one["text"], one["count"], len(one["members"])) for one in shown] == [("Metolazone", 2, 1)]
    ok(hall.send(hall.mentor, "poll.hide_answer", poll, group_id=groups["A thiazide"]))
    hall.settle()
    assert "thiazide" not in json.dumps(hall.learner.state["polls"])
    late = Listener(hall.connect(hall.stage.coordinator))
    messages = hall.follow(late, f"live:{hall.session.id}")
    assert "thiazide" not in json.dumps(messages), "nor in any replay"


@pytest.mark.parametrize("results_when", ["live", "voted", "closed"])
@pytest.mark.parametrize("state", ["open", "discussing"])
def test_the_right_answer_and_held_results_never_leave_early(hall: Hall, state: str, results_when: str) -> None:
    secret = "Sequential nephron blockade"
    poll = opened(
        hall.stage, hall.session, kind="quiz", correct=[2], rationale=secret, two_rounds=True, results_when=results_when
    )
    vote(hall.stage, poll, hall.stage.learner, choices=[2])
    if state == "discussing":
        close(hall.stage, poll)
    hall.peer.listen()
    late = hall.follow(Listener(hall.connect(hall.stage.peer)), f"live:{hall.session.id}")
    for told in (hall.peer.heard, late, hall.snapshot(hall.stage.peer), hall.snapshot(hall.stage.learner)):
        assert secret not in json.dumps(told)
        assert "correct" not in json.dumps(told)
    for told in (hall.peer.heard, late):
        assert ('"bars"' in json.dumps(told)) == (results_when == "live")
    seen = hall.snapshot(hall.stage.learner)["polls"][0]["rounds"][0]["results"]
    assert (seen is not None) == (results_when != "closed"), "whoever has voted sees what is shown after voting"
    assert hall.snapshot(hall.stage.peer)["polls"][0]["solution"] is None
    again_ = hall.snapshot(hall.stage.peer)["polls"][0]
    assert set(again_) == PUBLIC
    assert set(again_["rounds"][0]) == ROUND
    if results_when == "live":
        assert set(again_["rounds"][0]["results"]) == RESULT


def test_the_shapes_of_a_poll_are_what_they_are() -> None:
    """A field that is added here is looked at: may everybody know it, and when?"""
    assert set(PollOut.model_fields) == PUBLIC
    assert {"id", "state", "round", "voters"} == channel.NUMBER
    assert channel.NUMBER | {"rounds"} == channel.COUNTED


def test_drafts_are_known_to_those_who_lead_alone(hall: Hall) -> None:
    poll = draft(hall.stage, hall.session, question="A surprise?")
    assert [one["data"]["polls"][0]["question"] for one in hall.desk()] == ["A surprise?"]
    hall.learner.listen()
    assert hall.learner.heard == []
    assert "surprise" not in json.dumps(hall.snapshot(hall.stage.learner))
    assert hall.snapshot(hall.stage.mentor)["polls"] == []
    refused(hall.learner.send("subscribe", channel=f"polldesk:{hall.session.id}", since=0))
    refused(hall.learner.send("subscribe", channel="polldesk:999", since=0), "not_found")
    refused(hall.send(hall.learner, "poll.vote", poll, choices=[1]), "not_found")
    from social_cme.live.services import polls

    polls.delete_poll(hall.stage.ctx(hall.stage.mentor), hall.session.id, poll.id)
    assert [one["data"] for one in hall.heard(hall.mentor)] == [{"gone": [poll.id]}]


def test_those_who_lead_see_results_grow_that_others_do_not(hall: Hall) -> None:
    poll = opened(hall.stage, hall.session, kind="quiz", correct=[1])
    hall.desk()
    hall.heard(hall.mentor)
    ok(hall.send(hall.learner, "poll.vote", poll, choices=[1]))
    by_channel = {one["channel"].split(":")[0]: one["data"]["polls"][0] for one in hall.heard(hall.mentor)}
    assert set(by_channel["live"]) == channel.NUMBER
    assert by_channel["polldesk"]["rounds"][0]["results"]["bars"][0]["count"] == 1
    assert by_channel["polldesk"]["solution"]["correct"] == [1]


def test_results_after_voting_reach_those_who_have_voted(hall: Hall) -> None:
    poll = opened(hall.stage, hall.session, results_when="voted", two_rounds=True)
    round_id = sheet_of(poll).rounds[0].round.id
    name = f"pollround:{round_id}"
    refused(hall.learner.send("subscribe", channel=name, since=0))
    receipt = ok(hall.send(hall.learner, "poll.vote", poll, choices=[1]))["receipt"]
    assert receipt["poll"]["rounds"][0]["results"]["bars"][0]["count"] == 1
    # A vote that shared its commit with others has no number yet; what is told again then is what is known.
    told_again = [one["data"]["polls"][0]["rounds"] for one in hall.follow(hall.learner, name, receipt["seq"])]
    assert all(one == receipt["poll"]["rounds"] for one in told_again)
    hall.follow(hall.mentor, name)
    hall.heard(hall.learner)
    ok(hall.send(hall.peer, "poll.vote", poll, choices=[1]))
    told = [one for one in hall.heard(hall.learner) if one["channel"] == name]
    assert told[0]["data"]["polls"][0]["rounds"][0]["results"]["bars"][0]["count"] == 2
    # Another round starts anew: who voted in the first sees the second only after voting again.
    close(hall.stage, poll)
    again(hall.stage, poll)
    ok(hall.send(hall.peer, "poll.vote", poll, choices=[2]))
    assert [one for one in hall.heard(hall.learner) if one["channel"] == name] == []
    second = sheet_of(poll).rounds[1].round.id
    refused(hall.learner.send("subscribe", channel=f"pollround:{second}", since=0))
    refused(hall.learner.send("subscribe", channel="pollround:999", since=0), "not_found")
    # A mentor who hides results hides them here as well.
    polling.show_results(hall.stage.ctx(hall.stage.mentor), hall.session.id, poll.id, shown=False)
    replay = hall.follow(hall.peer, f"pollround:{second}")
    assert '"bars"' not in json.dumps(replay)


def test_nothing_that_is_heard_says_who_voted(hall: Hall) -> None:
    for anonymous in (True, False):
        poll = opened(hall.stage, hall.session, is_anonymous=anonymous, results_when="live")
        hall.desk()
        for one, user in ((hall.learner, hall.stage.learner), (hall.peer, hall.stage.peer)):
            ok(hall.send(one, "poll.vote", poll, choices=[1], client_id="vote-0001"))
            heard = json.dumps([message["data"] for message in hall.heard(hall.mentor)])
            assert user.display_name not in heard
            assert "kept" not in heard
            assert "user_id" not in heard
        close(hall.stage, poll)


MESSAGES = [
    ("poll.open", {}),
    ("poll.close", {}),
    ("poll.results", {"shown": True}),
    ("poll.group", {"group_id": 1}),
    ("poll.hide_answer", {"group_id": 1}),
]


@pytest.mark.parametrize(("event", "more"), MESSAGES)
def test_a_learner_cannot_send_what_mentors_send(hall: Hall, event: str, more: dict[str, Any]) -> None:
    poll = opened(hall.stage, hall.session, kind="text")
    refused(hall.send(hall.learner, event, poll, **more))
    stranger = Listener(hall.connect(hall.stage.make.user()))
    for name, about in (*MESSAGES, ("poll.vote", {"text": "Hello"})):
        refused(hall.send(stranger, name, poll, **about))
    assert hall.snapshot(hall.stage.learner)["polls"][0]["state"] == "open"


def test_two_thousand_ballots_are_read_once(hall: Hall, count_queries: Callable[[], Any]) -> None:
    """What many votes have to tell is one state: the poll is read once, and no ballot at all."""
    poll = opened(hall.stage, hall.session, results_when="live")
    for user in (hall.stage.learner, hall.stage.peer, hall.stage.coordinator):
        vote(hall.stage, poll, user, choices=[1])
    facts = [fact for fact in hall.stage.facts(hall.session) if fact.kind == "poll.voted"] * 700
    with count_queries() as seen:
        show = channel.load(facts)
        told = [show(fact) for fact in facts]
    assert len(seen) <= 3, seen
    assert not [one for one in seen if "poll_ballot" in one]
    assert len({id(one["polls"][0]) for one in told if one}) == 1


def test_a_page_that_comes_back_ends_with_the_state_of_a_fresh_one(hall: Hall) -> None:
    stage = hall.stage
    away = Listener(hall.connect(stage.coordinator))
    left_with = hall.snapshot(stage.coordinator)
    poll = opened(stage, hall.session, kind="quiz", correct=[1], two_rounds=True, results_when="live")
    vote(stage, poll, stage.learner, choices=[1])
    close(stage, poll)
    again(stage, poll)
    vote(stage, poll, stage.learner, choices=[2])
    close(stage, poll)
    text = opened(stage, hall.session, kind="text", is_anonymous=True)
    vote(stage, text, stage.peer, text="Aha")
    polling.show_results(stage.ctx(stage.mentor), hall.session.id, text.id, shown=True)
    away.follow(hall.session.id, left_with)
    fresh = hall.snapshot(stage.coordinator)
    assert away.state == fresh
    assert fresh["polls"][0]["shift"] == [{"start": 1, "end": 2, "people": 1}]
    answer = away.send("subscribe", channel=f"live:{hall.session.id}", since=0)
    for message in answer["messages"]:
        away.apply({**message, "seq": away.state["seq"] + 1})
    assert {**away.state, "seq": 0} == {**fresh, "seq": 0}, "everything told twice changes nothing"
