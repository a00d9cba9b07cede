"""Threads over the API: the same services, checked shapes, problems that say what to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from social_cme.accounts.models import AccessToken, User
from social_cme.core import clock
from social_cme.core.ids import new_token, token_hash
from social_cme.discussions.models import Draft, Post, Thread
from social_cme.persistence.transaction import transaction
from social_cme.rooms.enums import Visibility
from tests.discussions.journal_club import CASE, Club, count, reload


class Program:
    """Somebody's program with a token, speaking of one room."""

    def __init__(self, client: FlaskClient, base: str, headers: dict[str, str]) -> None:
        self.client, self.base, self.headers = client, base, headers

    def send(self, method: str, path: str, *, status: int = 200, **body: Any) -> Any:
        """Send a call and return the JSON of the answer, which must have *status*."""
        sends = method in {"POST", "PATCH"} or body
        address = path if path.startswith("/") else f"{self.base}/{path}"
        more = {"json": body} if sends else {}
        answer = self.client.open(f"/api/v1{address}", method=method, headers=self.headers, **more)  # type: ignore[arg-type]
        assert answer.status_code == status, answer.text
        if status >= 400:
            assert answer.content_type == "application/problem+json"
        return answer.json if answer.data else None


@pytest.fixture
def program(app: Flask, club: Club) -> Callable[..., Program]:
    def make(user: User | None, *, scopes: tuple[str, ...] = ("read", "write"), slug: str | None = None) -> Program:
        headers = {}
        if user is not None:
            token = new_token()
            with transaction() as tx:
                tx.add(AccessToken(user_id=user.id, name="test", token_hash=token_hash(token), scopes=list(scopes)))
            headers = {"Authorization": f"Bearer {token}"}
        return Program(app.test_client(), f"/rooms/{slug or club.room.slug}", headers)

    return make


Programs = Callable[..., Program]


def test_a_thread_goes_from_question_to_accepted_answer(club: Club, program: Programs) -> None:
    author, peer, mentor = program(club.author), program(club.peer), program(club.mentor)
    thread = author.send("POST", "threads", status=201, kind="question", title="Which dose?", body="For a *child*.")
    at = f"threads/{thread['id']}"
    assert thread["body_html"] == "<p>For a <em>child</em>.</p>\n"
    assert (thread["author"]["display_name"], thread["is_following"]) == ("Ada Author", True)
    answer = peer.send("POST", f"{at}/answers", status=201, body="Ten.", citations=["Smith PMID 31475795"])
    assert answer["citations"][0].pop("paper")["status"] == "unknown"
    assert answer["citations"] == [
        {
            "kind": "pmid",
            "value": "31475795",
            "label": "Smith",
            "href": "https://pubmed.ncbi.nlm.nih.gov/31475795/",
        }
    ]
    post = f"posts/{answer['id']}"
    comment = author.send("POST", f"{at}/comments", status=201, body="Why?", parent_id=answer["id"])
    assert [one["id"] for one in peer.send("GET", f"{at}/comments?parent_id={answer['id']}")["items"]] == [
        comment["id"]
    ]
    assert peer.send("GET", f"{at}/comments")["items"] == []
    assert author.send("PUT", f"{post}/vote", value=1) == {
        "thread_id": thread["id"],
        "post_id": answer["id"],
        "value": 1,
        "score": 1,
    }
    assert author.send("PUT", f"{post}/vote", value=-1)["score"] == -1
    assert author.send("DELETE", f"{post}/vote")["score"] == 0
    assert peer.send("PUT", f"{at}/vote", value=1)["score"] == 1
    assert peer.send("DELETE", f"{at}/vote")["value"] == 0
    assert author.send("PUT", f"{post}/accept")["is_accepted"]
    endorsed = mentor.send("PUT", f"{post}/endorse", evidence_level="high", note="Two trials.")
    assert endorsed["endorsements"][0]["mentor"]["display_name"] == "Mira Mentor"
    shown = peer.send("GET", at)
    assert (shown["status"], shown["answer_count"], shown["accepted_count"]) == ("open", 1, 1)
    assert mentor.send("PUT", f"{at}/answered")["status"] == "answered"
    assert not mentor.send("DELETE", f"{post}/endorse")["is_endorsed"]
    assert not author.send("DELETE", f"{post}/accept")["is_accepted"]
    assert author.send("GET", at)["status"] == "answered"
    assert author.send("DELETE", f"{at}/answered")["status"] == "open"
    author.send("POST", f"{at}/close", status=422, summary="**Ten.**")
    closed = author.send("POST", f"{at}/close", reason="resolved", summary="**Ten.**")
    assert (closed["status"], closed["closed_by"]["id"]) == ("closed", club.author.id)
    assert (closed["closed_reason"], closed["summary"]) == ("resolved", "**Ten.**")
    assert not closed["may_answer"]
    assert author.send("POST", f"{at}/reopen")["status"] == "open"


