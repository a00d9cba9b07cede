"""Which pages of the demonstration a browser has to look at: found by plain requests, before any browser opens one.

Rule: a page is looked at when it is the first of its kind, or when it holds an element that no page before it held. What is left
out is made of the same elements in the same places; it is still opened, weighed and searched for other hosts.
"""

from __future__ import annotations

import gzip
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from tests.server import Server

# Tags without an end.
_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
_TELLING = ("role", "type", "data-controller")
_NUMBER = re.compile(r"\d+")

Shape = tuple[str, str, frozenset[str]]

START: dict[str | None, list[str]] = {
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
FOLLOWED = (
    BELOW,
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


@dataclass
class Content:
    """What a page holds: where it leads, what it loads, and the shapes of its elements."""

    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    shapes: set[Shape] = field(default_factory=set)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.content = Content()
        self.above: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element with its parent."""
        values = {name: value or "" for name, value in attrs}
        told = [values.get("class", ""), *(values.get(name, "") for name in _TELLING)]
        own = _NUMBER.sub("#", " ".join([tag, *told]))
        self.content.shapes.add((self.above[-1][1] if self.above else "", own, frozenset(values)))
        if tag == "a" and "href" in values:
            self.content.links.append(values["href"].split("#")[0])
        if tag == "link" and values.get("rel") in {"stylesheet", "icon", "modulepreload", "preload", "manifest"}:
            self.content.loads.append(values["href"])
        if "src" in values:
            self.content.loads.append(values["src"])
        if tag not in _VOID:
            self.above.append((tag, own))

    def handle_endtag(self, tag: str) -> None:
        """Go back to the parent; a tag whose end may be left out ends with it."""
        while any(one == tag for one, _ in self.above):
            if self.above.pop()[0] == tag:
                return


def content_of(text: str) -> Content:
    """Read a page."""
    reader = _Reader()
    reader.feed(text)
    return reader.content


def foreign(content: Content) -> list[str]:
    """Return what a page loads from elsewhere."""
    return [one for one in content.loads if not one.startswith(("/", "data:")) or one.startswith("//")]


@dataclass(frozen=True, slots=True)
class Stop:
    """A page as one person gets it; ``is_new`` when a browser has to look at it."""

    path: str
    kind: str
    html_bytes: int
    is_new: bool


class Tour:
    """Goes through a server's pages, one person after the other, and remembers what it has met."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.stops: dict[str | None, list[Stop]] = {}
        self.kinds: set[str] = set()
        self.shapes: set[Shape] = set()

    def is_new(self, kind: str, content: Content) -> bool:
        """Tell whether a page shows anything that was not met, and remember it."""
        is_new = kind not in self.kinds or not content.shapes <= self.shapes
        self.kinds.add(kind)
        self.shapes |= content.shapes
        return is_new

    def walk(self, who: str | None, start: list[str], cookie: str) -> None:
        """Follow links from the start pages as one person, opening two pages of each kind at most."""
        waiting, seen, stops = list(start), set(start), self.stops.setdefault(who, [])
        opened: dict[str, int] = {}
        while waiting:
            path = waiting.pop(0)
            status, text = self.server.get(path, cookie=cookie)
            assert status < 500, f"{path}: {status}"
            if 300 <= status < 400:
                continue  # It leads on to a page that has its own place here.
            content = content_of(text)
            assert not foreign(content), f"{path} loads {foreign(content)}"
            kind = kind_of(path) if status == 200 else f"{kind_of(path)} {status}"
            stops.append(Stop(path, kind, len(gzip.compress(text.encode())), self.is_new(kind, content)))
            for link in content.links:
                followed = kind_of(link)
                if link in seen or opened.get(followed, 0) >= 2 or not any(one.match(link) for one in FOLLOWED):
                    continue
                opened[followed] = opened.get(followed, 0) + 1
                seen.add(link)
                waiting.append(link)


def kind_of(path: str) -> str:
    """Return an address without what differs from object to object."""
    return _NUMBER.sub("#", re.sub(r"^/rooms/(?!new$)[a-z0-9-]+", "/rooms/*", path))
