"""Drafts: nothing that was written is lost or overwritten unseen, and nobody else reaches it."""

from __future__ import annotations

import threading

import pytest
from flask import Flask

from social_cme.accounts.queries import find_user
from social_cme.core.errors import Conflict, Invalid, NotFound
from social_cme.discussions.models import Draft
from social_cme.discussions.queries.drafts import find_draft, list_drafts
from social_cme.discussions.services.drafts import DraftConflict, discard_draft, save_draft
from social_cme.extensions import db
from social_cme.persistence.transaction import transaction
from tests.discussions.journal_club import Club, count

PLACE = "thread:9:answer"


def test_a_draft_is_kept_and_changed_with_its_revision(club: Club) -> None:
    first = save_draft(club.peer, place=PLACE, content={"body": "one"}, revision=0)
    assert (first.revision, first.content) == (1, {"body": "one"})
    second = save_draft(club.peer, place=PLACE, content={"body": "two", "is_admin": "1"}, revision=1)
    assert (second.id, second.revision, second.content) == (first.id, 2, {"body": "two"})


def test_a_second_window_is_told_and_both_texts_are_kept(club: Club) -> None:
    save_draft(club.peer, place=PLACE, content={"body": "from the phone", "citations": "12"}, revision=0)
    with pytest.raises(DraftConflict) as told:
        save_draft(club.peer, place=PLACE, content={"body": "from the desk"}, revision=0)
    assert told.value.status == 409
    assert told.value.fields == {"body": ["from the phone"], "citations": ["12"], "revision": ["1"]}
    assert find_draft(club.peer.id, PLACE).content["body"] == "from the phone"  # type: ignore[union-attr]
    save_draft(club.peer, place=PLACE, content={"body": "from the desk"}, revision=1)
    assert find_draft(club.peer.id, PLACE).content == {"body": "from the desk"}  # type: ignore[union-attr]


def test_a_save_whose_answer_was_lost_can_be_repeated(club: Club) -> None:
    save_draft(club.peer, place=PLACE, content={"body": "one"}, revision=0)
    assert save_draft(club.peer, place=PLACE, content={"body": "one"}, revision=0).revision == 1


def test_a_draft_posted_elsewhere_does_not_rise_again(club: Club) -> None:
    save_draft(club.peer, place=PLACE, content={"body": "one"}, revision=0)
    discard_draft(club.peer, place=PLACE)
    with pytest.raises(DraftConflict, match="posted or discarded") as told:
        save_draft(club.peer, place=PLACE, content={"body": "two"}, revision=1)
    assert told.value.fields == {"revision": ["0"]}
    assert count(Draft) == 0


def test_everybody_has_their_own_at_the_same_place(club: Club) -> None:
    for user, text in ((club.peer, "mine"), (club.second, "hers")):
        save_draft(user, place=PLACE, content={"body": text}, revision=0)
    discard_draft(club.peer, place=PLACE)
    assert find_draft(club.peer.id, PLACE) is None
    assert [one.content["body"] for one in list_drafts(club.second.id).items] == ["hers"]


@pytest.mark.parametrize("place", ["", "room:1", "thread:0:answer", "admin", "thread:9:answer/../x", "t" * 500])
def test_other_places_have_no_drafts(club: Club, place: str) -> None:
    with pytest.raises(NotFound):
        save_draft(club.peer, place=place, content={}, revision=0)
    with pytest.raises(NotFound):
        discard_draft(club.peer, place=place)


def test_the_two_hundred_and_first_draft_is_refused(club: Club) -> None:
    with transaction():
        for number in range(1, 201):
            save_draft(club.peer, place=f"thread:{number}:answer", content={"body": "x"}, revision=0)
    with pytest.raises(Conflict, match="200 drafts"):
        save_draft(club.peer, place="thread:201:answer", content={"body": "x"}, revision=0)
    save_draft(club.peer, place="thread:7:answer", content={"body": "y"}, revision=1)
    assert count(Draft) == 200


def test_an_outer_failure_keeps_the_former_draft(club: Club) -> None:
    save_draft(club.peer, place=PLACE, content={"body": "one"}, revision=0)

    def fail() -> None:
        with transaction():
            save_draft(club.peer, place=PLACE, content={"body": "two"}, revision=1)
            raise Invalid("later")

    with pytest.raises(Invalid, match="later"):
        fail()
    db.session.expire_all()
    assert find_draft(club.peer.id, PLACE).content == {"body": "one"}  # type: ignore[union-attr]


def test_of_ten_windows_at_once_one_is_kept_and_nine_are_told(app: Flask, club: Club) -> None:
    user_id = club.peer.id
    results: list[str] = []

    def save(number: int) -> None:
        with app.app_context():
            user = find_user(user_id)
            assert user is not None
            try:
                save_draft(user, place=PLACE, content={"body": f"window {number}"}, revision=0)
            except DraftConflict as told:
                results.append(told.fields["body"][0])
            else:
                results.append("kept")
            db.session.remove()

    windows = [threading.Thread(target=save, args=(number,)) for number in range(10)]
    for one in windows:
        one.start()
    for one in windows:
        one.join()
    db.session.rollback()
    kept = find_draft(user_id, PLACE)
    assert kept is not None
    assert sorted(results) == sorted(["kept", *[kept.content["body"]] * 9])