def test_a_case_is_opened_and_changed_in_part(club: Club, program: Programs) -> None:
    author = program(club.author)
    values = {"kind": "case", "title": "Day three", "setting": "icu", "age_band": "90+"}
    thread = author.send("POST", "threads", status=201, case=CASE, **values)
    at = f"threads/{thread['id']}"
    changed = author.send("PATCH", at, case={"history": "Long."}, reason="More.")
    assert changed["case"] == {**CASE, "history": "Long."}
    assert (changed["title"], changed["setting"], changed["revision"]) == ("Day three", "icu", 1)
    author.send("PATCH", at, status=409, title="Day four", revision=0)
    [before] = program(None).send("GET", f"{at}/revisions")["items"]
    assert (before["reason"], before["case"]["question"]) == ("More.", CASE["question"])
    refused = author.send("POST", "threads", status=422, case={"history": "x"}, **values)
    assert set(refused["fields"]) == {"presenting_problem", "question"}


def test_a_post_is_changed_and_withdrawn(club: Club, program: Programs) -> None:
    post = club.answer(club.question(), citations=["PMID 1"])
    peer = program(club.peer)
    changed = peer.send("PATCH", f"posts/{post.id}", body="Eleven.")
    assert (changed["body"], len(changed["citations"])) == ("Eleven.", 1)
    assert peer.send("PATCH", f"posts/{post.id}", citations=[])["citations"] == []
    assert [one["citations"] for one in peer.send("GET", f"posts/{post.id}/revisions")["items"]] == [["PMID 1"]] * 2
    program(club.author).send("PATCH", f"posts/{post.id}", status=403, body="Mine.")
    assert peer.send("POST", f"posts/{post.id}/withdraw")["is_hidden"]
    seen = program(club.author).send("GET", f"posts/{post.id}")
    assert (seen["body"], seen["body_html"], seen["author"], seen["is_hidden"]) == ("", "", None, True)
    assert program(club.author).send("GET", f"posts/{post.id}/revisions")["items"] == []


def test_the_same_request_answers_once(club: Club, program: Programs) -> None:
    at = f"threads/{club.question().id}"
    peer = program(club.peer)
    sent = [
        peer.send("POST", f"{at}/answers", status=201, body=body, client_id="request-1") for body in ("One.", "Two.")
    ]
    assert sent[0] == sent[1]
    assert count(Post) == 1


def test_lists_are_paged_filtered_and_ordered(club: Club, program: Programs) -> None:
    threads = [club.question(title=f"Question {number}") for number in range(3)]
    reader = program(None)
    first = reader.send("GET", "threads?limit=2")
    second = reader.send("GET", f"threads?limit=2&cursor={first['next_cursor']}")
    seen = [one["id"] for one in (*first["items"], *second["items"])]
    assert seen == [thread.id for thread in reversed(threads)]
    assert second["next_cursor"] is None
    club.answer(threads[0])
    found = reader.send("GET", "threads?show=unanswered")["items"]
    assert {one["id"] for one in found} == {threads[1].id, threads[2].id}
    more = club.answer(threads[0], club.second)
    at = f"threads/{threads[0].id}/answers"
    assert reader.send("GET", f"{at}?order=newest&limit=1")["items"][0]["id"] == more.id
    for query, status in (("order=random", 422), ("limit=0", 422), ("cursor=x", 400)):
        reader.send("GET", f"{at}?{query}", status=status)
    reader.send("GET", "threads?show=secret", status=422)


