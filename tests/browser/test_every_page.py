"""Every page, as every kind of person, on a phone and a desk, light and dark: axe is content, nothing is heavy or foreign."""

from __future__ import annotations

import gzip
import http.client
from collections.abc import Callable
from contextlib import closing
from functools import cache

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import DESK_BY_DAY, PHONE_BY_NIGHT, Visitor
from tests.browser.tour import START, Tour
from tests.server import Server

pytestmark = pytest.mark.browser

FIRST_VISIT_LIMIT = 100 * 1024
# The most that a page of each kind loaded, in bytes and files.
HEAVIEST: dict[str, tuple[int, int]] = {}


@pytest.mark.parametrize("who", list(START), ids=lambda who: who or "stranger")
def test_every_page_is_accessible_and_light(
    who: str | None,
    demo_server: Server,
    demo_cookies: dict[str, str],
    visitors: Callable[..., Visitor],
    tour: Tour,
) -> None:
    stops = tour.stops[who]
    assert len(stops) > len(START[who])
    visitor = visitors(demo_server.url, cookie=demo_cookies[who] if who else "", reduced_motion="reduce", with_axe=True)
    found: list[str] = []
    for stop in stops:
        if not stop.is_new:
            continue
        page = visitor.go(stop.path)
        for layout, name in ((DESK_BY_DAY, "light, 1280 px"), (PHONE_BY_NIGHT, "dark, 390 px")):
            visitor.lay_out(layout)
            found += [f"{stop.path} ({name}): {one}" for one in visitor.axe()]
            overflow = visitor.overflow()
            if overflow > 0:
                found.append(f"{stop.path} ({name}): {overflow} px too wide")
        HEAVIEST[stop.kind] = max(HEAVIEST.get(stop.kind, (0, 0)), _weigh_assets(page, demo_server))
    for stop in stops:
        # What stands on a page that no browser opened came with the one of its kind that was opened.
        # In a run of one person alone that may not have been.
        assets, count = HEAVIEST.get(stop.kind, (0, 2))
        if stop.html_bytes + assets >= FIRST_VISIT_LIMIT or count < 2:
            found.append(f"{stop.path}: {stop.html_bytes} and {assets} bytes in {count} files")
    assert not found, "\n".join(found)


def _weigh_assets(page: Page, server: Server) -> tuple[int, int]:
    """Return how many bytes a first visit loads besides the page itself, and in how many files.

    The list holds what the browser had already too.
    """
    loaded = page.evaluate("performance.getEntriesByType('resource').map(one => [one.name, one.encodedBodySize])")
    sizes = {}
    for url, size in loaded:
        path = url.removeprefix(server.url).partition("#")[0]
        if url.startswith("http"):
            sizes[path] = _file_size(server, path) if "/static/" in path else size
    return sum(sizes.values()), len(sizes)


@cache
def _file_size(server: Server, path: str) -> int:
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        assert answer.status == 200, path
        return len(gzip.compress(answer.read()))


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
