"""docs/sockets.md says what the application does."""

from __future__ import annotations

import re

from flask import Flask

from scripts.socket_reference import BEGIN, PAGE, render
from social_cme.realtime import gateway as gateway_module
from social_cme.realtime import inspection, outlet, pace, publishing, replay, transport
from social_cme.realtime.gateway import gateway


def test_the_reference_of_messages_and_facts_is_up_to_date(app: Flask) -> None:
    written = PAGE.read_text().split(BEGIN)[1]
    assert written.strip() == render().removeprefix(BEGIN).strip(), "run: .venv/bin/python -m scripts.socket_reference"


def test_every_message_bounds_what_it_takes(app: Flask) -> None:
    """A field without a limit would reach the database as long as the packet allows."""
    loose = []
    for route in gateway.routes.values():
        schema = route.schema.model_json_schema()
        assert schema.get("additionalProperties") is False, route.event
        for name, field in schema["properties"].items():
            options = field.get("anyOf", [field])
            for one in options:
                if one.get("type") == "string" and not {"maxLength", "pattern", "enum"} & one.keys():
                    loose.append(f"{route.event}.{name}")
                if one.get("type") == "integer" and not {"maximum", "exclusiveMaximum", "enum"} & one.keys():
                    loose.append(f"{route.event}.{name}")
                if one.get("type") == "array" and "maxItems" not in one:
                    loose.append(f"{route.event}.{name}")
    assert loose == []


def test_the_limits_in_the_text_are_those_in_the_code() -> None:
    page = PAGE.read_text()
    for words in (
        f"{gateway_module.EVENTS_PER_10_S} in 10 s, then `rate_limited`",
        f"{inspection.PACKETS_PER_10_S} in 10 s, then it is closed",
        f"{transport.MAX_MESSAGE // 1024} KB",
        f"{inspection.MAX_DEPTH} levels",
        f"| {gateway_module.CHANNELS_PER_SOCKET} |",
        f"at most {replay.REPLAY_LIMIT} messages at a time",
        f"its last {publishing.PUBLISH_LIMIT} messages",
        f"more than {replay.FAR_BEHIND:,} behind",
        f"{pace.TICK * 1000:.0f} ms",
        f"{pace.LONGEST_TICK * 1000:.0f} ms",
        f"{outlet.MAX_WAITING:,} or {outlet.MAX_WAITING_BYTES // 1024 // 1024} MB",
    ):
        assert words in page, words
    assert not re.search(r"TODO|FIXME", page)


def test_it_is_said_who_may_send_each_message(app: Flask) -> None:
    table = PAGE.read_text().split("## Who may send")[1].split(BEGIN)[0]
    named = set(re.findall(r"`([a-z]+\.[a-z_]+)`", table))
    assert named == set(gateway.routes) - {"subscribe", "unsubscribe"}
