"""Sockets in a session as tests hold them: ask, hear, and keep a state as the browser does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_socketio import SocketIOTestClient

# What belongs to one reader; their page knows it from acknowledgements and from other channels.
PERSONAL = frozenset({"my_votes", "my_questions", "my_unseen", "my_reactions", "stage"})


def shared(state: dict[str, Any]) -> dict[str, Any]:
    """Return what a state shows to every reader alike."""
    return {name: value for name, value in state.items() if name not in PERSONAL}


class Listener:
    """A socket that follows a channel and applies what it hears, like the script of the page."""

    def __init__(self, socket: SocketIOTestClient) -> None:
        self.socket = socket
        self.state: dict[str, Any] = {}
        self.heard: list[dict[str, Any]] = []

    def send(self, event: str, **payload: Any) -> dict[str, Any]:
        """Send an event and return its acknowledgement."""
        answer: dict[str, Any] = self.socket.emit(event, payload, callback=True)
        return answer

    def follow(self, session_id: int, state: dict[str, Any]) -> dict[str, Any]:
        """Take a snapshot as the page's state and follow what comes after it."""
        self.state = state
        answer = self.send("subscribe", channel=f"live:{session_id}", since=state["seq"])
        if answer["ok"]:
            for message in answer["messages"]:
                self.apply(message)
        return answer

    def listen(self) -> list[dict[str, Any]]:
        """Apply what has arrived since, and return it."""
        fresh: list[dict[str, Any]] = []
        for packet in self.socket.get_received():
            if packet["name"] == "message":
                # What is sent to a room is one list of messages.
                batch = packet["args"]
                fresh += batch if isinstance(batch, list) else [batch]
        messages = [one for item in fresh for one in (item if isinstance(item, list) else [item])]
        for message in messages:
            self.heard.append(message)
            self.apply(message)
        return messages

    def apply(self, message: dict[str, Any]) -> None:
        """Bring the state up to a message; one that is known changes nothing."""
        if message["seq"] <= self.state["seq"]:
            return
        assert message["seq"] == self.state["seq"] + 1, "a number is missing"
        self.state["seq"] = message["seq"]
        self.take(message["data"])

    def take(self, data: dict[str, Any]) -> None:
        """Bring the state up to what a message carries, whatever its number."""
        self.state["session"] |= data.get("session", {})
        questions = {one["id"]: one for one in self.state["questions"]}
        for one in data.get("questions", []):
            questions[one["id"]] = questions.get(one["id"], {}) | one
        self.state["questions"] = sorted(questions.values(), key=lambda one: (-one["score"], one["id"]))
        if "agenda" in data:
            self.state["agenda"] = data["agenda"]
        polls = {one["id"]: one for one in self.state["polls"]}
        for one in data.get("polls", []):
            polls[one["id"]] = polls.get(one["id"], {}) | one
        self.state["polls"] = [polls[key] for key in sorted(polls)]
        for name in ("options", "order", "pinned"):
            if name in data:
                self.state[name] = data[name]
        places = {number: place for place, number in enumerate(self.state["order"])}
        self.state["questions"] = sorted(
            questions.values(), key=lambda one: (places.get(one["id"], len(places)), -one["score"], one["id"])
        )
        if "chat" in data:
            lines = {one["id"]: one for one in self.state["chat"]} | {data["chat"]["id"]: data["chat"]}
            self.state["chat"] = [lines[key] for key in sorted(lines)]
            if data["chat"]["is_hidden"]:
                for line in self.state["chat"]:
                    if line["reply_to"] is not None and line["reply_to"]["id"] == data["chat"]["id"]:
                        line["reply_to"] |= {"body": "", "author": None}
        if "reactions" in data:
            for line in self.state["chat"]:
                if line["id"] == data["reactions"]["id"]:
                    line["reactions"] = data["reactions"]["counts"]
        if "archive" in data:
            self.state["archive"] = data["archive"]
        self._apply_stage(data)
        self.apply_breakout(data)

    def _apply_stage(self, data: dict[str, Any]) -> None:
        for name in ("slides", "projector", "video", "captioner"):
            if name in data:
                self.state[name] = data[name]
        self._apply_one("hands", data.get("hand"), gone=lambda one: one["state"] in {"done", "lowered"})
        self._apply_one("links", data.get("link"), gone=lambda one: one["is_removed"])
        self._apply_one("captions", data.get("caption"), gone=lambda _one: False)

    def _apply_one(self, name: str, fresh: dict[str, Any] | None, *, gone: Callable[[dict[str, Any]], bool]) -> None:
        if fresh is not None:
            known = {one["id"]: one for one in self.state[name]} | {fresh["id"]: fresh}
            self.state[name] = [known[key] for key in sorted(known) if not gone(known[key])]

    def apply_breakout(self, data: dict[str, Any]) -> None:
        """Merge a breakout by its id and its lists by the ids of their members; another breakout begins with nothing."""
        if "breakout" not in data:
            return
        lists = ("breakout_groups", "breakout_stations", "breakout_rounds")
        if (self.state["breakout"] or {}).get("id") != data["breakout"]["id"]:
            self.state |= {name: [] for name in lists}
        self.state["breakout"] = data["breakout"]
        for name in lists:
            members = {one["id"]: one for one in self.state[name]} | {one["id"]: one for one in data.get(name, [])}
            order = "number" if name == "breakout_rounds" else "position"
            self.state[name] = sorted(members.values(), key=lambda one: (one[order], one["id"]))
