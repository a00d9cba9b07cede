"""The pages of rooms."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from social_cme.accounts.enums import AccountState, SiteRole
from social_cme.accounts.models import User
from social_cme.extensions import db
from social_cme.rooms.models import Membership, Room
from social_cme.rooms.queries import open_room
from social_cme.rooms.services.invitations import invite
from social_cme.rooms.services.joining import join_room
from social_cme.rooms.services.members import state_disclosure
from social_cme.rooms.services.rooms import archive_room, edit_room
from tests.factories import Factory
from tests.rooms.conftest import Visit

CANARY = "canary-7f3a"
FORM = {
    "name": "Acute heart failure",
    "specialty": "cardiology",
    "summary": "Wet and dry.",
    "ground_rules": "Be kind.",
    "visibility": "public",
    "objectives": "Adjust a dose\n\n- Write a plan",
}


def state_of(room: Room, user_id: int) -> str | None:
    db.session.rollback()
    return db.session.scalar(
        select(Membership.state).where(Membership.room_id == room.id, Membership.user_id == user_id)
    )


def test_the_directory_shows_ones_own_rooms_first(make: Factory, visit: Visit) -> None:
    user = make.user()
    make.room(name="Somebody elses room", member_count=9)
    make.room(name="My own room", members=(user,))
    page = visit(user).get("/rooms").text
    assert (
        page.index("Your rooms")
        < page.index("My own room")
        < page.index("More rooms")
        < page.index("Somebody elses room")
    )


def test_rooms_are_found_by_words_and_specialty(make: Factory, visit: Visit) -> None:
    make.room(name="Heart failure", summary="Wet days", specialty="cardiology")
    make.room(name="Falls", summary="Brisk 100% knees", specialty="neurology")
    browser = visit(None)
    for query, found, missing in [
        ("q=WET+heart", "Heart failure", "Falls"),
        ("q=neuro", "Falls", "Heart failure"),
        ("specialty=neurology", "Falls", "Heart failure"),
        ("q=100%25", "Falls", "Heart failure"),
        ("q=%25", "Falls", "Heart failure"),
        ("specialty=astrology", "Falls", "nothing to miss"),
    ]:
        page = browser.get(f"/rooms?{query}").text
        assert found in page, query
        assert missing not in page, query
    assert "No room matches" in browser.get("/rooms?q=_______").text


@pytest.mark.parametrize(
    "query",
    ["q=" + "%25_" * 3000, "q=%00%ff", "after=x", "after=" + "A" * 600, "after=WzEsMl0", "specialty[]=1&q=1&q=2"],
)
def test_a_strange_address_is_answered(make: Factory, visit: Visit, query: str) -> None:
    make.room()
    assert visit(None).get(f"/rooms?{query}").status_code in {200, 400}


def test_the_directory_is_turned_page_by_page_without_losing_a_room(make: Factory, visit: Visit) -> None:
    names = {make.room(member_count=number % 3).name for number in range(45)}
    browser, seen, address = visit(None), [], "/rooms"
    import re

    for _ in range(3):
        page = browser.get(address).text
        seen += re.findall(r'row-title"><a href="[^"]+">([^<]+)</a>', page)
        more = re.search(r'rel="next" href="([^"]+)"', page)
        if more is None:
            break
        address = more.group(1).replace("&amp;", "&")
    assert len(seen) == len(set(seen)) == 45
    assert set(seen) == names


@pytest.mark.parametrize("path", ["/rooms", "/rooms/{slug}/about", "/rooms/{slug}/members", "/"])
def test_pages_cost_the_same_with_5_and_with_50(
    make: Factory, visit: Visit, count_queries: Callable[[], Any], path: str
) -> None:
    user = make.user()
    room = make.room(mentor=make.user(), coordinator=make.user(), members=(user,))
    browser = visit(user)
    costs = []
    for amount in (4, 45):
        for _ in range(amount):
            other = make.user()
            make.room(mentor=other, members=(user,))
            make.room(mentor=other)
            make.membership(room, other)
        browser.get("/about")
        with count_queries() as seen:
            assert browser.get(path.format(slug=room.slug)).status_code == 200
        costs.append(len(seen))
    assert costs[0] == costs[1] <= 16


@pytest.mark.parametrize("who", ["stranger", "outsider", "left", "removed", "banned"])
def test_a_room_by_invitation_answers_as_if_it_did_not_exist(make: Factory, visit: Visit, who: str) -> None:
    user = None if who == "stranger" else make.user()
    room = make.room(
        coordinator=make.user(), visibility="invitation", name=f"{CANARY} name", summary=f"{CANARY} summary"
    )
    if user is not None and who != "outsider":
        make.membership(room, user, state=who)
    browser = visit(user)
    for page in ("about", "members"):
        answer = browser.get(f"/rooms/{room.slug}/{page}")
        assert answer.status_code == 404
        assert CANARY not in answer.text
    for page in ("settings", "requests", "invitations", "members/banned", "members/1", "disclosure"):
        assert browser.get(f"/rooms/{room.slug}/{page}").status_code == (302 if user is None else 404)
    for action in ("join", "leave", "rules", "withdraw", "archive", "members/1/ban", "members/1/role"):
        assert browser.send(f"/rooms/{room.slug}/{action}", accept="y", version="1").status_code == (
            302 if user is None else 404
        )
    for page in ("/rooms", f"/rooms?q={CANARY}", "/", "/about", "/live"):
        assert CANARY not in browser.get(page).text.replace(f'value="{CANARY}"', "")


def test_members_of_a_room_by_request_are_not_shown_at_its_door(make: Factory, visit: Visit) -> None:
    room = make.room(coordinator=make.user(), members=(make.user(name=f"{CANARY} person"),), visibility="request")
    browser = visit(make.user())
    about = browser.get(f"/rooms/{room.slug}/about")
    assert about.status_code == 200
    assert CANARY not in about.text
    members = browser.get(f"/rooms/{room.slug}/members")
    assert members.status_code == 403
    assert CANARY not in members.text


def test_the_about_page_shows_purpose_and_disclosures(make: Factory, visit: Visit) -> None:
    first, second = make.user(name="Adaeze Okafor"), make.user(name="Samir Haddad")
    room = make.room(mentor=first, practice_gap="Doses are low.", objectives=["Raise a dose"])
    make.membership(room, second, role="mentor")
    state_disclosure(open_room(first, room.slug), disclosure="Speaker fees in 2025.")
    page = visit(None).get(f"/rooms/{room.slug}/about").text
    for text in (
        "Doses are low.",
        "Raise a dose",
        "Adaeze Okafor",
        "Speaker fees in 2025.",
        "Samir Haddad",
        "not yet stated",
    ):
        assert text in page


def test_a_room_is_opened_with_the_form(make: Factory, visit: Visit) -> None:
    user = make.user()
    browser = visit(user)
    answer = browser.send("/rooms/new", **FORM)
    assert (answer.status_code, answer.location) == (303, "/rooms/acute-heart-failure/about")
    room = db.session.scalars(select(Room)).one()
    assert (room.objectives, room.created_by_id) == (["Adjust a dose", "Write a plan"], user.id)


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("name", "x" * 500), ("slug", "Not a slug!"), ("specialty", "astrology"), ("visibility", "x"), ("ground_rules", ""),
     ("objectives", "\n".join(["x"] * 13)), ("client_id", "\x00" * 80)],
)  # fmt: skip
def test_a_refused_form_keeps_what_was_written(make: Factory, visit: Visit, field: str, value: str) -> None:
    answer = visit(make.user()).send("/rooms/new", **{**FORM, "description": "What I wrote.", field: value})
    assert answer.status_code == 422
    assert "What I wrote." in answer.text
    assert "error-summary" in answer.text
    assert db.session.scalars(select(Room)).all() == []


def test_a_room_says_what_happens_in_it_and_whom_it_is_for(make: Factory, visit: Visit) -> None:
    words = {"agenda": "A case *every* Monday.", "professions": "nurse", "verified_only": "y"}
    visit(make.user()).send("/rooms/new", **FORM, **words)
    door = visit(make.user()).get("/rooms/acute-heart-failure/about").text
    assert "A case <em>every</em> Monday." in door
    assert "This room is for: Nurse. Your profile says: Physician." in door
    assert 'action="/rooms/acute-heart-failure/join"' not in door
    assert 'action="/rooms/acute-heart-failure/join"' not in visit(None).get("/rooms/acute-heart-failure/about").text
    owner = visit(db.session.get_one(User, db.session.scalars(select(Room)).one().created_by_id))
    settings = owner.get("/rooms/acute-heart-failure/settings").text
    assert [one for one in re.findall(r"<input[^>]*>", settings) if 'value="nurse"' in one and "checked" in one]


def test_fields_that_are_nobodys_business_are_ignored(make: Factory, visit: Visit) -> None:
    visit(make.user()).send(
        "/rooms/new", **FORM, member_count="99", created_by_id="1", is_archived="1", ground_rules_version="9"
    )
    room = db.session.scalars(select(Room)).one()
    assert (room.member_count, room.is_archived, room.ground_rules_version) == (1, False, 1)


def test_without_a_profile_no_room_is_opened(make: Factory, visit: Visit) -> None:
    browser = visit(make.user(profession=None))
    assert browser.get("/rooms/new").status_code == 403
    assert browser.send("/rooms/new", **FORM).status_code == 403


def test_joining_takes_the_accepted_rules(make: Factory, visit: Visit) -> None:
    room, user = make.room(), make.user()
    browser = visit(user)
    refused = browser.send(f"/rooms/{room.slug}/join", version="1")
    assert refused.status_code == 422
    assert "accept them to join" in refused.text
    assert state_of(room, user.id) is None
    answer = browser.send(f"/rooms/{room.slug}/join", version="1", accept="y")
    assert (answer.status_code, answer.location) == (303, f"/rooms/{room.slug}")
    assert state_of(room, user.id) == "active"


@pytest.mark.parametrize("version", ["", "x", "0", "-1", "2", "9" * 40, "²"])
def test_a_made_up_version_of_the_rules_is_refused(make: Factory, visit: Visit, version: str) -> None:
    room, user = make.room(), make.user()
    assert visit(user).send(f"/rooms/{room.slug}/join", version=version, accept="y").status_code == 409
    assert state_of(room, user.id) is None


def test_a_request_keeps_its_statement_when_refused(make: Factory, visit: Visit) -> None:
    room, user = make.room(visibility="request"), make.user()
    browser = visit(user)
    refused = browser.send(f"/rooms/{room.slug}/join", version="1", statement="I see this weekly.")
    assert refused.status_code == 422
    assert "I see this weekly." in refused.text
    assert browser.send(f"/rooms/{room.slug}/join", version="1", accept="y", statement="Weekly.").status_code == 303
    assert "You asked to join" in browser.get(f"/rooms/{room.slug}/about").text
    assert browser.send(f"/rooms/{room.slug}/withdraw").status_code == 303
    assert state_of(room, user.id) == "left"


def test_strangers_log_in_before_they_join(make: Factory, visit: Visit) -> None:
    room = make.room()
    answer = visit(None).send(f"/rooms/{room.slug}/join", version="1", accept="y")
    assert answer.status_code == 302
    assert "/login" in answer.location


def test_a_form_without_its_token_changes_nothing(make: Factory, visit: Visit) -> None:
    room, user = make.room(), make.user()
    answer = visit(user).client.post(f"/rooms/{room.slug}/join", data={"version": "1", "accept": "y"})
    assert answer.status_code == 400
    assert state_of(room, user.id) is None


def test_a_coordinator_lets_in_and_declines_with_a_reason(make: Factory, visit: Visit) -> None:
    coordinator, one, two = make.user(), make.user(), make.user()
    room = make.room(coordinator=coordinator, visibility="request")
    for user in (one, two):
        join_room(open_room(user, room.slug), accepted_version=1, statement="<b>Please</b>")
    browser = visit(coordinator)
    page = browser.get(f"/rooms/{room.slug}/requests").text
    assert "&lt;b&gt;Please" in page
    assert browser.send(f"/rooms/{room.slug}/requests/{one.id}/approve").status_code == 303
    assert browser.send(f"/rooms/{room.slug}/requests/{two.id}/decline").status_code == 422
    assert browser.send(f"/rooms/{room.slug}/requests/{two.id}/decline", reason="Residents only.").status_code == 303
    assert (state_of(room, one.id), state_of(room, two.id)) == ("active", "declined")
    assert "Residents only." in visit(two).get(f"/rooms/{room.slug}/about").text


@pytest.mark.parametrize("page", ["settings", "requests", "invitations", "members/banned", "members/{id}"])
def test_pages_of_coordinators_are_refused_to_others(make: Factory, visit: Visit, page: str) -> None:
    learner, mentor = make.user(), make.user()
    room = make.room(coordinator=make.user(), mentor=mentor, members=(learner,))
    for user in (learner, mentor, make.user(), make.user(role=SiteRole.MODERATOR), make.user(role=SiteRole.AUDITOR)):
        assert visit(user).get(f"/rooms/{room.slug}/{page.format(id=learner.id)}").status_code == 403
    assert (
        visit(make.user(role=SiteRole.ADMINISTRATOR))
        .get(f"/rooms/{room.slug}/{page.format(id=learner.id)}")
        .status_code
        == 200
    )


def test_two_who_edit_do_not_overwrite_each_other(make: Factory, visit: Visit) -> None:
    coordinator = make.user()
    room = make.room(coordinator=coordinator)
    edit_room(open_room(coordinator, room.slug), summary="Said meanwhile.")
    browser = visit(coordinator)
    answer = browser.send(f"/rooms/{room.slug}/settings", **{**FORM, "summary": "What I wrote.", "revision": "1"})
    assert answer.status_code == 409
    assert "What I wrote." in answer.text
    assert "Said meanwhile." in answer.text
    assert 'name="revision" type="hidden" value="2"' in answer.text
    answer = browser.send(f"/rooms/{room.slug}/settings", **{**FORM, "summary": "What I wrote.", "revision": "2"})
    assert answer.status_code == 303
    db.session.expire_all()
    assert room.summary == "What I wrote."


@pytest.mark.parametrize("revision", ["", "x", "-1", "٣", "9" * 50])
def test_a_made_up_revision_is_a_conflict(make: Factory, visit: Visit, revision: str) -> None:
    coordinator = make.user()
    room = make.room(coordinator=coordinator)
    assert visit(coordinator).send(f"/rooms/{room.slug}/settings", **FORM, revision=revision).status_code == 409


def test_roles_removal_and_bans_by_form(make: Factory, visit: Visit) -> None:
    coordinator, user = make.user(), make.user()
    room = make.room(coordinator=coordinator, members=(user,))
    browser, one = visit(coordinator), f"/rooms/{room.slug}/members/{user.id}"
    assert browser.get(one).status_code == 200
    assert browser.send(f"{one}/role", role="owner").status_code == 422
    assert browser.send(f"{one}/role", role="mentor").status_code == 303
    assert browser.send(f"{one}/remove").status_code == 422
    assert browser.send(f"{one}/ban", reason="Threats").status_code == 303
    assert state_of(room, user.id) == "banned"
    assert "Threats" in browser.get(f"/rooms/{room.slug}/members/banned").text
    assert browser.send(f"{one}/readmit").status_code == 303
    assert state_of(room, user.id) == "removed"
    assert browser.get(f"/rooms/{room.slug}/members/{2**62}").status_code == 404


def test_the_last_coordinator_reads_why_they_cannot_leave(make: Factory, visit: Visit) -> None:
    coordinator = make.user()
    room = make.room(coordinator=coordinator)
    browser = visit(coordinator)
    assert browser.send(f"/rooms/{room.slug}/leave").status_code == 303
    assert "only coordinator" in browser.get(f"/rooms/{room.slug}/about").text
    answer = browser.send(f"/rooms/{room.slug}/members/{coordinator.id}/role", role="learner")
    assert answer.status_code == 409
    assert "A room needs a coordinator" in answer.text


def test_a_member_is_asked_to_accept_changed_rules(make: Factory, visit: Visit) -> None:
    coordinator, user = make.user(), make.user()
    room = make.room(coordinator=coordinator, members=(user,))
    edit_room(open_room(coordinator, room.slug), ground_rules="Be kind.")
    browser = visit(user)
    assert "The ground rules changed" in browser.get(f"/rooms/{room.slug}/about").text
    assert browser.send(f"/rooms/{room.slug}/rules", version="2").status_code == 422
    assert browser.send(f"/rooms/{room.slug}/rules", version="2", accept="y").status_code == 303
    assert "The ground rules changed" not in browser.get(f"/rooms/{room.slug}/about").text


def test_an_invitation_is_used_by_its_addressee_alone(
    make: Factory, visit: Visit, newest_token: Callable[[], str]
) -> None:
    coordinator, user, other = make.user(), make.user(), make.user()
    room = make.room(coordinator=coordinator, visibility="invitation", name=f"{CANARY} room")
    browser = visit(coordinator)
    assert browser.send(f"/rooms/{room.slug}/invitations", email="nonsense", role="learner").status_code == 422
    assert browser.send(f"/rooms/{room.slug}/invitations", email=user.email, role="mentor").status_code == 303
    assert user.email in browser.get(f"/rooms/{room.slug}/invitations").text
    link = f"/invitations/{newest_token()}"
    for person in (None, other, make.user(email="x@example.org", state=AccountState.UNCONFIRMED)):
        page = visit(person).get(link)
        assert page.status_code == 200
        assert CANARY not in page.text
    assert visit(other).send(link, version="1", accept="y").status_code == 403
    mine = visit(user)
    assert CANARY in mine.get(link).text
    assert mine.send(link, version="1").status_code == 422
    assert mine.send(link, version="1", accept="y").location == f"/rooms/{room.slug}"
    assert mine.send(link, version="1", accept="y").status_code == 409
    assert mine.get("/invitations/nothing").status_code == 404


def test_a_withdrawn_invitation_says_so(make: Factory, visit: Visit, newest_token: Callable[[], str]) -> None:
    coordinator, user = make.user(), make.user()
    room = make.room(coordinator=coordinator)
    invitation = invite(open_room(coordinator, room.slug), email=user.email)
    assert visit(coordinator).send(f"/rooms/{room.slug}/invitations/{invitation.id}/withdraw").status_code == 303
    assert "has expired" in visit(user).get(f"/invitations/{newest_token()}").text


def test_members_are_found_by_name_and_paged(make: Factory, visit: Visit) -> None:
    room = make.room(members=tuple(make.user(name=f"Person {number:03}") for number in range(35)))
    browser = visit(None)
    assert "Person 007" in browser.get(f"/rooms/{room.slug}/members?q=007").text
    assert "Person 008" not in browser.get(f"/rooms/{room.slug}/members?q=007").text
    first = browser.get(f"/rooms/{room.slug}/members").text
    assert "More members" in first
    assert "Nobody of that name" in browser.get(f"/rooms/{room.slug}/members?q=zzz").text


def test_an_archived_room_is_read_but_not_joined_or_listed(make: Factory, visit: Visit) -> None:
    coordinator, user = make.user(), make.user()
    room = make.room(coordinator=coordinator, name="Old room")
    archive_room(open_room(coordinator, room.slug))
    browser = visit(user)
    assert "takes no new members" in browser.get(f"/rooms/{room.slug}/about").text
    assert browser.send(f"/rooms/{room.slug}/join", version="1", accept="y").status_code == 403
    assert "Old room" not in browser.get("/rooms").text
    assert "Old room" in visit(coordinator).get("/rooms").text


def test_a_mentor_states_a_disclosure(make: Factory, visit: Visit) -> None:
    mentor, learner = make.user(), make.user()
    room = make.room(mentor=mentor, members=(learner,))
    browser = visit(mentor)
    assert browser.send(f"/rooms/{room.slug}/disclosure", disclosure="").status_code == 422
    assert browser.send(f"/rooms/{room.slug}/disclosure", disclosure="=None").status_code == 303
    assert "=None" in browser.get(f"/rooms/{room.slug}/members").text
    assert visit(learner).get(f"/rooms/{room.slug}/disclosure").status_code == 403


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "{{7*7}}", "\u202etxt", "a\x00b", '"><img src=x onerror=alert(1)>']
)
def test_hostile_text_stays_text(make: Factory, visit: Visit, text: str) -> None:
    browser = visit(make.user())
    answer = browser.send(
        "/rooms/new", **{**FORM, "name": f"Room {text}", "summary": text, "objectives": text, "practice_gap": text}
    )
    page = browser.get(answer.location).text
    assert "<script>alert" not in page
    assert "<img" not in page.replace('<img src="/static', "")
    assert "\u202e" not in page
    assert "\x00" not in page
