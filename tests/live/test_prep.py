"""The mentor's sheet: what is on it, whom it is for, and what it costs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from social_cme.accounts.models import User
from social_cme.core.errors import Forbidden
from social_cme.discussions.services import answers, threads
from social_cme.live.models import LiveSession
from social_cme.live.queries.prep import PrepSheet, load_prep
from social_cme.live.queries.sessions import access_session
from social_cme.live.rules.likeness import find_alike, likeness, words_of
from social_cme.live.services import queue, rsvps
from social_cme.persistence.transaction import transaction
from social_cme.rooms.enums import Visibility
from tests.live.stage import Stage

DOSE = "How much furosemide do you give a patient with a bad kidney?"
SAME = "How much furosemide for patients with bad kidneys?"
OTHER = "When do you stop beta blockers?"


def sheet(stage: Stage, session: LiveSession, user: User | None = None) -> PrepSheet:
    ctx = stage.ctx(user or stage.mentor)
    return load_prep(ctx, access_session(ctx, session.id))


def guest(stage: Stage, profession: str | None = None, career_stage: str | None = None) -> User:
    user = stage.make.user()
    stage.make.membership(stage.room, user)
    with transaction():
        user.profession, user.career_stage = profession, career_stage
    return user


# ------------------------------------------------------------------ likeness


def test_questions_that_share_most_of_their_words_are_alike() -> None:
    [pair] = find_alike([DOSE, OTHER, SAME])
    assert (pair.first, pair.second) == (0, 2)
    assert pair.share >= 0.5


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (DOSE, OTHER),
        ("Which dose of furosemide?", "Which dose of amiodarone in atrial fibrillation?"),
        ("Why?", "How?"),
        ("", ""),
        ("\U0001f600", "\U0001f600"),
    ],
)
def test_questions_that_share_little_are_not(left: str, right: str) -> None:
    assert find_alike([left, right]) == []


def test_words_count_without_endings_accents_and_case() -> None:
    assert words_of("Kidneys, THERAPIES and naïve dosing") == words_of("the kidney therapy is naive dosed")
    assert likeness(words_of("Почки и дозы"), words_of("почки и дозы")) == 1.0


@given(st.lists(st.text(max_size=40), max_size=12))
def test_pairs_are_proposed_once_and_in_order(texts: list[str]) -> None:
    found = find_alike(texts)
    assert len(found) <= 20
    assert all(0 <= one.first < one.second < len(texts) and 0.5 <= one.share <= 1 for one in found)
    assert [one.share for one in found] == sorted((one.share for one in found), reverse=True)
    assert len({(one.first, one.second) for one in found}) == len(found)


# ------------------------------------------------------------------ the sheet


def test_the_sheet_holds_what_a_mentor_wants_to_know(stage: Stage) -> None:
    session = stage.session(co_mentor_ids=(stage.coordinator.id,))
    first, second = stage.ask(session, body=DOSE), stage.ask(session, stage.peer, body=SAME)
    third = stage.ask(session, body=OTHER)
    stage.vote(session, third)
    stage.vote(session, second, stage.learner)
    stage.make.disclose(stage.room, stage.mentor, "Speaker fees from Acme.")
    waiting = threads.post_thread(stage.ctx(stage.learner), kind="question", title="Nobody answered this", body="Well?")
    answered = threads.post_thread(stage.ctx(stage.learner), kind="question", title="Answered", body="Well?")
    answers.post_answer(stage.ctx(stage.peer), thread_id=answered.id, body="Yes.")
    threads.post_thread(stage.ctx(stage.learner, stage.other_room), kind="question", title="Elsewhere", body="Well?")
    for user in (guest(stage, "nurse", "senior"), guest(stage, "nurse", "fellow"), guest(stage)):
        rsvps.set_rsvp(stage.ctx(user), session.id, going=True)
    found = sheet(stage, session)
    assert [one.id for one in found.top] == [second.id, third.id, first.id]
    assert [(one.stays.id, one.goes.id) for one in found.duplicates] == [(second.id, first.id)]
    assert [one.id for one in found.threads] == [waiting.id]
    assert [(one.user.id, one.is_co_mentor, one.words) for one in found.disclosures] == [
        (stage.mentor.id, False, "Speaker fees from Acme."),
        (stage.coordinator.id, True, ""),
    ]
    assert (found.going, found.in_line, found.waiting_questions) == (3, 0, 3)
    assert [(one.key, one.count) for one in found.professions] == [("nurse", 2), ("", 1)]
    assert [(one.key, one.count) for one in found.stages] == [("fellow", 1), ("senior", 1), ("", 1)]


def test_what_was_merged_hidden_or_skipped_is_not_on_the_sheet(stage: Stage) -> None:
    session = stage.session()
    one, two, three, four = (stage.ask(session, body=body) for body in (DOSE, SAME, OTHER, "What about digoxin?"))
    ctx = stage.ctx(stage.mentor)
    queue.merge(ctx, session.id, two.id, into_id=one.id)
    queue.hide_question(ctx, session.id, three.id, reason="A patient")
    queue.skip(ctx, session.id, four.id, reason="Another time")
    found = sheet(stage, session)
    assert [one.id for one in found.top] == [one.id]
    assert found.duplicates == []


def test_only_who_leads_reads_the_sheet(stage: Stage) -> None:
    session = stage.session(co_mentor_ids=(stage.coordinator.id,))
    other_mentor = stage.make.user()
    stage.make.membership(stage.room, other_mentor, role="mentor")
    for user in (stage.learner, other_mentor, stage.make.user(), None):
        ctx = stage.ctx(user)
        with pytest.raises(Forbidden):
            load_prep(ctx, access_session(ctx, session.id))
    assert sheet(stage, session, stage.coordinator).session.id == session.id


def test_the_sheet_costs_the_same_number_of_statements_however_much_is_on_it(
    stage: Stage, count_queries: Callable[[], Any]
) -> None:
    session = stage.session()
    costs = []
    for _ in range(2):
        for number in range(6):
            user = guest(stage, "nurse", "senior")
            stage.ask(session, user, f"{DOSE} {number}")
            rsvps.set_rsvp(stage.ctx(user), session.id, going=True)
            threads.post_thread(stage.ctx(user), kind="question", title=f"Question {number}", body="Well?")
        with count_queries() as seen:
            sheet(stage, session)
        costs.append(len(seen))
    assert costs[0] == costs[1] <= 9, costs


def test_questions_are_asked_and_voted_up_before_the_session_and_a_closed_room_stays_closed(stage: Stage) -> None:
    session = stage.session()
    question = stage.ask(session, body=DOSE)
    assert stage.vote(session, question).score == 1
    hidden = stage.make.room(mentor=stage.mentor, visibility=Visibility.REQUEST)
    ctx = stage.ctx(stage.learner, hidden)
    with pytest.raises(Forbidden):
        access_session(ctx, session.id)


def test_the_sheet_is_read_over_the_api(stage: Stage, login: Callable[[User], FlaskClient]) -> None:
    session = stage.session()
    asked = stage.ask(session)
    sheet = login(stage.mentor).get(f"/api/v1/rooms/{stage.room.slug}/sessions/{session.id}/prep")
    assert sheet.status_code == 200
    assert [one["id"] for one in sheet.get_json()["top_questions"]] == [asked.id]
