"""Every page, as every kind of person, on a phone and a desk, light and dark: axe is content, nothing is heavy or foreign."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import DESK, PHONE, Visitor
from tests.server import Server

pytestmark = pytest.mark.browser

FIRST_VISIT_LIMIT = 100 * 1024
START = {
    None: ["/", "/about", "/help/formatting", "/help/keyboard", "/login", "/register", "/forgot-password", "/rooms", "/search?q=heart",
           "/live", "/unanswered", "/tags", "/tags/heart-failure"],
    "learner": ["/", "/rooms", "/participation", "/recall", "/calibration", "/notifications", "/account/profile", "/account/devices", "/account/tokens",
                "/account/password", "/account/calendar", "/search?q=heart", "/live", "/drafts", "/bookmarks", "/bookmarks?show=due", "/notes"],
    "mentor": ["/", "/rooms", "/moderation", "/live", "/unanswered"],
    "coordinator": ["/", "/rooms", "/rooms/new"],
}  # fmt: skip
# Pages below a room, found by following links once.
BELOW = re.compile(
    r"^/rooms/[a-z0-9-]+(/(about|members|live|cohorts|cohorts/new|participation|moderation|moderation/log|moderation/identifiers|moderation/pictures|response-times|threads/new|live/new))?$"
)
ONE_OF = (
    re.compile(r"^/rooms/[a-z0-9-]+/threads/\d+$"),
    re.compile(r"^/rooms/[a-z0-9-]+/threads/new\?kind=\w+$"),
    re.compile(r"^/rooms/[a-z0-9-]+/threads/\d+/print$"),
    re.compile(r"^/rooms/[a-z0-9-]+/(?:threads|posts)/\d+/reminder$"),
    re.compile(r"^/rooms/[a-z0-9-]+/live/\d+$"),
    re.compile(r"^/rooms/[a-z0-9-]+/live/\d+/(?:prepare|edit|cancel)$"),
    re.compile(r"^/rooms/[a-z0-9-]+/live/series/\d+$"),
    re.compile(r"^/rooms/[a-z0-9-]+/live/\d+/(?:my-minutes|statistics)$"),
    re.compile(r"^/rooms/[a-z0-9-]+/live/\d+/polls/new$"),
    re.compile(r"^/rooms/[a-z0-9-]+/live/\d+/(?:stage|observers|projector)$"),
    re.compile(r"^/rooms/[a-z0-9-]+/live/\d+/(?:breakouts|groups)/\d+$"),
    re.compile(r"^/people/\d+$"),
    re.compile(r"^/rooms/[a-z0-9-]+/cohorts/\d+$"),
    re.compile(r"^/rooms/[a-z0-9-]+/cohorts/\d+/(?:manage|edit|copy|progress)$"),
    re.compile(r"^/rooms/[a-z0-9-]+/cohorts/\d+/progress/\d+$"),
    re.compile(r"^/rooms/[a-z0-9-]+/cohorts/\d+/(?:units|challenges)/new$"),
    re.compile(r"^/rooms/[a-z0-9-]+/units/\d+$"),
    re.compile(r"^/rooms/[a-z0-9-]+/units/\d+/(?:edit|study-items/new)$"),
    re.compile(r"^/rooms/[a-z0-9-]+/study-items/\d+/edit$"),
    re.compile(r"^/rooms/[a-z0-9-]+/challenges/\d+$"),
    re.compile(r"^/rooms/[a-z0-9-]+/challenges/\d+/(?:edit|rubric|teams)$"),
    re.compile(r"^/rooms/[a-z0-9-]+/teams/\d+$"),
    re.compile(r"^/rooms/[a-z0-9-]+/teams/\d+/review$"),
    re.compile(r"^/rooms/[a-z0-9-]+/reviews/\d+$"),
)


def _reachable(visitor: Visitor, start: list[str]) -> list[str]:
    """Follow links from the start pages, taking each kind of page two times at most."""
    waiting, seen, kinds = list(start), list(start), {}
    while waiting:
        page = visitor.go(waiting.pop(0))
        for link in page.eval_on_selector_all("a[href]", "links => links.map(a => a.getAttribute('href'))"):
            path = link.split("#")[0]
            pattern = next((one.pattern for one in ONE_OF if one.match(path)), None)
            below = BELOW.match(path)
            key = pattern or (f"room:{below.group(1)}" if below else None)
            if key is None or path in seen or kinds.get(key, 0) >= 2:
                continue
            kinds[key] = kinds.get(key, 0) + 1
            seen.append(path)
            waiting.append(path)
    return seen


@pytest.mark.parametrize("who", list(START), ids=lambda who: who or "stranger")
def test_every_page_is_accessible_and_light(
    who: str | None, demo_server: Server, demo_cookies: dict[str, str], visitors: Callable[..., Visitor]
) -> None:
    cookie = demo_cookies[who] if who else ""
    desk = visitors(demo_server.url, cookie=cookie, viewport=DESK, reduced_motion="reduce")
    paths = _reachable(desk, START[who])
    assert len(paths) > len(START[who])
    # Without its cache each page of the desk is a first visit.
    desk.context.new_cdp_session(desk.page).send("Network.setCacheDisabled", {"cacheDisabled": True})
    weights: dict[str, int] = {}
    desk.page.on("response", lambda answer: _weigh(answer, weights))
    phone = visitors(
        demo_server.url, cookie=cookie, viewport=PHONE, color_scheme="dark", has_touch=True, reduced_motion="reduce"
    )
    found: list[str] = []
    for path in paths:
        weights.clear()
        for visitor, name in ((desk, "light, 1280 px"), (phone, "dark, 390 px")):
            page = visitor.go(path)
            found += [f"{path} ({name}): {one}" for one in visitor.axe()]
            overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if overflow > 0:
                found.append(f"{path} ({name}): {overflow} px too wide")
        if sum(weights.values()) >= FIRST_VISIT_LIMIT or len(weights) < 2:
            found.append(f"{path}: {sum(weights.values())} bytes in {len(weights)} files")
    assert not found, "\n".join(found)


def _weigh(answer: Any, weights: dict[str, int]) -> None:
    if answer.url.startswith("http") and answer.status == 200:
        weights[answer.url] = len(gzip.compress(answer.body()))


def test_reading_and_every_form_work_without_javascript(
    demo_server: Server, demo_cookies: dict[str, str], visitors: Callable[..., Visitor]
) -> None:
    visitor = visitors(demo_server.url, cookie=demo_cookies["learner"], java_script_enabled=False)
    for path in START["learner"]:
        page = visitor.page
        answer = page.goto(demo_server.url + path)
        assert answer is not None
        assert answer.status == 200, path
        assert page.locator("main h1").count() == 1, path