def test_lists_ask_the_database_the_same_number_of_times(
    club: Club, program: Programs, count_queries: Callable[[], Any]
) -> None:
    reader = program(club.author)
    counts = []
    for number in range(2):
        for _ in range(1 + 6 * number):
            thread = club.question()
            for _ in range(1 + 4 * number):
                club.answer(thread)
        reader.send("GET", "threads")
        with count_queries() as seen:
            reader.send("GET", "threads?limit=50")
            reader.send("GET", f"threads/{thread.id}/answers?limit=50")
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_who_follows_is_told_and_who_stops_is_not(club: Club, program: Programs) -> None:
    at = f"threads/{club.question().id}"
    peer = program(club.peer)
    for method, state in (("PUT", True), ("PUT", True), ("DELETE", False)):
        peer.send(method, f"{at}/follow", status=204)
        assert peer.send("GET", at)["is_following"] is state


# ------------------------------------------------------------------ drafts


def test_a_draft_is_kept_shown_listed_and_discarded(club: Club, program: Programs) -> None:
    place = f"/drafts/thread:{club.question().id}:answer"
    peer = program(club.peer)
    kept = peer.send("PUT", place, content={"body": "Ten", "author_id": "1"})
    assert (kept["content"], kept["revision"]) == ({"body": "Ten"}, 1)
    assert peer.send("PUT", place, content={"body": "Ten milligrams"}, revision=1)["revision"] == 2
    assert peer.send("GET", place)["content"] == {"body": "Ten milligrams"}
    assert [one["place"] for one in peer.send("GET", "/drafts")["items"]] == [place.removeprefix("/drafts/")]
    program(club.author).send("GET", place, status=404)
    assert program(club.author).send("GET", "/drafts")["items"] == []
    for _ in range(2):
        peer.send("DELETE", place, status=204)
    peer.send("GET", place, status=404)


def test_a_conflict_carries_the_other_text(club: Club, program: Programs) -> None:
    place = f"/drafts/thread:{club.question().id}:answer"
    peer = program(club.peer)
    peer.send("PUT", place, content={"body": "From the phone"})
    refused = peer.send("PUT", place, status=409, content={"body": "From the desk"})
    assert refused["code"] == "draft_conflict"
    assert refused["fields"] == {"body": ["From the phone"], "revision": ["1"]}
    assert peer.send("GET", place)["content"] == {"body": "From the phone"}
    # The same text again is the repeat of a save whose answer was lost.
    assert peer.send("PUT", place, content={"body": "From the phone"})["revision"] == 1
    refused = peer.send("PUT", "/drafts/thread:9:answer", status=409, content={"body": "Late"}, revision=3)
    assert refused["fields"] == {"revision": ["0"]}


@pytest.mark.parametrize(
    "place", ["thread:1", "thread:0:answer", "user:1:answer", "thread:1:case", "x" * 61, "thread:1:answer%0a"]
)
def test_other_places_have_no_drafts(club: Club, program: Programs, place: str) -> None:
    program(club.peer).send("PUT", f"/drafts/{place}", status=404, content={"body": "x"})
    assert count(Draft) == 0


# ------------------------------------------------------------------ who may not


