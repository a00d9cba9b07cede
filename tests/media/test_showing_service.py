"""Which pictures a thread or an answer may show, who sees them, and what becomes of those it shows no more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from social_cme.core import clock
from social_cme.core.errors import Forbidden, Invalid, NotFound
from social_cme.discussions.models import Post, Revision, Thread
from social_cme.discussions.queries.pages import post_view, thread_page
from social_cme.discussions.rules.places import answer_place
from social_cme.discussions.services import edits, moderating
from social_cme.discussions.services.answers import withdraw_post
from social_cme.discussions.services.drafts import save_draft
from social_cme.discussions.services.merging import merge_threads
from social_cme.media.models import Image
from social_cme.media.queries.images import access_image, list_records
from social_cme.media.services import erasing
from social_cme.media.services.erasing import erase_image
from social_cme.privacy.rules.refusal import IdentifiersFound
from tests.discussions.journal_club import Club, count, facts, reload
from tests.media.conftest import files_in
from tests.media.pictures import bring

pytestmark = pytest.mark.sqlite_only


def _sees(club: Club, user: Any, image: Image | str, room: Any = None) -> bool:
    try:
        access_image(club.ctx(user, room), image if isinstance(image, str) else image.key)
    except (NotFound, Forbidden):
        return False
    return True


def test_a_thread_and_an_answer_show_their_pictures_in_order(club: Club) -> None:
    ctx = club.ctx(club.author)
    first, second = bring(ctx), bring(ctx)
    thread = club.question(image_keys=[second.key, first.key])
    other = bring(club.ctx(club.peer))
    post = club.answer(thread, image_keys=[other.key])
    shown = thread_page(club.ctx(club.second), thread.id)
    assert [one.id for one in shown.opening.images] == [second.id, first.id]
    assert [one.id for one in shown.answers[0].images] == [other.id]
    posted = facts("image.posted")
    assert [(one["image_id"], one["holder"], one["holder_id"]) for one in posted] == [
        (second.id, "thread", thread.id),
        (first.id, "thread", thread.id),
        (other.id, "post", post.id),
    ]


def test_a_picture_that_is_not_posted_is_seen_by_who_brought_it_alone(club: Club) -> None:
    image = bring(club.ctx(club.author))
    assert _sees(club, club.author, image)
    for user in (club.peer, club.mentor, club.stranger, None):
        assert not _sees(club, user, image)
    # Not through the door of another room either.
    assert not _sees(club, club.author, image, club.other)


def test_a_posted_picture_is_seen_in_its_room_and_in_no_other(club: Club) -> None:
    image = bring(club.ctx(club.author))
    club.question(image_keys=[image.key])
    assert _sees(club, club.peer, image)
    assert not _sees(club, club.mentor, image, club.other)


@pytest.mark.parametrize("hide", ["thread", "post", "withdrawn", "thread of the post"])
def test_a_hidden_post_hides_its_pictures_from_all_but_author_and_moderators(club: Club, hide: str) -> None:
    thread = club.question()
    if hide == "thread":
        image = bring(club.ctx(club.peer))
        thread = club.question(club.peer, image_keys=[image.key])
    else:
        image = bring(club.ctx(club.peer))
        post = club.answer(thread, image_keys=[image.key])
    moderator = club.ctx(club.mentor)
    assert _sees(club, club.second, image)
    if hide in {"thread", "thread of the post"}:
        moderating.hide_thread(moderator, thread_id=thread.id, reason="names somebody")
    elif hide == "post":
        moderating.hide_post(moderator, post_id=post.id, reason="names somebody")
    else:
        withdraw_post(club.ctx(club.peer), post_id=post.id)
    assert not _sees(club, club.second, image)
    assert _sees(club, club.mentor, image)
    if hide != "thread of the post":
        assert _sees(club, club.peer, image)
    if hide in {"post", "withdrawn"}:
        assert post_view(club.ctx(club.second), post.id).images == ()


def test_pictures_follow_their_thread_into_another_room(club: Club) -> None:
    opening, below = bring(club.ctx(club.author)), bring(club.ctx(club.peer))
    thread = club.question(image_keys=[opening.key])
    club.answer(thread, image_keys=[below.key])
    moderating.move_thread(club.ctx(club.mentor), thread_id=thread.id, to=club.ctx(club.mentor, club.other))
    for image in (opening, below):
        assert _sees(club, club.mentor, image, club.other)
        assert not _sees(club, club.mentor, image)
        assert reload(image).room_id == club.other.id
    assert [one.id for one in list_records(club.ctx(club.mentor, club.other)).items] == [below.id, opening.id]


def test_the_pictures_of_an_opening_stay_with_it_when_its_thread_is_merged_into_another(club: Club) -> None:
    image = bring(club.ctx(club.author))
    thread, into = club.question(image_keys=[image.key]), club.question(club.peer)
    merge_threads(club.ctx(club.mentor), thread_id=thread.id, into_id=into.id)
    assert _sees(club, club.second, image)
    shown = thread_page(club.ctx(club.second), into.id)
    assert [one.id for one in shown.opening.comments[0].images] == [image.id]


def test_what_stands_with_a_picture_is_looked_through_for_identifiers(club: Club) -> None:
    ctx = club.ctx(club.author)
    image = bring(ctx, alt="ECG of the patient, SSN 219-09-9999")
    for write in (
        lambda: club.question(image_keys=[image.key]),
        lambda: club.answer(_any_thread(club), club.author, image_keys=[image.key]),
    ):
        with pytest.raises(IdentifiersFound) as refused:
            write()
        assert set(refused.value.fields) == {"pictures"}
    thread = club.question()
    with pytest.raises(IdentifiersFound):
        edits.edit_thread(ctx, thread_id=thread.id, title=thread.title, body=thread.body_md, image_keys=[image.key])
    assert reload(image).holder_id is None


Wrong = Callable[[Club], list[str]]


def _somebody_elses(club: Club) -> list[str]:
    return [bring(club.ctx(club.peer)).key]


def _of_another_room(club: Club) -> list[str]:
    return [bring(club.ctx(club.author, club.other)).key]


def _erased(club: Club) -> list[str]:
    image = bring(club.ctx(club.author))
    erase_image(club.ctx(club.author), key=image.key)
    return [image.key]


def _posted_elsewhere(club: Club) -> list[str]:
    image = bring(club.ctx(club.author))
    club.question(image_keys=[image.key])
    return [image.key]


def _one_too_many(club: Club) -> list[str]:
    return [f"{number}" for number in range(9)]


@pytest.mark.parametrize(
    "keys",
    [
        _somebody_elses,
        _of_another_room,
        _erased,
        _posted_elsewhere,
        _one_too_many,
        lambda _: ["../../etc/passwd"],
        lambda _: ["\x00" * 43],
    ],
    ids=["somebody else's", "of another room", "erased", "posted elsewhere", "one too many", "a path", "nul"],
)
def test_a_picture_that_is_not_ones_own_to_show_refuses_the_whole_post(club: Club, keys: Wrong) -> None:
    wrong = keys(club)
    before = count(Thread), count(Post)
    for write in (
        lambda: club.question(image_keys=wrong),
        lambda: club.answer(_any_thread(club), club.author, image_keys=wrong),
    ):
        threads = count(Thread)
        with pytest.raises(Invalid) as refused:
            write()
        assert set(refused.value.fields) == {"image_keys"}
        assert count(Thread) - threads in {0, 1}
    assert count(Post) == before[1]


def _any_thread(club: Club) -> Thread:
    return club.question(club.peer)


def test_an_edit_adds_orders_and_erases_pictures(club: Club, folder: Path) -> None:
    ctx = club.ctx(club.author)
    first, second, third = bring(ctx), bring(ctx), bring(ctx)
    thread = club.question(image_keys=[first.key, second.key])
    same = {"thread_id": thread.id, "title": thread.title, "body": thread.body_md}
    edits.edit_thread(ctx, **same, image_keys=[third.key, first.key])
    assert [one.id for one in thread_page(ctx, thread.id).opening.images] == [third.id, first.id]
    assert reload(second).removed_at is not None
    assert (second.alt, second.caption) == ("", "")
    assert not [path for path in files_in(folder) if second.key in path.parts]
    # The pictures are part of what the thread says: an edit of them leaves a version.
    assert reload(thread).revision == 1
    edits.edit_thread(ctx, **same, image_keys=[third.key, first.key])
    edits.edit_thread(ctx, **same)
    assert (reload(thread).revision, count(Revision)) == (1, 1)


def test_an_edit_of_an_answer_can_take_its_picture_away(club: Club) -> None:
    ctx = club.ctx(club.peer)
    image = bring(ctx)
    post = club.answer(club.question(), image_keys=[image.key])
    edits.edit_post(ctx, post_id=post.id, body=post.body_md)
    assert _sees(club, club.second, image)
    edits.edit_post(ctx, post_id=post.id, body=post.body_md, image_keys=[])
    assert not _sees(club, club.peer, image)
    assert facts("image.erased") == [{"room_id": club.room.id, "image_id": image.id, "actor_id": club.peer.id}]


def test_who_brought_a_picture_and_the_moderators_can_erase_it(club: Club, folder: Path) -> None:
    for eraser, reason in ((club.author, ""), (club.mentor, "A name on the wristband.")):
        image = bring(club.ctx(club.author))
        club.question(image_keys=[image.key])
        with pytest.raises(Forbidden):
            erase_image(club.ctx(club.peer), key=image.key, reason="I do not like it")
        erase_image(club.ctx(eraser), key=image.key, reason=reason)
        assert not _sees(club, club.mentor, image)
        assert (reload(image).erased_by_id, image.erased_reason) == (eraser.id, reason)
        assert files_in(folder) == []
    with pytest.raises(NotFound):
        erase_image(club.ctx(club.mentor), key=image.key, reason="again")


def test_a_moderator_says_why_in_bounded_words(club: Club) -> None:
    image = bring(club.ctx(club.author))
    club.question(image_keys=[image.key])
    for reason in ("", "x" * 301):
        with pytest.raises(Invalid) as refused:
            erase_image(club.ctx(club.mentor), key=image.key, reason=reason)
        assert set(refused.value.fields) == {"reason"}
    assert _sees(club, club.peer, image)


def test_what_nobody_posted_is_swept_after_a_day_with_its_files(club: Club, folder: Path) -> None:
    posted, waiting = bring(club.ctx(club.author)), bring(club.ctx(club.author)).key
    club.question(image_keys=[posted.key])
    with clock.at(clock.now() + timedelta(hours=23)):
        erasing.sweep()
    assert _sees(club, club.author, waiting)
    with clock.at(clock.now() + timedelta(hours=25)):
        erasing.sweep()
        erasing.sweep()
    assert not _sees(club, club.author, waiting)
    assert _sees(club, club.peer, posted)
    assert {path.parent.name for path in files_in(folder)} == {posted.key}
    assert count(Image) == 1


def test_a_picture_that_a_draft_names_waits_longer_but_not_for_ever(club: Club) -> None:
    ctx = club.ctx(club.author)
    image = bring(ctx).key
    thread = club.question(club.peer)
    content = {"body": "To be finished", "image_keys": image}
    save_draft(club.author, place=answer_place(thread.id), content=content, revision=0)
    with clock.at(clock.now() + timedelta(days=29)):
        erasing.sweep()
    assert _sees(club, club.author, image)
    with clock.at(clock.now() + timedelta(days=31)):
        erasing.sweep()
    assert not _sees(club, club.author, image)


def test_files_that_a_crash_left_over_are_removed_by_the_sweep(
    club: Club, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = bring(club.ctx(club.author))
    club.question(image_keys=[image.key])
    with monkeypatch.context() as patch:
        patch.setattr(erasing, "enqueue", lambda *_args, **_values: None)
        erase_image(club.ctx(club.author), key=image.key)
    assert files_in(folder)
    assert erasing.sweep() == 1
    assert files_in(folder) == []
    assert reload(image).removed_at is not None
    assert erasing.sweep() == 0


def test_a_page_takes_as_many_statements_with_many_pictures_as_with_one(club: Club, count_queries: Any) -> None:
    thread = club.question(image_keys=[bring(club.ctx(club.author)).key])
    club.answer(thread, image_keys=[bring(club.ctx(club.peer)).key])
    ctx = club.ctx(club.second)
    thread_page(ctx, thread.id)
    with count_queries() as one:
        thread_page(ctx, thread.id)
    for _ in range(3):
        club.answer(thread, image_keys=[bring(club.ctx(club.peer)).key for _ in range(2)])
    ctx = club.ctx(club.second)
    thread_page(ctx, thread.id)
    with count_queries() as many:
        thread_page(ctx, thread.id)
    assert len(many) == len(one)
