"""Sockets in a session as tests hold them: ask, hear, and keep a state as the browser does."""

from __future__ import annotations

from typing import Any

from flask_socketio import SocketIOTestClient


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
        data = message["data"]
        self.state["session"] |= data.get("session", {})
        questions = {one["id"]: one for one in self.state["questions"]}
        for one in data.get("questions", []):
            questions[one["id"]] = questions.get(one["id"], {}) | one
        self.state["questions"] = sorted(questions.values(), key=lambda one: (-one["score"], one["id"]))
        self.apply_breakout(data)
        if "chat" in data:
            lines = {one["id"]: one for one in self.state["chat"]} | {data["chat"]["id"]: data["chat"]}
            self.state["chat"] = [lines[key] for key in sorted(lines)]

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
