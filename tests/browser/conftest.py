"""A real Chromium on a real server.

Rule: a page under test may neither log an error nor ask another host for anything; the fixtures watch both.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from functools import cached_property
from pathlib import Path
from threading import Timer
from typing import Any, Literal

import psutil
import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, Playwright, sync_playwright

from config import Settings
from scripts.check import CHROMIUM
from social_cme.accounts.models import User
from tests.browser.tour import START, Tour
from tests.conftest import build_settings
from tests.factories import Factory
from tests.server import Server, cookie_of

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
PATIENCE_SECONDS = 240
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
# The elements of pages hold no frames of others, and what axe would load itself the page has loaded.
AXE_RUN = """async () => (await axe.run(document, {
  resultTypes: ['violations'], iframes: false, preload: false, ancestry: false, elementRef: false,
})).violations"""
# Colors fade, an element after the one around it, and with reduced motion for a moment still; here they are where they lead at once.
SETTLE = """async () => {
  for (let still = false; !still;) {
    await new Promise((resolve) => requestAnimationFrame(resolve));
    still = true;
    for (let moving; (moving = document.getAnimations().filter((one) => one instanceof CSSTransition)).length; still = false) {
      for (const one of moving) one.finish();
    }
  }
}"""


@dataclass(frozen=True)
class Layout:
    """What a page is looked at on."""

    viewport: dict[str, int]
    colors: Literal["light", "dark"]
    has_touch: bool


DESK_BY_DAY = Layout(DESK, "light", has_touch=False)
PHONE_BY_NIGHT = Layout(PHONE, "dark", has_touch=True)


class Chromium:
    """The system's Chromium; one that died is started again for the next test."""

    def __init__(self, playwright: Playwright, program: str) -> None:
        self._playwright = playwright
        self._program = program
        self._browser: Browser | None = None

    @property
    def browser(self) -> Browser:
        """The running browser."""
        if self._browser is None or not self._browser.is_connected():
            flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
            self._browser = self._playwright.chromium.launch(executable_path=self._program, args=flags)
        return self._browser

    def kill(self) -> None:
        """End it from another thread: whatever waits for an answer of it fails at once."""
        for one in psutil.Process().children(recursive=True):
            with suppress(psutil.Error):
                if "--remote-debugging-pipe" in one.cmdline():
                    one.kill()


@pytest.fixture(scope="session")
def chromium(need: Callable[[str], None]) -> Iterator[Chromium]:
    """The system's Chromium, started when it is first wanted."""
    program = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if program is None:
        need("Chromium is not installed here; on Debian: apt-get install chromium-headless-shell")
        return
    with sync_playwright() as playwright:
        yield Chromium(playwright, program)


