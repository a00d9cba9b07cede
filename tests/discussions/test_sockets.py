"""What is sent about threads over real sockets: what it does, who hears it and what they hear."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask_socketio import SocketIOTestClient

from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.discussions.models import Post, Thread, Vote
from social_cme.discussions.services.acceptance import accept_answer
from social_cme.persistence.transaction import transaction
from social_cme.rooms.models import Membership
from tests.discussions.journal_club import Club, count, reload

Connect = Callable[[User], SocketIOTestClient]


class Window:
    """Somebody's open window."""

    def __init__(self, socket: SocketIOTestClient) -> None:
        self.socket = socket

    def send(self, event: str, **payload: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.socket.emit(event, payload, callback=True)
        return answer

    def ok(self, event: str, **payload: Any) -> dict[str, Any]:
        answer = self.send(event, **payload)
        assert answer["ok"], answer
        return answer

    def refused(self, code: str, event: str, **payload: Any) -> dict[str, Any]:
        answer = self.send(event, **payload)
        assert answer["ok"] is False
        assert answer["error"]["code"] == code, answer
        return dict(answer["error"])

    def follow(self, room_id: int, since: int) -> list[dict[str, Any]]:
        return list(self.ok("subscribe", channel=f"room:{room_id}", since=since)["messages"])

    def heard(self) -> list[dict[str, Any]]:
        packets = [packet["args"] for packet in self.socket.get_received() if packet["name"] == "message"]
        return [one for batch in packets for item in batch for one in (item if isinstance(item, list) else [item])]


class Scene:
    """A thread that the author and a member of another room follow; *peer* sends."""

    def __init__(self, club: Club, connect: Connect) -> None:
        self.club, self.connect, self.thread = club, connect, club.question()
        self.author, self.peer, self.elsewhere = (Window(connect(one)) for one in (club.author, club.peer, club.mentor))
        self.author.follow(club.room.id, 1)
        self.elsewhere.follow(club.other.id, 0)
        self.about = {"slug": club.room.slug, "thread_id": self.thread.id}

    def vote(self, row: Thread | Post, value: Any) -> dict[str, Any]:
        target = "thread" if isinstance(row, Thread) else "post"
        return {"slug": self.club.room.slug, "target": target, "target_id": row.id, "value": value}


@pytest.fixture
def scene(club: Club, connect: Connect) -> Scene:
    return Scene(club, connect)


def test_an_answer_is_posted_and_heard_without_its_words(scene: Scene) -> None:
    answer = scene.peer.ok("answer.post", **scene.about, body="**Ten.**", citations=["PMID 1"])
    assert answer["post"]["body_html"] == "<p><strong>Ten.</strong></p>\n"
    [message] = scene.author.heard()
    assert (message["kind"], message["data"]["post_id"]) == ("answer.posted", answer["post"]["id"])
    assert message["data"]["thread"]["answer_count"] == 1
    assert "Ten" not in str(message)
    assert scene.elsewhere.heard() == []


def test_a_comment_is_posted_below_its_answer(scene: Scene) -> None:
    answer = scene.peer.ok("answer.post", **scene.about, body="Ten.")["post"]
    comment = scene.peer.ok("comment.post", **scene.about, body="Or less.", parent_id=answer["id"])["post"]
    scene.peer.ok("comment.post", **scene.about, body="Which child?")
    told = [(one["kind"], one["data"]["post"]["parent_id"]) for one in scene.author.heard()]
    assert told == [("answer.posted", None), ("comment.posted", answer["id"]), ("comment.posted", None)]
    scene.peer.refused("forbidden", "comment.post", **scene.about, body="x", parent_id=comment["id"])


def test_a_repeated_message_returns_the_first_result(scene: Scene) -> None:
    for event in ("answer.post", "comment.post"):
        first, again = (scene.peer.ok(event, **scene.about, body=body, client_id="request-1") for body in ("a", "b"))
        assert first == again
    assert count(Post) == 2
    assert len(scene.author.heard()) == 2


def test_votes_are_heard_as_scores_and_nobody_learns_who(scene: Scene) -> None:
    assert scene.peer.ok("vote.cast", **scene.vote(scene.thread, 1))["vote"]["score"] == 1
    assert scene.peer.ok("vote.cast", **scene.vote(scene.thread, 0))["vote"] == {
        "thread_id": scene.thread.id,
        "post_id": None,
        "value": 0,
        "score": 0,
    }
    messages = scene.author.heard()
    assert [one["data"]["thread"]["score"] for one in messages] == [1, 0]
    assert all(set(one["data"]) == {"thread_id", "thread"} for one in messages)
    scene.author.refused("forbidden", "vote.cast", **scene.vote(scene.thread, 1))
    for wrong in ({"value": 2}, {"target": "poll"}, {"target_id": 0}, {"user_id": 1}):
        scene.peer.refused("invalid", "vote.cast", **{**scene.vote(scene.thread, 1), **wrong})
    assert reload(scene.thread).score == 0


def test_what_was_hidden_or_gone_says_nothing_when_it_is_told_again(scene: Scene) -> None:
    scene.peer.ok("answer.post", **scene.about, body="Ten.")
    with transaction() as tx:
        tx.session.get_one(Thread, scene.thread.id).hidden_at = clock.now()
    late = Window(scene.connect(scene.club.second))
    assert [(one["kind"], one["data"]) for one in late.follow(scene.club.room.id, 0)] == [("hidden", {})] * 2


def test_what_is_told_twice_is_the_state_of_now(scene: Scene) -> None:
    answer = scene.peer.ok("answer.post", **scene.about, body="Ten.")["post"]
    accept_answer(scene.club.ctx(scene.club.author), post_id=answer["id"])
    late = Window(scene.connect(scene.club.second))
    for message in late.follow(scene.club.room.id, 1):
        assert message["data"]["post"]["is_accepted"]
        assert message["data"]["thread"]["accepted_count"] == 1


@pytest.mark.parametrize("event", ["answer.post", "comment.post"])
def test_words_that_do_not_fit_are_refused_by_name(scene: Scene, event: str) -> None:
    for body in ("", " ", "x" * 20_001):
        assert set(scene.peer.refused("invalid", event, **scene.about, body=body)["fields"]) == {"body"}
    scene.peer.refused("invalid", event, **scene.about, body="x", author_id=1)
    scene.peer.refused("invalid", event, **{**scene.about, "slug": "../x"}, body="x")
    assert count(Post) == 0


def test_strangers_and_those_removed_since_are_refused(scene: Scene) -> None:
    with transaction() as tx:
        row = tx.session.query(Membership).filter_by(room_id=scene.club.room.id, user_id=scene.club.peer.id).one()
        row.state = "removed"
    for window in (scene.peer, Window(scene.connect(scene.club.stranger))):
        for event in ("answer.post", "comment.post"):
            window.refused("forbidden", event, **scene.about, body="Ten.")
        window.refused("forbidden", "vote.cast", **scene.vote(scene.thread, 1))
    assert (count(Post), count(Vote), scene.author.heard()) == (0, 0, [])


def test_a_thread_of_another_room_is_not_there(scene: Scene) -> None:
    there = {**scene.about, "slug": scene.club.other.slug}
    for event in ("answer.post", "comment.post"):
        scene.elsewhere.refused("not_found", event, **there, body="Ten.")
    scene.elsewhere.refused("not_found", "vote.cast", **{**scene.vote(scene.thread, 1), "slug": scene.club.other.slug})
    scene.elsewhere.refused("not_found", "answer.post", **{**scene.about, "slug": "nowhere"}, body="Ten.")
