"""Changes of state by moderators: what they do to sight, counts and rooms, and who may."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from social_cme.core.errors import Conflict, Forbidden, Invalid, NotFound
from social_cme.discussions.models import Post, Thread
from social_cme.discussions.queries.threads import access_thread, list_threads
from social_cme.discussions.services import moderating
from social_cme.discussions.services.acceptance import accept_answer
from social_cme.discussions.services.endorsements import endorse_answer
from social_cme.persistence.transaction import transaction
from social_cme.rooms.policies import RoomContext
from tests.discussions.journal_club import Club, facts, reload
from tests.factories import Factory


@pytest.fixture
def thread(club: Club) -> Thread:
    return club.question()


@pytest.fixture
def answer(club: Club, thread: Thread) -> Post:
    return club.answer(thread)


Act = Callable[[RoomContext, Thread, Post], Any]
ACTS: dict[str, Act] = {
    "pinned": lambda ctx, thread, _: moderating.pin_thread(ctx, thread_id=thread.id),
    "locked": lambda ctx, thread, _: moderating.lock_thread(ctx, thread_id=thread.id, reason="r"),
    "unlocked": lambda ctx, thread, _: moderating.unlock_thread(ctx, thread_id=thread.id),
    "hidden": lambda ctx, thread, _: moderating.hide_thread(ctx, thread_id=thread.id, reason="r"),
    "unhidden": lambda ctx, thread, _: moderating.unhide_thread(ctx, thread_id=thread.id),
    "post hidden": lambda ctx, _, post: moderating.hide_post(ctx, post_id=post.id, reason="r"),
    "post unhidden": lambda ctx, _, post: moderating.unhide_post(ctx, post_id=post.id),
    "moved": lambda ctx, thread, _: moderating.move_thread(ctx, thread_id=thread.id, to=ctx),
}


@pytest.mark.parametrize("name", ACTS)
def test_only_moderators_change_states(club: Club, thread: Thread, answer: Post, name: str) -> None:
    for user in (club.author, club.peer, club.stranger, None):
        with pytest.raises(Forbidden):
            ACTS[name](club.ctx(user), thread, answer)
    with pytest.raises(NotFound):
        ACTS[name](club.ctx(club.mentor, club.other), thread, answer)
    assert facts("thread.state_changed") == facts("post.state_changed") == []


@pytest.mark.parametrize("name", ["pinned", "locked", "hidden", "post hidden"])
def test_doing_it_twice_records_it_once(club: Club, thread: Thread, answer: Post, name: str) -> None:
    for _ in range(2):
        ACTS[name](club.ctx(club.mentor), thread, answer)
    assert len(facts("thread.state_changed") + facts("post.state_changed")) == 1


@pytest.mark.parametrize("name", ["locked", "hidden", "post hidden"])
def test_an_outer_failure_changes_nothing_and_stays_silent(club: Club, thread: Thread, answer: Post, name: str) -> None:
    def fail() -> None:
        with transaction():
            ACTS[name](club.ctx(club.mentor), thread, answer)
            raise Invalid("later")

    with pytest.raises(Invalid, match="later"):
        fail()
    reload(thread)
    reload(answer)
    assert (thread.locked_at, thread.hidden_at, answer.hidden_at, thread.answer_count) == (None, None, None, 1)
    assert facts("thread.state_changed") == facts("post.state_changed") == []


@pytest.mark.parametrize("reason", ["", " \n", "r" * 1001])
def test_locking_and_hiding_need_a_reason(club: Club, thread: Thread, answer: Post, reason: str) -> None:
    ctx = club.ctx(club.mentor)
    for act in (
        lambda: moderating.lock_thread(ctx, thread_id=thread.id, reason=reason),
        lambda: moderating.hide_thread(ctx, thread_id=thread.id, reason=reason),
        lambda: moderating.hide_post(ctx, post_id=answer.id, reason=reason),
    ):
        with pytest.raises(Invalid) as refused:
            act()
        assert "reason" in refused.value.fields


def test_a_pinned_thread_comes_first(club: Club, thread: Thread) -> None:
    younger = club.question()
    assert [one.id for one in list_threads(club.ctx(None)).items] == [younger.id, thread.id]
    moderating.pin_thread(club.ctx(club.mentor), thread_id=thread.id)
    assert [one.id for one in list_threads(club.ctx(None)).items] == [thread.id, younger.id]
    moderating.pin_thread(club.ctx(club.mentor), thread_id=thread.id, pinned=False)
    assert [one.id for one in list_threads(club.ctx(None)).items] == [younger.id, thread.id]


def test_a_hidden_thread_is_out_of_sight_for_others_and_off_the_count(club: Club, thread: Thread) -> None:
    moderating.hide_thread(club.ctx(club.mentor), thread_id=thread.id, reason="Names a patient.")
    assert reload(club.room).thread_count == 0
    for user in (club.peer, club.stranger, None):
        assert list_threads(club.ctx(user)).items == []
        with pytest.raises(NotFound):
            access_thread(club.ctx(user), thread.id)
    for user in (club.author, club.mentor):
        assert access_thread(club.ctx(user), thread.id).id == thread.id
        assert len(list_threads(club.ctx(user)).items) == 1
    moderating.unhide_thread(club.ctx(club.mentor), thread_id=thread.id)
    assert reload(club.room).thread_count == 1


def test_a_hidden_answer_and_comment_leave_the_counts_and_return(club: Club, thread: Thread, answer: Post) -> None:
    comment = club.comment(thread, answer)
    accept_answer(club.ctx(club.author), post_id=answer.id)
    endorse_answer(club.ctx(club.mentor), post_id=answer.id, evidence_level="low")

    def counts() -> tuple[int, int, int, int, str, int]:
        reload(thread)
        reload(answer)
        marks = thread.accepted_count, thread.endorsed_count, thread.status
        return thread.answer_count, thread.comment_count, *marks, answer.comment_count

    before = counts()
    assert before == (1, 1, 1, 1, "open", 1)
    for post in (answer, comment):
        moderating.hide_post(club.ctx(club.mentor), post_id=post.id, reason="r")
    assert counts() == (0, 0, 0, 0, "open", 0)
    for post in (answer, comment):
        moderating.unhide_post(club.ctx(club.mentor), post_id=post.id)
    assert counts() == before


def test_a_thread_moves_with_its_posts_and_is_told_in_both_rooms(club: Club, thread: Thread, answer: Post) -> None:
    moderating.pin_thread(club.ctx(club.mentor), thread_id=thread.id)
    here, there = club.ctx(club.mentor), club.ctx(club.mentor, club.other)
    moderating.move_thread(here, thread_id=thread.id, to=there)
    reload(thread)
    assert (thread.room_id, thread.is_pinned, reload(answer).room_id) == (club.other.id, False, club.other.id)
    assert (reload(club.room).thread_count, reload(club.other).thread_count) == (0, 1)
    with pytest.raises(NotFound):
        access_thread(club.ctx(club.mentor), thread.id)
    changes = [(fact["room_id"], fact["change"]) for fact in facts("thread.state_changed")[1:]]
    assert changes == [(club.room.id, "moved_away"), (club.other.id, "moved_here")]
    moderating.move_thread(club.ctx(club.mentor, club.other), thread_id=thread.id, to=club.ctx(club.mentor))
    assert reload(thread).room_id == club.room.id


def test_a_thread_moves_only_to_a_room_one_moderates_and_that_is_open(
    club: Club, thread: Thread, make: Factory
) -> None:
    foreign = make.room(mentor=make.user(), members=(club.mentor,))
    with pytest.raises(Forbidden):
        moderating.move_thread(club.ctx(club.mentor), thread_id=thread.id, to=club.ctx(club.mentor, foreign))
    with transaction():
        club.other.is_archived = True
    with pytest.raises(Conflict, match="archived"):
        moderating.move_thread(club.ctx(club.mentor), thread_id=thread.id, to=club.ctx(club.mentor, club.other))
    assert reload(thread).room_id == club.room.id


def test_an_imported_thread_that_is_there_already_does_not_move(club: Club, thread: Thread) -> None:
    twin = club.question()
    with transaction():
        thread.source_ref = twin.source_ref = None
        twin.room_id = club.other.id
        thread.source_ref = "medquad-1"
        twin.source_ref = "medquad-1"
    with pytest.raises(Conflict, match="already"):
        moderating.move_thread(club.ctx(club.mentor), thread_id=thread.id, to=club.ctx(club.mentor, club.other))
    assert reload(thread).room_id == club.room.id
