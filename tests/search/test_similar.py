"""Similar threads: what makes two questions alike, what a reader is shown of them, and what never."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from social_cme.accounts.models import User
from social_cme.discussions.models import Thread
from social_cme.discussions.queries.similar import find_similar
from social_cme.discussions.rules.taxonomy import concepts_of
from social_cme.discussions.services import moderating
from social_cme.discussions.services.threads import post_thread
from social_cme.persistence.transaction import transaction
from social_cme.rooms.enums import MembershipState
from social_cme.rooms.models import Room
from social_cme.rooms.queries import open_room
from social_cme.search.rules.similarity import best, choose_words, read_asked, similarity, stem, weight_of, words_of
from tests.factories import Factory

OLD = ("Hyperkalemia after starting spironolactone", "Potassium 5.9 with stable creatinine. Stop it or treat?")
NEW = ("High potassium on spironolactone", "Her potassium rose to 6.0. Should we stop the drug?")


def score(title: str, body: str, *, asked: tuple[str, str] = NEW) -> float:
    return similarity(read_asked(*asked), {}, title=title, body=body)


# ------------------------------------------------------------------ rules


def test_the_same_question_is_the_most_alike_and_another_matter_is_not() -> None:
    assert score(*NEW) > 0.95
    assert score(*NEW) > score(*OLD) > score("Potassium in bananas", "Diet.") > score("Ankle sprain", "Rest or walk?")
    assert score("Ankle sprain", "Rest or walk?") < 0.05


def test_two_names_of_one_thing_meet() -> None:
    assert concepts_of("Heart attack, then a STEMI in an all-cause cohort") == {"myocardial-infarction"}
    asked = ("Aspirin after a heart attack", "")
    assert score("Aspirin after myocardial infarction", "", asked=asked) > score(
        "Aspirin after a fall", "", asked=asked
    )


def test_endings_and_small_words_do_not_matter() -> None:
    assert stem("infections") == stem("infection")
    assert stem("studies") == stem("study")
    assert stem("gas") == "gas"
    assert words_of("What should we do with the B12 level of 300?") == ["b12", "level"]


def test_the_rarest_words_of_the_title_are_looked_for_first() -> None:
    asked = read_asked("Spironolactone and potassium", "Potassium again, eplerenone, eplerenone")
    counts = {"spironolactone": 3, "potassium": 900, "eplerenone": 1, "again": 5000}
    assert choose_words(asked, counts, most=3) == ["spironolactone", "potassium", "eplerenone"]
    assert choose_words(asked, {}) == []
    assert weight_of(1, 20_000) > weight_of(2_000, 20_000) > 0


def test_what_has_nothing_in_common_is_left_out() -> None:
    assert best([(0.5, 2), (0.5, 1), (0.01, 3), (0.9, 4)], limit=2) == [4, 1]


@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=300))
def test_no_text_breaks_the_comparison(title: str, text: str, other: str) -> None:
    asked = read_asked(title, text)
    assert 0 <= similarity(asked, {}, title=other, body=text) <= 1.000001


# ------------------------------------------------------------------ what is found


@pytest.fixture
def people(make: Factory) -> tuple[Room, User, User]:
    asker, reader = make.user(), make.user()
    return make.room(members=(asker, reader)), asker, reader


def ask(user: User, room: Room, words: tuple[str, str] = OLD, **values: Any) -> Thread:
    return post_thread(open_room(user, room.slug), kind="question", title=words[0], body=words[1], **values)


def found(user: User, room: Room, words: tuple[str, str] = NEW) -> list[int]:
    return [one.id for one in find_similar(open_room(user, room.slug), title=words[0], text=words[1])]


def hear(deliver: Callable[[], int]) -> None:
    while deliver():
        pass


def test_a_similar_thread_of_this_and_of_public_rooms_is_found(
    people: tuple[Room, User, User], make: Factory, deliver: Callable[[], int]
) -> None:
    room, asker, reader = people
    other = make.room(members=(asker,))
    here, there = ask(asker, room), ask(asker, other)
    ask(asker, room, ("Ankle sprain", "Rest or walk?"))
    hear(deliver)
    assert found(reader, room) == [here.id, there.id]
    assert found(reader, room, ("qwertzuiop", "")) == found(reader, room, ("", "")) == []


def test_nobody_is_shown_what_they_may_not_read(
    people: tuple[Room, User, User], make: Factory, deliver: Callable[[], int]
) -> None:
    room, asker, reader = people
    inside = make.room(members=(asker,), visibility="invitation")
    both = make.room(members=(asker, reader), visibility="request")
    shut = make.room(members=(asker,))
    make.membership(shut, reader, state=MembershipState.BANNED)
    told = [ask(asker, one, ("CANARY potassium on spironolactone", NEW[1])) for one in (inside, both, shut)]
    mentor = make.user()
    make.membership(room, mentor, role="mentor")
    hidden = ask(asker, room)
    moderating.hide_thread(open_room(mentor, room.slug), thread_id=hidden.id, reason="r")
    hear(deliver)
    assert found(reader, room) == []
    # Their author is shut out of the public room by nobody; the private ones are not asked from outside.
    assert found(asker, room) == [told[2].id]
    # Their own private room is asked from the inside alone.
    assert len(found(reader, both)) == 1
    moderating.unhide_thread(open_room(mentor, room.slug), thread_id=hidden.id)
    hear(deliver)
    assert found(reader, room) == [hidden.id]


def test_a_room_that_turns_private_is_asked_no_more(
    people: tuple[Room, User, User], make: Factory, deliver: Callable[[], int]
) -> None:
    room, asker, reader = people
    other = make.room(members=(asker,))
    ask(asker, other)
    hear(deliver)
    assert len(found(reader, room)) == 1
    with transaction():
        other.visibility = "request"
    assert found(reader, room) == []


@pytest.mark.parametrize(
    "title", ['" OR *', "potassium AND NOT (", "NEAR(a b)", "it's \\ ' :* & | !", "\x00\ud800 potassium"]
)
def test_no_character_is_read_as_query_language(
    people: tuple[Room, User, User], deliver: Callable[[], int], title: str
) -> None:
    room, asker, reader = people
    ask(asker, room)
    hear(deliver)
    assert isinstance(found(reader, room, (title, "potassium spironolactone")), list)


def test_it_costs_two_statements(
    people: tuple[Room, User, User], deliver: Callable[[], int], count_queries: Callable[[], Any]
) -> None:
    room, asker, reader = people
    for _ in range(4):
        ask(asker, room)
    hear(deliver)
    ctx = open_room(reader, room.slug)
    with count_queries() as seen:
        assert len(find_similar(ctx, title=NEW[0], text=NEW[1])) == 4
    assert len(seen) == 2


# ------------------------------------------------------------------ where it is shown


def token(browser: FlaskClient, address: str) -> str:
    return browser.get(address).text.split('name="csrf-token" content="')[1].split('"')[0]


def test_the_composer_shows_them_while_typing_on_preview_and_before_posting(
    people: tuple[Room, User, User], deliver: Callable[[], int], login: Callable[[User], FlaskClient]
) -> None:
    room, asker, reader = people
    ask(asker, room)
    hear(deliver)
    browser = login(reader)
    new = f"/rooms/{room.slug}/threads/new?kind=question"
    csrf = {"csrf_token": token(browser, new)}
    typed = browser.post(f"/rooms/{room.slug}/similar", data={**csrf, "title": NEW[0], "text": NEW[1]})
    assert OLD[0] in typed.text
    assert "<html" not in typed.text
    form = {**csrf, "title": OLD[0], "body": OLD[1], "client_id": "compose-0001"}
    previewed = browser.post(new, data={**form, "preview": "1"})
    assert "Asked before" in previewed.text
    asked = browser.post(new, data=form)
    assert asked.status_code == 200
    assert "Your text is not posted yet" in asked.text
    assert 'name="seen_similar" type="hidden" value="1"' in asked.text
    assert "Potassium 5.9" in asked.text
    assert browser.post(new, data={**form, "seen_similar": "1"}).status_code == 303


def test_ones_own_thread_never_holds_up_a_form_that_is_sent_twice(
    people: tuple[Room, User, User], deliver: Callable[[], int], login: Callable[[User], FlaskClient]
) -> None:
    room, asker, _ = people
    browser = login(asker)
    new = f"/rooms/{room.slug}/threads/new?kind=question"
    form = {"csrf_token": token(browser, new), "title": OLD[0], "body": OLD[1], "client_id": "compose-0002"}
    first = browser.post(new, data=form)
    hear(deliver)
    assert browser.post(new, data=form).headers["Location"] == first.headers["Location"]


def test_the_api_lists_them_for_members_alone(
    people: tuple[Room, User, User], make: Factory, deliver: Callable[[], int], login: Callable[[User], FlaskClient]
) -> None:
    room, asker, reader = people
    thread = ask(asker, room)
    hear(deliver)
    address, page = f"/api/v1/rooms/{room.slug}/similar", f"/rooms/{room.slug}"
    for user, status in ((reader, 200), (make.user(), 403)):
        browser = login(user)
        answer = browser.post(
            address, json={"title": NEW[0], "text": NEW[1]}, headers={"X-CSRFToken": token(browser, page)}
        )
        assert answer.status_code == status
        if status == 200:
            assert [one["id"] for one in answer.json["items"]] == [thread.id]
            assert set(answer.json["items"][0]) >= {"title", "room_slug", "is_close"}
            assert "author_id" not in answer.json["items"][0]
