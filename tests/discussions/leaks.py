"""Collects everything that a reader's browser or program can get about a thread, to look for words that must not be there."""

from __future__ import annotations

from collections.abc import Iterable

from flask.testing import FlaskClient

# Stands beside every word that must not leak, and in the opening: a search for it finds whatever may be found.
FINDABLE = "tapir"


def everything(browser: FlaskClient, slug: str, thread_id: int, post_ids: Iterable[int] = ()) -> dict[str, str]:
    """Return page, API and search answers by address; redirects are followed."""
    room = f"/rooms/{slug}"
    here = f"{room}/threads/{thread_id}"
    pages = [
        here,
        f"{here}?order=oldest",
        f"{here}?order=newest&comments=0",
        f"{here}/revisions",
        f"{here}/print",
        f"{here}/edit",
        room,
        "/",
        "/notifications",
        "/recall",
        "/calibration",
        "/participation",
        "/bookmarks",
        f"/search?q={FINDABLE}",
        f"/search?q={FINDABLE}&scope=answers&order=newest",
    ]
    api = [
        f"{room}/threads",
        here,
        f"{here}/answers",
        f"{here}/answers?order=newest",
        f"{here}/comments",
        f"{here}/revisions",
        f"{here}/steps",
        f"{here}/outcomes",
        f"/search?q={FINDABLE}",
        "/notifications",
        "/recall",
        "/calibration",
    ]
    for post_id in post_ids:
        pages += [
            f"{here}?post={post_id}&quote={post_id}&comments={post_id}&comment={post_id}",
            f"{room}/posts/{post_id}",
            f"{room}/posts/{post_id}/fragment",
            f"{room}/posts/{post_id}/revisions",
            f"{room}/posts/{post_id}/flag",
            f"{room}/posts/{post_id}/edit",
        ]
        api += [f"{here}/comments?parent_id={post_id}", f"{room}/posts/{post_id}", f"{room}/posts/{post_id}/revisions"]
    addresses = [*pages, *(f"/api/v1{path}" for path in api)]
    found = {}
    for address in addresses:
        answer = browser.get(address, follow_redirects=True)
        # An address that breaks shows nothing and proves nothing.
        assert answer.status_code in {200, 401, 403, 404}, (address, answer.status_code)
        found[address] = answer.text
    return found


def leaks(found: dict[str, str], words: Iterable[str]) -> list[str]:
    """Return where one of *words* was found."""
    return [f"{address}: {word}" for address, text in found.items() for word in words if word in text]
