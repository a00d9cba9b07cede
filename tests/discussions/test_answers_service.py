"""Answering, commenting, withdrawing."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from flask import Flask

from social_cme.core.errors import Forbidden, Invalid, NotFound
from social_cme.discussions.models import Citation, Follow, Post
from social_cme.discussions.queries.posts import citations_of
from social_cme.discussions.services.acceptance import accept_answer
from social_cme.discussions.services.answers import post_answer, withdraw_post
from social_cme.discussions.services.moderating import hide_post, hide_thread, lock_thread
from social_cme.discussions.services.threads import close_thread
from social_cme.extensions import db
from social_cme.persistence.transaction import transaction
from tests.discussions.journal_club import Club, count, facts, reload
from tests.factories import Factory


def test_an_answer_is_stored_counted_followed_and_told(club: Club) -> None:
    thread = club.question()
    before = thread.last_activity_at
    post = club.answer(thread, body="**Ten**", citations=["doi:10.1000/x Trial", "PMID 12"])
    assert "<strong>Ten</strong>" in post.body_html
    assert [(one.kind, one.value, one.label, one.position) for one in citations_of([post.id])[post.id]] == [
        ("doi", "10.1000/x", "Trial", 0),
        ("pmid", "12", "", 1),
    ]
    reload(thread)
    assert (thread.answer_count, thread.comment_count, thread.last_post_id) == (1, 0, post.id)
    assert thread.last_activity_at >= before
    assert {row.user_id for row in db.session.query(Follow)} == {club.author.id, club.peer.id}
    assert facts("answer.posted") == [
        {"actor_id": club.peer.id, "room_id": club.room.id, "thread_id": thread.id, "post_id": post.id}
    ]


def test_comments_go_below_the_opening_and_below_answers_one_level_deep(club: Club) -> None:
    thread = club.question()
    answer = club.answer(thread)
    on_opening, on_answer = club.comment(thread), club.comment(thread, answer)
    assert (on_opening.parent_id, on_answer.parent_id) == (None, answer.id)
    assert (reload(thread).comment_count, reload(answer).comment_count) == (2, 1)
    assert [fact["parent_id"] for fact in facts("comment.posted")] == [None, answer.id]
    with pytest.raises(Forbidden, match="cannot be commented on"):
        club.comment(thread, on_answer)
    assert count(Post) == 3


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"body": " \n"}, "body"),
        ({"body": "x" * 20_001}, "body"),
        ({"citations": ["nothing"]}, "citations"),
        ({"citations": [str(n) for n in range(1, 12)]}, "citations"),
    ],
)
def test_an_answer_of_the_wrong_shape_is_refused_and_leaves_nothing(
    club: Club, values: dict[str, object], field: str
) -> None:
    thread = club.question()
    with pytest.raises(Invalid) as refused:
        club.answer(thread, **values)  # type: ignore[arg-type]
    assert field in refused.value.fields
    assert (count(Post), count(Citation), facts("answer.posted"), reload(thread).answer_count) == (0, 0, [], 0)


def test_a_comment_is_bounded(club: Club) -> None:
    thread = club.question()
    for body in ("", "x" * 3001):
        with pytest.raises(Invalid):
            club.comment(thread, body=body)


Change = Callable[[Club, int], object]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (
            lambda club, thread_id: lock_thread(club.ctx(club.mentor), thread_id=thread_id, reason="Off topic."),
            "Off topic",
        ),
        (lambda club, thread_id: close_thread(club.ctx(club.author), thread_id=thread_id, reason="resolved"), "closed"),
    ],
)
def test_a_thread_that_takes_no_answers_says_why(club: Club, change: Change, reason: str) -> None:
    thread = club.question()
    change(club, thread.id)
    for act in (lambda: club.answer(thread), lambda: club.comment(thread)):
        with pytest.raises(Forbidden, match=reason):
            act()
    assert count(Post) == 0


def test_a_hidden_thread_is_absent_for_others_and_silent_for_its_author(club: Club) -> None:
    thread = club.question()
    hide_thread(club.ctx(club.mentor), thread_id=thread.id, reason="Names a patient.")
    with pytest.raises(NotFound):
        club.answer(thread)
    with pytest.raises(Forbidden, match="hidden"):
        club.answer(thread, club.author)
    assert count(Post) == 0


def test_strangers_the_anonymous_and_the_unconfirmed_do_not_answer(club: Club, make: Factory) -> None:
    thread = club.question()
    unconfirmed = make.user(state="unconfirmed")
    make.membership(club.room, unconfirmed)
    for user in (club.stranger, None, unconfirmed):
        with pytest.raises(Forbidden):
            post_answer(club.ctx(user), thread_id=thread.id, body="x")
    assert count(Post) == 0


def test_in_a_closed_room_everything_is_absent_for_others(club: Club, make: Factory) -> None:
    room = make.room(mentor=club.mentor, visibility="request")
    thread = post_thread_in(club, room)
    with pytest.raises(NotFound):
        post_answer(club.ctx(club.stranger, room), thread_id=thread.id, body="x")


def post_thread_in(club: Club, room: object):  # type: ignore[no-untyped-def]
    from social_cme.discussions.services.threads import post_thread

    return post_thread(club.ctx(club.mentor, room), kind="question", title="Private", body="b")  # type: ignore[arg-type]


def test_parents_and_threads_of_another_room_are_absent(club: Club) -> None:
    thread, elsewhere = club.question(), post_thread_in(club, club.other)
    answer = post_answer(club.ctx(club.mentor, club.other), thread_id=elsewhere.id, body="x")
    second = club.question()
    own = club.answer(second)
    for act in (
        lambda: club.answer(elsewhere),
        lambda: club.comment(elsewhere, answer),
        lambda: club.comment(thread, answer),
        # A parent of the same room but another thread is as wrong.
        lambda: club.comment(thread, own),
    ):
        with pytest.raises(NotFound):
            act()
    assert count(Post) == 2


def test_a_hidden_answer_takes_no_comments(club: Club) -> None:
    thread = club.question()
    answer = club.answer(thread)
    hide_post(club.ctx(club.mentor), post_id=answer.id, reason="Names a patient.")
    with pytest.raises(Forbidden, match="hidden"):
        club.comment(thread, answer)


def test_an_answer_sent_twice_is_there_once(club: Club) -> None:
    thread = club.question()
    first = club.answer(thread, client_id="request-1")
    assert club.answer(thread, client_id="request-1", body="Other").id == first.id
    comment = club.comment(thread, client_id="request-1")
    assert club.comment(thread, client_id="request-1").id == comment.id
    assert (count(Post), reload(thread).answer_count, thread.comment_count) == (2, 1, 1)
    # Somebody else's request of the same name is another one.
    assert club.answer(thread, club.second, client_id="request-1").id != first.id


def test_an_outer_failure_undoes_the_answer_and_stays_silent(club: Club) -> None:
    thread = club.question()

    def fail() -> None:
        with transaction():
            club.answer(thread, citations=["12"])
            raise Invalid("later")

    with pytest.raises(Invalid, match="later"):
        fail()
    assert (count(Post), count(Citation), facts("answer.posted"), reload(thread).answer_count) == (0, 0, [], 0)


def test_answers_at_the_same_moment_are_all_counted(app: Flask, club: Club) -> None:
    thread_id = club.question().id
    ids = [(user.id, user) for user in (club.peer, club.second, club.mentor, club.author)]
    slug = club.room.slug
    errors: list[BaseException] = []

    def write(user_id: int) -> None:
        from social_cme.accounts.queries import find_user
        from social_cme.rooms.queries import open_room

        try:
            with app.app_context():
                for number in range(5):
                    post_answer(open_room(find_user(user_id), slug), thread_id=thread_id, body=f"{user_id} {number}")
                db.session.remove()
        except BaseException as error:  # noqa: BLE001 - a thread must hand its failure to the test
            errors.append(error)

    workers = [threading.Thread(target=write, args=(user_id,)) for user_id, _user in ids]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert errors == []
    db.session.rollback()
    from social_cme.discussions.models import Thread

    thread = db.session.get(Thread, thread_id)
    assert thread is not None
    assert (reload(thread).answer_count, count(Post), len(facts("answer.posted"))) == (20, 20, 20)


# ------------------------------------------------------------------ withdrawing


def test_a_post_on_which_nobody_built_can_be_withdrawn(club: Club) -> None:
    thread = club.question()
    answer = club.answer(thread)
    withdraw_post(club.ctx(club.peer), post_id=answer.id)
    assert reload(answer).hidden_reason == "Withdrawn by its author."
    assert reload(thread).answer_count == 0
    assert facts("post.state_changed")[0]["change"] == "withdrawn"
    with pytest.raises(Forbidden, match="already"):
        withdraw_post(club.ctx(club.peer), post_id=answer.id)


def test_a_post_on_which_others_built_stays(club: Club) -> None:
    thread = club.question()
    commented, accepted = club.answer(thread), club.answer(thread, club.second)
    club.comment(thread, commented)
    accept_answer(club.ctx(club.author), post_id=accepted.id)
    for user, post in ((club.peer, commented), (club.second, accepted)):
        with pytest.raises(Forbidden, match="built on"):
            withdraw_post(club.ctx(user), post_id=post.id)
    with pytest.raises(Forbidden, match="Only the author"):
        withdraw_post(club.ctx(club.second), post_id=commented.id)
    with pytest.raises(NotFound):
        withdraw_post(club.ctx(club.mentor, club.other), post_id=commented.id)
    assert reload(thread).answer_count == 2
