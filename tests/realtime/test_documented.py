"""The page about sockets names every message that can be sent."""

from __future__ import annotations

import re

from flask import Flask

from social_cme.app import ROOT
from social_cme.realtime.gateway import gateway


def test_every_message_stands_in_the_documentation_and_nothing_else(app: Flask) -> None:
    text = (ROOT / "docs" / "sockets.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    named = set(re.findall(r"`([a-z]+\.[a-z_]+)`", "".join(rows)))
    told = {"subscribe", "unsubscribe"}
    assert set(gateway.routes) - told <= named
    assert all(f"`{event}`" in text for event in told)
    facts = {"thread", "answer", "comment", "post", "vote"}
    assert not {one for one in named - set(gateway.routes) if one.partition(".")[0] not in facts}
