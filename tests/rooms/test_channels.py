"""The channel of a room: who follows it, and what it tells."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from flask_socketio import SocketIOTestClient

from social_cme.accounts.models import User
from social_cme.core.errors import Forbidden, NotFound
from social_cme.extensions import db
from social_cme.persistence.facts import FactRecord, facts_since
from social_cme.rooms import channels
from social_cme.rooms.queries import open_room
from social_cme.rooms.services.joining import join_room, leave_room
from social_cme.rooms.services.members import ban_member, remove_member, set_role
from tests.factories import Factory

Connect = Callable[[User], SocketIOTestClient]


@pytest.mark.parametrize(("visibility", "error"), [("request", Forbidden), ("invitation", NotFound)])
def test_only_readers_follow_a_room(make: Factory, visibility: str, error: type[Exception]) -> None:
    member, outsider = make.user(), make.user()
    room = make.room(visibility=visibility, members=(member,))
    channels.authorise(member, room.id)
    with pytest.raises(error):
        channels.authorise(outsider, room.id)
    with pytest.raises(NotFound):
        channels.authorise(member, room.id + 1)


def test_the_room_is_told_who_came_and_not_who_was_shown_out(make: Factory) -> None:
    coordinator, one, two = make.user(), make.user(name="Maya Lindqvist"), make.user()
    room = make.room(coordinator=coordinator)
    join_room(open_room(one, room.slug), accepted_version=1)
    join_room(open_room(two, room.slug), accepted_version=1)
    ctx = open_room(coordinator, room.slug)
    set_role(ctx, user_id=one.id, role="mentor")
    leave_room(open_room(one, room.slug))
    remove_member(ctx, user_id=two.id, reason="Secret reason")
    ban_member(ctx, user_id=two.id, reason="Secret reason")
    told = channels.project(facts_since(db.session(), f"room:{room.id}", since=0, limit=50))
    assert told == [
        {"user_id": one.id, "display_name": "Maya Lindqvist", "role": "learner"},
        {"user_id": two.id, "display_name": two.display_name, "role": "learner"},
        {"user_id": one.id, "display_name": "Maya Lindqvist", "role": "mentor"},
        {"user_id": one.id, "display_name": "Maya Lindqvist", "role": None},
        None,
        None,
    ]


def test_requests_are_not_told(make: Factory) -> None:
    room = make.room(visibility="request")
    join_room(open_room(make.user(), room.slug), accepted_version=1)
    assert channels.project(facts_since(db.session(), f"room:{room.id}", since=0, limit=50)) == [None]


def test_each_projector_is_asked_once_and_answers_keep_their_places(
    make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []

    def show(facts: Sequence[FactRecord]) -> list[dict[str, Any] | None]:
        asked.append([fact.kind for fact in facts])
        return [{"kind": fact.kind} for fact in facts]

    monkeypatch.setattr(channels, "_projectors", dict(channels._projectors))
    channels.register_projector(["alpha", "beta"], show)
    user = make.user()
    room = make.room()
    join_room(open_room(user, room.slug), accepted_version=1)
    [joined] = facts_since(db.session(), f"room:{room.id}", since=0, limit=5)

    def fact(kind: str) -> FactRecord:
        return FactRecord(1, joined.channel, 1, kind, user.id, {}, joined.occurred_at)

    told = channels.project([fact("alpha.one"), joined, fact("beta.two"), fact("gamma.three")])
    assert asked == [["alpha.one", "beta.two"]]
    assert told[0] == {"kind": "alpha.one"}
    assert told[1] is not None
    assert told[1]["user_id"] == user.id
    assert told[2:] == [{"kind": "beta.two"}, None]


def test_a_banned_person_hears_nothing_more(make: Factory, connect: Connect) -> None:
    coordinator, user, watcher = make.user(), make.user(), make.user()
    room = make.room(coordinator=coordinator, members=(user, watcher))
    mine, theirs = connect(user), connect(watcher)
    key = f"room:{room.id}"
    for socket in (mine, theirs):
        assert socket.emit("subscribe", {"channel": key, "since": 0}, callback=True)["ok"]
    ban_member(open_room(coordinator, room.slug), user_id=user.id, reason="Reason")
    join_room(open_room(make.user(), room.slug), accepted_version=1)

    def kinds(socket: SocketIOTestClient) -> list[str]:
        return [one["kind"] for event in socket.get_received() if event["name"] == "message" for one in event["args"]]

    assert "membership.joined" in kinds(theirs)
    assert "membership.joined" not in kinds(mine)
    assert mine.emit("subscribe", {"channel": key, "since": 0}, callback=True)["error"]["code"] == "not_found"
