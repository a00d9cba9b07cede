"""The pages of evidence: what mentors and members fill in, what readers see, and what is given back when it cannot be saved."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.discussions.models import Dispute, Endorsement, Post, Thread
from social_cme.discussions.services.endorsements import endorse_answer
from social_cme.discussions.services.lapsing import lapse_overdue
from social_cme.discussions.services.summaries import save_summary
from social_cme.extensions import db
from social_cme.persistence.transaction import transaction
from tests.discussions.journal_club import CASE, Club, reload

Login = Callable[[User], FlaskClient]


@pytest.fixture
def thread(club: Club) -> Thread:
    return club.question(kind="case", body="", case=CASE, setting="icu", age_band="90+")


@pytest.fixture
def answer(club: Club, thread: Thread) -> Post:
    return club.answer(thread, citations=["DOSE trial doi:10.1056/NEJMoa1005419"])


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def at(club: Club, path: str) -> str:
    return f"/rooms/{club.room.slug}/{path}"


def sent(browser: FlaskClient, address: str, status: int = 303, **data: Any) -> str:
    token = browser.get("/about").text.split('name="csrf-token" content="')[1].split('"')[0]
    answer = browser.post(address, data={"csrf_token": token, **data})
    assert answer.status_code == status, answer.text[:2000]
    return answer.text


def read(browser: FlaskClient, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return words(answer.text)


def test_an_endorsement_is_asked_on_the_scale_of_the_room_and_renewed_with_one_click(
    club: Club, thread: Thread, answer: Post, login: Login
) -> None:
    with transaction():
        reload(club.room).evidence_scale = "cebm"
    mentor, page = login(club.mentor), at(club, f"threads/{thread.id}")
    endorse = at(club, f"posts/{answer.id}/endorse")
    form = mentor.get(endorse).text
    assert "Oxford CEBM level" in form
    assert "Very low" not in form
    assert f'value="{clock.now().date().replace(year=clock.now().year + 1).isoformat()}"' in form
    refused = sent(mentor, endorse, 422, evidence_level="cebm_2", note="Kept words.", review_by="2020-01-01")
    assert "Choose a day in the future" in refused
    assert "Kept words." in refused
    assert (
        "high"
        not in sent(mentor, endorse, 422, evidence_level="high", review_by="2020-01-01").lower().split("</select>")[0]
    )
    until = clock.now().date() + timedelta(days=90)
    sent(mentor, endorse, evidence_level="cebm_2", note="Two trials.", review_by=until.isoformat())
    seen = read(login(club.second), page)
    assert "Oxford CEBM level 2. Randomized trial" in seen
    assert "Holds until" in seen
    with clock.at(clock.now() + timedelta(days=92)):
        lapse_overdue()
    assert "lapsed on" in read(login(club.second), page)
    assert "not reviewed since" in read(login(club.second), page)
    assert "Renew for twelve months" in read(mentor, page)
    sent(mentor, at(club, f"posts/{answer.id}/endorse/renew"))
    assert "lapsed on" not in read(login(club.second), page)


def test_a_dispute_shows_its_correction_until_it_is_settled(
    club: Club, thread: Thread, answer: Post, login: Login
) -> None:
    mentor, reader = login(club.mentor), login(club.second)
    page, dispute = at(club, f"threads/{thread.id}"), at(club, f"posts/{answer.id}/dispute")
    assert reader.get(dispute).status_code == 403
    assert "Please fill in" in sent(mentor, dispute, 422, reason="", correction="Half of it.")
    sent(mentor, dispute, reason="Ten times too much.", correction="**One** milligram.")
    seen = reader.get(page).text
    assert "This answer is disputed" in seen
    assert "<strong>One</strong> milligram." in seen
    assert "One milligram" in words(reader.get(at(club, f"threads/{thread.id}/print")).text)
    assert "Ten times too much." in mentor.get(dispute).text
    sent(mentor, f"{dispute}/resolve", 422, outcome="")
    sent(mentor, f"{dispute}/resolve", outcome="The author corrected it.")
    seen = read(reader, page)
    assert "This answer is disputed" not in seen
    assert "The author corrected it." in seen
    assert db.session.query(Dispute).one().resolved_by_id == club.mentor.id


def test_both_summaries_stand_on_top_and_say_whose_they_are(club: Club, thread: Thread, login: Login) -> None:
    mentor, member = login(club.mentor), login(club.second)
    top = at(club, f"threads/{thread.id}")
    assert member.get(f"{top}/summaries/take_home").status_code == 403
    sent(mentor, f"{top}/summaries/take_home", body="Weigh **daily**.", revision="0")
    sent(member, f"{top}/summaries/case", body="Dry weight 70 kg.", revision="0")
    seen = read(login(club.peer), top)
    for said in (
        "Take-home summary",
        "Weigh daily .",
        "Written by the room’s mentors",
        "Case summary",
        "Written together",
    ):
        assert said in seen
    theirs = sent(login(club.peer), f"{top}/summaries/case", 409, body="Dry weight 72 kg.", revision="0")
    assert "Dry weight 70 kg." in theirs
    assert "Dry weight 72 kg." in theirs
    assert 'name="revision" type="hidden" value="1"' in theirs
    sent(login(club.peer), f"{top}/summaries/case", body="Dry weight 72 kg.", revision="1", reason="Weighed again.")
    history = read(member, f"{top}/summaries/case/history")
    assert "Weighed again." in history
    assert "Restore this version" not in history
    assert "Restore this version" in read(mentor, f"{top}/summaries/case/history")
    sent(member, f"{top}/summaries/case/history/1/restore", 403)
    sent(mentor, f"{top}/summaries/case/history/1/restore")
    assert "Dry weight 70 kg." in read(member, top)
    sent(mentor, f"{top}/summaries/case/history/2/hide")
    hidden = read(member, f"{top}/summaries/case/history")
    assert "72 kg" not in hidden
    assert "put this version out of sight" in hidden
    assert member.get(f"{top}/summaries/neither").status_code == 404


def test_a_thread_is_marked_as_answered_and_closed_for_a_reason(
    club: Club, thread: Thread, answer: Post, login: Login
) -> None:
    author, top = login(club.author), at(club, f"threads/{thread.id}")
    sent(login(club.peer), f"{top}/answered", 403)
    sent(author, f"{top}/answered")
    assert reload(thread).status == "answered"
    sent(author, f"{top}/answered", value="0")
    assert reload(thread).status == "open"
    assert "Choose one" in sent(author, f"{top}/close", 422, summary="The words are kept.")
    sent(author, f"{top}/close", reason="duplicate", summary="See the *older* thread.")
    seen = read(login(club.peer), top)
    assert "This thread is closed: asked before" in seen
    assert "See the older thread." in seen


def test_a_mentor_thinks_aloud_and_others_are_not_offered_it(club: Club, thread: Thread, login: Login) -> None:
    mentor, top = login(club.mentor), at(club, f"threads/{thread.id}")
    assert "Think aloud" in mentor.get(top).text
    assert "Think aloud" not in login(club.peer).get(top).text
    parts = {"searched": "PubMed, *furosemide*.", "found": "Two trials.", "decided": "Dose doubled."}
    sent(mentor, f"{top}/answers", body="Double it.", **parts)
    seen = read(login(club.peer), top)
    for said in ("How I searched PubMed, furosemide .", "What I found Two trials.", "How I decided Dose doubled."):
        assert said in seen
    refused = sent(login(club.peer), f"{top}/answers", 403, body="Kept answer.", searched="PubMed")
    assert "Only the room" in refused
    assert "Kept answer." in refused
    post = db.session.query(Post).filter_by(author_id=club.mentor.id).one()
    edit = at(club, f"posts/{post.id}/edit")
    assert "PubMed, *furosemide*." in mentor.get(edit).text
    sent(mentor, edit, body="Double it.", revision="0", searched="PubMed.", found="Two trials.", decided="")
    assert reload(post).think_aloud == {"searched": "PubMed.", "found": "Two trials."}
    assert "How I decided" in read(mentor, at(club, f"posts/{post.id}/revisions")) or "Decided" in read(
        mentor, at(club, f"posts/{post.id}/revisions")
    )


def test_summaries_are_held_back_until_the_reader_has_answered(club: Club, login: Login) -> None:
    first = club.question(post_first=True)
    save_summary(club.ctx(club.mentor), thread_id=first.id, kind="take_home", body="The secret.", revision=0)
    top = at(club, f"threads/{first.id}")
    reader = login(club.second)
    assert "The secret." not in reader.get(top).text
    assert reader.get(f"{top}/summaries/take_home/history").status_code == 404
    assert "The secret." not in reader.get(f"{top}/print").text
    club.answer(first, club.second)
    assert "The secret." in reader.get(top).text


def test_a_page_costs_the_same_however_much_evidence_it_carries(
    club: Club, thread: Thread, login: Login, count_queries: Any
) -> None:
    reader = login(club.second)

    def cost() -> int:
        top = at(club, f"threads/{thread.id}")
        reader.get(top)
        with count_queries() as seen:
            reader.get(top)
        return len(seen)

    first = club.answer(thread, citations=["PMID 1"])
    endorse_answer(club.ctx(club.mentor), post_id=first.id, evidence_level="high")
    before = cost()
    for number in range(2, 8):
        post = club.answer(thread, citations=[f"PMID {number}", f"doi:10.1000/{number}"])
        endorse_answer(club.ctx(club.mentor), post_id=post.id, evidence_level="low")
    assert db.session.query(Endorsement).count() == 7
    assert cost() == before
