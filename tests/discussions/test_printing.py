"""A whole thread on paper, and the permanent address of a post."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from social_cme.accounts.models import User
from social_cme.core.errors import NotFound
from social_cme.discussions.queries.printing import printed_thread
from social_cme.discussions.services.disputes import dispute_answer
from social_cme.discussions.services.moderating import hide_post, hide_thread, move_thread
from social_cme.discussions.services.summaries import save_summary
from social_cme.extensions import db
from tests.discussions.journal_club import Club

DOI, PMID = "https://doi.org/10.1000/182", "PMID 12345678"


def test_a_thread_is_printed_whole_with_sources_numbered_through(club: Club) -> None:
    thread = club.question()
    first = club.answer(thread, citations=[DOI, PMID])
    second = club.answer(thread, body="Five.", citations=[PMID])
    below = club.comment(thread, parent=first)
    on_top = club.comment(thread)
    printed = printed_thread(club.ctx(None), thread.id)
    assert [(one.shown.post.id, one.sources) for one in printed.answers] == [(first.id, [1, 2]), (second.id, [2])]
    assert [one.shown.post.id for one in printed.answers[0].comments] == [below.id]
    assert [one.shown.post.id for one in printed.comments] == [on_top.id]
    assert [one.value for one in printed.sources] == ["10.1000/182", "12345678"]


def test_what_is_hidden_is_not_printed_for_anybody(club: Club) -> None:
    thread = club.question()
    hidden, seen = club.answer(thread, citations=[DOI]), club.answer(thread)
    hide_post(club.ctx(club.mentor), post_id=hidden.id, reason="Names the patient.")
    for reader in (club.mentor, club.peer, None):
        printed = printed_thread(club.ctx(reader), thread.id)
        assert [one.shown.post.id for one in printed.answers] == [seen.id]
        assert printed.sources == []
    hide_thread(club.ctx(club.mentor), thread_id=thread.id, reason="Names the patient.")
    with pytest.raises(NotFound):
        printed_thread(club.ctx(club.mentor), thread.id)


def test_what_has_to_be_earned_is_not_printed_before(club: Club) -> None:
    thread = club.question(post_first=True)
    club.answer(thread)
    assert printed_thread(club.ctx(club.second), thread.id).answers == []
    own = club.answer(thread, club.second)
    assert own.id in {one.shown.post.id for one in printed_thread(club.ctx(club.second), thread.id).answers}


def test_printing_costs_the_same_however_long_the_thread(club: Club, count_queries: Callable[[], Any]) -> None:
    seen = []
    thread = club.question()
    for _ in range(2):
        for _ in range(3):
            club.comment(thread, parent=club.answer(thread, citations=[DOI]))
        ctx = club.ctx(club.second)
        with count_queries() as statements:
            printed_thread(ctx, thread.id)
        seen.append(len(statements))
        db.session.rollback()
    assert seen[0] == seen[1] <= 15


def test_the_page_names_room_address_and_what_it_is_not_for(club: Club, client: FlaskClient) -> None:
    thread = club.question()
    club.answer(thread, citations=[DOI])
    place = f"/rooms/{club.room.slug}/threads/{thread.id}"
    text = client.get(f"{place}/print").get_data(as_text=True)
    for words in (
        club.room.name,
        f"http://localhost{place}",
        "Not for emergencies.",
        "[1]",
        'id="source-1"',
        "10.1000/182",
    ):
        assert words in text
    assert '<form class="inline-form"' not in text
    assert client.get(f"/rooms/{club.other.slug}/threads/{thread.id}/print").status_code == 404


def test_paper_says_what_is_disputed_and_what_to_take_home(club: Club, client: FlaskClient) -> None:
    thread = club.question()
    answer = club.answer(thread)
    guide = club.ctx(club.mentor)
    dispute_answer(guide, post_id=answer.id, reason="The dose is for adults.", correction="Half of it.")
    save_summary(guide, thread_id=thread.id, kind="take_home", body="Ask for the weight first.", revision=0)
    text = client.get(f"/rooms/{club.room.slug}/threads/{thread.id}/print").get_data(as_text=True)
    for words in (
        "This answer is disputed.",
        "The dose is for adults.",
        "Half of it.",
        "Take-home summary",
        "Ask for the weight first.",
    ):
        assert words in text


# ------------------------------------------------------------------ the address of a post


def test_a_post_has_an_address_that_leads_to_its_page(
    club: Club, app: Flask, login: Callable[[User], FlaskClient]
) -> None:
    thread = club.question()
    answer = club.answer(thread)
    comment = club.comment(thread, parent=answer)
    place = f"/rooms/{club.room.slug}/threads/{thread.id}"
    browser = login(club.second)
    assert browser.get(f"{place}/posts/{answer.id}").headers["Location"] == f"{place}?post={answer.id}#post-{answer.id}"
    to_comment = browser.get(f"{place}/posts/{comment.id}").headers["Location"]
    assert to_comment == f"{place}?post={comment.id}&comments={answer.id}#post-{comment.id}"
    move_thread(club.ctx(club.mentor), thread_id=thread.id, to=club.ctx(club.mentor, club.other))
    moved = browser.get(f"{place}/posts/{answer.id}")
    assert moved.headers["Location"] == f"/rooms/{club.other.slug}/threads/{thread.id}/posts/{answer.id}"
    assert browser.get(f"/rooms/{club.room.slug}/threads/999/posts/999").status_code == 404


def test_the_address_of_a_late_comment_shows_it(club: Club, client: FlaskClient) -> None:
    thread = club.question()
    answer = club.answer(thread)
    late = [club.comment(thread, parent=answer, body=f"Comment {number}") for number in range(8)][-1]
    text = client.get(f"/rooms/{club.room.slug}/threads/{thread.id}/posts/{late.id}", follow_redirects=True).text
    assert f'id="post-{late.id}"' in text
