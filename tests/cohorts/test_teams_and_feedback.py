"""Group challenges from the first team to the last word of feedback."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from social_cme.cohorts.models import Criterion, Deliverable, DeliverableVersion, Review, Team, TeamMember
from social_cme.cohorts.policies import can_read_work
from social_cme.cohorts.queries.challenges import feedback_is_open, find_work, list_teams, reads_work_of, reviews_by
from social_cme.cohorts.queries.door import open_challenge, open_cohort, open_team
from social_cme.cohorts.services import assignment, challenges, deliverables, feedback, joining, teams
from social_cme.core.errors import Conflict, Forbidden, Invalid, NotFound
from social_cme.extensions import db
from social_cme.rooms.enums import RoomRole
from social_cme.rooms.services.members import set_role
from tests.cohorts.term import LEVELS, Term, at


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "title"),
        ({"brief": "x" * 10_001}, "brief"),
        ({"reviews_each": 0}, "reviews_each"),
        ({"reviews_each": 6}, "reviews_each"),
        ({"due": datetime(2026, 6, 1, 9, 0)}, "due_at"),
        ({"feedback": datetime(2026, 6, 8, 9, 0)}, "feedback_at"),
        ({"opens": datetime(2025, 6, 8, 9, 0)}, "opens_at"),
    ],
)
def test_what_is_wrong_with_a_challenge_is_named_by_its_field(term: Term, changes: dict[str, Any], field: str) -> None:
    cohort = term.cohort()
    with pytest.raises(Invalid) as refused:
        term.challenge(cohort, **changes)
    assert set(refused.value.fields) == {field}


def test_only_coordinators_plan_challenges_rubrics_and_teams(term: Term) -> None:
    cohort = term.cohort()
    challenge = term.challenge(cohort)
    term.join(cohort)
    team = term.teams(challenge)[0]
    for user in (term.learner, term.mentor):
        ctx = term.ctx(user)
        for act in (
            lambda ctx=ctx: challenges.add_challenge(ctx, cohort.id, plan=term.challenge_plan()),
            lambda ctx=ctx: challenges.edit_challenge(ctx, challenge.id, plan=term.challenge_plan()),
            lambda ctx=ctx: challenges.set_rubric(ctx, challenge.id, criteria=[]),
            lambda ctx=ctx: challenges.remove_challenge(ctx, challenge.id),
            lambda ctx=ctx: teams.balance_teams(ctx, challenge.id, count=2),
            lambda ctx=ctx: teams.add_team(ctx, challenge.id, name="Mine"),
            lambda ctx=ctx: teams.rename_team(ctx, team.id, name="Mine"),
            lambda ctx=ctx: teams.remove_team(ctx, team.id),
            lambda ctx=ctx: teams.place_member(ctx, challenge.id, user_id=term.learner.id, team_id=None),
            lambda ctx=ctx: assignment.start_feedback(ctx, challenge.id),
        ):
            with pytest.raises(Forbidden):
                act()


@pytest.mark.parametrize(
    ("criteria", "field"),
    [
        ([("", LEVELS)], "criterion_1"),
        ([("Clarity", "")], "levels_1"),
        ([("Clarity", "Only one: level")], "levels_1"),
        ([("Clarity", LEVELS), ("Safety", "no colon here\nSolid: yes")], "levels_2"),
        ([("Clarity", "Same: one\nsame: two")], "levels_1"),
        ([("Clarity", LEVELS), ("clarity", LEVELS)], "criterion_1"),
        ([("Clarity", LEVELS)] * 7, "criteria"),
    ],
)
def test_what_is_wrong_with_a_rubric_is_named(term: Term, criteria: list[tuple[str, str]], field: str) -> None:
    challenge = term.challenge(term.cohort())
    with pytest.raises(Invalid) as refused:
        challenges.set_rubric(term.lead, challenge.id, criteria=criteria)
    assert field in refused.value.fields
    assert [one.name for one in db.session.scalars(select(Criterion))] == ["Clarity"]


def test_balanced_teams_take_everybody_who_takes_part(term: Term) -> None:
    cohort = term.cohort()
    challenge = term.challenge(cohort)
    with pytest.raises(Invalid, match="Nobody has joined"):
        term.teams(challenge)
    term.join(cohort)
    joining.leave_cohort(term.ctx(term.learners[3]), cohort.id)
    with pytest.raises(Invalid):
        term.teams(challenge, 4)
    term.teams(challenge, 1)
    groups = term.teams(challenge, 2)
    people = [term.people_of(team) for team in groups]
    assert sorted(len(group) for group in people) == [1, 2]
    assert {one.id for group in people for one in group} == {one.id for one in term.learners[:3]}
    assert len(db.session.scalars(select(Team)).all()) == 2


def test_people_are_moved_by_hand_until_their_team_has_handed_in(term: Term) -> None:
    cohort = term.cohort()
    challenge = term.challenge(cohort)
    term.join(cohort)
    first, second = term.teams(challenge)
    moving = term.people_of(first)[0]
    teams.place_member(term.lead, challenge.id, user_id=moving.id, team_id=second.id)
    assert moving in term.people_of(second)
    teams.place_member(term.lead, challenge.id, user_id=moving.id, team_id=None)
    assert len(db.session.scalars(select(TeamMember)).all()) == 3
    teams.place_member(term.lead, challenge.id, user_id=moving.id, team_id=second.id)
    for user_id, team_id in ((10**9, first.id), (moving.id, 10**9), (term.mentor.id, first.id)):
        with pytest.raises(NotFound):
            teams.place_member(term.lead, challenge.id, user_id=user_id, team_id=team_id)
    term.hand_in(second)
    with pytest.raises(Conflict, match="handed in"):
        teams.place_member(term.lead, challenge.id, user_id=moving.id, team_id=first.id)
    with pytest.raises(Conflict):
        term.teams(challenge, 2)
    with pytest.raises(Conflict):
        teams.remove_team(term.lead, second.id)
    with pytest.raises(Conflict):
        challenges.remove_challenge(term.lead, challenge.id)


def test_teams_have_different_names_and_an_empty_one_can_go(term: Term) -> None:
    challenge = term.challenge(term.cohort())
    one, other = (teams.add_team(term.lead, challenge.id, name=name) for name in ("Loop", "Thiazide"))
    for act in (
        lambda: teams.add_team(term.lead, challenge.id, name="Loop"),
        lambda: teams.rename_team(term.lead, other.id, name="Loop"),
        lambda: teams.add_team(term.lead, challenge.id, name=" "),
    ):
        with pytest.raises(Invalid) as refused:
            act()
        assert set(refused.value.fields) == {"name"}
    teams.remove_team(term.lead, one.id)
    assert [line.team.name for line in list_teams(challenge.id)] == ["Thiazide"]
    challenges.remove_challenge(term.lead, challenge.id)
    assert db.session.scalars(select(Team)).all() == []


def test_a_team_writes_in_turns_and_loses_no_word(term: Term) -> None:
    cohort = term.cohort()
    challenge = term.challenge(cohort)
    term.join(cohort)
    team = term.teams(challenge, 1)[0]
    one, other = term.ctx(term.learners[0]), term.ctx(term.learners[1])
    deliverables.save_deliverable(one, team.id, body="First **words**.", revision=0)
    with pytest.raises(Conflict, match="another version"):
        deliverables.save_deliverable(other, team.id, body="Mine.", revision=0)
    deliverables.save_deliverable(other, team.id, body="Second words.", link="https://example.org/s", revision=1)
    deliverables.save_deliverable(other, team.id, body="Second words.", link="https://example.org/s", revision=2)
    versions = db.session.scalars(select(DeliverableVersion).order_by(DeliverableVersion.revision)).all()
    assert [(each.revision, each.body_md) for each in versions] == [(1, "First **words**."), (2, "Second words.")]
    for body, link in (("x" * 20_001, ""), ("Fine.", "ftp://example.org"), ("Fine.", "https://example.org/ x")):
        with pytest.raises(Invalid):
            deliverables.save_deliverable(one, team.id, body=body, link=link, revision=2)
    assert term.kinds().count("deliverable.saved") == 2


def test_a_team_hands_in_once_and_what_is_late_is_marked(term: Term) -> None:
    cohort = term.cohort()
    challenge = term.challenge(cohort)
    term.join(cohort)
    on_time, late = term.teams(challenge)
    with pytest.raises(Invalid):
        term.hand_in(on_time, body=" ")
    with at(challenge.due_at - timedelta(microseconds=1)):
        term.hand_in(on_time)
        for act in (deliverables.submit_deliverable, deliverables.save_deliverable):
            with pytest.raises(Conflict, match="handed in"):
                act(term.ctx(term.people_of(on_time)[1]), on_time.id, body="More.", revision=1)
    with at(challenge.due_at):
        term.hand_in(late)
    assert {work.team_id: work.is_late for work in db.session.scalars(select(Deliverable))} == {
        on_time.id: False,
        late.id: True,
    }
    assert term.kinds().count("deliverable.submitted") == 2


def test_only_the_team_writes_and_not_before_the_challenge_opens(term: Term) -> None:
    cohort = term.cohort()
    challenge = term.challenge(cohort, opens=datetime(2026, 6, 2, 9), due=datetime(2026, 6, 9, 9))
    term.join(cohort)
    first, second = term.teams(challenge)
    with pytest.raises(Forbidden, match="not open"):
        term.hand_in(first)
    with at(challenge.opens_at):
        for user in (term.people_of(second)[0], term.mentor, term.coordinator, term.make.user()):
            with pytest.raises(Forbidden):
                deliverables.save_deliverable(term.ctx(user), first.id, body="Mine.", revision=0)
        with pytest.raises(NotFound):
            deliverables.save_deliverable(
                term.ctx(term.people_of(first)[0], term.other_room), first.id, body="Mine.", revision=0
            )
    assert db.session.scalars(select(Deliverable)).all() == []


def test_work_is_given_out_when_it_is_due_once(term: Term) -> None:
    cohort = term.cohort()
    challenge = term.challenge(cohort)
    term.join(cohort)
    first, second = term.teams(challenge)
    term.hand_in(first)
    with pytest.raises(Conflict, match="two teams"):
        assignment.start_feedback(term.lead, challenge.id)
    term.hand_in(second)
    with at(challenge.due_at - timedelta(seconds=1)):
        assert assignment.start_due_feedback() == 0
    with at(challenge.due_at):
        assert assignment.start_due_feedback() == 1
        assert assignment.start_due_feedback() == 0
    pairs = {(one.reviewer_team_id, one.reviewed_team_id) for one in db.session.scalars(select(Review))}
    assert pairs == {(first.id, second.id), (second.id, first.id)}
    assert term.kinds().count("feedback.assigned") == 1


def test_a_team_that_hands_in_late_reads_and_is_read_too(term: Term) -> None:
    cohort = term.cohort()
    challenge = term.challenge(cohort)
    term.join(cohort)
    first, second, third = term.teams(challenge, 3)
    term.hand_in(first)
    term.hand_in(second)
    with at(challenge.due_at):
        assignment.start_due_feedback()
        term.hand_in(third)
    assert len(reviews_by(third.id)) == 1
    assert [one.reviewed_team_id for one in db.session.scalars(select(Review)) if one.reviewed_team_id == third.id]
    assert db.session.get_one(Deliverable, find_work(third.id).id).is_late  # type: ignore[union-attr]


def test_feedback_is_given_once_with_a_level_for_each_criterion(term: Term) -> None:
    cohort = term.cohort()
    term.join(cohort)
    _challenge, _teams, reviews = term.reviewed(cohort)
    review = reviews[0]
    giver = term.ctx(term.people_of(db.session.get_one(Team, review.reviewer_team_id))[0])
    criterion = str(db.session.scalars(select(Criterion)).one().id)
    for levels in ({}, {criterion: 3}, {criterion: -1}, {criterion: True}, {criterion: 1, "999": 1}):
        with pytest.raises(Invalid):
            feedback.give_feedback(giver, review.id, levels=levels, body="Clear.")
    with pytest.raises(Invalid) as refused:
        feedback.give_feedback(giver, review.id, levels={criterion: 1}, body=" ")
    assert set(refused.value.fields) == {"body"}
    feedback.give_feedback(giver, review.id, levels={criterion: 2}, body="Clear, **and** short.")
    assert (review.levels, "<strong>" in review.body_html) == ({criterion: 2}, True)
    with pytest.raises(Conflict, match="already"):
        feedback.give_feedback(giver, review.id, levels={criterion: 0}, body="Changed my mind.")
    with pytest.raises(Conflict):
        challenges.set_rubric(term.lead, review.challenge_id, criteria=[])
    assert term.kinds().count("feedback.given") == 1


def test_a_mentor_comments_and_never_fills_in_a_rubric(term: Term) -> None:
    cohort = term.cohort()
    term.join(cohort)
    challenge, groups, reviews = term.reviewed(cohort)
    criterion = str(db.session.scalars(select(Criterion)).one().id)
    with pytest.raises(Forbidden):
        feedback.give_feedback(term.ctx(term.mentor), reviews[0].id, levels={criterion: 2}, body="Excellent.")
    with pytest.raises(Forbidden, match="does not assess"):
        feedback.review_as_coordinator(term.ctx(term.mentor), groups[0].id, levels={criterion: 2}, body="Excellent.")
    comment = feedback.post_comment(term.ctx(term.mentor), groups[0].id, body="What would you do at night?")
    assert comment.author_id == term.mentor.id
    promoted = term.people_of(db.session.get_one(Team, reviews[0].reviewer_team_id))[0]
    set_role(term.lead, user_id=promoted.id, role=RoomRole.MENTOR)
    with pytest.raises(Forbidden):
        feedback.give_feedback(term.ctx(promoted), reviews[0].id, levels={criterion: 2}, body="Excellent.")
    assert not any(review.given_at for review in db.session.scalars(select(Review)))
    assert challenge.assigned_at is not None


def test_a_coordinator_may_use_the_rubric_once_on_work_that_is_handed_in(term: Term) -> None:
    cohort = term.cohort()
    term.join(cohort)
    challenge = term.challenge(cohort)
    first, second = term.teams(challenge)
    term.hand_in(first)
    criterion = str(db.session.scalars(select(Criterion)).one().id)
    with pytest.raises(Conflict, match="not handed in"):
        feedback.review_as_coordinator(term.lead, second.id, levels={criterion: 1}, body="Good.")
    feedback.review_as_coordinator(term.lead, first.id, levels={criterion: 1}, body="Good.")
    with pytest.raises(Conflict):
        feedback.review_as_coordinator(term.lead, first.id, levels={criterion: 1}, body="Again.")
    with pytest.raises(Forbidden):
        feedback.review_as_coordinator(term.ctx(term.learner), first.id, levels={criterion: 1}, body="Me too.")
    assert [review.coordinator_id for review in db.session.scalars(select(Review))] == [term.coordinator.id]


def test_a_team_reads_its_feedback_once_it_gave_its_own_or_from_the_feedback_date(term: Term) -> None:
    cohort = term.cohort()
    term.join(cohort)
    challenge, groups, reviews = term.reviewed(cohort)
    given = reviews[0]
    term.give(given)
    giver = next(team for team in groups if team.id == given.reviewer_team_id)
    other = next(team for team in groups if team.id != giver.id)
    assert feedback_is_open(challenge, giver.id)
    assert not feedback_is_open(challenge, other.id)
    with at(challenge.feedback_at - timedelta(seconds=1)):
        assert not feedback_is_open(challenge, other.id)
    with at(challenge.feedback_at):
        assert feedback_is_open(challenge, other.id)


def test_work_is_read_by_its_team_its_readers_and_those_who_guide(term: Term) -> None:
    cohort = term.cohort()
    term.join(cohort)
    challenge = term.challenge(cohort)
    first, second = term.teams(challenge)
    deliverables.save_deliverable(term.ctx(term.people_of(first)[0]), first.id, body="Draft.", revision=0)

    def may(user: Any) -> bool:
        c, _challenge, team = open_team(term.ctx(user), first.id)
        line = next(one for one in list_teams(challenge.id) if one.team.id == team.id)
        return bool(can_read_work(c, line.work, in_team=line.has(user.id), reads=reads_work_of(team.id, user.id)))

    own, reader = term.people_of(first)[0], term.people_of(second)[0]
    assert [may(user) for user in (own, reader, term.mentor, term.coordinator)] == [True, False, True, True]
    term.hand_in(first, body="Final.", revision=1)
    assert not may(reader)
    term.hand_in(second)
    assignment.start_feedback(term.lead, challenge.id)
    assert may(reader)
    joining.leave_cohort(term.ctx(reader), cohort.id)
    assert not may(reader)


def test_nobody_outside_the_team_writes_beside_its_work(term: Term) -> None:
    cohort = term.cohort()
    term.join(cohort)
    challenge = term.challenge(cohort)
    first, second = term.teams(challenge)
    for user in (term.people_of(second)[0], term.make.user(), None):
        with pytest.raises(Forbidden):
            feedback.post_comment(term.ctx(user), first.id, body="Hello.")
    own = term.ctx(term.people_of(first)[0])
    with pytest.raises(Invalid):
        feedback.post_comment(own, first.id, body=" ")
    one, two = (feedback.post_comment(own, first.id, body="Hello.", client_id="comment-01") for _ in range(2))
    assert one.id == two.id
    elsewhere = term.ctx(term.people_of(first)[0], term.other_room)
    for act in (
        lambda: open_challenge(elsewhere, challenge.id),
        lambda: feedback.post_comment(elsewhere, first.id, body="Hello."),
    ):
        with pytest.raises(NotFound):
            act()


def test_a_page_of_teams_costs_the_same_for_two_and_for_eight(term: Term, count_queries: Any) -> None:
    cohort = term.cohort()
    crowd = [term.make.user() for _ in range(12)]
    for user in crowd:
        term.make.membership(term.room, user)
    term.join(cohort, *term.learners, *crowd)
    challenge = term.challenge(cohort)
    term.teams(challenge, 2)
    open_cohort(term.lead, cohort.id)
    with count_queries() as few:
        assert len(list_teams(challenge.id)) == 2
    term.teams(challenge, 8)
    open_cohort(term.lead, cohort.id)
    with count_queries() as many:
        assert len(list_teams(challenge.id)) == 8
    assert len(many) == len(few) == 4


def test_facts_come_only_when_everything_was_written(term: Term) -> None:
    cohort = term.cohort()
    term.join(cohort)
    before = term.kinds()
    with pytest.raises(Invalid):
        term.challenge(cohort, title="")
    assert term.kinds() == before
