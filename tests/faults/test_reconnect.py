"""Clients that drop and return at random all end with the same list, in the same order."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import pytest

from tests.faults.conftest import Member, Scene

pytestmark = pytest.mark.faults

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
