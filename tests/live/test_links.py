"""Shared links: http and https alone, shown as text with their host, never fetched, kept."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from social_cme.accounts.models import User
from social_cme.core.errors import Conflict, Forbidden, Invalid, NotFound
from social_cme.live import rules
from social_cme.live.models import LiveSession, SharedLink
from social_cme.live.queries.stage import list_links
from social_cme.live.services import leading, links
from social_cme.privacy.rules.refusal import IdentifiersFound
from tests.live.stage import Stage


def share(stage: Stage, session: LiveSession, user: User | None = None, **changes: str) -> SharedLink:
    values = {"title": "The trial", "url": "https://example.org/trial?a=1#b", **changes}
    return links.share_link(stage.ctx(user or stage.learner), session.id, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        (" https://example.org ", "https://example.org/"),
        ("HTTP://Example.ORG:8080/A?b#c", "http://example.org:8080/A?b#c"),
        ("https://bücher.example/x", "https://xn--bcher-kva.example/x"),
        ("https://[2001:db8::1]/x", "https://[2001:db8::1]/x"),
        ("https://раураl.example/", "https://xn--l-7sba6dbr.example/"),
    ],
)
def test_an_address_is_kept_in_its_plain_form(text: str, plain: str) -> None:
    assert rules.checked_address(text) == plain


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)", "data:text/html,x", "vbscript:x", "java\tscript:alert(1)", "file://host/x", "gopher://a/",
        "//example.org/", "example.org", "https://", "https:///x", "https://user:secret@example.org/", "https://a@example.org",
        "https://exa mple.org/", "https://example.org/\nx", "https://example.org\\@evil.example/", "https://-a.example/",
        "https://example.org:99999/", "https://example.org/<script>", "https://a..b/", "https://" + "a" * 1000, "&#106;avascript:alert(1)",
        "https://[::1", "https://exam\u202eple.org/\u0000", "",
    ],
)  # fmt: skip
def test_whatever_is_no_web_address_is_refused(stage: Stage, text: str) -> None:
    assert rules.checked_address(text) is None
    session = stage.running()
    with pytest.raises(Invalid) as refused:
        share(stage, session, url=text)
    assert "url" in refused.value.fields


def test_members_share_while_the_session_runs_and_who_leads_also_around_it(stage: Stage) -> None:
    session = stage.session()
    with pytest.raises(Forbidden, match="started"):
        share(stage, session)
    share(stage, session, stage.mentor)
    leading.start_session(stage.ctx(stage.mentor), session.id)
    link = share(stage, session)
    assert link.host == "example.org"
    for user in (stage.make.user(), None):
        with pytest.raises(Forbidden):
            links.share_link(stage.ctx(user), session.id, title="x", url="https://example.org")
    leading.end_session(stage.ctx(stage.mentor), session.id)
    with pytest.raises(Forbidden, match="over"):
        share(stage, session)
    share(stage, session, stage.mentor)
    assert len(list_links(session.id)) == 3
    with pytest.raises(NotFound):
        links.share_link(stage.ctx(stage.learner, stage.other_room), session.id, title="x", url="https://example.org")


def test_a_repeat_is_one_link_and_one_person_shares_twenty(stage: Stage) -> None:
    session = stage.running()
    first, again = (share(stage, session, client_id="link-00001") for _ in range(2))
    assert first.id == again.id
    for _ in range(19):
        share(stage, session)
    with pytest.raises(Conflict, match="20 links"):
        share(stage, session)


def test_titles_are_looked_through(stage: Stage) -> None:
    session = stage.running()
    with pytest.raises(IdentifiersFound):
        share(stage, session, title="Record of MRN 12345678")
    for title in ("", "x" * 201):
        with pytest.raises(Invalid):
            share(stage, session, title=title)


def test_a_link_is_removed_by_who_shared_it_and_who_leads(stage: Stage) -> None:
    session = stage.running()
    one, two = share(stage, session), share(stage, session)
    with pytest.raises(Forbidden):
        links.remove_link(stage.ctx(stage.peer), session.id, one.id)
    with pytest.raises(NotFound):
        links.remove_link(stage.ctx(stage.mentor), stage.running().id, one.id)
    for _ in range(2):
        links.remove_link(stage.ctx(stage.learner), session.id, one.id)
    links.remove_link(stage.ctx(stage.mentor), session.id, two.id)
    assert list_links(session.id) == []
    assert stage.kinds(session).count("link.removed") == 2


def test_the_server_never_asks_for_what_is_shared(stage: Stage, login: Callable[[User], FlaskClient]) -> None:
    asked: list[object] = []
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.settimeout(0.2)

        def wait() -> None:
            try:
                asked.append(listener.accept())
            except TimeoutError:
                return

        waiting = threading.Thread(target=wait)
        waiting.start()
        session = stage.running()
        share(stage, session, url=f"http://127.0.0.1:{listener.getsockname()[1]}/secret")
        login(stage.learner).get(f"/rooms/{stage.room.slug}/live/{session.id}")
        waiting.join()
    assert asked == []


def test_pages_show_links_as_text_and_keep_what_was_refused(
    app: Flask, stage: Stage, login: Callable[[User], FlaskClient]
) -> None:
    session = stage.running()
    browser = login(stage.learner)
    root = f"/rooms/{stage.room.slug}/live/{session.id}"
    token = browser.get("/live").text.split('name="csrf-token" content="')[1].split('"')[0]
    sent = browser.post(
        f"{root}/links", data={"csrf_token": token, "title": "<b>Trial</b>", "url": "https://example.org/a"}
    )
    assert sent.status_code == 303
    refused = browser.post(f"{root}/links", data={"csrf_token": token, "title": "Bad", "url": "javascript:alert(1)"})
    assert refused.status_code == 422
    assert 'value="javascript:alert(1)"' in refused.text
    leading.end_session(stage.ctx(stage.mentor), session.id)
    page = browser.get(root).text
    assert 'href="https://example.org/a" target="_blank" rel="noopener noreferrer nofollow ugc"' in page
    assert "&lt;b&gt;Trial&lt;/b&gt;" in page
    assert '<span data-field="host">example.org</span>' in page
    assert "javascript:alert" not in page
