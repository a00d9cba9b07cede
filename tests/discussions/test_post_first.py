"""Where everybody answers first: what others wrote is nowhere to be found until one's own answer stands.

The words that must not leak are canaries; they are looked for in everything that a reader's browser, program, socket or mailbox
gets.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_socketio import SocketIOTestClient
from sqlalchemy import select

from social_cme.accounts.enums import SiteRole
from social_cme.accounts.models import User
from social_cme.core.errors import NotFound
from social_cme.discussions.models import Post, Thread
from social_cme.discussions.queries.pages import thread_page
from social_cme.discussions.queries.posts import access_post
from social_cme.discussions.services.acceptance import accept_answer
from social_cme.discussions.services.answers import withdraw_post
from social_cme.discussions.services.endorsements import endorse_answer
from social_cme.discussions.services.follows import follow_thread
from social_cme.discussions.services.moderating import hide_post
from social_cme.discussions.services.threads import close_thread, post_thread
from social_cme.discussions.services.votes import cast_vote
from social_cme.extensions import db
from social_cme.rooms.services.rooms import edit_room
from tests.discussions.journal_club import CASE, Club
from tests.discussions.leaks import FINDABLE, everything, leaks
from tests.factories import Factory

ANSWER, COMMENT, NOTE, SUMMARY = "zebrafinch", "quetzalbird", "nightjarnote", "pelicansummary"
CANARIES = (ANSWER, COMMENT, NOTE, SUMMARY)


@pytest.fixture
def thread(club: Club) -> Thread:
    """A question that everybody answers first, with an answer, commented on, accepted, endorsed and voted for."""
    thread = club.question(post_first=True, body=f"About the {FINDABLE}.")
    post = club.answer(thread, body=f"I would say {FINDABLE} {ANSWER}.")
    club.comment(thread, post, user=club.mentor, body=f"{FINDABLE} {COMMENT}.")
    club.comment(thread, user=club.mentor, body=f"On the opening: {FINDABLE} {COMMENT}.")
    endorse_answer(club.ctx(club.mentor), post_id=post.id, evidence_level="high", note=f"Because {NOTE}.")
    accept_answer(club.ctx(club.author), post_id=post.id)
    cast_vote(club.ctx(club.author), target="post", target_id=post.id, value=1)
    return thread


def posts_of(thread: Thread) -> list[Post]:
    return list(db.session.scalars(select(Post).where(Post.thread_id == thread.id).order_by(Post.id)))


def seen_by(club: Club, thread: Thread, user: User | None) -> set[int]:
    page = thread_page(club.ctx(user), thread.id)
    answers = {view.post.id for view in page.answers}
    comments = {one.post.id for view in page.answers for one in view.comments}
    return answers | comments | {one.post.id for one in page.opening.comments}


@pytest.mark.sqlite_only
def test_nothing_of_it_reaches_who_has_not_answered(
    club: Club, thread: Thread, login: Callable[[User], FlaskClient], client: FlaskClient, deliver: Callable[[], int]
) -> None:
    follow_thread(club.ctx(club.second), thread_id=thread.id)
    club.answer(thread, club.mentor, body=f"Mine is {FINDABLE} {ANSWER} too.")
    deliver()
    slug, ids = club.room.slug, [post.id for post in posts_of(thread)]
    for browser in (login(club.second), login(club.stranger), client):
        found = everything(browser, slug, thread.id, ids)
        assert leaks(found, CANARIES) == []
        assert FINDABLE in found[f"/search?q={FINDABLE}"].split("<main")[1]
    # The same words are there for whoever has answered, so the search above could have found them.
    club.answer(thread, club.second)
    found = everything(login(club.second), slug, thread.id, ids)
    assert {one.rsplit(": ", 1)[1] for one in leaks(found, CANARIES)} == {ANSWER, COMMENT, NOTE}
    assert any(ANSWER in text for address, text in found.items() if "search" in address)


def test_the_notice_and_the_mail_name_nobody_and_lead_to_the_thread(
    app: Flask, club: Club, thread: Thread, login: Callable[[User], FlaskClient], deliver: Callable[[], int]
) -> None:
    follow_thread(club.ctx(club.second), thread_id=thread.id)
    deliver()
    post = club.answer(thread, club.mentor, body=ANSWER)
    deliver()
    page = login(club.second).get("/notifications").text
    assert "Somebody answered" in page
    assert club.mentor.display_name not in page.split("<main")[1]
    assert f"/posts/{post.id}" not in page
    folder = Path(app.instance_path) / "mail"
    to_second = [text for text in (path.read_text() for path in folder.glob("*.eml")) if club.second.email in text]
    assert to_second
    assert all("Somebody answered" in text and "/posts/" not in text for text in to_second)
    names = [club.mentor.display_name, club.peer.display_name]
    assert leaks({"mail": "".join(to_second)}, [*CANARIES, *names]) == []


def test_the_socket_says_that_somebody_answered_and_no_more(
    club: Club, thread: Thread, connect: Callable[[User], SocketIOTestClient]
) -> None:
    socket = connect(club.second)
    answer = socket.emit("subscribe", {"channel": f"room:{club.room.id}", "since": 0}, callback=True)
    heard = [
        one["data"] for one in answer["messages"] if one["kind"].split(".")[0] in {"answer", "comment", "vote", "post"}
    ]
    assert heard
    assert all(set(one) == {"thread_id", "held_back", "thread"} for one in heard)
    assert all(set(one["thread"]) == {"answer_count"} for one in heard)
    # The vote on the answer is not told at all.
    assert "vote.cast" not in {one["kind"] for one in answer["messages"]}


@pytest.mark.parametrize("who", ["author", "mentor", "peer", "administrator"])
def test_author_mentors_moderators_and_who_answered_see_everything(
    club: Club, thread: Thread, make: Factory, who: str
) -> None:
    user = make.user(role=SiteRole.ADMINISTRATOR) if who == "administrator" else getattr(club, who)
    assert seen_by(club, thread, user) == {post.id for post in posts_of(thread)}


def test_ones_own_posts_and_the_authors_clarifications_are_in_sight_before(club: Club, thread: Thread) -> None:
    own = club.comment(thread, user=club.second, body="Which weight?")
    clarified = club.comment(thread, user=club.author, body="12 kg.")
    assert seen_by(club, thread, club.second) == {own.id, clarified.id}
    assert seen_by(club, thread, club.stranger) == set()
    assert seen_by(club, thread, None) == set()


def test_what_was_taken_back_opens_nothing_and_what_was_hidden_does(club: Club, thread: Thread) -> None:
    first = posts_of(thread)[0]
    own = club.answer(thread, club.second)
    assert first.id in seen_by(club, thread, club.second)
    withdraw_post(club.ctx(club.second), post_id=own.id)
    assert first.id not in seen_by(club, thread, club.second)
    again = club.answer(thread, club.second)
    hide_post(club.ctx(club.mentor), post_id=again.id, reason="A name.")
    assert first.id in seen_by(club, thread, club.second)


def test_who_may_not_see_a_post_cannot_act_on_it(club: Club, thread: Thread) -> None:
    first = posts_of(thread)[0]
    with pytest.raises(NotFound):
        access_post(club.ctx(club.second), first.id)
    with pytest.raises(NotFound):
        cast_vote(club.ctx(club.second), target="post", target_id=first.id, value=1)
    with pytest.raises(NotFound):
        club.comment(thread, first, user=club.second)


def test_a_closed_thread_opens_to_members_alone(club: Club, thread: Thread, client: FlaskClient) -> None:
    close_thread(club.ctx(club.author), thread_id=thread.id, reason="resolved", summary=f"{FINDABLE} {SUMMARY}.")
    assert seen_by(club, thread, club.second) == {post.id for post in posts_of(thread)}
    ids = [post.id for post in posts_of(thread)]
    assert leaks(everything(client, club.room.slug, thread.id, ids), CANARIES) == []


def test_a_thread_is_as_its_room_has_it_unless_whoever_posts_says_otherwise(club: Club, make: Factory) -> None:
    coordinator = make.user()
    make.membership(club.room, coordinator, role="coordinator")
    assert club.question().post_first is False
    edit_room(club.ctx(coordinator), post_first=True)
    assert club.question().post_first is True
    assert club.question(post_first=False).post_first is False
    case = {"kind": "case", "title": "A case", "case": CASE, "setting": "inpatient", "age_band": "40-64"}
    assert post_thread(club.ctx(club.mentor), **case).post_first is True
    edit_room(club.ctx(coordinator), post_first=False)
    assert club.question().post_first is False


def test_what_is_unread_counts_only_what_is_in_sight(
    club: Club, thread: Thread, login: Callable[[User], FlaskClient]
) -> None:
    browser = login(club.second)
    browser.get(f"/rooms/{club.room.slug}/threads/{thread.id}")
    club.answer(thread, club.mentor)
    assert " new<" not in browser.get(f"/rooms/{club.room.slug}").text
    club.answer(thread, club.second)
    club.answer(thread, club.mentor)
    assert "2 new<" in browser.get(f"/rooms/{club.room.slug}").text


def test_the_form_and_the_api_set_it(club: Club, login: Callable[[User], FlaskClient]) -> None:
    browser = login(club.author)
    token = browser.get("/").text.split('name="csrf-token" content="')[1].split('"')[0]
    here = f"/rooms/{club.room.slug}"
    form = {"title": "Everybody first", "body": "What would you do?", "post_first": "y", "csrf_token": token}
    browser.post(f"{here}/threads/new?kind=question", data=form)
    sent = {"kind": "question", "title": "By program", "body": "And you?", "post_first": True}
    shown = browser.post(f"/api/v1{here}/threads", json=sent, headers={"X-CSRFToken": token}).json
    rows = db.session.scalars(select(Thread.post_first).where(Thread.room_id == club.room.id)).all()
    assert rows == [True, True]
    assert shown["post_first"] is True
    assert shown["shows_discussion"] is True
