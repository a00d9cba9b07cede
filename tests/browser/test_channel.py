"""The channel client in a real browser: order, gaps, repeats and refusals, on a socket that the test plays by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route

from tests.browser.conftest import Chromium

pytestmark = pytest.mark.browser

STATIC = Path(__file__).parents[2] / "static"
HOST = "http://channel.test"

# Plays socket.io: keeps what the page sends in `sent`, with the function that answers it; the test drops and delivers.
SOCKET = """
export function io() {
  const heard = {};
  const socket = {
    connected: false, id: 0, tries: 0,
    on: (event, handler) => (heard[event] = handler),
    tell: (event, value) => heard[event]?.(value),
    connect() {
      socket.tries += 1;
      if (!window.up) return heard.connect_error(new Error(window.why));
      socket.id += 1;
      socket.connected = true;
      heard.connect();
    },
    drop() { socket.connected = false; heard.disconnect(); },
    emit: (event, payload) => window.sent.push({ event, payload }),
    timeout: () => ({
      emit: (event, payload, answer) => window.sent.push({ event, payload, answer: (value) => answer(null, value) }),
      emitWithAck: (event, payload) => new Promise((answer) => window.sent.push({ event, payload, answer })),
    }),
    volatile: { emit: (event, payload) => window.sent.push({ event, payload }) },
  };
  return (window.socket = socket);
}
"""
PAGE = """<!doctype html><meta charset="utf-8"><title>Channel</title><p data-connection></p><script type="module">
import * as channel from "/js/core/channel.js";
Object.assign(window, channel, { ready: true });
</script>"""
OPEN = """(since) => {
  Object.assign(window, { got: [], states: [], refusals: [], resets: [] });
  window.channel = openChannel({
    channel: "live:12", since, onReset: (a) => resets.push([a.reset, a.seq]), onMessage: (m) => got.push(m.seq), onState: (s) => states.push(s),
    onEphemeral: (m) => got.push(m.kind), onRefused: (e) => refusals.push(e.code) });
}"""


def _serve(route: Route) -> None:
    path = route.request.url.removeprefix(HOST)
    if path == "/":
        route.fulfill(body=PAGE, content_type="text/html")
    elif path.startswith("/vendor/socket.io"):
        route.fulfill(body=SOCKET, content_type="text/javascript")
    elif (STATIC / path[1:]).is_file():
        route.fulfill(body=(STATIC / path[1:]).read_text(encoding="utf-8"), content_type="text/javascript")
    else:
        route.fulfill(status=404, body="")


@pytest.fixture
def page(chromium: Chromium) -> Iterator[Page]:
    """A page with the channel client, a connection that works, and a clock that the test moves."""
    context = chromium.browser.new_context()
    context.route("**/*", _serve)
    opened = context.new_page()
    opened.clock.install()
    opened.add_init_script("window.sent = []; window.up = true; window.why = 'unreachable';")
    opened.goto(HOST + "/")
    opened.wait_for_function("window.ready")
    yield opened
    context.close()


def _answer(page: Page, index: int, value: dict[str, Any]) -> None:
    page.evaluate("async ([i, value]) => { sent[i].answer(value); await null; await null; }", [index, value])


def _messages(*numbers: int) -> list[dict[str, Any]]:
    return [{"channel": "live:12", "seq": number, "kind": "chat.posted", "data": {}} for number in numbers]


def _open(page: Page, *, since: int, caught_up: list[dict[str, Any]] | None = None) -> None:
    page.evaluate(OPEN, since)
    _answer(page, 0, {"ok": True, "seq": since, "messages": caught_up or [], "more": False})


def test_messages_are_applied_in_order_and_once(page: Page) -> None:
    _open(page, since=40, caught_up=_messages(41))
    for batch in (_messages(43), _messages(42, 43), _messages(41), _messages(44)):
        page.evaluate("(m) => socket.tell('message', m)", batch)
    assert page.evaluate("got") == [41, 42, 43, 44]
    assert page.evaluate("channel.seq") == 44
    page.clock.run_for(2000)
    assert page.evaluate("sent.length") == 1, "an old message was taken for a gap"


def test_a_gap_is_asked_for_after_300_milliseconds_and_not_before(page: Page) -> None:
    _open(page, since=40)
    # From here on the clock of the page stands still but for what it is told: a busy machine takes long between two orders.
    page.clock.pause_at(page.evaluate("Date.now()") / 1000 + 60)
    page.evaluate("(m) => socket.tell('message', m)", _messages(42, 43))
    page.clock.run_for(290)
    assert page.evaluate("sent.length") == 1
    page.clock.run_for(20)
    assert page.evaluate("sent[1].payload") == {"channel": "live:12", "since": 40}
    _answer(page, 1, {"ok": True, "seq": 43, "messages": _messages(41, 42, 43), "more": False})
    assert page.evaluate("got") == [41, 42, 43]


def test_a_message_that_cannot_be_shown_does_not_stop_those_behind_it(page: Page) -> None:
    page.evaluate("""() => { window.got = []; openChannel({ channel: "live:12", since: 0,
        onMessage: (m) => { if (m.seq === 2) throw new Error("broken"); got.push(m.seq); } }); }""")
    page.evaluate("(m) => socket.tell('message', m)", _messages(1, 2, 3))
    assert page.evaluate("got") == [1, 3]


def test_catching_up_continues_while_there_is_more(page: Page) -> None:
    page.evaluate(OPEN, 0)
    _answer(page, 0, {"ok": True, "seq": 4, "messages": _messages(1, 2), "more": True})
    page.wait_for_function("sent.length === 2")
    assert page.evaluate("sent[1].payload.since") == 2
    _answer(page, 1, {"ok": True, "seq": 4, "messages": _messages(3, 4), "more": False})
    assert page.evaluate("got") == [1, 2, 3, 4]


def test_a_reconnect_waits_between_half_a_second_and_three_and_asks_from_the_last_number(page: Page) -> None:
    _open(page, since=7, caught_up=_messages(8, 9))
    page.evaluate("socket.drop()")
    page.clock.run_for(480)
    assert page.evaluate("socket.tries") == 1
    assert page.evaluate("document.querySelector('[data-connection]').textContent") == "Reconnecting"
    page.clock.run_for(2540)
    assert page.evaluate("socket.tries") == 2
    assert page.evaluate("sent.at(-1).payload") == {"channel": "live:12", "since": 9}
    assert page.evaluate("states") == ["connected", "reconnecting", "connected"]


def test_a_crowd_comes_back_spread_over_the_time_it_has(page: Page) -> None:
    _open(page, since=7)
    delays = page.evaluate("""async () => {
      const delays = [];
      const wait = window.setTimeout;
      window.setTimeout = (job, delay, ...rest) => { delays.push(delay); return wait(job, delay, ...rest); };
      for (let n = 0; n < 200; n += 1) { window.socket.connected = true; window.socket.drop(); }
      window.setTimeout = wait;
      return delays.filter((delay) => delay >= 500 && delay <= 3000);
    }""")
    spread = [delay for delay in delays if delay != 2000]  # What is said aloud waits two seconds.
    assert len(spread) == 200
    assert min(spread) < 800
    assert max(spread) > 2700
    assert all(sum(low <= one < low + 500 for one in spread) > 15 for low in range(500, 3000, 500))


def test_who_is_far_behind_is_told_to_load_the_present_state_and_goes_on_from_there(page: Page) -> None:
    page.evaluate(OPEN, 7)
    page.evaluate("(m) => socket.tell('message', m)", _messages(4001))
    _answer(
        page, 0, {"ok": True, "seq": 4000, "messages": [], "more": False, "reset": "/api/v1/rooms/a/sessions/12/state"}
    )
    page.wait_for_function("resets.length === 1")
    assert page.evaluate("resets") == [["/api/v1/rooms/a/sessions/12/state", 4000]]
    page.evaluate("(m) => socket.tell('message', m)", _messages(3999, 4002))
    assert page.evaluate("got") == [4001, 4002]
    page.clock.run_for(1000)
    assert page.evaluate("sent.length") == 1, "nothing is missing any more"


def test_a_command_goes_out_again_with_the_same_id_until_it_is_answered(page: Page) -> None:
    _open(page, since=0)
    page.evaluate("() => { window.done = []; send('live.ask', { text: 'Why?' }).then((a) => done.push(a.id)); }")
    page.evaluate("socket.drop()")
    page.clock.run_for(3050)
    first, second = page.evaluate("sent.filter((m) => m.event === 'live.ask').map((m) => m.payload)")
    assert first == second
    assert len(first["client_id"]) >= 8
    page.evaluate("sent.filter((m) => m.event === 'live.ask').at(-1).answer({ ok: true, id: 5 })")
    page.wait_for_function("done.length === 1")
    assert page.evaluate("waiting()") == 0
    page.evaluate("socket.drop()")
    page.clock.run_for(3050)
    assert page.evaluate("sent.filter((m) => m.event === 'live.ask').length") == 2


def test_a_command_given_while_offline_goes_out_after_the_connect(page: Page) -> None:
    _open(page, since=0)
    page.evaluate("() => { window.up = false; socket.drop(); send('live.ask', { text: 'Later' }); }")
    page.clock.run_for(3050)
    assert page.evaluate("sent.filter((m) => m.event === 'live.ask').length") == 0
    page.evaluate("window.up = true")
    page.clock.run_for(3050)
    assert page.evaluate("sent.filter((m) => m.event === 'live.ask').length") == 1


def test_a_refusal_reaches_the_sender_with_its_code(page: Page) -> None:
    _open(page, since=0)
    page.evaluate("() => { send('live.ask', {}).catch((e) => (window.failure = [e.code, e.message])); }")
    page.evaluate("sent.at(-1).answer({ ok: false, error: { code: 'rate_limited', message: 'Slow down.' } })")
    page.wait_for_function("window.failure")
    assert page.evaluate("failure") == ["rate_limited", "Slow down."]


def test_a_channel_that_may_not_be_followed_says_so(page: Page) -> None:
    page.evaluate(OPEN, 0)
    _answer(page, 0, {"ok": False, "error": {"code": "not_found", "message": "There is nothing here."}})
    page.wait_for_function("refusals.length === 1")
    assert page.evaluate("refusals") == ["not_found"]


def test_somebody_who_was_logged_out_is_not_connected_again_and_again(page: Page) -> None:
    _open(page, since=0)
    page.evaluate("() => { window.up = false; window.why = 'unauthenticated'; socket.drop(); }")
    page.clock.run_for(30_000)
    assert page.evaluate("socket.tries") == 2
    assert page.evaluate("document.querySelector('[data-connection]').dataset.state") == "offline"


def test_ephemeral_messages_and_other_channels_are_told_apart(page: Page) -> None:
    _open(page, since=0)
    page.evaluate("socket.tell('ephemeral', { channel: 'live:12', kind: 'presence' })")
    page.evaluate("socket.tell('ephemeral', { channel: 'live:13', kind: 'presence' })")
    page.evaluate("socket.tell('message', { channel: 'live:13', seq: 1, kind: 'chat.posted', data: {} })")
    assert page.evaluate("got") == ["presence"]
