"""Accepting, endorsing, following: who may, what it counts for, what it tells."""

from __future__ import annotations

import pytest

from social_cme.core.errors import Forbidden, Invalid, NotFound
from social_cme.discussions.models import Endorsement, Follow, Post, Thread
from social_cme.discussions.services.acceptance import accept_answer, unaccept_answer
from social_cme.discussions.services.endorsements import endorse_answer, withdraw_endorsement
from social_cme.discussions.services.follows import follow_thread, unfollow_thread
from social_cme.discussions.services.moderating import hide_post, hide_thread, unhide_post
from social_cme.discussions.services.threads import close_thread
from social_cme.extensions import db
from social_cme.persistence.transaction import transaction
from social_cme.rooms.enums import RoomRole
from tests.discussions.journal_club import Club, count, facts, reload
from tests.factories import Factory


@pytest.fixture
def thread(club: Club) -> Thread:
    return club.question()


@pytest.fixture
def answer(club: Club, thread: Thread) -> Post:
    return club.answer(thread)


def state(thread: Thread) -> tuple[str, int, int]:
    """Return the status, which nobody here sets, and the counts."""
    reload(thread)
    return thread.status, thread.accepted_count, thread.endorsed_count


# ------------------------------------------------------------------ acceptance


def test_several_answers_are_accepted_and_the_status_stays_what_people_said(
    club: Club, thread: Thread, answer: Post
) -> None:
    second, ctx = club.answer(thread, club.second), club.ctx(club.author)
    accept_answer(ctx, post_id=answer.id)
    accept_answer(ctx, post_id=second.id)
    assert state(thread) == ("open", 2, 0)
    unaccept_answer(ctx, post_id=answer.id)
    assert state(thread) == ("open", 1, 0)
    unaccept_answer(ctx, post_id=second.id)
    assert state(thread) == ("open", 0, 0)
    assert [fact["author_id"] for fact in facts("answer.accepted")] == [club.peer.id, club.second.id]
    assert len(facts("answer.unaccepted")) == 2


def test_accepting_twice_counts_once(club: Club, thread: Thread, answer: Post) -> None:
    for _ in range(2):
        accept_answer(club.ctx(club.author), post_id=answer.id)
    assert state(thread) == ("open", 1, 0)
    assert len(facts("answer.accepted")) == 1
    for _ in range(2):
        unaccept_answer(club.ctx(club.author), post_id=answer.id)
    assert state(thread) == ("open", 0, 0)


def test_only_the_author_accepts_and_only_others_answers(club: Club, thread: Thread, answer: Post) -> None:
    own, comment = club.answer(thread, club.author), club.comment(thread, answer)
    for user in (club.peer, club.mentor, club.stranger, None):
        with pytest.raises(Forbidden):
            accept_answer(club.ctx(user), post_id=answer.id)
    with pytest.raises(Forbidden, match="your own"):
        accept_answer(club.ctx(club.author), post_id=own.id)
    with pytest.raises(Forbidden, match="Only answers"):
        accept_answer(club.ctx(club.author), post_id=comment.id)
    with pytest.raises(NotFound):
        accept_answer(club.ctx(club.mentor, club.other), post_id=answer.id)
    assert state(thread) == ("open", 0, 0)
    assert facts("answer.accepted") == []


def test_a_discussion_has_no_accepted_reply(club: Club) -> None:
    reply = club.answer(club.question(kind="discussion"))
    with pytest.raises(Forbidden, match="discussion"):
        accept_answer(club.ctx(club.author), post_id=reply.id)


def test_a_hidden_accepted_answer_no_longer_counts_until_it_is_shown_again(
    club: Club, thread: Thread, answer: Post
) -> None:
    accept_answer(club.ctx(club.author), post_id=answer.id)
    hide_post(club.ctx(club.mentor), post_id=answer.id, reason="Names a patient.")
    assert state(thread) == ("open", 0, 0)
    with pytest.raises(Forbidden, match="hidden"):
        unaccept_answer(club.ctx(club.author), post_id=answer.id)
    unhide_post(club.ctx(club.mentor), post_id=answer.id)
    assert state(thread) == ("open", 1, 0)


def test_a_closed_thread_stays_closed_when_an_answer_is_accepted(club: Club, thread: Thread, answer: Post) -> None:
    close_thread(club.ctx(club.author), thread_id=thread.id, reason="resolved")
    accept_answer(club.ctx(club.author), post_id=answer.id)
    assert state(thread) == ("closed", 1, 0)


def test_an_outer_failure_undoes_the_acceptance_and_stays_silent(club: Club, thread: Thread, answer: Post) -> None:
    def fail() -> None:
        with transaction():
            accept_answer(club.ctx(club.author), post_id=answer.id)
            raise Invalid("later")

    with pytest.raises(Invalid, match="later"):
        fail()
    assert state(thread) == ("open", 0, 0)
    assert reload(answer).is_accepted is False
    assert facts("answer.accepted") == []


# ------------------------------------------------------------------ endorsement


