"""Planning over the REST API: the same plan as by the pages, the same refusals."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from social_cme.accounts.enums import SiteRole
from social_cme.accounts.models import User
from social_cme.cohorts.models import Challenge, Cohort, Criterion, StudyItem, Team, TeamMember, Unit
from social_cme.cohorts.queries.challenges import list_challenges, list_criteria, list_teams
from social_cme.cohorts.queries.courses import list_items, list_units
from social_cme.discussions.services.threads import post_thread
from social_cme.extensions import db
from social_cme.rooms.services.rooms import archive_room
from tests.cohorts.calls import Call, Caller
from tests.cohorts.term import LEVELS, Term, at, later

COHORT = {"name": "Summer 2026", "starts_on": "2026-06-01", "weeks": 4, "time_zone": "Europe/Berlin"}
UNIT = {"title": "One", "opens_at": "2026-06-01T09:00", "due_at": "2026-06-07T23:59"}
ITEM = {"kind": "reading", "title": "A paper", "citation": "Somebody 2020"}
CHALLENGE = {
    "title": "A plan for day three",
    "brief": "One page.",
    "opens_at": "2026-06-01T09:00",
    "due_at": "2026-06-14T23:59",
    "feedback_at": "2026-06-21T23:59",
}
LEVEL_PAIRS = [line.split(": ", 1) for line in LEVELS.splitlines()]
RUBRIC = {"criteria": [{"name": "Clarity", "levels": LEVEL_PAIRS}]}


@dataclass
class Plan:
    """A published cohort with one of everything, and its addresses."""

    cohort: Cohort
    unit: Unit
    item: StudyItem
    challenge: Challenge
    teams: list[Team]

    def writes(self, room: str, user_id: int) -> list[tuple[str, str, dict[str, Any]]]:
        """Return every call that changes the plan, each with a body that fits."""
        unit, item, team = f"{room}/units/{self.unit.id}", f"{room}/study-items/{self.item.id}", self.teams[0]
        cohort, challenge = f"{room}/cohorts/{self.cohort.id}", f"{room}/challenges/{self.challenge.id}"
        return [
            ("PATCH", cohort, {"name": "Mine"}),
            ("POST", f"{cohort}/publish", {}),
            ("POST", f"{cohort}/copy", {"name": "Mine", "starts_on": "2026-11-02"}),
            ("POST", f"{cohort}/units", UNIT),
            ("PATCH", unit, {"title": "Mine"}),
            ("POST", f"{unit}/move", {"direction": "up"}),
            ("POST", f"{unit}/study-items", ITEM),
            ("PATCH", item, {"title": "Mine"}),
            ("POST", f"{item}/move", {"direction": "up"}),
            ("DELETE", item, {}),
            ("DELETE", unit, {}),
            ("POST", f"{cohort}/challenges", CHALLENGE),
            ("PATCH", challenge, {"title": "Mine"}),
            ("PUT", f"{challenge}/rubric", RUBRIC),
            ("POST", f"{challenge}/start-feedback", {}),
            ("GET", f"{challenge}/teams", {}),
            ("POST", f"{challenge}/teams", {"name": "Mine"}),
            ("POST", f"{challenge}/teams/balance", {"count": 1}),
            ("PUT", f"{challenge}/members/{user_id}", {"team_id": team.id}),
            ("DELETE", f"{challenge}/members/{user_id}", {}),
            ("PATCH", f"{room}/teams/{team.id}", {"name": "Mine"}),
            ("DELETE", f"{room}/teams/{team.id}", {}),
            ("DELETE", challenge, {}),
        ]


@pytest.fixture
def plan(term: Term) -> Plan:
    cohort = term.cohort()
    unit = term.first_unit(cohort)
    term.join(cohort)
    challenge = term.challenge(cohort)
    return Plan(cohort, unit, term.item(unit), challenge, term.teams(challenge))


def _said(cohort: Cohort) -> dict[str, Any]:
    """Return what a plan says, without the ids of its rows."""

    def values(row: Any, *left_out: str) -> dict[str, Any]:
        ids = {"id", "cohort_id", "unit_id", "challenge_id", "created_at", "updated_at", *left_out}
        return {one.name: getattr(row, one.name) for one in row.__table__.columns if one.name not in ids}

    return {
        "cohort": values(cohort),
        "units": [
            values(unit) | {"items": [values(item) for item in list_items([unit.id])]} for unit in list_units(cohort.id)
        ],
        "challenges": [
            values(one)
            | {
                "rubric": [values(each) for each in list_criteria(one.id)],
                "teams": [(line.team.name, [each.user_id for each in line.people]) for line in list_teams(one.id)],
            }
            for one in list_challenges(cohort.id)
        ],
    }


def _plan_by_api(call: Call, room: str, join: Callable[[int], None], people: list[User]) -> int:
    made = call("POST", f"{room}/cohorts", 201, **COHORT, summary="For **all**.", capacity=8, join_until="2026-06-14")
    cohort = f"{room}/cohorts/{made['id']}"
    one = call("POST", f"{cohort}/units", 201, **UNIT, objectives=["Say it.", "Do it."], body="Bring *one*.")
    two = call("POST", f"{cohort}/units", 201, **{**UNIT, "title": "Two"})
    items = f"{room}/units/{one['id']}/study-items"
    call("POST", items, 201, **ITEM, minutes=15)
    evening = call("POST", items, 201, kind="session", title="The evening")
    call("POST", f"{room}/study-items/{evening['id']}/move", direction="up")
    call("POST", f"{room}/units/{two['id']}/move", direction="up")
    task = call("POST", f"{cohort}/challenges", 201, **CHALLENGE, reviews_each=1)
    challenge = f"{room}/challenges/{task['id']}"
    call("PUT", f"{challenge}/rubric", **RUBRIC)
    call("POST", f"{cohort}/publish")
    join(made["id"])
    team = call("POST", f"{challenge}/teams", 201, name="Team A")
    call("PUT", f"{challenge}/members/{people[0].id}", team_id=team["id"])
    return int(made["id"])


def _plan_by_pages(browser: FlaskClient, room: str, join: Callable[[int], None], people: list[User]) -> int:
    token = re.search(r'name="csrf-token" content="([^"]+)"', browser.get("/about").text)
    assert token is not None

    def send(path: str, **fields: Any) -> int:
        answer = browser.post(f"{room}{path}", data={"csrf_token": token.group(1), **fields})
        assert answer.status_code == 303, (path, answer.status_code)
        return int((re.findall(r"/(\d+)", answer.headers["Location"]) or [0])[-1])

    cohort = send("/cohorts/new", **COHORT, summary="For **all**.", capacity=8, join_until="2026-06-14")
    one = send(f"/cohorts/{cohort}/units/new", **UNIT, objectives="Say it.\nDo it.", body="Bring *one*.")
    two = send(f"/cohorts/{cohort}/units/new", **{**UNIT, "title": "Two"})
    none = {"thread_id": 0, "session_id": 0}
    send(f"/units/{one}/study-items/new", **ITEM, **none, minutes=15)
    send(f"/units/{one}/study-items/new", **none, kind="session", title="The evening")
    send(f"/study-items/{list_items([one])[1].id}/move", direction="up")
    send(f"/units/{two}/move", direction="up")
    task = send(f"/cohorts/{cohort}/challenges/new", **CHALLENGE, reviews_each=1)
    send(f"/challenges/{task}/rubric", criterion_1="Clarity", levels_1=LEVELS)
    send(f"/cohorts/{cohort}/publish")
    join(cohort)
    send(f"/challenges/{task}/teams/add", name="Team A")
    send(f"/challenges/{task}/teams/place", user_id=people[0].id, team_id=list_teams(task)[0].team.id)
    return cohort


def test_a_plan_made_by_the_api_alone_equals_one_made_by_the_pages(
    term: Term, call: Caller, login: Callable[[User], FlaskClient]
) -> None:
    lead, room = call(term.coordinator), f"/rooms/{term.room.slug}"

    def join(cohort_id: int) -> None:
        term.join(db.session.get_one(Cohort, cohort_id))

    by_api = _plan_by_api(lead, room, join, term.learners)
    first = _said(db.session.get_one(Cohort, by_api))
    by_pages = _plan_by_pages(login(term.coordinator), room, join, term.learners)
    assert by_pages != by_api
    assert first == _said(db.session.get_one(Cohort, by_pages))
    assert [unit["title"] for unit in first["units"]] == ["Two", "One"]
    assert [item["title"] for item in first["units"][1]["items"]] == ["The evening", "A paper"]
    assert first["challenges"][0]["rubric"][0]["levels"] == LEVEL_PAIRS
    assert first["challenges"][0]["teams"] == [("Team A", [term.learner.id])]


@pytest.mark.parametrize(("who", "status"), [("learner", 403), ("mentor", 403), ("outsider", 403), ("stranger", 401)])
def test_only_who_runs_the_room_plans(term: Term, call: Caller, plan: Plan, who: str, status: int) -> None:
    people = {"learner": term.learner, "mentor": term.mentor, "outsider": term.make.user(), "stranger": None}
    caller, room = call(people[who]), f"/rooms/{term.room.slug}"
    before = _said(plan.cohort)
    caller("POST", f"{room}/cohorts", status, **COHORT)
    for method, path, body in plan.writes(room, term.learner.id):
        caller(method, path, status, **body)
    db.session.expire_all()
    assert _said(plan.cohort) == before
    assert db.session.scalar(select(func.count(Cohort.id))) == 1


def test_a_token_that_may_only_read_plans_nothing(app: Flask, term: Term, plan: Plan) -> None:
    reader, room = Call(app, term.coordinator, scopes=("read",)), f"/rooms/{term.room.slug}"
    reader("POST", f"{room}/cohorts", 403, **COHORT)
    for method, path, body in plan.writes(room, term.learner.id):
        reader(method, path, 200 if method == "GET" else 403, **body)


def test_nothing_is_planned_from_another_room_or_in_an_archived_one(term: Term, call: Caller, plan: Plan) -> None:
    lead = call(term.coordinator)
    for method, path, body in plan.writes(f"/rooms/{term.other_room.slug}", term.learner.id):
        lead(method, path, 404, **body)
    archive_room(term.lead)
    for method, path, body in plan.writes(f"/rooms/{term.room.slug}", term.learner.id):
        lead(method, path, 403, **body)


def test_a_plan_that_is_not_published_looks_absent_to_others(term: Term, call: Caller) -> None:
    cohort = term.cohort(published=False)
    room = f"/rooms/{term.room.slug}"
    call(term.learner)("PATCH", f"{room}/cohorts/{cohort.id}", 404, name="Mine")
    call(term.mentor)("PATCH", f"{room}/units/{term.first_unit(cohort).id}", 404, title="Mine")
    administrator = call(term.make.user(role=SiteRole.ADMINISTRATOR))
    assert administrator("PATCH", f"{room}/cohorts/{cohort.id}", name="Theirs")["name"] == "Theirs"


REFUSED: list[tuple[str, dict[str, Any], set[str]]] = [
    ("cohorts", {**COHORT, "name": " "}, {"name"}),
    ("cohorts", {**COHORT, "name": "x" * 101}, {"name"}),
    ("cohorts", {**COHORT, "weeks": 53}, {"weeks"}),
    ("cohorts", {**COHORT, "time_zone": "Mars/Olympus"}, {"time_zone"}),
    ("cohorts", {**COHORT, "starts_on": "9999-12-31"}, {"starts_on"}),
    ("cohorts", {**COHORT, "capacity": 0, "name": ["no"]}, {"name", "capacity"}),
    ("cohorts", {**COHORT, "client_id": "short"}, {"client_id"}),
    ("cohorts/{cohort}/copy", {"name": "Winter"}, {"starts_on"}),
    ("cohorts/{cohort}/copy", {"name": "", "starts_on": "2026-11-02"}, {"name"}),
    ("cohorts/{cohort}/units", {**UNIT, "title": ""}, {"title"}),
    ("cohorts/{cohort}/units", {**UNIT, "opens_at": "2026-06-01T09:00Z"}, {"opens_at"}),
    ("cohorts/{cohort}/units", {**UNIT, "opens_at": "2026-05-01T09:00"}, {"opens_at"}),
    ("cohorts/{cohort}/units", {**UNIT, "due_at": UNIT["opens_at"]}, {"due_at"}),
    ("cohorts/{cohort}/units", {**UNIT, "objectives": ["x"] * 9}, {"objectives"}),
    ("units/{unit}/move", {"direction": "sideways"}, {"direction"}),
    ("study-items/{item}/move", {"direction": 1}, {"direction"}),
    ("units/{unit}/study-items", {**ITEM, "kind": "podcast"}, {"kind"}),
    ("units/{unit}/study-items", {**ITEM, "citation": ""}, {"citation"}),
    ("units/{unit}/study-items", {**ITEM, "url": "javascript:alert(1)"}, {"url"}),
    ("units/{unit}/study-items", {"kind": "thread", "title": "T", "thread_id": 10**9}, {"thread_id"}),
    ("units/{unit}/study-items", {"kind": "session", "title": "S", "session_id": 10**40}, {"session_id"}),
    ("cohorts/{cohort}/challenges", {**CHALLENGE, "reviews_each": 6}, {"reviews_each"}),
    ("cohorts/{cohort}/challenges", {**CHALLENGE, "feedback_at": CHALLENGE["due_at"]}, {"feedback_at"}),
    ("challenges/{challenge}/teams", {"name": "x" * 61}, {"name"}),
    ("challenges/{challenge}/teams", {"name": "Team 1"}, {"name"}),
    ("challenges/{challenge}/teams/balance", {"count": 5}, {"count"}),
    ("challenges/{challenge}/teams/balance", {"count": 0}, {"count"}),
]


def test_what_cannot_be_added_is_named_by_its_field(term: Term, call: Caller, plan: Plan) -> None:
    lead, before = call(term.coordinator), _said(plan.cohort)
    ids = {name: getattr(plan, name).id for name in ("cohort", "unit", "item", "challenge")}
    for address, body, fields in REFUSED:
        refused = lead("POST", f"/rooms/{term.room.slug}/{address.format(**ids)}", 422, **body)
        assert set(refused["fields"]) == fields, (address, body)
    db.session.expire_all()
    assert _said(plan.cohort) == before
    assert db.session.scalar(select(func.count(Cohort.id))) == 1


def test_a_rubric_that_does_not_fit_changes_nothing(term: Term, call: Caller, plan: Plan) -> None:
    lead, path = call(term.coordinator), f"/rooms/{term.room.slug}/challenges/{plan.challenge.id}/rubric"
    refusals: list[tuple[list[list[str]], str]] = [
        ([["Only", "one level"]], "criteria.0.levels"),
        ([["Solid", "x"], ["Strong"]], "criteria.0.levels.1"),
        ([["Solid: very", "x"], ["Strong", "y"]], "criteria.0.levels"),
        ([["Solid", "x"], ["solid", "y"]], "levels_1"),
        ([["Solid", "\u200b"], ["Strong", "y"]], "levels_1"),
        ([["Solid", "x" * 301], ["Strong", "y"]], "levels_1"),
    ]
    for levels, field in refusals:
        refused = lead("PUT", path, 422, criteria=[{"name": "Depth", "levels": levels}])
        assert set(refused["fields"]) == {field}, levels
    assert [one.name for one in list_criteria(plan.challenge.id)] == ["Clarity"]


def test_a_rubric_is_written_as_it_is_shown(term: Term, call: Caller, plan: Plan) -> None:
    lead, path = call(term.coordinator), f"/rooms/{term.room.slug}/challenges/{plan.challenge.id}"
    levels = [["Developing", "says: not yet\nenough"], ["Solid", "says who does what"]]
    shown = lead("PUT", f"{path}/rubric", criteria=[{"name": "Depth", "levels": levels}])["criteria"]
    assert shown[0]["levels"] == [["Developing", "says: not yet enough"], ["Solid", "says who does what"]]
    assert lead("PUT", f"{path}/rubric", criteria=shown)["criteria"][0]["levels"] == shown[0]["levels"]
    assert lead("PUT", f"{path}/rubric", criteria=[])["criteria"] == []
    assert db.session.scalar(select(func.count(Criterion.id))) == 0


def test_a_change_keeps_what_it_leaves_out(term: Term, call: Caller, plan: Plan) -> None:
    lead, room = call(term.coordinator), f"/rooms/{term.room.slug}"
    cohort = lead("PATCH", f"{room}/cohorts/{plan.cohort.id}", capacity=9, summary="Come.", join_until="2026-06-20")
    assert (cohort["name"], cohort["weeks"], cohort["capacity"], cohort["revision"]) == ("Summer 2026", 4, 9, 2)
    cohort = lead("PATCH", f"{room}/cohorts/{plan.cohort.id}", capacity=None, weeks=None, name="Spring")
    assert (cohort["name"], cohort["weeks"], cohort["capacity"]) == ("Spring", 4, None)
    assert (cohort["summary_md"], cohort["join_until"]) == ("Come.", "2026-06-20")

    times = (plan.unit.opens_at, plan.unit.due_at)
    unit = lead("PATCH", f"{room}/units/{plan.unit.id}", title="Other words")
    assert (unit["title"], unit["objectives"]) == ("Other words", ["Say what you see."])
    assert unit["body_md"] == "Bring **one** patient."
    assert (plan.unit.opens_at, plan.unit.due_at) == times
    assert lead("PATCH", f"{room}/units/{plan.unit.id}", objectives=[])["objectives"] == []
    moved = lead("PATCH", f"{room}/units/{plan.unit.id}", opens_at="2026-06-02T09:00")
    assert moved["opens_at"].startswith("2026-06-02T07:00")

    item = lead("PATCH", f"{room}/study-items/{plan.item.id}", url="https://example.org/a")
    assert (item["title"], item["citation"], item["minutes"]) == ("The position statement", "Mullens 2019", 20)
    assert lead("PATCH", f"{room}/study-items/{plan.item.id}", minutes=None)["minutes"] is None
    lead("PATCH", f"{room}/study-items/{plan.item.id}", 422, citation="", url="")

    challenge = lead("PATCH", f"{room}/challenges/{plan.challenge.id}", due_at="2026-06-09T12:00")
    assert (challenge["title"], challenge["brief_md"], challenge["reviews_each"]) == (
        "A plan for day three",
        "One page.",
        1,
    )
    assert challenge["due_at"].startswith("2026-06-09T10:00")
    assert challenge["feedback_at"].startswith("2026-06-15T07:00")
    assert len(challenge["criteria"]) == 1


def test_an_old_revision_is_refused(term: Term, call: Caller, plan: Plan) -> None:
    lead, room = call(term.coordinator), f"/rooms/{term.room.slug}"
    for path, field in (
        (f"{room}/cohorts/{plan.cohort.id}", "name"),
        (f"{room}/units/{plan.unit.id}", "title"),
        (f"{room}/challenges/{plan.challenge.id}", "title"),
    ):
        assert lead("PATCH", path, **{field: "First", "revision": 1})["revision"] == 2
        lead("PATCH", path, 409, **{field: "Second", "revision": 1})
        assert lead("PATCH", path, **{field: "Third"})["revision"] == 3
    assert (plan.cohort.name, plan.unit.title, plan.challenge.title) == ("Third", "Third", "Third")


def test_what_is_sent_again_is_made_once(term: Term, call: Caller, plan: Plan) -> None:
    lead, room = call(term.coordinator), f"/rooms/{term.room.slug}"
    cohort = f"{room}/cohorts/{plan.cohort.id}"
    for path, body in (
        (f"{room}/cohorts", COHORT),
        (f"{cohort}/copy", {"name": "Winter", "starts_on": "2026-11-02"}),
        (f"{cohort}/units", UNIT),
        (f"{room}/units/{plan.unit.id}/study-items", ITEM),
        (f"{cohort}/challenges", CHALLENGE),
    ):
        first, again = (lead("POST", path, 201, **body, client_id="sent-twice-01") for _ in range(2))
        assert first["id"] == again["id"], path
    assert len(list_units(plan.cohort.id)) == 2
    assert len(list_items([plan.unit.id])) == 2
    assert len(list_challenges(plan.cohort.id)) == 2


def test_publishing_asks_for_a_unit_and_happens_once(term: Term, call: Caller) -> None:
    lead, room = call(term.coordinator), f"/rooms/{term.room.slug}"
    cohort = f"{room}/cohorts/{lead('POST', f'{room}/cohorts', 201, **COHORT)['id']}"
    lead("POST", f"{cohort}/publish", 409)
    lead("POST", f"{cohort}/units", 201, **UNIT)
    published = lead("POST", f"{cohort}/publish")["published_at"]
    with at(later(days=1)):
        assert lead("POST", f"{cohort}/publish")["published_at"] == published
    copied = lead("POST", f"{cohort}/copy", 201, name="Winter", starts_on="2026-11-02")
    assert (copied["name"], copied["starts_on"], copied["published_at"]) == ("Winter", "2026-11-02", None)
    plan = lead("GET", f"{room}/cohorts/{copied['id']}")
    # The same wall clock, one hour later by UTC than in summer.
    assert [(unit["title"], unit["opens_at"][:16]) for unit in plan["units"]] == [("One", "2026-11-02T08:00")]


def test_lists_are_put_in_order_and_taken_apart(term: Term, call: Caller, plan: Plan) -> None:
    lead, room = call(term.coordinator), f"/rooms/{term.room.slug}"
    thread = post_thread(term.ctx(term.learner), kind="question", title="Which loop?", body="Which one?")
    items = f"{room}/units/{plan.unit.id}/study-items"
    added = lead("POST", items, 201, kind="thread", thread_id=thread.id)
    assert (added["title"], added["thread_id"], added["is_there"]) == ("Which loop?", thread.id, True)
    shown = lead("POST", f"{room}/study-items/{added['id']}/move", direction="up")["items"]
    assert [one["id"] for one in shown] == [added["id"], plan.item.id]
    second = term.unit(plan.cohort, title="Second")
    order = lead("POST", f"{room}/units/{second.id}/move", direction="up")["units"]
    assert [one["id"] for one in order] == [second.id, plan.unit.id]
    with at(later(hours=1)):
        term.tick(plan.item)
    lead("DELETE", f"{room}/study-items/{plan.item.id}", 409)
    lead("DELETE", f"{room}/units/{plan.unit.id}", 409)
    lead("DELETE", f"{room}/study-items/{added['id']}", 204)
    lead("DELETE", f"{room}/units/{second.id}", 204)
    lead("DELETE", f"{room}/units/{second.id}", 404)
    assert [one.id for one in list_items([plan.unit.id])] == [plan.item.id]


def test_teams_are_made_and_changed(term: Term, call: Caller, plan: Plan) -> None:
    lead, room = call(term.coordinator), f"/rooms/{term.room.slug}"
    challenge = f"{room}/challenges/{plan.challenge.id}"
    made = lead("POST", f"{challenge}/teams/balance", count=2)
    assert sorted(len(one["people"]) for one in made["items"]) == [2, 2]
    assert made["without_team"] == []
    third = lead("POST", f"{challenge}/teams", 201, name="Third")
    assert third["people"] == []
    me = f"{challenge}/members/{term.learner.id}"
    for _ in range(2):
        placed = lead("PUT", me, team_id=third["id"])
        assert {one["name"]: len(one["people"]) for one in placed["items"]}["Third"] == 1
        assert db.session.scalar(select(func.count(TeamMember.id)).filter_by(user_id=term.learner.id)) == 1
    assert [one["id"] for one in lead("DELETE", me)["without_team"]] == [term.learner.id]
    assert [one["id"] for one in lead("GET", f"{challenge}/teams")["without_team"]] == [term.learner.id]
    lead("PUT", me, 404, team_id=10**9)
    lead("PUT", me, 422, team_id=0)
    lead("PUT", f"{challenge}/members/{term.mentor.id}", 404, team_id=third["id"])
    other = term.challenge(plan.cohort, title="Another")
    lead("PUT", me, 404, team_id=term.teams(other)[0].id)
    assert lead("PATCH", f"{room}/teams/{third['id']}", name="Loop")["name"] == "Loop"
    assert set(lead("PATCH", f"{room}/teams/{third['id']}", 422, name="Team 1")["fields"]) == {"name"}
    lead("DELETE", f"{room}/teams/{third['id']}", 204)
    assert [one["name"] for one in lead("GET", f"{challenge}/teams")["items"]] == ["Team 1", "Team 2"]


def test_what_teams_have_begun_stays(term: Term, call: Caller, plan: Plan) -> None:
    lead, room = call(term.coordinator), f"/rooms/{term.room.slug}"
    challenge = f"{room}/challenges/{plan.challenge.id}"
    first, second = plan.teams
    term.hand_in(first)
    lead("POST", f"{challenge}/start-feedback", 409)
    lead("DELETE", challenge, 409)
    lead("POST", f"{challenge}/teams/balance", 409, count=1)
    lead("DELETE", f"{room}/teams/{first.id}", 409)
    lead("DELETE", f"{challenge}/members/{term.people_of(first)[0].id}", 409)
    term.hand_in(second)
    for _ in range(2):
        lead("POST", f"{challenge}/start-feedback")
    mine = call(term.people_of(second)[0])("GET", challenge)["my_reviews"]
    assert [one["reviewed_team_id"] for one in mine] == [first.id]
    spare = term.challenge(plan.cohort, title="Spare")
    lead("DELETE", f"{room}/challenges/{spare.id}", 204)
    assert [one.id for one in list_challenges(plan.cohort.id)] == [plan.challenge.id]
