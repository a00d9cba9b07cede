"""Mentions: members alone, by number, told once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from social_cme.accounts.models import User
from social_cme.core.errors import Forbidden
from social_cme.discussions.models import Mention
from social_cme.discussions.queries.mentions import suggest_members
from social_cme.discussions.services.edits import edit_post, edit_thread
from social_cme.discussions.services.threads import post_thread
from social_cme.extensions import db
from social_cme.notifications.models import Notification
from social_cme.persistence.transaction import transaction
from social_cme.rooms.enums import MembershipState, Visibility
from social_cme.rooms.models import Membership
from tests.discussions.journal_club import CASE, Club, count, facts


def named(user: User, name: str = "Somebody") -> str:
    return f"What do you say, @[{name}](user:{user.id})?"


def told(kind: str) -> list[tuple[int, int | None]]:
    db.session.rollback()
    rows = select(Notification.user_id, Notification.post_id).where(Notification.kind == kind)
    return [(row.user_id, row.post_id) for row in db.session.execute(rows.order_by(Notification.id))]


def test_a_member_is_named_as_they_are_called_and_told_once(club: Club, deliver: Callable[[], int]) -> None:
    post = club.answer(club.question(), body=named(club.second, "Dr. Famous") * 2)
    assert f'<a class="mention" href="/people/{club.second.id}"' in post.body_html
    assert "@Cleo Second</a>" in post.body_html
    assert "Famous" not in post.body_html
    deliver()
    assert told("mention") == [(club.second.id, post.id)]


def test_who_is_named_hears_of_that_and_not_of_the_answer_too(club: Club, deliver: Callable[[], int]) -> None:
    thread = club.question()
    post = club.answer(thread, body=named(club.author))
    deliver()
    club.comment(thread, parent=post, body=named(club.peer))
    deliver()
    assert {user_id for user_id, _post in told("mention")} == {club.author.id, club.peer.id}
    assert told("answer") == []
    assert told("comment") == []


def test_an_edit_tells_nobody_twice(club: Club, deliver: Callable[[], int]) -> None:
    post = club.answer(club.question(), body=named(club.second))
    ctx = club.ctx(club.peer)
    edit_post(ctx, post_id=post.id, body="Nobody any more.")
    edit_post(ctx, post_id=post.id, body=named(club.second) + named(club.mentor))
    deliver()
    assert told("mention") == [(club.second.id, post.id), (club.mentor.id, post.id)]
    assert count(Mention) == 2


def test_the_opening_and_every_part_of_a_case_can_name(club: Club, deliver: Callable[[], int]) -> None:
    case = {**CASE, "history": named(club.second), "results": named(club.mentor)}
    ctx = club.ctx(club.author)
    thread = post_thread(ctx, kind="case", title="Swollen legs", case=case, setting="icu", age_band="90+")
    assert "@Cleo Second</a>" in (thread.case_html or {})["history"]
    edit_thread(ctx, thread_id=thread.id, title="Swollen", case=case, setting="icu", age_band="90+")
    deliver()
    assert told("mention") == [(club.second.id, None), (club.mentor.id, None)]


def test_nobody_outside_of_the_room_is_named_or_told(club: Club, deliver: Callable[[], int]) -> None:
    with transaction() as tx:
        club.room.visibility = Visibility.INVITATION
        row = tx.session.scalars(select(Membership).filter_by(user_id=club.second.id)).one()
        row.state = MembershipState.BANNED
    body = named(club.stranger, "Sam Stranger") + named(club.second) + "@[x](user:999999999999999999)"
    post = club.answer(club.question(), body=body)
    assert "<a" not in post.body_html
    assert "@Sam Stranger" in post.body_html
    deliver()
    assert told("mention") == []
    assert facts("member.mentioned") == []


def test_naming_oneself_or_in_code_tells_nobody(club: Club) -> None:
    post = club.answer(club.question(), body=f"{named(club.peer)} and `{named(club.second)}`")
    assert "@Ben Peer</a>" in post.body_html
    assert count(Mention) == 0


def test_a_repeated_request_tells_nobody_again(club: Club) -> None:
    thread = club.question()
    for _ in range(2):
        club.answer(thread, body=named(club.second), client_id="the-same-request")
    assert len(facts("member.mentioned")) == 1


def test_no_text_names_more_than_twenty(club: Club) -> None:
    people = [club.make.user() for _ in range(23)]
    for person in people:
        club.make.membership(club.room, person)
    club.answer(club.question(), body=" ".join(named(one) for one in people))
    assert count(Mention) == 20


# ------------------------------------------------------------------ suggestions


def test_members_are_suggested_those_that_begin_so_first(club: Club) -> None:
    late = club.make.user("Abebe Cleo")
    club.make.membership(club.room, late)
    found = suggest_members(club.ctx(club.peer), " cleo")
    assert [one.display_name for one in found] == ["Cleo Second", "Abebe Cleo"]
    assert found[0].about == "Physician · Internal medicine"
    assert "Mentor" in suggest_members(club.ctx(club.peer), "mira")[0].about
    assert suggest_members(club.ctx(club.peer), "100%") == []
    assert club.peer.id not in {one.id for one in suggest_members(club.ctx(club.peer), "")}


def test_only_members_are_suggested_and_only_to_members(club: Club, login: Callable[[User], FlaskClient]) -> None:
    assert suggest_members(club.ctx(club.peer), "Sam Stranger") == []
    with pytest.raises(Forbidden):
        suggest_members(club.ctx(club.stranger), "Ben")
    address = f"/rooms/{club.room.slug}/members/named?q=Mira"
    assert login(club.stranger).get(address, headers={"Accept": "application/json"}).status_code == 403
    answer = login(club.peer).get(address)
    assert [(one["id"], one["name"]) for one in answer.get_json()] == [(club.mentor.id, "Mira Mentor")]
    assert answer.headers["Cache-Control"] == "no-store"
