"""The gateway: who gets in, who follows what, how each message is answered, and how it all ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from flask import Flask, session
from flask_socketio import SocketIOTestClient
from sqlalchemy import update

from social_cme.accounts.enums import SiteRole
from social_cme.accounts.models import LoginSession, User
from social_cme.accounts.services.administration import ban_user
from social_cme.accounts.services.logins import end_all_logins
from social_cme.core import clock
from social_cme.core.events import Event, room_channel
from social_cme.extensions import db, socketio
from social_cme.persistence.transaction import transaction
from social_cme.realtime import gateway as module
from social_cme.realtime.endings import Ending, apply_ending, end_closed_logins
from social_cme.realtime.gateway import EVENTS_PER_10_S, gateway
from social_cme.realtime.publishing import PUBLISH_LIMIT
from social_cme.realtime.replay import REPLAY_LIMIT
from social_cme.rooms.enums import MembershipState, Visibility
from social_cme.rooms.models import Membership, Room
from social_cme.rooms.queries import open_room_by_id
from social_cme.rooms.services.members import ban_member, remove_member
from tests.factories import Factory

Connect = Callable[[User], SocketIOTestClient]


@dataclass(frozen=True, kw_only=True, slots=True)
class ThingHappened(Event):
    """A fact for tests, on a room's channel."""

    kind: ClassVar[str] = "thing.happened"

    room_id: int

    @property
    def channel(self) -> str:
        return room_channel(self.room_id)


def happen(room: Room, count: int = 1) -> None:
    with transaction() as tx:
        for _ in range(count):
            tx.record(ThingHappened(actor_id=None, room_id=room.id))


def ask(socket: SocketIOTestClient, event: str, payload: Any) -> dict[str, Any]:
    answer: dict[str, Any] = socket.emit(event, payload, callback=True)
    return answer


def follow(socket: SocketIOTestClient, room: Room, since: int = 0) -> dict[str, Any]:
    return ask(socket, "subscribe", {"channel": f"room:{room.id}", "since": since})


def heard(socket: SocketIOTestClient) -> list[int]:
    """Return the numbers of the messages that arrived since the last call."""
    return [message["seq"] for one in socket.get_received() if one["name"] == "message" for message in one["args"]]


def whispered(socket: SocketIOTestClient) -> list[dict[str, Any]]:
    return [one["args"][0] for one in socket.get_received() if one["name"] == "ephemeral"]


# ------------------------------------------------------------------ getting in


