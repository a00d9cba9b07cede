"""Clients that drop and return catch up by number, or from the present state, and all end with the same, in either mode."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable

import pytest

from social_cme.live import events
from social_cme.live.services import chat
from social_cme.persistence.transaction import transaction
from social_cme.realtime.replay import FAR_BEHIND
from social_cme.rooms.queries import open_room
from tests.faults.conftest import Member, Scene

pytestmark = [pytest.mark.faults, pytest.mark.parametrize("async_mode", ["eventlet", "threading"])]

MESSAGES = 120


def test_twenty_clients_that_come_and_go_end_with_the_identical_list(
    scene: Scene, in_parallel: Callable[[list[Callable[[], None]]], None]
) -> None:
    members = [Member(scene, scene.cookie(person)) for person in scene.people]
    writers = members[:4]

    def write(member: Member, number: int) -> Callable[[], None]:
        def run() -> None:
            chance = random.Random(number)
            for count in range(MESSAGES // len(writers)):
                member.send("chat.post", {"session_id": scene.session_id, "body": f"Line {count} of writer {number}"})
                if chance.random() < 0.1:
                    member.leave()

        return run

    def listen(member: Member, number: int) -> Callable[[], None]:
        def run() -> None:
            chance = random.Random(100 + number)
            for _ in range(6):
                member.join()
                time.sleep(chance.uniform(0.05, 0.6))
                member.leave()
                time.sleep(chance.uniform(0.0, 0.4))

        return run

    in_parallel(
        [write(one, number) for number, one in enumerate(writers)]
        + [listen(one, number) for number, one in enumerate(members[4:])]
    )
    for member in members:
        member.leave()
        member.join()
    lists = [[(number, *member.kinds[number]) for number in sorted(member.kinds)] for member in members]
    assert [number for number, *_ in lists[0]] == list(range(1, len(lists[0]) + 1))
    assert sum(1 for _, kind, _ in lists[0] if kind == "chat.posted") == MESSAGES
    assert all(one == lists[0] for one in lists[1:])
    for member in members:
        member.leave()


def test_after_a_kill_some_catch_up_by_number_and_who_is_far_behind_from_the_state(scene: Scene) -> None:
    near, far, fresh = (Member(scene, scene.cookie(person)) for person in scene.people[:3])
    far.join()
    far.leave()
    mentor = open_room(scene.mentor, scene.room_slug)
    line = chat.post_message(mentor, scene.session_id, body="Said meanwhile.")
    posted = events.ChatPosted(
        actor_id=scene.mentor.id, room_id=mentor.room_id, session_id=scene.session_id, message_id=line.id
    )
    with transaction() as tx:
        for _ in range(FAR_BEHIND - 10):
            tx.record(posted)
    near.join()
    near.leave()
    scene.server.kill()
    with transaction() as tx:
        for _ in range(20):
            tx.record(posted)
    scene.server.start()
    near.join()
    assert near.last == max(near.kinds)
    socket = scene.server.connect(far.cookie)
    answer = socket.call("subscribe", {"channel": scene.channel, "since": far.last}, timeout=15)
    assert (answer["messages"], answer["more"]) == ([], False)
    assert answer["seq"] == near.last
    states = [json.loads(scene.server.get(answer["reset"], cookie=one.cookie)[1]) for one in (far, fresh)]
    assert [one["body"] for one in states[0]["chat"]] == ["Said meanwhile."]
    assert states[0] == states[1]
    assert states[0]["seq"] == answer["seq"]
    # From there on it goes by number again.
    heard: list[int] = []
    socket.on("message", lambda messages: heard.extend(one["seq"] for one in messages))
    near.send("chat.post", {"session_id": scene.session_id, "body": "And on."})
    deadline = time.monotonic() + 10
    while not heard and time.monotonic() < deadline:
        time.sleep(0.05)
    assert heard[0] == answer["seq"] + 1
    begun = time.monotonic()
    socket.disconnect()
    near.leave()
    assert time.monotonic() - begun < 2, "who leaves is not kept waiting"