def test_reading_takes_no_token_and_writing_takes_one_that_may_write(club: Club, program: Programs) -> None:
    thread = club.question()
    post = club.answer(thread)
    at = f"threads/{thread.id}"
    writes: list[tuple[str, str, dict[str, Any]]] = [
        ("POST", "threads", {"kind": "question", "title": "a", "body": "b"}),
        ("PATCH", at, {"title": "x"}),
        ("POST", f"{at}/close", {"reason": "resolved"}),
        ("PUT", f"{at}/answered", {}),
        ("DELETE", f"{at}/answered", {}),
        ("PUT", f"{at}/summaries/take_home", {"body": "x", "revision": 0}),
        ("POST", f"{at}/summaries/take_home/versions/1/restore", {}),
        ("POST", f"{at}/summaries/take_home/versions/1/hide", {}),
        ("POST", f"posts/{post.id}/endorse/renew", {}),
        ("PUT", f"posts/{post.id}/dispute", {"reason": "x", "correction": "y"}),
        ("POST", f"posts/{post.id}/dispute/resolve", {"outcome": "x"}),
        ("POST", f"{at}/reopen", {}),
        ("POST", f"{at}/answers", {"body": "x"}),
        ("POST", f"{at}/comments", {"body": "x"}),
        ("PATCH", f"posts/{post.id}", {"body": "x"}),
        ("POST", f"posts/{post.id}/withdraw", {}),
        *[(method, f"{place}/vote", {"value": 1} if method == "PUT" else {}) for place in (at, f"posts/{post.id}") for method in ("PUT", "DELETE")],
        *[(method, f"posts/{post.id}/accept", {}) for method in ("PUT", "DELETE")],
        ("PUT", f"posts/{post.id}/endorse", {"evidence_level": "high"}),
        ("DELETE", f"posts/{post.id}/endorse", {}),
    ]  # fmt: skip
    for path in ("threads", at, f"{at}/answers", f"{at}/comments", f"{at}/revisions", f"posts/{post.id}"):
        program(None).send("GET", path)
    anonymous, reader, stranger = program(None), program(club.peer, scopes=("read",)), program(club.stranger)
    for method, path, body in writes:
        anonymous.send(method, path, status=401, **body)
        reader.send(method, path, status=403, **body)
        stranger.send(method, path, status=403, **body)
    assert (count(Thread), count(Post), reload(thread).score, reload(post).score) == (1, 1, 0, 0)


def test_another_room_and_a_closed_room_have_nothing(club: Club, program: Programs) -> None:
    thread = club.question()
    post = club.answer(thread)
    elsewhere = program(club.mentor, slug=club.other.slug)
    for path in (
        f"threads/{thread.id}",
        f"threads/{thread.id}/answers",
        f"posts/{post.id}",
        f"posts/{post.id}/revisions",
    ):
        elsewhere.send("GET", path, status=404)
    elsewhere.send("POST", f"threads/{thread.id}/answers", status=404, body="x")
    hidden = club.make.room(mentor=club.mentor, visibility=Visibility.INVITATION)
    for user in (None, club.peer):
        program(user, slug=hidden.slug).send("GET", "threads", status=404)


def test_a_hidden_thread_is_not_there_for_others(club: Club, program: Programs) -> None:
    thread = club.question()
    with transaction() as tx:
        tx.session.get_one(Thread, thread.id).hidden_at = clock.now()
    for user in (club.peer, None):
        program(user).send("GET", f"threads/{thread.id}", status=404)
        assert program(user).send("GET", "threads")["items"] == []
    assert program(club.author).send("GET", f"threads/{thread.id}")["is_hidden"]


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("answers", {"body": ""}, "body"),
        ("answers", {"body": "x" * 20_001}, "body"),
        ("answers", {"body": "x", "citations": ["nowhere"]}, "citations"),
        ("answers", {"body": "x", "citations": ["PMID 1"] * 51}, "citations"),
        ("answers", {"body": "x", "client_id": "a b"}, "client_id"),
        ("comments", {"body": "x" * 3_001}, "body"),
        ("comments", {"body": "x", "parent_id": 0}, "parent_id"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(
    club: Club, program: Programs, path: str, body: dict[str, Any], field: str
) -> None:
    refused = program(club.peer).send("POST", f"threads/{club.question().id}/{path}", status=422, **body)
    assert set(refused["fields"]) == {field}
    assert count(Post) == 0


def test_nobody_can_set_what_is_not_theirs(club: Club, program: Programs) -> None:
    thread = club.question()
    stolen = {"author_id": club.mentor.id, "score": 99, "is_accepted": True, "is_endorsed": True, "room_id": 1}
    post = program(club.peer).send("POST", f"threads/{thread.id}/answers", status=201, body="x", **stolen)
    assert (post["author"]["id"], post["score"], post["is_accepted"], post["is_endorsed"]) == (
        club.peer.id,
        0,
        False,
        False,
    )
