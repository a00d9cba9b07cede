"""Endorsements hold until a day: scale, review date, lapse, renewal, reminder, and what lists and searches make of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.core.errors import Forbidden, Invalid, NotFound
from social_cme.discussions import jobs as scheduled
from social_cme.discussions.enums import EvidenceLevel
from social_cme.discussions.models import Endorsement, Post, Thread
from social_cme.discussions.queries.posts import list_answers
from social_cme.discussions.queries.sight import sight_of
from social_cme.discussions.rules import evidence
from social_cme.discussions.services.endorsements import endorse_answer, renew_endorsement, withdraw_endorsement
from social_cme.discussions.services.lapsing import lapse_overdue, remind_of_reviews
from social_cme.discussions.services.moderating import hide_post, unhide_post
from social_cme.extensions import db
from social_cme.notifications.queries import list_notices
from social_cme.persistence.transaction import transaction
from social_cme.rooms.enums import RoomRole
from social_cme.rooms.services.rooms import edit_room
from tests.discussions.journal_club import Club, facts, reload
from tests.factories import Factory
from tests.search.people_and_texts import search

Deliver = Callable[[], int]
YEAR = timedelta(days=365)


@pytest.fixture
def thread(club: Club) -> Thread:
    return club.question()


@pytest.fixture
def answer(club: Club, thread: Thread) -> Post:
    return club.answer(thread)


def endorse(club: Club, answer: Post, mentor: User | None = None, **values: Any) -> Endorsement:
    said = {"evidence_level": "moderate", **values}
    return endorse_answer(club.ctx(mentor or club.mentor), post_id=answer.id, **said)


def told(user: User) -> list[str]:
    return [str(one.kind) for one in list_notices(user).items]


def marks(thread: Thread, answer: Post) -> tuple[int, bool]:
    return reload(thread).endorsed_count, reload(answer).is_endorsed


def test_left_out_it_holds_for_twelve_months(club: Club, answer: Post) -> None:
    assert endorse(club, answer).review_by == evidence.usual_review_date(clock.now().date())


@pytest.mark.parametrize("days", [0, -1, 365 * 6])
def test_a_review_date_lies_in_the_future_and_within_five_years(club: Club, answer: Post, days: int) -> None:
    with pytest.raises(Invalid) as refused:
        endorse(club, answer, review_by=clock.now().date() + timedelta(days=days))
    assert set(refused.value.fields) == {"review_by"}
    assert facts("answer.endorsed") == []


def test_the_room_chooses_the_scale_and_what_was_said_on_another_stays(club: Club, answer: Post, make: Factory) -> None:
    endorse(club, answer)
    coordinator = make.user()
    make.membership(club.room, coordinator, role=RoomRole.COORDINATOR)
    edit_room(club.ctx(coordinator), evidence_scale="cebm")
    with pytest.raises(Invalid):
        endorse(club, answer, evidence_level="high")
    assert renew_endorsement(club.ctx(club.mentor), post_id=answer.id).evidence_level == "moderate"
    assert endorse(club, answer, evidence_level="cebm_1").evidence_level == "cebm_1"
    with pytest.raises(Invalid):
        edit_room(club.ctx(coordinator), evidence_scale="stars")


def test_every_level_of_a_scale_has_its_words() -> None:
    assert [level for levels in evidence.SCALES.values() for level in levels] == list(EvidenceLevel)[:-1]
    assert set(evidence.LEVEL_WORDS) == set(evidence.LEVEL_MEANING) == set(EvidenceLevel)
    assert evidence.level_sentence("cebm_3") == "Oxford CEBM level 3"
    assert evidence.level_sentence("very_low") == "GRADE certainty: very low"


def test_a_year_from_leap_day_is_the_last_of_february() -> None:
    assert evidence.usual_review_date(date(2028, 2, 29)) == date(2029, 2, 28)


def test_it_holds_through_its_last_day_and_lapses_the_day_after(club: Club, thread: Thread, answer: Post) -> None:
    until = clock.now().date() + timedelta(days=30)
    endorse(club, answer, review_by=until)
    morning = clock.now().replace(hour=0, minute=1) + timedelta(days=30)
    with clock.at(morning):
        assert lapse_overdue() == 0
    assert marks(thread, answer) == (1, True)
    with clock.at(morning + timedelta(days=1)):
        assert lapse_overdue() == 1
        assert lapse_overdue() == 0
    assert marks(thread, answer) == (0, False)
    [fact] = facts("endorsement.lapsed")
    assert (fact["actor_id"], fact["reason"], fact["mentor_id"]) == (None, "review_date", club.mentor.id)


def test_a_second_mentor_keeps_the_answer_endorsed(club: Club, thread: Thread, answer: Post, make: Factory) -> None:
    other = make.user("Otto Mentor")
    make.membership(club.room, other, role=RoomRole.MENTOR)
    endorse(club, answer, review_by=clock.now().date() + timedelta(days=5))
    endorse(club, answer, other)
    with clock.at(clock.now() + timedelta(days=7)):
        assert lapse_overdue() == 1
    assert marks(thread, answer) == (1, True)


def test_renewing_is_one_step_and_counts_again_once(club: Club, thread: Thread, answer: Post) -> None:
    row = endorse(club, answer, note="Two trials.")
    with clock.at(clock.now() + YEAR + timedelta(days=2)):
        lapse_overdue()
        for _ in range(2):
            renew_endorsement(club.ctx(club.mentor), post_id=answer.id)
        later = evidence.usual_review_date(clock.now().date())
    row = reload(row)
    assert (row.lapsed_at, row.lapse_reason, row.note, row.review_by) == (None, "", "Two trials.", later)
    assert marks(thread, answer) == (1, True)
    assert len(facts("endorsement.renewed")) == 2
    assert len(facts("answer.endorsed")) == 1


def test_what_lapsed_and_is_endorsed_anew_is_a_renewal(club: Club, thread: Thread, answer: Post) -> None:
    endorse(club, answer)
    with clock.at(clock.now() + YEAR + timedelta(days=2)):
        lapse_overdue()
        endorse(club, answer, evidence_level="low")
    assert marks(thread, answer) == (1, True)
    assert (len(facts("answer.endorsed")), len(facts("endorsement.renewed"))) == (1, 1)


def test_a_change_is_told_and_no_change_is_not(club: Club, answer: Post) -> None:
    endorse(club, answer, note="Two trials.")
    endorse(club, answer, note="Two trials.")
    endorse(club, answer, note="Three trials.")
    assert len(facts("endorsement.changed")) == 1


def test_only_its_mentor_renews(club: Club, answer: Post, make: Factory) -> None:
    other = make.user()
    make.membership(club.room, other, role=RoomRole.MENTOR)
    endorse(club, answer)
    with pytest.raises(NotFound):
        renew_endorsement(club.ctx(other), post_id=answer.id)
    for user in (club.author, club.peer, None):
        with pytest.raises(Forbidden):
            renew_endorsement(club.ctx(user), post_id=answer.id)
    with pytest.raises(NotFound):
        renew_endorsement(club.ctx(club.mentor, club.other), post_id=answer.id)
    assert facts("endorsement.renewed") == []


def test_a_lapsed_one_can_be_withdrawn(club: Club, thread: Thread, answer: Post) -> None:
    endorse(club, answer)
    with clock.at(clock.now() + YEAR + timedelta(days=2)):
        lapse_overdue()
    withdraw_endorsement(club.ctx(club.mentor), post_id=answer.id)
    assert marks(thread, answer) == (0, False)


def test_what_lapses_while_hidden_is_not_counted_when_shown_again(club: Club, thread: Thread, answer: Post) -> None:
    endorse(club, answer)
    hide_post(club.ctx(club.mentor), post_id=answer.id, reason="Names a patient.")
    with clock.at(clock.now() + YEAR + timedelta(days=2)):
        lapse_overdue()
    unhide_post(club.ctx(club.mentor), post_id=answer.id)
    assert marks(thread, answer) == (0, False)


def test_the_mentor_is_reminded_once_before_and_told_at_the_date(club: Club, answer: Post, deliver: Deliver) -> None:
    until = clock.now().date() + timedelta(days=60)
    endorse(club, answer, review_by=until)
    start = clock.now()
    with clock.at(start + timedelta(days=40)):
        assert remind_of_reviews() == 0
    with clock.at(start + timedelta(days=47)):
        scheduled.review_endorsements()
        scheduled.review_endorsements()
        deliver()
    assert told(club.mentor) == ["review_due"]
    with clock.at(start + timedelta(days=62)):
        scheduled.review_endorsements()
        deliver()
    assert told(club.mentor) == ["endorsement_lapsed", "review_due"]
    assert "review_due" not in told(club.peer)
    # After a renewal the next date has its own reminder.
    with clock.at(start + timedelta(days=62)):
        renew_endorsement(club.ctx(club.mentor), post_id=answer.id)
    with clock.at(start + timedelta(days=62 + 355)):
        assert remind_of_reviews() == 1


@pytest.mark.parametrize(("span", "day", "due"), [(365, 350, False), (365, 351, True), (4, 1, False), (4, 2, True)])
def test_a_short_span_is_reminded_of_at_half_time(span: int, day: int, due: bool) -> None:
    given = date(2026, 1, 1)
    said = evidence.is_reminder_due(
        given_on=given, review_by=given + timedelta(days=span), today=given + timedelta(days=day)
    )
    assert said == due


def test_lists_and_searches_follow_a_lapse(club: Club, thread: Thread, answer: Post, deliver: Deliver) -> None:
    second = club.answer(thread, club.second, body="Twenty milligrams.")
    endorse(club, second)
    deliver()

    def found(**filters: Any) -> int:
        return search(club.peer, "milligrams", **filters).total + search(club.peer, "dose", **filters).total

    def first() -> int:
        ctx = club.ctx(club.peer)
        return list_answers(thread.id, sight=sight_of(ctx, reload(thread))).items[0].id

    assert first() == second.id
    assert found(endorsed=True) > 0
    assert found(evidence=EvidenceLevel.MODERATE) > 0
    assert found(solved=True) > 0
    with clock.at(clock.now() + YEAR + timedelta(days=2)):
        lapse_overdue()
    assert first() == answer.id
    for narrowed in ({"endorsed": True}, {"evidence": EvidenceLevel.MODERATE}, {"solved": True}):
        assert found(**narrowed) == 0


def test_an_outer_failure_undoes_a_renewal(club: Club, thread: Thread, answer: Post) -> None:
    endorse(club, answer)
    with clock.at(clock.now() + YEAR + timedelta(days=2)):
        lapse_overdue()

        def fail() -> None:
            with transaction():
                renew_endorsement(club.ctx(club.mentor), post_id=answer.id)
                raise Invalid("later")

        with pytest.raises(Invalid, match="later"):
            fail()
    assert marks(thread, answer) == (0, False)
    assert db.session.query(Endorsement).one().lapsed_at is not None
    assert facts("endorsement.renewed") == []
