"""Bookmarks and their reminders."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.core.errors import Conflict, Forbidden, Invalid, NotFound
from social_cme.discussions.services.answers import withdraw_post
from social_cme.discussions.services.moderating import hide_post, hide_thread
from social_cme.extensions import db
from social_cme.keeping import queries
from social_cme.keeping.enums import Kept
from social_cme.keeping.models import Bookmark
from social_cme.keeping.services import bookmarks
from social_cme.notifications.models import Notification
from social_cme.notifications.queries import list_notices
from social_cme.persistence.transaction import transaction
from social_cme.rooms.enums import MembershipState, Visibility
from social_cme.rooms.models import Membership
from tests.discussions.journal_club import Club, count, facts
from tests.keeping.surfing import Surfer

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


def test_a_bookmark_is_kept_once(club: Club) -> None:
    post = club.answer(club.question())
    first = bookmarks.keep_bookmark(club.ctx(club.second), target="post", target_id=post.id)
    again = bookmarks.keep_bookmark(club.ctx(club.second), target="post", target_id=post.id)
    assert (first.id, count(Bookmark)) == (again.id, 1)
    bookmarks.remove_bookmark(club.ctx(club.second), target="post", target_id=post.id)
    bookmarks.remove_bookmark(club.ctx(club.second), target="post", target_id=post.id)
    assert count(Bookmark) == 0


def test_a_bookmark_again_keeps_its_reminder(club: Club) -> None:
    thread = club.question()
    with clock.at(NOON):
        kept = bookmarks.set_reminder(club.ctx(club.peer), target="thread", target_id=thread.id, choice="tonight")
        bookmarks.keep_bookmark(club.ctx(club.peer), target="thread", target_id=thread.id)
    assert kept.remind_at == datetime(2026, 3, 4, 20, tzinfo=UTC)


def test_what_cannot_be_reached_cannot_be_bookmarked(club: Club) -> None:
    thread = club.question()
    post = club.answer(thread)
    with pytest.raises(NotFound):
        bookmarks.keep_bookmark(club.ctx(club.mentor, club.other), target="thread", target_id=thread.id)
    with pytest.raises(NotFound):
        bookmarks.keep_bookmark(club.ctx(club.mentor, club.other), target="post", target_id=post.id)
    with pytest.raises(NotFound):
        bookmarks.keep_bookmark(club.ctx(club.peer), target="room", target_id=thread.id)
    with pytest.raises(Forbidden):
        bookmarks.keep_bookmark(club.ctx(None), target="thread", target_id=thread.id)
    hide_post(club.ctx(club.mentor), post_id=post.id, reason="Names the patient.")
    with pytest.raises(NotFound):
        bookmarks.keep_bookmark(club.ctx(club.second), target="post", target_id=post.id)
    assert count(Bookmark) == 0


def test_the_number_of_bookmarks_is_bounded(club: Club, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bookmarks, "BOOKMARKS_LIMIT", 1)
    bookmarks.keep_bookmark(club.ctx(club.peer), target="thread", target_id=club.question().id)
    with pytest.raises(Conflict):
        bookmarks.keep_bookmark(club.ctx(club.peer), target="thread", target_id=club.question(title="Two").id)


@pytest.mark.parametrize(
    ("zone", "at", "expected"),
    [
        ("America/New_York", "2026-03-08T02:30", "2026-03-08T07:30+00:00"),
        ("America/New_York", "2026-11-01T01:30", "2026-11-01T05:30+00:00"),
        ("Europe/Berlin", "2026-03-29T02:30", "2026-03-29T01:30+00:00"),
        ("Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30+00:00"),
        ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:45+00:00"),
        ("Europe/Berlin", "2026-05-01T10:00-04:00", "2026-05-01T14:00+00:00"),
    ],
)
def test_a_time_of_ones_own_is_on_ones_own_clock(club: Club, zone: str, at: str, expected: str) -> None:
    with transaction():
        club.peer.time_zone = zone
    thread = club.question()
    with clock.at(NOON):
        kept = bookmarks.set_reminder(
            club.ctx(club.peer), target="thread", target_id=thread.id, choice="at", at=datetime.fromisoformat(at)
        )
    assert kept.remind_at == datetime.fromisoformat(expected)


@pytest.mark.parametrize(
    ("choice", "at", "field"),
    [
        ("at", None, "at"),
        ("at", "2026-03-04T11:59", "at"),
        ("at", "2029-01-01T00:00", "at"),
        ("at", "0001-01-01T00:00", "at"),
        ("at", "9999-12-31T23:59", "at"),
        ("at", "9999-12-31T23:59-12:00", "at"),
        ("someday", None, "choice"),
    ],
)
def test_a_reminder_that_cannot_come_is_refused(club: Club, choice: str, at: str | None, field: str) -> None:
    thread = club.question()
    moment = datetime.fromisoformat(at) if at else None
    with clock.at(NOON), pytest.raises(Invalid) as refused:
        bookmarks.set_reminder(club.ctx(club.peer), target="thread", target_id=thread.id, choice=choice, at=moment)
    assert set(refused.value.fields) == {field}
    assert count(Bookmark) == 0


def _remind(club: Club, user: User, post_id: int) -> None:
    with clock.at(NOON):
        bookmarks.set_reminder(club.ctx(user), target="post", target_id=post_id, choice="tonight")


def test_a_reminder_comes_once(club: Club, deliver: Callable[[], int]) -> None:
    post = club.answer(club.question(), body="Ten milligrams.")
    _remind(club, club.second, post.id)
    with clock.at(NOON + timedelta(hours=7)):
        assert bookmarks.send_due_reminders() == 0
    with clock.at(NOON + timedelta(hours=8)):
        assert bookmarks.send_due_reminders() == 1
        assert bookmarks.send_due_reminders() == 0
    deliver()
    told = db.session.scalars(select(Notification).where(Notification.kind == "reminder")).all()
    assert [(one.user_id, one.post_id, one.actor_id) for one in told] == [(club.second.id, post.id, None)]
    notice = next(one for one in list_notices(club.second).items if one.kind == "reminder")
    assert notice.text == "You wanted to be reminded of “Which dose?”"
    assert notice.values["post_id"] == post.id


def test_a_reminder_set_anew_comes_again(club: Club) -> None:
    post = club.answer(club.question())
    _remind(club, club.second, post.id)
    with clock.at(NOON + timedelta(hours=8)):
        bookmarks.send_due_reminders()
        bookmarks.set_reminder(club.ctx(club.second), target="post", target_id=post.id, choice="tomorrow")
    with clock.at(NOON + timedelta(hours=24)):
        assert bookmarks.send_due_reminders() == 1
    assert len(facts("reminder.fell_due")) == 2


def test_nobody_is_reminded_of_what_they_may_not_read_any_more(club: Club, deliver: Callable[[], int]) -> None:
    with transaction():
        club.room.visibility = Visibility.INVITATION
    thread = club.question()
    post = club.answer(thread)
    _remind(club, club.second, post.id)
    with transaction() as tx:
        row = tx.session.scalars(select(Membership).filter_by(user_id=club.second.id)).one()
        row.state = MembershipState.LEFT
    with clock.at(NOON + timedelta(hours=8)):
        bookmarks.send_due_reminders()
    deliver()
    assert list(db.session.scalars(select(Notification).where(Notification.kind == "reminder"))) == []
    line = queries.list_bookmarks(club.second).items[0]
    assert line.place is None


def test_the_list_names_a_place_only_while_it_may_be_read(club: Club, count_queries: Callable[[], Any]) -> None:
    threads = [club.question(title=f"Question {number}") for number in range(4)]
    posts = [club.answer(thread, body=f"Answer {number}") for number, thread in enumerate(threads)]
    for thread, post in zip(threads, posts, strict=True):
        bookmarks.keep_bookmark(club.ctx(club.second), target="thread", target_id=thread.id)
        bookmarks.keep_bookmark(club.ctx(club.second), target="post", target_id=post.id)
    hide_thread(club.ctx(club.mentor), thread_id=threads[0].id, reason="Names the patient.")
    hide_post(club.ctx(club.mentor), post_id=posts[1].id, reason="Names the patient.")
    db.session.expire_all()
    assert club.second.id
    with count_queries() as seen:
        lines = queries.list_bookmarks(club.second).items
    assert len(seen) == 3
    assert [one.place.title if one.place else None for one in lines] == [
        "Question 3", "Question 3", "Question 2", "Question 2", None, "Question 1", None, None,
    ]  # fmt: skip
    assert [one.place.what for one in lines[:2] if one.place] == ["Answer", "Question"]


def test_the_list_shows_no_answer_that_has_to_be_earned_anew(club: Club) -> None:
    thread = club.question(post_first=True)
    post = club.answer(thread)
    own = club.answer(thread, club.second)
    bookmarks.keep_bookmark(club.ctx(club.second), target="post", target_id=post.id)
    assert queries.list_bookmarks(club.second).items[0].place is not None
    withdraw_post(club.ctx(club.second), post_id=own.id)
    assert queries.list_bookmarks(club.second).items[0].place is None


def test_the_list_is_paged_and_can_show_what_is_due(club: Club) -> None:
    posts = [club.answer(club.question(title=f"Question {number}")) for number in range(3)]
    for post in posts:
        bookmarks.keep_bookmark(club.ctx(club.second), target="post", target_id=post.id)
    _remind(club, club.second, posts[1].id)
    first = queries.list_bookmarks(club.second, limit=2)
    rest = queries.list_bookmarks(club.second, limit=2, cursor=first.next_cursor)
    assert [one.bookmark.target_id for one in (*first.items, *rest.items)] == [post.id for post in reversed(posts)]
    with clock.at(NOON + timedelta(days=1)):
        due = queries.list_bookmarks(club.second, due=True)
        assert [one.bookmark.target_id for one in due.items] == [posts[1].id]
        assert queries.count_due(club.second.id) == 1
    assert queries.list_bookmarks(club.peer).items == []


def test_a_bookmark_is_removed_by_its_owner_alone(club: Club) -> None:
    kept = bookmarks.keep_bookmark(club.ctx(club.peer), target="thread", target_id=club.question().id)
    with pytest.raises(NotFound):
        bookmarks.drop_bookmark(club.second, bookmark_id=kept.id)
    assert count(Bookmark) == 1
    bookmarks.drop_bookmark(club.peer, bookmark_id=kept.id)
    assert count(Bookmark) == 0


# ------------------------------------------------------------------ pages and API


def test_the_button_and_the_reminder_work_without_scripts(club: Club, login: Callable[[User], FlaskClient]) -> None:
    thread = club.question()
    post = club.answer(thread)
    browser, place = Surfer(login(club.second)), f"/rooms/{club.room.slug}/posts/{post.id}"
    answer = browser.post(f"{place}/bookmark", value="1", back="//evil.example")
    assert answer.headers["Location"] == f"{place}#post-{post.id}"
    page = browser.text(f"/rooms/{club.room.slug}/threads/{thread.id}")
    assert f'id="post-{post.id}-bookmark" aria-pressed="true"' in page
    assert browser.post(f"{place}/bookmark", value="2").status_code == 400
    refused = browser.post(f"{place}/reminder", choice="at", at="2020-01-01T10:00")
    assert (refused.status_code, "has passed" in refused.text) == (422, True)
    assert browser.post(f"{place}/reminder", choice="tomorrow").status_code == 303
    assert "Answer in Which dose?" in browser.text("/bookmarks")
    kept = queries.find_bookmark(club.second.id, Kept.POST, post.id)
    assert kept is not None
    assert kept.remind_at is not None
    assert browser.post(f"/bookmarks/{kept.id}/remove").status_code == 303
    assert "No bookmarks yet" in browser.text("/bookmarks")


def test_bookmarks_over_the_api(club: Club, login: Callable[[User], FlaskClient]) -> None:
    thread = club.question()
    browser, place = Surfer(login(club.peer)), f"/rooms/{club.room.slug}/threads/{thread.id}/bookmark"
    kept = browser.call("PUT", place, choice="next_week")
    assert kept["remind_at"]
    browser.call("PUT", place, choice="at", status=422)
    assert browser.call("PUT", place, choice="none")["remind_at"] is None
    listed = browser.call("GET", "/bookmarks")["items"]
    assert [(one["id"], one["place"]["title"], one["is_due"]) for one in listed] == [(kept["id"], "Which dose?", False)]
    assert browser.call("GET", "/bookmarks?due=true")["items"] == []
    Surfer(login(club.second)).call("DELETE", f"/bookmarks/{kept['id']}", status=404)
    browser.call("DELETE", place, status=204)
    assert browser.call("GET", "/bookmarks")["items"] == []
