"""Whoever is about to be logged out for doing nothing is warned in time and can stay, in every window at once (T19)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import update

from social_cme.accounts.models import LoginSession, User
from social_cme.core import clock
from social_cme.persistence.transaction import transaction
from tests.browser.conftest import Visitor
from tests.factories import Factory

pytestmark = pytest.mark.browser
QUIET = {"X-Background": "1"}


def _leave(app: Flask, user: User, *, left: timedelta) -> None:
    idle = timedelta(minutes=app.extensions["settings"].session_idle_minutes)
    with transaction() as tx:
        used_at = clock.now() - idle + left
        tx.session.execute(update(LoginSession).where(LoginSession.user_id == user.id).values(last_seen_at=used_at))


def _warning(page: Page) -> object:
    return page.get_by_role("alertdialog", name="Are you still there?")


def test_the_warning_comes_in_time_and_staying_takes_it_away_in_every_window(
    app: Flask, make: Factory, enter: Callable[..., Visitor]
) -> None:
    user = make.user()
    one = enter(user)
    _leave(app, user, left=timedelta(seconds=100))
    one.context.set_extra_http_headers(QUIET)
    first = one.go("/rooms")
    second = one.context.new_page()
    second.goto(one.url + "/rooms")
    expect(_warning(first)).to_contain_text(re.compile(r"logged out in 1:\d\d"))  # type: ignore[arg-type]
    expect(_warning(second)).to_be_visible()  # type: ignore[arg-type]
    assert one.axe() == []
    one.context.set_extra_http_headers({})
    first.bring_to_front()
    expect(first.get_by_role("button", name="Stay logged in")).to_be_focused()
    first.keyboard.press("Space")
    expect(_warning(first)).to_have_count(0)  # type: ignore[arg-type]
    expect(_warning(second)).to_have_count(0)  # type: ignore[arg-type]
    first.reload()
    assert first.locator("body").get_attribute("data-user-id") == str(user.id)


def test_nobody_is_asked_long_before(make: Factory, enter: Callable[..., Visitor]) -> None:
    page = enter(make.user()).go("/rooms")
    page.wait_for_load_state("networkidle")
    expect(page.get_by_role("alertdialog")).to_have_count(0)


def test_what_was_written_is_still_there_after_the_end(
    app: Flask, make: Factory, enter: Callable[..., Visitor]
) -> None:
    mentor, user = make.user(), make.user()
    room = make.room(mentor=mentor, members=(user,))
    one = enter(user)
    _leave(app, user, left=timedelta(seconds=4))
    one.context.set_extra_http_headers(QUIET)
    page = one.go(f"/rooms/{room.slug}/threads/new?kind=question")
    expect(page.get_by_role("alertdialog")).to_be_visible()
    page.evaluate("() => (document.querySelector('textarea[name=body]').value = 'Half a question')")
    ended = page.get_by_role("alertdialog", name="You were logged out")
    expect(ended).to_be_visible()
    expect(ended.get_by_role("link", name="Log in again")).to_be_focused()
    assert "next=" in (ended.get_by_role("link").get_attribute("href") or "")
    ended.get_by_role("button", name="Close").click()
    assert page.locator("textarea[name=body]").input_value() == "Half a question"
