"""Pinning, locking, hiding, moving: who may, what the log says, and that nothing is done twice."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from social_cme.accounts.enums import SiteRole
from social_cme.accounts.models import User
from social_cme.core.errors import Conflict, Forbidden, Invalid, NotFound
from social_cme.discussions.queries.threads import access_thread, follower_ids
from social_cme.discussions.services.answers import withdraw_post
from social_cme.extensions import db
from social_cme.moderation.models import LogEntry
from social_cme.moderation.queries import count_open, list_log
from social_cme.moderation.services import measures
from social_cme.moderation.services.flags import raise_flag
from social_cme.persistence.transaction import transaction
from tests.moderation.conftest import Scene

Act = Callable[[Scene, User], object]

ACTS: dict[str, Act] = {
    "pin": lambda s, who: measures.pin(s.ctx(who), thread_id=s.thread.id),
    "unpin": lambda s, who: measures.pin(s.ctx(who), thread_id=s.thread.id, pinned=False),
    "lock": lambda s, who: measures.lock(s.ctx(who), thread_id=s.thread.id, reason="Heated."),
    "unlock": lambda s, who: measures.unlock(s.ctx(who), thread_id=s.thread.id),
    "hide": lambda s, who: measures.hide(s.ctx(who), target="post", target_id=s.answer.id, reason="Unsafe."),
    "unhide": lambda s, who: measures.unhide(s.ctx(who), target="post", target_id=s.answer.id),
    "hide thread": lambda s, who: measures.hide(s.ctx(who), target="thread", target_id=s.thread.id, reason="Spam."),
    "unhide thread": lambda s, who: measures.unhide(s.ctx(who), target="thread", target_id=s.thread.id),
}


@pytest.mark.parametrize("name", ACTS)
def test_learners_strangers_and_mentors_of_other_rooms_may_not(scene: Scene, name: str) -> None:
    other = scene.make.user()
    scene.make.room(mentor=other)
    for person in (scene.asker, scene.author, scene.make.user(), other, scene.make.user(role=SiteRole.AUDITOR)):
        with pytest.raises(Forbidden):
            ACTS[name](scene, person)
    assert scene.log() == []


@pytest.mark.parametrize(
    ("do", "undo", "logged"),
    [
        ("pin", "unpin", ["pinned", "unpinned"]),
        ("lock", "unlock", ["locked", "unlocked"]),
        ("hide", "unhide", ["hidden", "unhidden"]),
        ("hide thread", "unhide thread", ["hidden", "unhidden"]),
    ],
)
def test_a_measure_and_its_undoing_are_logged_once_each(scene: Scene, do: str, undo: str, logged: list[str]) -> None:
    for name in (do, do, undo, undo):
        ACTS[name](scene, scene.mentor)
    assert scene.log() == logged


@pytest.mark.parametrize("name", ACTS)
def test_the_servers_moderators_may_everywhere(scene: Scene, name: str) -> None:
    ACTS[name](scene, scene.make.user(role=SiteRole.MODERATOR))


@pytest.mark.parametrize("reason", ["", "  \n ", "x" * 501])
def test_locking_and_hiding_need_a_reason_of_at_most_500_characters(scene: Scene, reason: str) -> None:
    with pytest.raises(Invalid):
        measures.lock(scene.ctx(scene.mentor), thread_id=scene.thread.id, reason=reason)
    with pytest.raises(Invalid):
        measures.hide(scene.ctx(scene.mentor), target="post", target_id=scene.answer.id, reason=reason)
    assert scene.log() == []
    assert scene.thread.locked_at is None


def test_the_log_says_who_did_what_to_whom_and_why(scene: Scene) -> None:
    ACTS["hide"](scene, scene.mentor)
    [entry] = list_log(scene.ctx(scene.mentor)).items
    assert (entry.actor.id, entry.action, entry.target, entry.target_id) == (
        scene.mentor.id,
        "hidden",
        "post",
        scene.answer.id,
    )
    assert (entry.subject_id, entry.reason, entry.thread_id) == (scene.author.id, "Unsafe.", scene.thread.id)


def test_the_log_cannot_be_changed(scene: Scene) -> None:
    ACTS["pin"](scene, scene.mentor)
    entry = db.session.query(LogEntry).one()

    def change() -> None:
        with transaction():
            entry.reason = "Something else."

    def remove() -> None:
        with transaction() as tx:
            tx.session.delete(entry)

    for attempt in (change, remove):
        with pytest.raises(RuntimeError, match="only ever added"):
            attempt()
    assert scene.log() == ["pinned"]


def test_the_log_pages_from_the_newest_on(scene: Scene) -> None:
    for number in range(7):
        ACTS["unpin" if number % 2 else "pin"](scene, scene.mentor)
    ctx = scene.ctx(scene.mentor)
    first = list_log(ctx, limit=3)
    second = list_log(ctx, limit=3, cursor=first.next_cursor)
    third = list_log(ctx, limit=3, cursor=second.next_cursor)
    ids = [entry.id for page in (first, second, third) for entry in page.items]
    assert ids == sorted(ids, reverse=True)
    assert (len(ids), third.next_cursor) == (7, None)


def test_hiding_from_the_thread_settles_the_reports_about_it(scene: Scene) -> None:
    raise_flag(scene.ctx(scene.asker), target="post", target_id=scene.answer.id, reason="inaccurate")
    ACTS["hide"](scene, scene.mentor)
    assert count_open(scene.room.id) == 0
    assert (scene.flags()[0].resolution, scene.flags()[0].resolution_note) == ("hide", "Unsafe.")
    assert [kind for kind, _ in scene.facts()] == ["flag.raised", "flag.resolved"]


def test_showing_again_settles_the_reports_as_kept(scene: Scene) -> None:
    raise_flag(scene.ctx(scene.asker), target="post", target_id=scene.answer.id, reason="identifier")
    ACTS["unhide"](scene, scene.mentor)
    assert scene.flags()[0].resolution == "keep"


def test_what_its_author_took_back_is_not_shown_again(scene: Scene) -> None:
    withdraw_post(scene.ctx(scene.author), post_id=scene.answer.id)
    with pytest.raises(Conflict, match="took this back"):
        ACTS["unhide"](scene, scene.mentor)


def test_a_moved_thread_takes_followers_reports_and_an_entry_in_both_logs(scene: Scene) -> None:
    target = scene.make.room(mentor=scene.mentor)
    raise_flag(scene.ctx(scene.asker), target="post", target_id=scene.answer.id, reason="off_topic")
    followers = set(follower_ids(scene.thread.id))
    assert followers
    measures.move(
        scene.ctx(scene.mentor), thread_id=scene.thread.id, to=scene.ctx(scene.mentor, target), reason="Better there."
    )
    db.session.expire_all()
    assert access_thread(scene.ctx(scene.mentor, target), scene.thread.id).id == scene.thread.id
    assert scene.answer.room_id == target.id
    assert set(follower_ids(scene.thread.id)) == followers
    assert (count_open(scene.room.id), count_open(target.id)) == (0, 1)
    assert (scene.log(), scene.log(target)) == (["moved_away"], ["moved_here"])
    with pytest.raises(NotFound):
        access_thread(scene.ctx(scene.mentor), scene.thread.id)


def test_a_thread_moves_only_between_rooms_that_one_moderates(scene: Scene) -> None:
    elsewhere = scene.make.room(members=(scene.mentor,))
    with pytest.raises(Forbidden):
        measures.move(scene.ctx(scene.mentor), thread_id=scene.thread.id, to=scene.ctx(scene.mentor, elsewhere))
    with pytest.raises(Invalid):
        measures.move(scene.ctx(scene.mentor), thread_id=scene.thread.id, to=scene.ctx(scene.mentor))
    mine = scene.make.room(mentor=scene.mentor, is_archived=True)
    with pytest.raises(Conflict):
        measures.move(scene.ctx(scene.mentor), thread_id=scene.thread.id, to=scene.ctx(scene.mentor, mine))
    assert scene.log() == []
    db.session.expire_all()
    assert scene.thread.room_id == scene.room.id


def test_a_thread_of_another_room_is_not_there(scene: Scene) -> None:
    other = scene.make.room(mentor=scene.mentor)
    ctx = scene.ctx(scene.mentor, other)
    with pytest.raises(NotFound):
        measures.pin(ctx, thread_id=scene.thread.id)
    with pytest.raises(NotFound):
        measures.hide(ctx, target="post", target_id=scene.answer.id, reason="No.")
