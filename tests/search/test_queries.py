"""What a search finds, in which order, and what it never shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from social_cme.accounts.enums import AccountState, SiteRole, Specialty
from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.core.errors import BadRequest
from social_cme.discussions.enums import EvidenceLevel, PostKind, ThreadStatus
from social_cme.discussions.models import Endorsement
from social_cme.extensions import db
from social_cme.persistence.transaction import transaction
from social_cme.rooms.enums import MembershipState, Visibility
from social_cme.rooms.models import Membership, Room
from social_cme.search.enums import SCOPE_KINDS, EntryKind, SearchOrder, SearchScope
from social_cme.search.services.indexing import index_people, index_thread_texts
from tests.factories import Factory
from tests.search.people_and_texts import add_post, add_room_to_index, add_thread, search, titles

CANARY = "zebrafish4711"


def test_other_forms_of_a_word_are_found(make: Factory) -> None:
    author = make.user()
    room = make.room(mentor=author)
    add_thread(room, author, "Bleeding after a tooth extraction", "He takes apixaban.")
    assert titles(search(None, "bleed")) == ["Bleeding after a tooth extraction"]
    assert titles(search(None, "extractions tooth's")) == ["Bleeding after a tooth extraction"]
    assert titles(search(None, "apixaban extracted")) == ["Bleeding after a tooth extraction"]


def test_a_word_in_the_title_comes_before_a_word_in_the_text(make: Factory) -> None:
    author = make.user()
    room = make.room(mentor=author)
    add_thread(room, author, "Sodium", "The patient was dizzy. " * 20 + "Potassium was low.")
    add_thread(room, author, "Potassium", "The patient was dizzy. " * 20)
    assert titles(search(None, "potassium")) == ["Potassium", "Sodium"]


def test_phrases_exclusions_and_beginnings_work(make: Factory) -> None:
    author = make.user()
    room = make.room(mentor=author)
    add_thread(room, author, "One", "chronic kidney disease stage four")
    add_thread(room, author, "Two", "kidney stones and chronic pain, no other disease")
    add_thread(room, author, "Three", "hyperkalemia after spironolactone, 1.5 mg, COVID-19")
    assert titles(search(None, '"chronic kidney disease"')) == ["One"]
    assert titles(search(None, "kidney -stones")) == ["One"]
    assert titles(search(None, "hyperk*")) == ["Three"]
    assert titles(search(None, "COVID-19 1.5")) == ["Three"]
    assert titles(search(None, "-kidney")) == []
    assert sorted(titles(search(None, 'chronic -"kidney stones"'))) == ["One"]


def test_when_nothing_holds_every_word_those_with_some_are_shown_and_named_so(make: Factory) -> None:
    author = make.user()
    room = make.room(mentor=author)
    add_thread(room, author, "Dabigatran in renal failure")
    page = search(None, "dabigatran giraffe")
    assert page.only_some_words
    assert titles(page) == ["Dabigatran in renal failure"]
    assert not search(None, "dabigatran").only_some_words
    assert not search(None, "giraffe okapi").only_some_words


def test_answers_comments_rooms_and_people_are_found_with_counts(make: Factory) -> None:
    author = make.user("Dr. Methotrexate Expert")
    room = add_room_to_index(make.room(mentor=author, name="Methotrexate clinic", specialty=Specialty.RHEUMATOLOGY))
    thread = add_thread(room, author, "Methotrexate and lungs")
    answer = add_post(thread, author, "Stop methotrexate first.")
    add_post(thread, author, "Why methotrexate?", kind=PostKind.COMMENT, parent_id=answer.id)
    index_people([author.id])
    page = search(author, "methotrexate")
    assert {one.kind for one in page.items} == set(EntryKind) - set(SCOPE_KINDS[SearchScope.LIVE])
    assert page.counts == {
        SearchScope.ALL: 5,
        SearchScope.THREADS: 1,
        SearchScope.ANSWERS: 2,
        SearchScope.LIVE: 0,
        SearchScope.ROOMS: 1,
        SearchScope.PEOPLE: 1,
    }
    assert titles(search(author, "methotrexate", scope=SearchScope.ROOMS)) == ["Methotrexate clinic"]
    assert search(author, "methotrexate", scope=SearchScope.ROOMS).total == 5


def test_people_are_shown_to_people_and_closed_accounts_to_nobody(make: Factory) -> None:
    known, gone = make.user("Quetzal Known"), make.user("Quetzal Gone")
    index_people([known.id, gone.id])
    with transaction():
        gone.state = AccountState.CLOSED
    assert titles(search(None, "quetzal")) == []
    assert titles(search(make.user(), "quetzal")) == ["Quetzal Known"]


@pytest.mark.parametrize("visibility", [Visibility.REQUEST, Visibility.INVITATION])
def test_a_closed_room_is_searched_by_its_members_and_the_staff_alone(make: Factory, visibility: str) -> None:
    mentor, member, stranger, banned = make.user(), make.user(), make.user(), make.user()
    room = make.room(mentor=mentor, members=(member,), visibility=visibility)
    make.membership(room, banned, state=MembershipState.BANNED)
    thread = add_thread(room, mentor, f"About {CANARY}")
    add_post(thread, mentor, f"Answer {CANARY}")
    for reader in (None, stranger, banned):
        page = search(reader, CANARY)
        assert (page.items, page.total) == ([], 0)
    for role in (SiteRole.MODERATOR, SiteRole.ADMINISTRATOR, SiteRole.AUDITOR):
        assert search(make.user(role=role), CANARY).total == 2
    assert search(member, CANARY).total == 2
    with transaction():
        make_left(member, room)
    assert search(member, CANARY).total == 0


def make_left(user: User, room: Room) -> None:
    db.session.query(Membership).filter_by(user_id=user.id, room_id=room.id).update({"state": MembershipState.LEFT})


def test_a_banned_member_does_not_find_a_public_room_again(make: Factory) -> None:
    mentor, banned = make.user(), make.user()
    room = add_room_to_index(make.room(mentor=mentor, name=f"Room {CANARY}"))
    make.membership(room, banned, state=MembershipState.BANNED)
    add_thread(room, mentor, CANARY)
    assert search(banned, CANARY).total == 0
    assert search(None, CANARY).total == 2


def test_an_invitation_room_is_named_to_its_members_alone(make: Factory) -> None:
    mentor = make.user()
    add_room_to_index(make.room(mentor=mentor, name=f"Room {CANARY}", visibility=Visibility.INVITATION))
    assert search(make.user(), CANARY).total == 0
    assert search(mentor, CANARY).total == 1


def test_what_is_hidden_is_gone_at_once_without_any_listener(make: Factory) -> None:
    mentor = make.user()
    room = make.room(mentor=mentor)
    first, second = add_thread(room, mentor, f"First {CANARY}"), add_thread(room, mentor, "Second")
    add_post(first, mentor, f"In the first {CANARY}")
    answer = add_post(second, mentor, f"In the second {CANARY}")
    add_post(second, mentor, f"Below it {CANARY}", kind=PostKind.COMMENT, parent_id=answer.id)
    assert search(mentor, CANARY).total == 4
    with transaction():
        answer.hidden_at = clock.now()
    assert search(mentor, CANARY).total == 2
    with transaction():
        first.hidden_at = clock.now()
    assert search(mentor, CANARY).total == 0


def test_a_thread_moved_to_a_closed_room_is_gone_at_once(make: Factory) -> None:
    mentor = make.user()
    thread = add_thread(make.room(mentor=mentor), mentor, CANARY)
    closed = make.room(mentor=mentor, visibility=Visibility.INVITATION)
    assert search(None, CANARY).total == 1
    with transaction():
        thread.room_id = closed.id
    assert search(None, CANARY).total == 0


def test_filters_narrow_down(make: Factory) -> None:
    mentor, other = make.user(), make.user()
    heart = make.room(mentor=mentor, specialty=Specialty.CARDIOLOGY)
    kidney = make.room(mentor=mentor, specialty=Specialty.NEPHROLOGY)
    solved = add_thread(heart, mentor, "Solved furosemide", accepted_count=1, status=ThreadStatus.ANSWERED)
    endorsed = add_thread(heart, other, "Endorsed furosemide", endorsed_count=1)
    add_thread(kidney, mentor, "Open furosemide")
    accepted = add_post(solved, other, "furosemide twice", is_accepted=True)
    best = add_post(endorsed, other, "furosemide once", is_endorsed=True)
    with transaction() as tx:
        tx.add(Endorsement(post_id=best.id, mentor_id=mentor.id, evidence_level=EvidenceLevel.HIGH))

    def found(**filters: Any) -> set[int]:
        return {one.object_id for one in search(None, "furosemide", **filters).items if one.post is None}

    def posts(**filters: Any) -> set[int]:
        return {one.post.id for one in search(None, "furosemide", **filters).items if one.post is not None}

    assert (found(room=kidney.slug), posts(room=kidney.slug)) == ({solved.id + 2}, set())
    assert (found(specialty=Specialty.CARDIOLOGY), len(posts(specialty=Specialty.CARDIOLOGY))) == (
        {solved.id, endorsed.id},
        2,
    )
    assert (found(author_id=other.id), posts(author_id=other.id)) == ({endorsed.id}, {accepted.id, best.id})
    assert (found(solved=True), posts(solved=True)) == ({solved.id, endorsed.id}, {accepted.id})
    assert (found(endorsed=True), posts(endorsed=True)) == ({endorsed.id}, {best.id})
    assert (found(evidence=EvidenceLevel.HIGH), posts(evidence=EvidenceLevel.HIGH)) == ({endorsed.id}, {best.id})
    assert (found(evidence=EvidenceLevel.LOW), posts(evidence=EvidenceLevel.LOW)) == (set(), set())
    assert found(room="no-such-room") == set()


def test_newest_first_is_an_order(make: Factory) -> None:
    author = make.user()
    room = make.room(mentor=author)
    for number in range(3):
        add_thread(room, author, f"Heparin {number}", "heparin " * (3 - number))
    assert titles(search(None, "heparin", order=SearchOrder.NEWEST)) == ["Heparin 2", "Heparin 1", "Heparin 0"]


def test_pages_follow_each_other_without_gap_or_repeat(make: Factory) -> None:
    author = make.user()
    room = make.room(mentor=author)
    for number in range(45):
        add_thread(room, author, f"Insulin {number}")
    seen: list[int] = []
    cursor: str | None = None
    for expected in (20, 20, 5):
        page = search(None, "insulin", cursor=cursor)
        assert len(page.items) == expected
        seen += [one.object_id for one in page.items]
        cursor = page.next_cursor
    assert cursor is None
    assert len(set(seen)) == 45


@pytest.mark.parametrize("cursor", ["x", "WzQwMF0", "Wy0xXQ", "W10", "WyJhIl0", "WzldWzld", "a" * 600])
def test_a_made_up_cursor_is_refused(make: Factory, cursor: str) -> None:
    with pytest.raises(BadRequest):
        search(None, "insulin", cursor=cursor)


def test_the_excerpt_marks_the_word_and_trusts_no_markup(make: Factory) -> None:
    author = make.user()
    room = make.room(mentor=author)
    thread = add_thread(room, author, "5 < 6 & Amiodarone", "dose &lt; 3 &amp; amiodarone today")
    [result] = search(None, "amiodarone").items
    assert [piece.text for piece in result.excerpt if piece.found] == ["amiodarone"]
    assert "".join(piece.text for piece in result.excerpt) == "dose < 3 & amiodarone today"
    assert [piece.text for piece in result.title] == ["5 < 6 & ", "Amiodarone"]
    assert result.object_id == thread.id


def test_the_number_of_statements_does_not_depend_on_how_much_is_found(
    make: Factory, count_queries: Callable[[], Any]
) -> None:
    author = make.user()
    room = make.room(mentor=author)
    thread = add_thread(room, author, "Lithium")
    reader = make.user()
    reader_id = reader.id
    assert reader.id == reader_id
    with count_queries() as few:
        search(reader, "lithium")
    for number in range(30):
        add_post(add_thread(room, author, f"Lithium {number}"), author, "lithium level")
    add_post(thread, author, "lithium")
    assert reader.id == reader_id
    with count_queries() as many:
        search(reader, "lithium")
    assert len(few) == len(many) == 3


def test_an_edited_text_is_found_by_its_new_words_alone(make: Factory) -> None:
    author = make.user()
    thread = add_thread(make.room(mentor=author), author, "Before")
    with transaction():
        thread.title = "Afterwards"
    index_thread_texts([thread.id])
    assert titles(search(None, "before")) == []
    assert titles(search(None, "afterwards")) == ["Afterwards"]