def test_a_mentor_endorses_with_the_certainty_of_the_evidence(club: Club, thread: Thread, answer: Post) -> None:
    endorse_answer(club.ctx(club.mentor), post_id=answer.id, evidence_level="moderate", note=" Two trials. \x00")
    row = db.session.query(Endorsement).one()
    assert (row.evidence_level, row.note, row.mentor_id) == ("moderate", "Two trials.", club.mentor.id)
    assert state(thread) == ("open", 0, 1)
    [fact] = facts("answer.endorsed")
    assert (fact["author_id"], fact["evidence_level"], fact["actor_id"]) == (club.peer.id, "moderate", club.mentor.id)


def test_changing_an_endorsement_is_no_second_one(club: Club, thread: Thread, answer: Post) -> None:
    for level in ("moderate", "low"):
        endorse_answer(club.ctx(club.mentor), post_id=answer.id, evidence_level=level)
    assert (count(Endorsement), len(facts("answer.endorsed"))) == (1, 1)
    assert db.session.query(Endorsement).one().evidence_level == "low"
    assert state(thread) == ("open", 0, 1)


def test_of_two_mentors_the_second_keeps_the_answer_endorsed(
    club: Club, thread: Thread, answer: Post, make: Factory
) -> None:
    other = make.user("Otto Mentor")
    make.membership(club.room, other, role=RoomRole.MENTOR)
    for mentor in (club.mentor, other):
        endorse_answer(club.ctx(mentor), post_id=answer.id, evidence_level="high")
    assert state(thread) == ("open", 0, 1)
    withdraw_endorsement(club.ctx(club.mentor), post_id=answer.id)
    withdraw_endorsement(club.ctx(club.mentor), post_id=answer.id)
    assert state(thread) == ("open", 0, 1)
    withdraw_endorsement(club.ctx(other), post_id=answer.id)
    assert state(thread) == ("open", 0, 0)
    assert len(facts("answer.endorsement_withdrawn")) == 2


def test_only_mentors_of_the_room_endorse_and_never_themselves(
    club: Club, thread: Thread, answer: Post, make: Factory
) -> None:
    coordinator, admin, guest = make.user(), make.user(role="administrator"), make.user()
    make.membership(club.room, coordinator, role=RoomRole.COORDINATOR)
    make.membership(club.other, guest, role=RoomRole.MENTOR)
    for user in (club.author, club.peer, coordinator, admin, guest, None):
        with pytest.raises(Forbidden):
            endorse_answer(club.ctx(user), post_id=answer.id, evidence_level="high")
    own, comment = club.answer(thread, club.mentor), club.comment(thread, answer)
    with pytest.raises(Forbidden, match="your own"):
        endorse_answer(club.ctx(club.mentor), post_id=own.id, evidence_level="high")
    with pytest.raises(Forbidden, match="Only answers"):
        endorse_answer(club.ctx(club.mentor), post_id=comment.id, evidence_level="high")
    with pytest.raises(NotFound):
        endorse_answer(club.ctx(club.mentor, club.other), post_id=answer.id, evidence_level="high")
    assert (count(Endorsement), facts("answer.endorsed")) == (0, [])


def test_a_demoted_mentor_with_an_old_page_endorses_no_more(club: Club, answer: Post) -> None:
    ctx = club.ctx(club.mentor)
    with transaction():
        assert ctx.membership is not None
        ctx.membership.role = RoomRole.LEARNER
    with pytest.raises(Forbidden, match="mentors"):
        endorse_answer(ctx, post_id=answer.id, evidence_level="high")


@pytest.mark.parametrize(("level", "note"), [("", ""), ("1b", ""), ("high", "n" * 1001)])
def test_an_endorsement_of_the_wrong_shape_is_refused(club: Club, answer: Post, level: str, note: str) -> None:
    with pytest.raises(Invalid):
        endorse_answer(club.ctx(club.mentor), post_id=answer.id, evidence_level=level, note=note)
    assert count(Endorsement) == 0


# ------------------------------------------------------------------ following


def test_following_twice_is_following_once(club: Club, thread: Thread) -> None:
    ctx = club.ctx(club.second)
    for _ in range(2):
        follow_thread(ctx, thread_id=thread.id)
    assert db.session.query(Follow).filter_by(user_id=club.second.id).count() == 1
    for _ in range(2):
        unfollow_thread(ctx, thread_id=thread.id)
    assert db.session.query(Follow).filter_by(user_id=club.second.id).count() == 0


def test_whoever_unfollowed_follows_again_by_answering(club: Club, thread: Thread) -> None:
    unfollow_thread(club.ctx(club.author), thread_id=thread.id)
    club.answer(thread, club.author)
    assert db.session.query(Follow).filter_by(user_id=club.author.id).count() == 1


def test_who_cannot_read_cannot_follow(club: Club, thread: Thread, make: Factory) -> None:
    with pytest.raises(Forbidden, match="log in"):
        follow_thread(club.ctx(None), thread_id=thread.id)
    with pytest.raises(NotFound):
        follow_thread(club.ctx(club.mentor, club.other), thread_id=thread.id)
    hide_thread(club.ctx(club.mentor), thread_id=thread.id, reason="Names a patient.")
    with pytest.raises(NotFound):
        follow_thread(club.ctx(club.peer), thread_id=thread.id)
    assert db.session.query(Follow).filter(Follow.user_id != club.author.id).count() == 0