def test_no_message_is_decided_by_the_cookie_that_opened_the_socket(
    app: Flask, make: Factory, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[dict[str, Any]] = []
    route = gateway.routes["unsubscribe"]
    looked = replace(route, handler=lambda _actor, _message: held.append(dict(session)))
    socket = connect(make.user())
    monkeypatch.setitem(gateway.routes, "unsubscribe", looked)
    for _ in range(2):
        assert ask(socket, "unsubscribe", {"channel": "room:1"})["ok"]
    assert held == [{}, {}]


def test_a_stranger_gets_no_socket(app: Flask) -> None:
    assert not socketio.test_client(app, flask_test_client=app.test_client()).is_connected()


def test_a_made_up_cookie_gets_no_socket(app: Flask) -> None:
    browser = app.test_client()
    with browser.session_transaction() as cookie:
        cookie["login_key"] = "made up"
    assert not socketio.test_client(app, flask_test_client=browser).is_connected()


def test_a_cookie_kept_after_the_log_out_gets_no_socket(app: Flask, make: Factory) -> None:
    user = make.user()
    browser = app.test_client()
    make.log_in(browser, user)
    end_all_logins(user)
    assert not socketio.test_client(app, flask_test_client=browser).is_connected()


def test_one_person_gets_only_so_many_sockets(app: Flask, make: Factory, connect: Connect) -> None:
    user, other = make.user(), make.user()
    gateway.per_user = 3
    sockets = [connect(user) for _ in range(3)]
    browser = app.test_client()
    make.log_in(browser, user)
    assert not socketio.test_client(app, flask_test_client=browser).is_connected()
    assert connect(other).is_connected()
    sockets[0].disconnect()
    assert connect(user).is_connected()


# ------------------------------------------------------------------ following


def test_a_follower_hears_its_own_room_and_no_other(make: Factory, connect: Connect) -> None:
    user = make.user()
    room, other = make.room(members=(user,)), make.room(members=(user,))
    here, there = connect(user), connect(user)
    follow(here, room)
    follow(there, other)
    happen(room, 2)
    assert heard(here) == [1, 2]
    assert heard(there) == []


def test_a_room_by_invitation_looks_absent_to_others(make: Factory, connect: Connect) -> None:
    room = make.room(visibility=Visibility.INVITATION)
    socket = connect(make.user())
    hidden = follow(socket, room)
    absent = ask(socket, "subscribe", {"channel": "room:999999", "since": 0})
    assert hidden == absent
    assert hidden["error"]["code"] == "not_found"
    happen(room)
    assert heard(socket) == []


@pytest.mark.parametrize(
    "channel", ["room", "room:", "room:x", "room:-1", "room:1e3", "room:" + "9" * 30, "desk:1", "room:١", ""]
)
def test_a_channel_name_that_was_made_up_is_refused(make: Factory, connect: Connect, channel: str) -> None:
    answer = ask(connect(make.user()), "subscribe", {"channel": channel, "since": 0})
    assert answer["error"]["code"] == "not_found"


def test_who_comes_back_gets_what_was_missed_in_order_and_in_pages(make: Factory, connect: Connect) -> None:
    user = make.user()
    room = make.room(members=(user,))
    happen(room, REPLAY_LIMIT + 30)
    socket = connect(user)
    first = follow(socket, room, since=10)
    assert [one["seq"] for one in first["messages"]] == list(range(11, REPLAY_LIMIT + 11))
    assert (first["seq"], first["more"]) == (REPLAY_LIMIT + 30, True)
    second = follow(socket, room, since=first["messages"][-1]["seq"])
    assert [one["seq"] for one in second["messages"]] == list(range(REPLAY_LIMIT + 11, REPLAY_LIMIT + 31))
    assert second["more"] is False
    assert follow(socket, room, since=10**12)["messages"] == []


def test_following_twice_delivers_once(make: Factory, connect: Connect) -> None:
    user = make.user()
    room = make.room(members=(user,))
    socket = connect(user)
    follow(socket, room)
    follow(socket, room)
    happen(room)
    assert heard(socket) == [1]


def test_who_unsubscribed_hears_nothing_more(make: Factory, connect: Connect) -> None:
    user = make.user()
    room = make.room(members=(user,))
    socket = connect(user)
    follow(socket, room)
    assert ask(socket, "unsubscribe", {"channel": f"room:{room.id}"}) == {"ok": True}
    happen(room)
    assert heard(socket) == []


def test_after_a_huge_commit_only_its_end_is_sent(make: Factory, connect: Connect) -> None:
    user = make.user()
    room = make.room(members=(user,))
    socket = connect(user)
    follow(socket, room)
    happen(room, PUBLISH_LIMIT * 3)
    assert heard(socket) == list(range(PUBLISH_LIMIT * 2 + 1, PUBLISH_LIMIT * 3 + 1))
    assert len(follow(socket, room)["messages"]) == REPLAY_LIMIT


def test_a_channel_that_nobody_follows_costs_no_query(make: Factory, count_queries: Any) -> None:
    room = make.room()
    calls: list[int] = []
    original = gateway.channel_kinds["room"].project
    gateway.channel_kinds["room"] = module.ChannelKind(
        "room",
        gateway.channel_kinds["room"].authorise,
        lambda facts: calls.append(1) or original(facts),  # type: ignore[func-returns-value]
    )
    happen(room)
    assert calls == []


def test_a_socket_follows_only_so_many_channels(
    make: Factory, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHANNELS_PER_SOCKET", 2)
    user = make.user()
    rooms = [make.room(members=(user,)) for _ in range(3)]
    socket = connect(user)
    assert [follow(socket, room)["ok"] for room in rooms] == [True, True, False]
    assert follow(socket, rooms[0])["ok"]


# ------------------------------------------------------------------ answers


def test_an_unknown_event_is_answered(make: Factory, connect: Connect) -> None:
    answer = ask(connect(make.user()), "room.explode", {"now": True})
    assert answer == {"ok": False, "error": {"code": "unknown_event", "message": "There is no such event."}}


@pytest.mark.parametrize(
    "payload",
    [None, [], "x", 7, True, {}, {"channel": 5, "since": 0}, {"channel": "room:1"}, {"channel": "room:1", "since": -1},
     {"channel": "room:1", "since": 2**60}, {"channel": "room:1", "since": 1.5}, {"channel": "x" * 41, "since": 0},
     {"channel": "room:1", "since": 0, "extra": 1}, {"channel": "room:\ud800", "since": 0}, {"channel": ["room:1"], "since": 0}],
)  # fmt: skip
def test_a_message_of_the_wrong_shape_is_answered_and_named(make: Factory, connect: Connect, payload: Any) -> None:
    answer = ask(connect(make.user()), "subscribe", payload)
    assert answer["error"]["code"] == "invalid"
    assert set(answer["error"]["fields"]) <= {"channel", "since", "message"}


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop the clock of the limits, so that a slow machine refills nothing."""
    monkeypatch.setattr("social_cme.realtime.limits.time.monotonic", lambda: 1000.0)


@pytest.mark.usefixtures("still")
def test_a_client_that_sends_too_much_is_refused_for_a_while(make: Factory, connect: Connect) -> None:
    user, other = make.user(), make.user()
    first, second, bystander = connect(user), connect(user), connect(other)
    for socket in (first, second):
        for _ in range(EVENTS_PER_10_S // 2):
            ask(socket, "unsubscribe", {"channel": "room:1"})
    refused = [ask(socket, "unsubscribe", {"channel": "room:1"}) for _ in range(5) for socket in (first, second)]
    assert refused[-1]["error"]["code"] == "rate_limited"
    assert refused[-1]["error"]["retry_after"] >= 1
    assert ask(bystander, "unsubscribe", {"channel": "room:1"})["ok"]


@pytest.mark.usefixtures("still")
def test_a_new_socket_does_not_renew_the_allowance_of_a_person(make: Factory, connect: Connect) -> None:
    user = make.user()
    first = connect(user)
    for _ in range(EVENTS_PER_10_S):
        ask(first, "unsubscribe", {"channel": "room:1"})
    first.disconnect()
    gateway.forget_allowances()
    answers = [ask(connect(user), "unsubscribe", {"channel": "room:1"})["ok"] for _ in range(3)]
    assert not all(answers)


def test_an_error_of_our_own_is_answered_without_its_text(
    make: Factory, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_actor: Any, _message: Any) -> None:
        raise RuntimeError("the secret inside")

    monkeypatch.setitem(gateway.routes, "subscribe", module.Route("subscribe", module.Subscribe, fail))
    answer = ask(connect(make.user()), "subscribe", {"channel": "room:1", "since": 0})
    assert answer["error"]["code"] == "error"
    assert "secret" not in answer["error"]["message"]


# ------------------------------------------------------------------ endings


def test_a_log_out_ends_the_sockets_of_that_log_in_alone(app: Flask, make: Factory, connect: Connect) -> None:
    user, other = make.user(), make.user()
    mine, theirs = connect(user), connect(other)
    end_all_logins(user)
    assert not mine.is_connected()
    assert theirs.is_connected()
    assert gateway.of_user.keys() == {other.id}


def test_an_expired_log_in_ends_its_sockets(make: Factory, connect: Connect) -> None:
    user, other = make.user(), make.user()
    mine, theirs = connect(user), connect(other)
    with transaction() as tx:
        tx.session.execute(
            update(LoginSession)
            .where(LoginSession.user_id == user.id)
            .values(expires_at=clock.now() - timedelta(seconds=1))
        )
    assert ask(mine, "subscribe", {"channel": "room:1", "since": 0})["error"]["code"] == "unauthenticated"
    end_closed_logins()
    assert not mine.is_connected()
    assert theirs.is_connected()


def test_a_thousand_sockets_are_checked_in_one_query(make: Factory, connect: Connect, count_queries: Any) -> None:
    for _ in range(5):
        connect(make.user())
    with count_queries() as seen:
        end_closed_logins()
    assert len(seen) == 1


def test_a_ban_from_the_site_ends_every_socket_of_a_person(make: Factory, connect: Connect) -> None:
    administrator, user = make.user(role=SiteRole.ADMINISTRATOR), make.user()
    sockets = [connect(user), connect(user)]
    staying = connect(administrator)
    ban_user(actor=administrator, user_id=user.id, reason="Impersonation.")
    assert [one.is_connected() for one in sockets] == [False, False]
    assert staying.is_connected()


@pytest.mark.parametrize("end", [ban_member, remove_member])
def test_who_is_sent_out_of_a_room_leaves_its_channel_at_once(
    make: Factory, connect: Connect, end: Callable[..., Any]
) -> None:
    coordinator, user = make.user(), make.user()
    room = make.room(coordinator=coordinator, members=(user,), visibility=Visibility.REQUEST)
    socket = connect(user)
    follow(socket, room)
    end(open_room_by_id(coordinator, room.id), user_id=user.id, reason="Not a clinician.")
    assert [one["kind"] for one in whispered(socket)] == ["channel.closed"]
    happen(room)
    assert heard(socket) == []
    assert not follow(socket, room)["ok"]


def set_state(room: Room, user: User, state: str) -> None:
    with transaction() as tx:
        tx.session.execute(
            update(Membership).where(Membership.room_id == room.id, Membership.user_id == user.id).values(state=state)
        )


def test_who_is_banned_from_a_room_hears_nothing_more_and_is_told(make: Factory, connect: Connect) -> None:
    user, other = make.user(), make.user()
    room, elsewhere = make.room(members=(user, other)), make.room(members=(user,))
    socket, neighbour = connect(user), connect(other)
    for one in (room, elsewhere):
        follow(socket, one)
    follow(neighbour, room)
    set_state(room, user, MembershipState.BANNED)
    apply_ending(Ending(user_id=user.id))
    [told] = whispered(socket)
    assert (told["kind"], told["channel"], told["data"]["code"]) == ("channel.closed", f"room:{room.id}", "not_found")
    happen(room)
    happen(elsewhere)
    assert heard(socket) == [1]
    assert heard(neighbour) == [1]
    assert socket.is_connected()


def test_a_room_that_closes_its_doors_loses_its_visitors(make: Factory, connect: Connect) -> None:
    visitor, member = make.user(), make.user()
    room = make.room(members=(member,))
    outside, inside = connect(visitor), connect(member)
    follow(outside, room)
    follow(inside, room)
    with transaction() as tx:
        room.visibility = Visibility.REQUEST
        tx.session.flush()
    apply_ending(Ending(everybody=True))
    happen(room)
    assert heard(outside) == []
    assert heard(inside) == [1]


def test_a_right_that_ends_during_a_subscription_is_noticed(
    make: Factory, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = make.user()
    room = make.room(members=(user,))
    socket = connect(user)
    join = module.join_room

    def slow_join(channel: str) -> None:
        set_state(room, user, MembershipState.BANNED)
        apply_ending(Ending(user_id=user.id))  # Finds nothing to end: the socket is not in the room yet.
        join(channel)

    monkeypatch.setattr(module, "join_room", slow_join)
    assert follow(socket, room)["error"]["code"] == "not_found"
    happen(room)
    assert heard(socket) == []


def test_a_closed_socket_leaves_nothing_behind(make: Factory, connect: Connect) -> None:
    user = make.user()
    room = make.room(members=(user,))
    socket = connect(user)
    follow(socket, room)
    socket.disconnect()
    db.session.rollback()
    assert gateway.connections == {}
    assert gateway.of_user == {}
