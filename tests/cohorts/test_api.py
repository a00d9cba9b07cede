"""Cohorts over the REST API: the same services, the same refusals."""

from __future__ import annotations

from sqlalchemy import select

from social_cme.cohorts.models import Criterion, Review
from social_cme.cohorts.services.assignment import start_feedback
from social_cme.extensions import db
from tests.cohorts.calls import Caller
from tests.cohorts.term import Term, at, later


def test_a_learner_joins_reads_and_ticks_over_the_api(term: Term, call: Caller) -> None:
    cohort = term.cohort()
    item = term.item(term.first_unit(cohort))
    me, room = call(term.learner), f"/rooms/{term.room.slug}"
    with at(later(hours=1)):
        listed = call(None)("GET", f"{room}/cohorts")["items"]
        assert [(one["name"], one["has_joined"]) for one in listed] == [("Summer 2026", False)]
        me("GET", f"{room}/units/{item.unit_id}", 403)
        me("PUT", f"{room}/cohorts/{cohort.id}/membership")
        found = me("GET", f"{room}/cohorts/{cohort.id}")
        assert found["cohort"]["has_joined"]
        assert [step["key"] for step in found["steps"]] == [f"unit:{item.unit_id}"]
        unit = me("PUT", f"{room}/study-items/{item.id}/tick", reflection="Ask twice.")
        assert unit["items"][0]["reflection"] == "Ask twice."
        assert unit["items"][0]["done_at"] is not None
        me("PUT", f"{room}/study-items/{item.id}/tick", 422, reflection="x" * 301)
        assert me("DELETE", f"{room}/study-items/{item.id}/tick")["items"][0]["done_at"] is None
        me("GET", f"{room}/cohorts/{cohort.id}/progress", 403)
        table = call(term.mentor)("GET", f"{room}/cohorts/{cohort.id}/progress")
        assert table["items"][0]["person"]["id"] == term.learner.id
        assert "Ask twice." not in str(table)
        me("DELETE", f"{room}/cohorts/{cohort.id}/membership", 204)
        me("PUT", f"{room}/study-items/{item.id}/tick", 403, reflection="Later.")


def test_a_team_hands_in_and_gets_feedback_over_the_api(term: Term, call: Caller) -> None:
    cohort = term.cohort()
    term.join(cohort)
    challenge = term.challenge(cohort)
    first, second = term.teams(challenge)
    room = f"/rooms/{term.room.slug}"
    one, other = call(term.people_of(first)[0]), call(term.people_of(second)[0])
    assert one("GET", f"{room}/teams/{first.id}/work")["revision"] == 0
    saved = one("PUT", f"{room}/teams/{first.id}/work", body="Draft.", revision=0)
    assert saved["revision"] == 1
    one("PUT", f"{room}/teams/{first.id}/work", 409, body="Other.", revision=0)
    other("PUT", f"{room}/teams/{first.id}/work", 403, body="Mine.", revision=1)
    one("PUT", f"{room}/teams/{first.id}/work/submission", body="Final.", revision=1)
    one("PUT", f"{room}/teams/{first.id}/work/submission", 409, body="Final.", revision=2)
    other("PUT", f"{room}/teams/{second.id}/work/submission", body="Theirs.", revision=0)
    start_feedback(term.lead, challenge.id)
    shown = other("GET", f"{room}/challenges/{challenge.id}")
    assert shown["my_team_id"] == second.id
    review_id = shown["my_reviews"][0]["id"]
    assert other("GET", f"{room}/teams/{first.id}/work")["body_md"] == "Final."
    criterion = str(db.session.scalars(select(Criterion)).one().id)
    other("PUT", f"{room}/reviews/{review_id}", 422, levels={}, body="Clear.")
    one("PUT", f"{room}/reviews/{review_id}", 403, levels={criterion: 1}, body="Clear.")
    other("PUT", f"{room}/reviews/{review_id}", levels={criterion: 1}, body="Clear.")
    assert one("GET", f"{room}/teams/{first.id}/reviews")["items"] == []
    assert other("GET", f"{room}/teams/{first.id}/reviews")["items"] == []
    mine = db.session.scalars(select(Review).where(Review.reviewer_team_id == first.id)).one()
    one("PUT", f"{room}/reviews/{mine.id}", levels={criterion: 2}, body="Strong.")
    read = one("GET", f"{room}/teams/{first.id}/reviews")["items"]
    assert [each["body_md"] for each in read] == ["Clear."]
    assert call(term.mentor)("POST", f"{room}/teams/{first.id}/comments", 201, body="Well done.")["items"]
    call(term.mentor)("POST", f"{room}/teams/{first.id}/reviews", 403, levels={criterion: 2}, body="Well done.")
    call(term.coordinator)("POST", f"{room}/teams/{first.id}/reviews", 201, levels={criterion: 2}, body="Yes.")
    assert len(one("GET", f"{room}/teams/{first.id}/comments")["items"]) == 1
    assert other("GET", f"{room}/teams/{first.id}/comments")["items"] == []


def test_progress_of_a_member_is_shown_with_reflections_to_whom_they_are_for(term: Term, call: Caller) -> None:
    cohort = term.cohort()
    item = term.item(term.first_unit(cohort))
    term.item(term.first_unit(cohort), title="Still to do")
    term.join(cohort, term.learner, term.peer)
    own = f"/rooms/{term.room.slug}/cohorts/{cohort.id}/progress/{term.learner.id}"
    with at(later(hours=1)):
        term.tick(item, reflection="Ask twice.")
        for reader, steps, said in (
            (term.learner, [f"unit:{item.unit_id}"], ["Ask twice."]),
            (term.coordinator, [], ["Ask twice."]),
            (term.mentor, [], None),
        ):
            shown = call(reader)("GET", own)
            assert shown["person"]["id"] == term.learner.id
            assert [unit["share"] for unit in shown["units"]] == [{"done": 1, "total": 2}]
            assert [step["key"] for step in shown["steps"]] == steps
            assert (shown["reflections"] and [one["reflection"] for one in shown["reflections"]]) == said
        call(term.peer)("GET", own, 403)
        call(None)("GET", own, 401)
        call(term.coordinator)("GET", f"/rooms/{term.other_room.slug}/cohorts/{cohort.id}/progress/1", 404)
        call(term.coordinator)("GET", f"{own}0", 404)


def test_versions_of_work_are_for_the_team_and_who_guides_it(term: Term, call: Caller) -> None:
    cohort = term.cohort()
    term.join(cohort)
    challenge = term.challenge(cohort)
    first, second = term.teams(challenge)
    one, other = call(term.people_of(first)[0]), call(term.people_of(second)[0])
    path = f"/rooms/{term.room.slug}/teams/{first.id}/work"
    assert one("GET", f"{path}/versions")["items"] == []
    for revision, body in enumerate(("Draft.", "Better.")):
        one("PUT", path, body=body, revision=revision)
    for reader in (one, call(term.mentor)):
        found = reader("GET", f"{path}/versions")["items"]
        assert [(each["revision"], each["body_md"]) for each in found] == [(2, "Better."), (1, "Draft.")]
    assert found[0]["saved_by"]["id"] == term.people_of(first)[0].id
    other("GET", f"{path}/versions", 403)
    one("PUT", f"{path}/submission", body="Final.", revision=2)
    term.hand_in(second)
    start_feedback(term.lead, challenge.id)
    # Who reads the work reads what was handed in, and not how it came about.
    assert other("GET", path)["body_md"] == "Final."
    assert other("GET", f"{path}/versions")["items"] == []
