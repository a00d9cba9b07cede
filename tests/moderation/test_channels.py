"""The channel of a room's moderators: its counts are live, and nobody else hears it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_socketio import SocketIOTestClient

from social_cme.accounts.models import User
from social_cme.moderation.services.flags import raise_flag, resolve_flag
from tests.moderation.conftest import Scene

Connect = Callable[[User], SocketIOTestClient]


def _heard(socket: SocketIOTestClient) -> list[dict[str, Any]]:
    messages = [one for event in socket.get_received() if event["name"] == "message" for one in event["args"]]
    return [one for one in messages if one["channel"].startswith("moderation:")]


def _follow(socket: SocketIOTestClient, room_id: int) -> dict[str, Any]:
    answer = socket.emit("subscribe", {"channel": f"moderation:{room_id}", "since": 0}, callback=True)
    assert isinstance(answer, dict)
    return answer


def test_a_mentor_hears_of_reports_and_decisions_with_the_count_and_without_names(
    scene: Scene, connect: Connect
) -> None:
    mentor = connect(scene.mentor)
    assert _follow(mentor, scene.room.id)["ok"]
    flag = raise_flag(
        scene.ctx(scene.asker), target="post", target_id=scene.answer.id, reason="commercial", note="Secret words."
    )
    resolve_flag(scene.ctx(scene.mentor), flag_id=flag.id, resolution="keep")
    heard = _heard(mentor)
    assert [(one["kind"], one["data"]["waiting"], one["data"]["reason"]) for one in heard] == [
        ("flag.raised", 1, "commercial"),
        ("flag.resolved", 0, None),
    ]
    assert set(heard[0]["data"]) == {"waiting", "reason", "thread_id"}
    assert "Secret" not in str(heard)


def test_members_and_mentors_of_other_rooms_hear_nothing(scene: Scene, connect: Connect) -> None:
    other = scene.make.user()
    scene.make.room(mentor=other)
    sockets = [connect(scene.asker), connect(other)]
    for socket in sockets:
        assert not _follow(socket, scene.room.id)["ok"]
    raise_flag(scene.ctx(scene.author), target="thread", target_id=scene.thread.id, reason="off_topic")
    assert [_heard(socket) for socket in sockets] == [[], []]
