"""A mentor asks an author under a pseudonym in private, and learns the answer but not who it is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from social_cme.accounts.models import User
from social_cme.core.errors import Forbidden, Invalid, NotFound
from social_cme.discussions.models import Clarification, Thread
from social_cme.discussions.queries.clarifications import access_private, list_conversations
from social_cme.discussions.services.clarifications import say_privately
from social_cme.extensions import db
from social_cme.notifications.queries import list_notices
from social_cme.persistence.facts import Fact
from tests.discussions.journal_club import Club, count

Login = Callable[[User], FlaskClient]


@pytest.fixture
def thread(club: Club) -> Thread:
    return club.question(pseudonym="profession")


def ask(
    club: Club, thread: Thread, user: User | None = None, body: str = "Which weight?", **values: str
) -> Clarification:
    return say_privately(club.ctx(user or club.mentor), thread_id=thread.id, body=body, **values)


def answer(club: Club, thread: Thread, body: str = "Twelve kilograms.") -> Clarification:
    return say_privately(club.ctx(club.author), thread_id=thread.id, body=body, mentor_id=club.mentor.id)


def test_a_mentor_asks_and_the_author_answers_under_the_pseudonym(
    club: Club, thread: Thread, deliver: Callable[[], int]
) -> None:
    ask(club, thread)
    answer(club, thread)
    for reader in (club.mentor, club.author):
        [one] = list_conversations(club.ctx(reader), access_private(club.ctx(reader), thread.id))
        assert one.mentor.id == club.mentor.id
        assert [(said.is_from_author, said.body_md) for said in one.messages] == [
            (False, "Which weight?"),
            (True, "Twelve kilograms."),
        ]
    deliver()
    assert [one.text for one in list_notices(club.author).items] == [
        "Mira Mentor asks you in private about “Which dose?”"
    ]
    [heard] = list_notices(club.mentor).items
    assert heard.text == "The author of “Which dose?” answered you in private"
    assert heard.person is None
    said = db.session.scalars(select(Fact).where(Fact.kind == "clarification.answered")).one()
    assert (said.actor_id, said.channel_key, said.data["user_id"]) == (None, f"user:{club.mentor.id}", club.mentor.id)


def test_each_mentor_reads_the_own_conversation_alone(club: Club, thread: Thread) -> None:
    second = club.make.user("Milo Mentor")
    club.make.membership(club.room, second, role="mentor")
    ask(club, thread)
    ask(club, thread, second, "Which age?")

    def bodies(user: User) -> list[str]:
        found = list_conversations(club.ctx(user), access_private(club.ctx(user), thread.id))
        return [said.body_md for one in found for said in one.messages]

    assert bodies(club.mentor) == ["Which weight?"]
    assert bodies(second) == ["Which age?"]
    assert sorted(bodies(club.author)) == ["Which age?", "Which weight?"]


def test_nobody_else_gets_there(club: Club, thread: Thread) -> None:
    coordinator = club.make.user()
    club.make.membership(club.room, coordinator, role="coordinator")
    for user in (club.peer, club.stranger, coordinator):
        with pytest.raises(NotFound):
            access_private(club.ctx(user), thread.id)
        with pytest.raises(NotFound):
            ask(club, thread, user)
    with pytest.raises(NotFound):
        say_privately(club.ctx(club.mentor, club.other), thread_id=thread.id, body="Elsewhere?")
    with pytest.raises(NotFound):
        ask(club, club.question())
    assert count(Clarification) == 0


def test_the_author_answers_only_mentors_who_asked(club: Club, thread: Thread) -> None:
    for mentor_id in (None, club.mentor.id, club.peer.id, 10**12):
        with pytest.raises(NotFound):
            say_privately(club.ctx(club.author), thread_id=thread.id, body="Hello?", mentor_id=mentor_id)
    own = club.question(club.mentor, pseudonym="profession")
    with pytest.raises(NotFound):
        ask(club, own)
    assert count(Clarification) == 0


def test_empty_and_endless_words_are_refused_and_an_archived_room_takes_none(club: Club, thread: Thread) -> None:
    for body in ("", "  ", "x" * 3001):
        with pytest.raises(Invalid):
            ask(club, thread, body=body)
    club.room.is_archived = True
    db.session.commit()
    with pytest.raises(Forbidden):
        ask(club, thread)
    assert count(Clarification) == 0


def test_a_repeat_says_it_once(club: Club, thread: Thread) -> None:
    first = ask(club, thread, client_id="one-and-only")
    assert ask(club, thread, client_id="one-and-only").id == first.id
    assert count(Clarification) == 1


def test_the_page_takes_question_and_answer(club: Club, thread: Thread, login: Login) -> None:
    address = f"/rooms/{club.room.slug}/threads/{thread.id}"
    mentor, author = login(club.mentor), login(club.author)
    assert "Ask the author in private" in mentor.get(address).text
    assert "/private" not in login(club.peer).get(address).text

    def send(browser: FlaskClient, **fields: str) -> int:
        token = browser.get("/about").text.split('name="csrf-token" content="')[1].split('"')[0]
        return browser.post(f"{address}/private", data={"csrf_token": token, **fields}).status_code

    assert send(mentor, body="") == 422
    assert send(mentor, body="Which weight?") == 303
    page = author.get(f"{address}/private").text
    assert "Which weight?" in page
    assert "reads it as from “Physician”" in page
    assert send(author, body="Twelve kilograms.", mentor=str(club.mentor.id)) == 303
    seen = mentor.get(f"{address}/private").text
    assert "Twelve kilograms." in seen
    assert "Ada Author" not in seen
    assert "Private questions from mentors" in author.get(address).text


def test_the_api_takes_question_and_answer(club: Club, thread: Thread, login: Login) -> None:
    address = f"/api/v1/rooms/{club.room.slug}/threads/{thread.id}/clarifications"

    def post(browser: FlaskClient, **body: object) -> tuple[int, dict[str, object]]:
        token = browser.get("/about").text.split('name="csrf-token" content="')[1].split('"')[0]
        sent = browser.post(address, json=body, headers={"X-CSRFToken": token})
        return sent.status_code, sent.json or {}

    mentor, author = login(club.mentor), login(club.author)
    assert post(mentor, body="Which weight?")[0] == 201
    status, said = post(author, body="Twelve.", mentor_id=club.mentor.id)
    assert (status, said["is_from_author"]) == (201, True)
    assert set(said) == {"id", "is_from_author", "body", "body_html", "created_at"}
    listed = mentor.get(address).json or {}
    assert [one["body"] for one in listed["items"][0]["messages"]] == ["Which weight?", "Twelve."]
    assert post(login(club.peer), body="Me too")[0] == 404
    assert post(mentor, body="")[0] == 422
