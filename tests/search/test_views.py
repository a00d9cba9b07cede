"""The search page and its API: every text is harmless, every filter checked, the statements few."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient

from social_cme.accounts.models import User
from social_cme.rooms.enums import Visibility
from tests.factories import Factory
from tests.search.people_and_texts import add_post, add_thread

Login = Callable[[User], FlaskClient]

HOSTILE = [
    '"',
    '""',
    "*",
    "NEAR(",
    "NEAR(a b, 5)",
    "a OR",
    "a AND NOT",
    "-",
    "--",
    "col:x",
    "title:heart",
    "{title body}: x",
    "^heart",
    "heart + failure",
    "';--",
    "' OR 1=1 --",
    "%_%_%_" * 30,
    "\\",
    "(((",
    ")",
    "a & b | !c <-> d",
    "a:*b",
    "\x00\x02\x03",
    "\u202egnp.exe",
    "{{7*7}}",
    "<script>alert(1)</script>",
    "a" * 10_000,
    "a " * 5_000,
    '"a ' * 3_000,
    "\U0001f600" * 50,
]


def test_any_text_gives_a_page_or_a_clear_refusal_quickly(client: FlaskClient, make: Factory) -> None:
    author = make.user()
    add_thread(make.room(mentor=author), author, "Heart failure", "a b c heart")
    for address in ("/search", "/api/v1/search"):
        client.get(f"{address}?q=heart")
        for typed in HOSTILE:
            seconds = []
            for _ in range(3):
                began = time.perf_counter()
                answer = client.get(address, query_string={"q": typed})
                seconds.append(time.perf_counter() - began)
                assert answer.status_code in {200, 400}, (typed[:50], answer.text[:300])
                assert "<script>alert" not in answer.text
                if seconds[-1] < 0.5:
                    break
            assert min(seconds) < 0.5, (typed[:50], seconds)


def test_a_refused_search_keeps_what_was_typed(client: FlaskClient) -> None:
    answer = client.get("/search", query_string={"q": "why " * 60})
    assert answer.status_code == 400
    assert "at most 200 characters" in answer.text
    assert "why why why" in answer.text


def test_a_found_word_is_marked_and_everything_else_escaped(client: FlaskClient, make: Factory) -> None:
    author = make.user("<b>Dr. X</b>")
    add_thread(make.room(mentor=author, name="<i>Room</i>"), author, "<b>Sepsis</b>", "5 &lt; 6 and sepsis & more")
    page = client.get("/search?q=sepsis").text
    assert "<mark>Sepsis</mark>" in page
    assert "<mark>sepsis</mark> &amp; more" in page
    assert "5 < 6" not in page
    assert "<b>" not in page
    assert "<i>Room" not in page


UNKNOWN = [
    "in=nonsense",
    "order=1;drop",
    "evidence=x",
    "specialty=zzz",
    "author=-1",
    "author=1e9",
    "author=99999999999999999999",
    "room=%00",
    "solved=yes",
    "cursor=",
]


def test_an_unknown_filter_is_left_out(client: FlaskClient, make: Factory) -> None:
    author = make.user()
    add_thread(make.room(mentor=author), author, "Sepsis")
    for address in UNKNOWN:
        assert client.get(f"/search?q=sepsis&{address}").status_code == 200, address


def test_a_made_up_cursor_is_refused(client: FlaskClient) -> None:
    assert client.get("/search?q=sepsis&cursor=abc").status_code == 400
    assert client.get("/api/v1/search?q=sepsis&cursor=abc").status_code == 400


def test_chips_and_pages_keep_the_search_and_its_filters(client: FlaskClient, make: Factory) -> None:
    author = make.user()
    room = make.room(mentor=author, slug="sepsis-room")
    for number in range(25):
        add_thread(room, author, f"Sepsis {number}")
    page = client.get("/search?q=sepsis&room=sepsis-room&order=newest").text
    assert "25 results" in page
    assert "q=sepsis&amp;room=sepsis-room&amp;order=newest&amp;in=threads" in page
    more = page.split("cursor=")[1].split('"')[0]
    second = client.get(f"/search?q=sepsis&room=sepsis-room&order=newest&cursor={more}").text
    assert "Sepsis 0<" in second.replace("<mark>", "").replace("</mark>", "")
    assert "Sepsis 24" not in second.replace("<mark>", "").replace("</mark>", "")


def test_a_canary_in_a_closed_room_is_on_no_page_and_in_no_answer(
    client: FlaskClient, login: Login, make: Factory
) -> None:
    author = make.user()
    room = make.room(mentor=author, visibility=Visibility.INVITATION, name="Canary4711 room")
    thread = add_thread(room, author, "canary4711 title", "canary4711 text")
    add_post(thread, author, "canary4711 answer")
    stranger = login(make.user())
    for browser in (client, stranger):
        for address in (
            "/search?q=canary4711",
            f"/search?q=canary4711&room={room.slug}",
            "/search",
            "/api/v1/search?q=canary4711",
        ):
            body = browser.get(address).text
            assert "Canary4711 room" not in body
            assert "canary4711 t" not in body
            assert "canary4711</mark>" not in body
    assert "<mark>canary4711</mark>" in login(author).get("/search?q=canary4711").text


def test_the_api_finds_the_same_with_the_same_filters(client: FlaskClient, make: Factory) -> None:
    author = make.user()
    room = make.room(mentor=author)
    thread = add_thread(room, author, "Sepsis")
    add_post(thread, author, "More about sepsis", is_endorsed=True)
    answer = client.get("/api/v1/search?q=sepsis&endorsed=true").get_json()
    [item] = answer["items"]
    assert (item["kind"], item["thread_id"], item["room_slug"], item["author_id"]) == (
        "answer",
        thread.id,
        room.slug,
        author.id,
    )
    assert {"text": "sepsis", "found": True} in item["excerpt"]
    assert answer["counts"] == {"all": 1, "threads": 0, "answers": 1, "live": 0, "rooms": 0, "people": 0}
    assert client.get("/api/v1/search?q=sepsis&scope=nonsense").status_code == 422


def test_the_page_takes_the_same_few_statements_however_much_is_found(
    login: Login, make: Factory, count_queries: Callable[[], Any]
) -> None:
    author = make.user()
    room = make.room(mentor=author)
    add_thread(room, author, "Sepsis")
    browser = login(author)
    browser.get("/search?q=sepsis")
    with count_queries() as few:
        browser.get("/search?q=sepsis")
    for number in range(40):
        add_post(add_thread(room, author, f"Sepsis {number}"), author, "sepsis")
    with count_queries() as many:
        browser.get("/search?q=sepsis")
    assert len(few) == len(many) <= 10
