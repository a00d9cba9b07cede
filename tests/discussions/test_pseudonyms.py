"""Writing under a pseudonym: how it is chosen, what it says, and that everything else goes on working for its author."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from social_cme.accounts.enums import CareerStage
from social_cme.accounts.models import User
from social_cme.accounts.services.profile import update_profile
from social_cme.accounts.services.verification import verify_profession
from social_cme.cme.models import ParticipationEntry
from social_cme.cme.queries.members import count_unnamed, list_members
from social_cme.cme.queries.mine import list_lines
from social_cme.core.errors import Forbidden, Invalid
from social_cme.discussions.models import Thread
from social_cme.discussions.queries.drafts import find_draft
from social_cme.discussions.queries.pages import post_view, thread_view
from social_cme.discussions.queries.pseudonyms import list_pseudonyms
from social_cme.discussions.services.acceptance import accept_answer
from social_cme.discussions.services.drafts import save_draft
from social_cme.extensions import db
from social_cme.notifications.queries import list_notices
from social_cme.search.queries import Filters, find
from social_cme.search.rules import parse_query
from tests.discussions.journal_club import Club, count

Deliver = Callable[[], int]
Login = Callable[[User], FlaskClient]


@pytest.fixture
def resident(club: Club) -> User:
    """The author of the club, in the third year of training."""
    return update_profile(club.author, changes={"career_stage": CareerStage.RESIDENT, "training_year": 3})


def masked(club: Club, level: str = "training_year", **values: Any) -> Thread:
    return club.question(pseudonym=level, **values)


def shown(club: Club, thread: Thread) -> Any:
    return thread_view(club.ctx(club.peer), thread.id).thread.author


def test_a_thread_is_opened_under_the_chosen_line(club: Club, resident: User) -> None:
    author = shown(club, masked(club))
    assert (author.id, author.display_name) == (None, "PGY-3, internal medicine")
    assert author.standing == "Profession not verified"
    coarse = shown(club, masked(club, "member"))
    assert (coarse.display_name, coarse.standing) == ("Member of this room", "")
    assert shown(club, club.question()).display_name == "Ada Author"


@pytest.mark.parametrize("level", ["training_year", "name", "' OR 1=1", "x" * 500])
def test_a_line_that_does_not_fit_the_profile_is_refused(club: Club, level: str) -> None:
    with pytest.raises(Invalid) as refusal:
        masked(club, level)
    assert set(refusal.value.fields) == {"pseudonym"}
    assert count(Thread) == 0


def test_who_may_not_post_may_not_do_so_under_a_pseudonym(club: Club) -> None:
    with pytest.raises(Forbidden):
        club.question(club.stranger, pseudonym="profession")


def test_the_line_stays_as_it_was_when_the_profile_changes(club: Club, resident: User) -> None:
    thread = masked(club)
    verify_profession(actor=None, user_id=resident.id, evidence="Register")
    update_profile(resident, changes={"training_year": 4, "specialty": "cardiology"})
    author = shown(club, thread)
    assert (author.display_name, author.is_verified) == ("PGY-3, internal medicine", False)
    assert shown(club, masked(club)).display_name == "PGY-4, cardiology"
    assert shown(club, masked(club)).standing == "Profession verified"


def test_answers_and_comments_of_the_author_stand_under_the_same_line(club: Club, resident: User) -> None:
    thread = masked(club)
    own = club.answer(thread, resident)
    under = club.comment(thread, own, user=resident)
    theirs = club.answer(thread, club.peer)
    for post in (own, under):
        view = post_view(club.ctx(club.second), post.id)
        assert (view.post.author.id, view.post.author.display_name, view.is_mine) == (
            None,
            "PGY-3, internal medicine",
            False,
        )
    assert post_view(club.ctx(resident), own.id).is_mine
    assert post_view(club.ctx(club.second), theirs.id).post.author.display_name == "Ben Peer"
    elsewhere = club.answer(club.question(club.peer), resident)
    assert post_view(club.ctx(club.second), elsewhere.id).post.author.id == resident.id


def test_what_the_author_is_in_the_room_does_not_show(club: Club) -> None:
    thread = club.question(club.mentor, pseudonym="profession")
    answer = club.answer(thread, club.mentor)
    assert thread_view(club.ctx(club.peer), thread.id).role is None
    assert post_view(club.ctx(club.peer), answer.id).role is None
    named = club.answer(club.question(), club.mentor)
    assert post_view(club.ctx(club.peer), named.id).role == "mentor"


def test_lines_are_counted_among_active_members_who_share_the_standing(club: Club, resident: User) -> None:
    found = {str(one.line.level): (one.sharing, one.is_narrow) for one in list_pseudonyms(club.ctx(resident))}
    assert found == {
        "training_year": (1, True),
        "stage": (1, True),
        "profession": (4, False),
        "member": (4, False),
    }
    for person in (club.peer, club.second):
        update_profile(person, changes={"career_stage": CareerStage.RESIDENT, "training_year": 2})
    again = {str(one.line.level): one.sharing for one in list_pseudonyms(club.ctx(resident))}
    assert (again["training_year"], again["stage"]) == (1, 3)
    verify_profession(actor=None, user_id=club.peer.id, evidence="Register")
    verified = {str(one.line.level): one.sharing for one in list_pseudonyms(club.ctx(resident))}
    assert (verified["stage"], verified["profession"], verified["member"]) == (2, 3, 4)


def test_a_repeated_request_opens_one_thread(club: Club, resident: User) -> None:
    first = masked(club, client_id="same-request")
    assert masked(club, client_id="same-request").id == first.id


def test_the_author_hears_of_answers_and_others_hear_of_the_line(club: Club, resident: User, deliver: Deliver) -> None:
    thread = masked(club)
    theirs = club.answer(thread, club.peer)
    club.comment(thread, theirs, user=resident)
    accept_answer(club.ctx(resident), post_id=theirs.id)
    deliver()
    assert [one.text for one in list_notices(resident).items] == ["Ben Peer answered “Which dose?”"]
    heard = list_notices(club.peer).items
    assert {one.text for one in heard} == {
        "PGY-3, internal medicine commented in “Which dose?”",
        "PGY-3, internal medicine marked your answer in “Which dose?” as helpful",
    }
    assert {one.person.id for one in heard if one.person is not None} == {None}


def test_it_counts_for_the_author_and_for_the_room_and_in_no_line_of_the_table(
    club: Club, resident: User, deliver: Deliver
) -> None:
    thread = masked(club)
    club.answer(thread, resident)
    club.comment(thread, user=resident)
    club.question()
    deliver()
    own = list_lines(resident).items
    assert [(line.activity, line.under_pseudonym) for line in own] == [
        ("thread_opened", False),
        ("comment_written", True),
        ("answer_written", True),
        ("thread_opened", True),
    ]
    assert own[-1].title == "Which dose?"
    [line] = [one for one in list_members(club.ctx(club.mentor)).items if one.user_id == resident.id]
    assert (line.asked, line.answers, line.comments) == (1, 0, 0)
    unnamed = count_unnamed(club.ctx(club.mentor))
    assert (unnamed.asked, unnamed.answers, unnamed.comments) == (1, 1, 1)
    entries = db.session.scalars(select(ParticipationEntry).where(ParticipationEntry.under_pseudonym)).all()
    assert {entry.user_id for entry in entries} == {resident.id}


def test_a_search_by_author_does_not_find_it(club: Club, resident: User, deliver: Deliver) -> None:
    thread = masked(club, title="Digoxin at night")
    club.answer(thread, resident, body="Digoxin again.")
    club.answer(thread, club.peer, body="Digoxin, I think.")
    deliver()
    every = find(club.peer, parse_query("digoxin"), Filters())
    assert {one.author.display_name for one in every.items if one.author} == {"PGY-3, internal medicine", "Ben Peer"}
    assert find(club.peer, parse_query("digoxin"), Filters(author_id=resident.id)).items == []
    assert len(find(club.second, parse_query("digoxin"), Filters(author_id=club.peer.id)).items) == 1


def test_the_composer_says_beforehand_who_can_see_through_it_and_warns(
    club: Club, resident: User, login: Login
) -> None:
    page = login(resident).get(f"/rooms/{club.room.slug}/threads/new?kind=question").text
    assert "Nobody in the room sees your name. Two moderators together can lift it" in page
    assert "The operator of this server can read the database." in page
    assert "fewer than 3 active members" in page
    assert "“Physician” is safer." in page


def test_the_form_keeps_the_choice_in_the_draft_and_posts_it(club: Club, resident: User, login: Login) -> None:
    browser, address = login(resident), f"/rooms/{club.room.slug}/threads/new?kind=question"
    token = browser.get(address).text.split('name="csrf-token" content="')[1].split('"')[0]
    typed = {"csrf_token": token, "title": "Dose?", "body": "Which?", "pseudonym": "profession"}
    kept = browser.post(address, data={**typed, "save_draft": "1", "draft_revision": "0"})
    assert kept.status_code == 303
    draft = find_draft(resident.id, f"room:{club.room.id}:question")
    assert draft is not None
    assert draft.content["pseudonym"] == "profession"
    assert re.search(r'<option[^>]*selected[^>]*value="profession"', browser.get(address).text)
    refused = browser.post(address, data={**typed, "pseudonym": "king"})
    assert refused.status_code == 422
    assert "Which?" in refused.text
    posted = browser.post(address, data={**typed, "draft_revision": str(draft.revision)})
    assert posted.status_code == 303
    page = browser.get(posted.headers["Location"]).text
    assert "Physician" in page
    # A line that the profile no longer gives must not turn into the name.
    save_draft(resident, place=f"room:{club.room.id}:question", content={"pseudonym": "training_year"}, revision=0)
    update_profile(resident, changes={"training_year": None})
    assert re.search(r'<option[^>]*selected[^>]*value="member"', browser.get(address).text)
    assert "you, under a pseudonym" in page


def test_a_draft_of_an_edit_takes_no_pseudonym(club: Club, resident: User, login: Login) -> None:
    thread = masked(club)
    save_draft(resident, place=f"thread:{thread.id}:edit", content={"title": "New"}, revision=0)
    page = login(resident).get(f"/rooms/{club.room.slug}/threads/{thread.id}/edit").text
    assert 'name="pseudonym"' not in page


def test_the_api_offers_lines_and_shows_authors_without_ids(club: Club, resident: User, login: Login) -> None:
    browser = login(resident)
    token = browser.get("/about").text.split('name="csrf-token" content="')[1].split('"')[0]
    base = f"/api/v1/rooms/{club.room.slug}"
    offered = browser.get(f"{base}/pseudonyms").json or {}
    assert [(one["level"], one["line"], one["is_narrow"]) for one in offered["items"]] == [
        ("training_year", "PGY-3, internal medicine", True),
        ("stage", "Resident, internal medicine", True),
        ("profession", "Physician", False),
        ("member", "Member of this room", False),
    ]
    assert login(club.stranger).get(f"{base}/pseudonyms").status_code == 403
    body = {"kind": "question", "title": "Dose?", "body": "Which?", "pseudonym": "stage"}
    made = browser.post(f"{base}/threads", json=body, headers={"X-CSRFToken": token})
    assert made.status_code == 201
    assert made.json is not None
    assert made.json["author"] == {
        "id": None,
        "display_name": "Resident, internal medicine",
        "profession": None,
        "is_verified": False,
        "is_pseudonym": True,
    }
    assert made.json["is_mine"] is True
    seen = login(club.peer).get(f"{base}/threads/{made.json['id']}").json or {}
    assert seen["is_mine"] is False
    wrong = browser.post(f"{base}/threads", json={**body, "pseudonym": "name"}, headers={"X-CSRFToken": token})
    assert wrong.status_code == 422
