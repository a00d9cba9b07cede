"""The pages: each opens for those it is for, every form works without JavaScript, and what is refused is given back."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select

from social_cme.accounts.models import User
from social_cme.cohorts.models import Challenge, Cohort, Criterion, Review, StudyTick, Team
from social_cme.cohorts.queries.courses import list_units
from social_cme.cohorts.services import deliverables, feedback
from social_cme.cohorts.services.cohorts import publish_cohort
from social_cme.extensions import db
from tests.cohorts.term import LEVELS, Term, at, later

Login = Callable[[User], FlaskClient]


_TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')


def _text(browser: FlaskClient, path: str, status: int = 200) -> str:
    answer = browser.get(path)
    assert answer.status_code == status, (path, answer.status_code)
    return html.unescape(answer.get_data(as_text=True))


def _post(browser: FlaskClient, path: str, **fields: Any) -> Any:
    token = _TOKEN.search(browser.get("/about").text)
    assert token is not None
    return browser.post(path, data={"csrf_token": token.group(1), **fields})


def _send(browser: FlaskClient, path: str, status: int = 303, **fields: Any) -> str:
    answer = _post(browser, path, **fields)
    assert answer.status_code == status, (path, answer.status_code)
    return answer.headers["Location"] if status == 303 else html.unescape(answer.get_data(as_text=True))


def test_the_room_has_a_tab_only_when_there_is_a_cohort(term: Term, client: FlaskClient) -> None:
    here = f"/rooms/{term.room.slug}"
    assert ">Cohort</a>" not in _text(client, f"{here}/about")
    cohort = term.cohort(published=False)
    assert ">Cohort</a>" not in _text(client, f"{here}/about")
    assert "Summer 2026" not in _text(client, f"{here}/cohorts")
    publish_cohort(term.lead, cohort.id)
    assert ">Cohort</a>" in _text(client, f"{here}/about")
    assert client.get(f"{here}/cohorts").headers["Location"].endswith(f"/cohorts/{cohort.id}")
    page = _text(client, f"{here}/cohorts/{cohort.id}")
    assert "Read the patient first" in page
    assert "Join this cohort" not in page


def test_a_coordinator_plans_a_whole_term_by_forms_alone(term: Term, login: Login) -> None:
    lead, here = login(term.coordinator), f"/rooms/{term.room.slug}"
    assert "Plan a cohort" in _text(lead, f"{here}/cohorts/new")
    refused = _send(
        lead, f"{here}/cohorts/new", 422, name="Kept name", starts_on="2026-06-01", weeks="99", time_zone="UTC"
    )
    assert "Kept name" in refused
    assert "1 to 52 weeks" in refused
    place = _send(
        lead, f"{here}/cohorts/new", name="Summer", starts_on="2026-06-01", weeks="4", time_zone="Europe/Berlin"
    )
    cohort = db.session.scalars(select(Cohort)).one()
    assert place == f"{here}/cohorts/{cohort.id}/manage"
    assert "No unit yet" in _text(lead, place)
    times = {"opens_at": "2026-06-01T09:00", "due_at": "2026-06-07T23:59"}
    assert "after it opens" in _send(
        lead,
        f"{here}/cohorts/{cohort.id}/units/new",
        422,
        title="One",
        opens_at=times["due_at"],
        due_at=times["opens_at"],
    )
    place = _send(lead, f"{here}/cohorts/{cohort.id}/units/new", title="One", objectives="Say it.\nDo it.", **times)
    _send(lead, f"{here}/cohorts/{cohort.id}/units/new", title="Two", **times)
    one, two = list_units(cohort.id)
    assert one.objectives == ["Say it.", "Do it."]
    assert place == f"{here}/units/{one.id}/edit"
    new_item = f"{here}/units/{one.id}/study-items/new"
    assert "Add an entry" in _text(lead, new_item)
    assert "citation, a web address" in _send(
        lead, new_item, 422, kind="reading", title="A paper", thread_id="0", session_id="0"
    )
    _send(
        lead,
        new_item,
        kind="reading",
        title="A paper",
        citation="Somebody 2020",
        thread_id="0",
        session_id="0",
        minutes="15",
    )
    _send(lead, new_item, kind="session", title="The evening", thread_id="0", session_id="0")
    page = _text(lead, f"{here}/units/{one.id}/edit")
    assert "A paper" in page
    assert "To be scheduled" in page
    _send(lead, f"{here}/units/{two.id}/move", direction="up")
    assert [unit.title for unit in list_units(cohort.id)] == ["Two", "One"]
    _send(lead, f"{here}/units/{two.id}/remove")
    _send(lead, f"{here}/cohorts/{cohort.id}/publish")
    assert "Copy for the next term" in _text(lead, f"{here}/cohorts/{cohort.id}/copy")
    place = _send(lead, f"{here}/cohorts/{cohort.id}/copy", name="Winter", starts_on="2026-11-02")
    assert "Not published" in _text(lead, place)
    assert "Winter" in _text(lead, f"{here}/cohorts")


def test_a_stale_form_shows_the_conflict_and_keeps_the_words(term: Term, login: Login) -> None:
    cohort = term.cohort()
    unit = term.first_unit(cohort)
    lead, address = login(term.coordinator), f"/rooms/{term.room.slug}/units/{unit.id}/edit"
    times = {"opens_at": "2026-06-01T09:00", "due_at": "2026-06-07T09:00"}
    _send(lead, address, title="First", revision="1", **times)
    page = _send(lead, address, 409, title="Second thoughts", revision="1", **times)
    assert "Second thoughts" in page
    assert "Somebody else changed this" in page
    _send(lead, address, title="Second thoughts", revision="2", **times)
    assert term.first_unit(cohort).title == "Second thoughts"


def test_a_learner_joins_ticks_off_and_sees_the_own_progress(term: Term, login: Login) -> None:
    cohort = term.cohort()
    item = term.item(term.first_unit(cohort))
    me, here = login(term.learner), f"/rooms/{term.room.slug}"
    with at(later(hours=1)):
        assert "Join this cohort" in _text(me, f"{here}/cohorts/{cohort.id}")
        assert _text(me, f"{here}/units/{item.unit_id}", 403)
        _send(me, f"{here}/cohorts/{cohort.id}/join")
        assert "1 of 1 still to do" in _text(me, f"{here}/cohorts/{cohort.id}")
        unit = _text(me, f"{here}/units/{item.unit_id}")
        assert "I have done this" in unit
        assert "<strong>one</strong>" in unit
        kept = _send(me, f"{here}/study-items/{item.id}/tick", 422, reflection="y" * 301)
        assert "y" * 301 in kept
        _send(me, f"{here}/study-items/{item.id}/tick", reflection="Ask <b>twice</b>.")
        assert "Ask &lt;b&gt;twice&lt;/b&gt;." in me.get(f"{here}/units/{item.unit_id}").get_data(as_text=True)
        own = _text(me, f"{here}/cohorts/{cohort.id}/progress/{term.learner.id}")
        assert "Ask <b>twice</b>." in own
        assert "self-reported" in own
        assert me.get(f"{here}/cohorts/{cohort.id}/progress").headers["Location"].endswith(f"/{term.learner.id}")
        _send(me, f"{here}/study-items/{item.id}/untick")
        assert db.session.scalars(select(StudyTick)).one().done_at is None
        _send(me, f"{here}/cohorts/{cohort.id}/leave")
        assert _text(me, f"{here}/units/{item.unit_id}", 403)


def test_mentors_and_coordinators_see_the_table_and_only_coordinators_the_reflections(term: Term, login: Login) -> None:
    cohort = term.cohort()
    item = term.item(term.first_unit(cohort))
    term.join(cohort, term.learner, term.peer)
    with at(later(hours=1)):
        term.tick(item, reflection="canary-reflection")
        base = f"/rooms/{term.room.slug}/cohorts/{cohort.id}/progress"
        for user, reads in ((term.mentor, False), (term.coordinator, True)):
            browser = login(user)
            assert "1 of 1" in _text(browser, base)
            assert ("canary-reflection" in _text(browser, f"{base}/{term.learner.id}")) is reads
            assert "canary" not in browser.get(f"{base}.csv").get_data(as_text=True)
        assert _text(login(term.peer), f"{base}/{term.learner.id}", 403)
        assert _text(login(term.peer), f"{base}.csv", 403)


def test_no_cell_of_the_file_becomes_a_formula(term: Term, login: Login) -> None:
    evil = term.make.user("=HYPERLINK(1)")
    term.make.membership(term.room, evil)
    cohort = term.cohort()
    term.unit(cohort, title="=cmd|' /C calc'!A0")
    term.challenge(cohort, title="@SUM(1+1)")
    term.join(cohort, evil)
    answer = login(term.coordinator).get(f"/rooms/{term.room.slug}/cohorts/{cohort.id}/progress.csv")
    rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))
    assert rows[1][0] == "'=HYPERLINK(1)"
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]
    assert len(rows) == 2


def _challenge(term: Term, cohort: Cohort) -> tuple[Challenge, list[Team]]:
    term.join(cohort)
    challenge = term.challenge(cohort)
    return challenge, term.teams(challenge)


def test_a_coordinator_makes_a_challenge_a_rubric_and_teams_by_forms(term: Term, login: Login) -> None:
    cohort = term.cohort()
    term.join(cohort)
    lead, here = login(term.coordinator), f"/rooms/{term.room.slug}"
    new = f"{here}/cohorts/{cohort.id}/challenges/new"
    assert "Add a group challenge" in _text(lead, new)
    times = {"opens_at": "2026-06-01T09:00", "due_at": "2026-06-08T09:00", "feedback_at": "2026-06-15T09:00"}
    place = _send(lead, new, title="A plan", brief="One page.", reviews_each="1", **times)
    challenge = db.session.scalars(select(Challenge)).one()
    assert place == f"{here}/challenges/{challenge.id}/rubric"
    refused = _send(lead, place, 422, criterion_1="Clarity", levels_1="no colon")
    assert "no colon" in refused
    assert "Name: what it looks like" in refused
    teams = _send(lead, place, criterion_1="Clarity", levels_1=LEVELS, criterion_2="", levels_2="")
    assert "Without a team" in _text(lead, teams)
    assert "Choose 1 to 4 teams" in _send(lead, f"{teams}/balance", 422, count="9")
    _send(lead, f"{teams}/balance", count="2")
    page = _text(lead, teams)
    assert "Without a team" not in page
    assert "On average 2.0 professions" in page or "On average 1.5 professions" in page
    _send(lead, f"{teams}/add", name="Third")
    assert "Another team has this name" in _send(lead, f"{teams}/add", 422, name="Third")
    third = db.session.scalars(select(Team).where(Team.name == "Third")).one()
    _send(lead, f"{teams}/place", user_id=str(term.learner.id), team_id=str(third.id))
    assert term.people_of(third) == [term.learner]
    _send(lead, f"{teams}/place", user_id=str(term.learner.id), team_id="0")
    _send(lead, f"{here}/teams/{third.id}/rename", name="Renamed")
    assert "Renamed" in _text(lead, teams)
    _send(lead, f"{here}/teams/{third.id}/remove")
    assert "Renamed" not in _text(lead, f"{here}/challenges/{challenge.id}")
    assert "Change the challenge" in _text(lead, f"{here}/challenges/{challenge.id}/edit")


def test_a_team_writes_hands_in_reviews_and_reads_its_feedback_on_the_pages(term: Term, login: Login) -> None:
    cohort = term.cohort()
    challenge, (first, second) = _challenge(term, cohort)
    here = f"/rooms/{term.room.slug}"
    one, other = login(term.people_of(first)[0]), login(term.people_of(second)[0])
    assert "Begin our work" in _text(one, f"{here}/challenges/{challenge.id}")
    work = f"{here}/teams/{first.id}/work"
    _send(one, work, body="Our **draft**.", revision="0", save="1")
    page = _send(one, work, 409, body="My other draft.", revision="0", save="1")
    assert "My other draft." in page
    assert "As it is now" in page
    assert "y" * 600 in _send(
        one, work, 422, body="Fine", link="https://example.org/" + "y" * 600, revision="1", save="1"
    )
    _send(one, work, body="Our plan.", revision="1", submit="1")
    assert _text(other, f"{here}/teams/{first.id}", 403)
    _send(other, f"{here}/teams/{second.id}/work", body="Theirs.", revision="0", submit="1")
    _send(login(term.coordinator), f"{here}/challenges/{challenge.id}/start-feedback")
    assert "Read the work of" in _text(other, f"{here}/challenges/{challenge.id}")
    review = db.session.scalars(select(Review).where(Review.reviewed_team_id == first.id)).one()
    address = f"{here}/reviews/{review.id}"
    page = _text(other, address)
    assert "Our plan." in page
    assert "says who does what by when" in page
    kept = _send(other, address, 422, body="Kept words.")
    assert "Kept words." in kept
    assert "Choose a level." in kept
    criterion = db.session.scalars(select(Criterion)).one().id
    _send(other, address, body="Clear and short.", **{f"level_{criterion}": "1"})
    assert "Kept again." in _send(other, address, 409, body="Kept again.", **{f"level_{criterion}": "1"})
    waiting = _text(one, f"{here}/teams/{first.id}")
    assert "1 piece of feedback is waiting" in waiting
    assert "Clear and short." not in waiting
    with at(challenge.feedback_at + timedelta(minutes=1)):
        assert "Clear and short." in _text(login(term.people_of(first)[0]), f"{here}/teams/{first.id}")
    assert "Clear and short." in _text(login(term.mentor), f"{here}/teams/{first.id}")


def test_a_mentor_comments_on_the_team_page_and_is_offered_no_rubric(term: Term, login: Login) -> None:
    cohort = term.cohort()
    _made, (first, second) = _challenge(term, cohort)
    term.hand_in(first)
    here = f"/rooms/{term.room.slug}/teams/{first.id}"
    mentor = login(term.mentor)
    assert "Fill in the rubric" not in _text(mentor, here)
    assert _text(mentor, f"{here}/review", 403)
    _send(mentor, f"{here}/comments", comment="What would you do at night?")
    assert "Comment" in _send(mentor, f"{here}/comments", 422, comment=" ")
    assert "What would you do at night?" in _text(login(term.people_of(first)[0]), here)
    assert _text(login(term.people_of(second)[0]), here, 403)
    lead = login(term.coordinator)
    assert "Fill in the rubric" in _text(lead, here)
    criterion = db.session.scalars(select(Criterion)).one().id
    _send(lead, f"{here}/review", body="Good.", **{f"level_{criterion}": "2"})
    assert "Fill in the rubric" not in _text(lead, here)


def test_hostile_numbers_are_refused_and_never_an_error(term: Term, login: Login) -> None:
    cohort = term.cohort()
    challenge, (first, _second) = _challenge(term, cohort)
    here = f"/rooms/{term.room.slug}"
    lead, me = login(term.coordinator), login(term.people_of(first)[0])
    for count in ("-1", "1e9", "9" * 40, ""):
        assert _post(lead, f"{here}/challenges/{challenge.id}/teams/balance", count=count).status_code == 422
    for user_id in ("9" * 40, "x", "-1", "0"):
        answer = _post(lead, f"{here}/challenges/{challenge.id}/teams/place", user_id=user_id, team_id=str(first.id))
        assert answer.status_code in {303, 404, 422}, user_id
    for revision in ("-1", "9" * 40, "x", ""):
        answer = _post(me, f"{here}/teams/{first.id}/work", body="Mine.", revision=revision, save="1")
        assert answer.status_code == 409, revision
    for weeks in ("9" * 40, "-5", "x"):
        data = {"name": "N", "starts_on": "2026-06-01", "weeks": weeks, "time_zone": "UTC"}
        assert _post(lead, f"{here}/cohorts/new", **data).status_code == 422
    assert lead.get(f"{here}/units/{'9' * 40}").status_code == 404
    assert lead.get(f"{here}/cohorts/{cohort.id}/progress?after=rubbish").status_code == 400


def test_rendered_work_and_feedback_cannot_run_anything(term: Term, login: Login) -> None:
    cohort = term.cohort()
    _made, (first, _second) = _challenge(term, cohort)
    me = term.people_of(first)[0]
    evil = "<script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror=alert(1)>"
    deliverables.save_deliverable(term.ctx(me), first.id, body=evil, revision=0)
    feedback.post_comment(term.ctx(me), first.id, body=evil)
    page = login(term.mentor).get(f"/rooms/{term.room.slug}/teams/{first.id}").get_data(as_text=True)
    assert "<script>alert" not in page
    assert 'href="javascript:' not in page
    assert "<img src=x" not in page