@pytest.fixture(autouse=True)
def patience(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let no test wait for a browser that does not answer any more."""
    if "chromium" not in request.fixturenames:
        yield
        return
    timer = Timer(PATIENCE_SECONDS, request.getfixturevalue("chromium").kill)
    timer.daemon = True
    timer.start()
    yield
    timer.cancel()


@dataclass
class Visitor:
    """One person with a browser of their own; everything that goes wrong in it is kept in ``troubles``."""

    page: Page
    context: BrowserContext
    url: str
    troubles: list[str] = field(default_factory=list)
    has_axe: bool = False

    def go(self, path: str) -> Page:
        """Open a page of the server."""
        answer = self.page.goto(self.url + path)
        assert answer is not None
        assert answer.status < 500, f"{path}: {answer.status}"
        return self.page

    def lay_out(self, layout: Layout) -> None:
        """Show the page that is open on another screen, as its style sheets have it there."""
        self.page.set_viewport_size(layout.viewport)  # type: ignore[arg-type]
        self.page.emulate_media(color_scheme=layout.colors)
        self._touch.send("Emulation.setTouchEmulationEnabled", {"enabled": layout.has_touch})
        self.page.evaluate(SETTLE)

    @cached_property
    def _touch(self) -> CDPSession:
        return self.context.new_cdp_session(self.page)

    def overflow(self) -> int:
        """Return by how many pixels the page is wider than its window."""
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        return int(wide)

    def axe(self) -> list[str]:
        """Return what axe finds on the page as it is now."""
        if not self.has_axe:
            self.page.evaluate(AXE.read_text())
        found = self.page.evaluate(AXE_RUN)
        return [f"{one['id']}: {one['help']} {[node['target'] for node in one['nodes']][:3]}" for one in found]


@pytest.fixture
def visitors(chromium: Chromium) -> Iterator[Callable[..., Visitor]]:
    """Open browsers: ``visitors(server.url, cookie="session=…", viewport=PHONE)``; troubles fail the test at its end."""
    opened: list[Visitor] = []

    def open_browser(
        url: str,
        *,
        cookie: str = "",
        viewport: dict[str, int] | None = None,
        with_axe: bool = False,
        **options: Any,
    ) -> Visitor:
        context = chromium.browser.new_context(viewport=viewport or DESK, locale="en-US", **options)  # type: ignore[arg-type]
        context.set_default_timeout(10_000)
        if cookie:
            name, _, value = cookie.partition("=")
            context.add_cookies([{"name": name, "value": value, "url": url}])
        if with_axe:
            context.add_init_script(path=AXE)
        page = context.new_page()
        visitor = Visitor(page=page, context=context, url=url, has_axe=with_axe)
        _watch(visitor)
        opened.append(visitor)
        return visitor

    yield open_browser
    troubles = [trouble for visitor in opened for trouble in visitor.troubles]
    for visitor in opened:
        visitor.context.close()
    assert not troubles, troubles


def _watch(visitor: Visitor) -> None:
    def note_request(request: Any) -> None:
        if not request.url.startswith((visitor.url, "data:", "blob:", visitor.url.replace("http", "ws"))):
            visitor.troubles.append(f"asked another host: {request.url}")

    def note_console(message: Any) -> None:
        if (
            message.type == "error"
            and "Failed to load resource" not in message.text
            and "WebSocket" not in message.text
        ):
            visitor.troubles.append(f"console: {message.text}")

    visitor.page.on("request", note_request)
    visitor.page.on("console", note_console)
    visitor.page.on("pageerror", lambda error: visitor.troubles.append(f"script error: {error}"))
    visitor.page.on("dialog", lambda dialog: (visitor.troubles.append(f"dialog: {dialog.message}"), dialog.dismiss()))


@pytest.fixture
def server(app: Flask, settings: Settings) -> Iterator[Server]:
    """A running server on this test's own database; people and rooms are planted through ``make``."""
    one = Server(settings).start()
    yield one
    one.kill()


@pytest.fixture
def enter(server: Server, app: Flask, make: Factory, visitors: Callable[..., Visitor]) -> Callable[..., Visitor]:
    """Open a browser in which the given person is logged in (``None`` for a stranger)."""

    def open_as(user: User | None, **options: Any) -> Visitor:
        cookie = cookie_of(app, make, user) if user is not None else ""
        return visitors(server.url, cookie=cookie, **options)

    return open_as


@pytest.fixture(scope="session")
def demo_server(
    template_database: str, tmp_path_factory: pytest.TempPathFactory, chromium: Chromium
) -> Iterator[Server]:
    """A server with the demo content, started once as ``make run`` starts it, on a database that was migrated already."""
    folder = tmp_path_factory.mktemp("demo")
    shutil.copyfile(template_database, folder / "demo.sqlite3")
    settings = build_settings(folder / "instance", database_url=f"sqlite:///{folder / 'demo.sqlite3'}")
    one = Server(settings).start("--demo", timeout=120)
    yield one
    one.kill()


@pytest.fixture(scope="session")
def demo_cookies(demo_server: Server, chromium: Chromium) -> dict[str, str]:
    """Cookies of the demo accounts, logged in through the form."""
    cookies: dict[str, str] = {}
    for who in ("learner", "mentor", "coordinator", "admin"):
        context = chromium.browser.new_context()
        page = context.new_page()
        page.goto(f"{demo_server.url}/login")
        page.get_by_label("E-mail").fill(f"{who}@demo.example")
        page.get_by_label("Password", exact=True).fill("demo-social-cme")
        page.get_by_role("main").get_by_role("button", name="Log in").click()
        page.wait_for_url(lambda url: "/login" not in url)
        cookies[who] = next(f"session={one['value']}" for one in context.cookies() if one["name"] == "session")
        context.close()
    return cookies


@pytest.fixture(scope="session")
def tour(demo_server: Server, demo_cookies: dict[str, str]) -> Tour:
    """The way of each kind of person through the pages of the demonstration."""
    one = Tour(demo_server)
    for who, start in START.items():
        one.walk(who, start, demo_cookies[who] if who else "")
    return one


def mails(settings: Settings, *, to: str) -> list[str]:
    """Return the plain texts of the mails that went out to an address, oldest first."""
    texts: list[str] = []
    for path in sorted((settings.instance_path / "mail").glob("*.eml"), key=lambda one: one.stat().st_mtime_ns):
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        if to in str(message["To"]):
            body = message.get_body(("plain",))
            texts.append(body.get_content() if body is not None else "")
    return texts


def as_json(page: Page) -> Any:
    """Return the JSON that the page shows."""
    return json.loads(page.locator("body").inner_text())
