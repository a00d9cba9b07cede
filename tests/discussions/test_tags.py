"""Tags: one tag for all its names, who may add new ones, and lists that name only what their reader may read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from social_cme.accounts.enums import Specialty
from social_cme.accounts.models import User
from social_cme.core.errors import Forbidden, Invalid, NotFound
from social_cme.discussions.models import FreeTag, Thread, ThreadTag
from social_cme.discussions.queries.tags import find_tag, list_tagged, list_tags_in_use, suggest_tags, tags_of
from social_cme.discussions.queries.threads import list_threads
from social_cme.discussions.rules.taxonomy import (
    KEY_LIMIT,
    find_shipped,
    fold,
    key_of,
    shipped_tags,
    split_tags,
    suggest,
)
from social_cme.discussions.services import moderating
from social_cme.discussions.services.tagging import tag_thread
from social_cme.discussions.services.threads import post_thread
from social_cme.rooms.queries import open_room
from social_cme.search import queries as search
from social_cme.search.queries import Filters
from social_cme.search.rules import parse_query
from tests.discussions.journal_club import Club, count, facts, reload
from tests.factories import Factory


def keys(thread: Thread) -> list[str]:
    return [tag.key for tag in tags_of([thread.id]).get(thread.id, [])]


# ------------------------------------------------------------------ the shipped vocabulary


def test_the_vocabulary_covers_every_specialty_and_hundreds_of_topics() -> None:
    tags = shipped_tags()
    for specialty in Specialty:
        if specialty != Specialty.OTHER:
            assert tags[specialty.replace("_", "-")].is_specialty
    assert sum(not tag.is_specialty for tag in tags.values()) >= 300
    assert sum(tag.is_specialty for tag in tags.values()) >= 100


def test_no_name_leads_to_two_tags_and_every_key_fits() -> None:
    leads: dict[str, str] = {}
    for tag in shipped_tags().values():
        assert len(tag.key) <= KEY_LIMIT
        assert len(tag.name) <= 60
        for name in (tag.name, tag.key, *tag.synonyms):
            assert fold(name), name
            assert leads.setdefault(fold(name), tag.key) == tag.key, name
        assert all(shipped_tags()[one].is_specialty for one in tag.within)


@pytest.mark.parametrize(
    ("text", "key"),
    [("heart attack", "myocardial-infarction"), ("HEART  ATTACKS", "myocardial-infarction"), ("CHF", "heart-failure"),
     ("Sjogren syndrome", "sjogren-syndrome"), ("high blood pressure", "hypertension"), ("ENT", "otolaryngology"),
     ("phlebotomancy", None), ("", None), ("心不全", None)],
)  # fmt: skip
def test_synonyms_resolve_to_one_tag(text: str, key: str | None) -> None:
    found = find_shipped(text)
    assert (found.key if found is not None else None) == key


def test_suggestions_put_names_before_other_names_and_beginnings_first() -> None:
    assert next(one.key for one in suggest("heart f")) == "heart-failure"
    [attack, *_] = suggest("heart att")
    assert (attack.key, attack.because) == ("myocardial-infarction", "heart attack")
    assert [one.key for one in suggest("failure")][:2] == ["failure-to-thrive", "heart-failure"]
    assert suggest("zzz", [("zzz-ward", "ZZZ ward")]) == suggest("ward", [("zzz-ward", "ZZZ ward")])[:1]
    assert suggest("") == suggest(" ,") == []


@given(st.text(max_size=200))
def test_no_text_breaks_the_reading_of_tags(text: str) -> None:
    for one in split_tags(text):
        assert one == one.strip()
        assert len(key_of(one)) <= KEY_LIMIT
    assert len(suggest(text)) <= 8


def test_a_line_is_split_at_commas_and_each_tag_stands_once() -> None:
    assert split_tags("Heart failure, HEART FAILURE;gout\n gout ,,") == ["HEART FAILURE", "gout"]


# ------------------------------------------------------------------ tagging


def test_a_thread_is_posted_with_tags_in_any_of_their_names(club: Club) -> None:
    thread = club.question(tags=["CHF", "heart failure", "", "furosemide"])
    assert keys(thread) == ["heart-failure", "diuretics"]


@pytest.mark.parametrize(
    "tags",
    [["no such thing"], ["Gout", "Sepsis", "Stroke", "Asthma", "Anemia", "Headache"], ["x" * 41], ["!!!"], ["心不全"]],
)
def test_unknown_words_and_too_many_tags_are_refused_and_nothing_is_posted(club: Club, tags: list[str]) -> None:
    with pytest.raises(Invalid) as refused:
        club.question(tags=tags)
    assert "tags" in refused.value.fields
    assert (count(Thread), count(ThreadTag), count(FreeTag)) == (0, 0, 0)


def test_a_mentor_adds_a_tag_that_everybody_may_use_then(club: Club) -> None:
    first, second = club.question(), club.question(club.peer)
    tag_thread(club.ctx(club.mentor), thread_id=first.id, tags=["Night  shift", "Gout"])
    tag_thread(club.ctx(club.peer), thread_id=second.id, tags=["night SHIFT"])
    assert (keys(first), keys(second)) == (["night-shift", "gout"], ["night-shift"])
    named = find_tag("night-shift")
    assert named is not None
    assert (named.name, named.is_free, count(FreeTag)) == ("Night shift", True, 1)
    assert suggest_tags("night s")[0].key == "night-shift"


def test_authors_and_moderators_tag_nobody_else(club: Club) -> None:
    thread = club.question()
    for user in (club.peer, club.stranger, None):
        with pytest.raises(Forbidden):
            tag_thread(club.ctx(user), thread_id=thread.id, tags=["Gout"])
    with pytest.raises(NotFound):
        tag_thread(club.ctx(club.mentor, club.other), thread_id=thread.id, tags=["Gout"])
    for user in (club.author, club.mentor):
        tag_thread(club.ctx(user), thread_id=thread.id, tags=["Gout"])
    assert len(facts("thread.tagged")) == 1
    moderating.lock_thread(club.ctx(club.mentor), thread_id=thread.id, reason="r")
    with pytest.raises(Forbidden):
        tag_thread(club.ctx(club.author), thread_id=thread.id, tags=[])
    tag_thread(club.ctx(club.mentor), thread_id=thread.id, tags=[])
    assert keys(reload(thread)) == []


# ------------------------------------------------------------------ lists


def test_tag_pages_name_only_what_the_reader_may_read(club: Club, make: Factory) -> None:
    inside = make.user()
    secret = make.room(members=(inside,), visibility="invitation")
    hidden_one = post_thread(open_room(inside, secret.slug), kind="question", title="CANARY", body="In.", tags=["Gout"])
    shown = [club.question(tags=["Gout"]) for _ in range(3)]
    club.question(tags=["Sepsis"])
    moderating.hide_thread(club.ctx(club.mentor), thread_id=shown[1].id, reason="r")
    visible = [shown[2].id, shown[0].id]
    assert [one.id for one in list_tagged(None, "gout").items] == visible
    assert [one.id for one in list_tagged(inside, "gout").items] == [*visible, hidden_one.id]
    first = list_tagged(None, "gout", limit=1)
    second = list_tagged(None, "gout", limit=1, cursor=first.next_cursor)
    assert [one.id for one in (*first.items, *second.items)] == visible
    assert {one.tag.key: one.threads for one in list_tags_in_use(None)} == {"gout": 2, "sepsis": 1}
    assert {one.tag.key: one.threads for one in list_tags_in_use(inside)} == {"gout": 3, "sepsis": 1}


def test_room_lists_and_search_narrow_to_a_tag(club: Club, deliver: Callable[[], int]) -> None:
    tagged, other = club.question(tags=["Gout"]), club.question()
    while deliver():
        pass
    assert [one.id for one in list_threads(club.ctx(None), tag="gout").items] == [tagged.id]

    def found(words: str, **filters: Any) -> list[int]:
        page = search.find(None, parse_query(words), Filters(**filters))
        return sorted(one.object_id for one in page.items)

    assert found("dose") == [tagged.id, other.id]
    assert found("dose", tag="gout") == found("gout") == [tagged.id]


def test_the_pages_of_tags(club: Club, login: Callable[[User], FlaskClient], client: FlaskClient) -> None:
    thread = club.question(tags=["Gout"])
    browser = login(club.mentor)
    address = f"/rooms/{club.room.slug}/threads/{thread.id}"
    assert "Gout" in browser.get(address).text
    assert "Which dose?" in client.get("/tags/gout").text
    assert "podagra" in client.get("/tags/gout").text
    assert "/tags/gout" in client.get("/tags").text
    assert client.get("/tags/no-such-tag").status_code == 404
    assert "Only threads about" in client.get(f"/rooms/{club.room.slug}?tag=gout").text
    assert client.get(f"/rooms/{club.room.slug}?tag=%00%27").status_code == 200
    assert 'value="Gout"' in browser.get(f"{address}/tags").text
    refused = login(club.author).post(
        f"{address}/tags", data={"tags": "<i>odd</i>", "csrf_token": token(login(club.author), address)}
    )
    assert refused.status_code in {400, 422}


def token(browser: FlaskClient, address: str) -> str:
    page = browser.get(address).text
    return page.split('name="csrf-token" content="')[1].split('"')[0]


def test_the_api_of_tags(club: Club, login: Callable[[User], FlaskClient], client: FlaskClient) -> None:
    thread = club.question(tags=["Gout"])
    assert client.get("/api/v1/tags?q=heart att").json["items"][0]["because"] == "heart attack"
    assert [one["id"] for one in client.get("/api/v1/tags/gout/threads").json["items"]] == [thread.id]
    assert client.get("/api/v1/tags/no-such/threads").status_code == 404
    browser = login(club.author)
    address = f"/api/v1/rooms/{club.room.slug}/threads/{thread.id}"
    headers = {"X-CSRFToken": token(browser, f"/rooms/{club.room.slug}/threads/{thread.id}")}
    assert browser.put(f"{address}/tags", json={"tags": ["AFib"]}, headers=headers).json["tags"] == [
        {"key": "atrial-fibrillation", "name": "Atrial fibrillation"}
    ]
    refused = browser.put(f"{address}/tags", json={"tags": ["no such thing"]}, headers=headers)
    assert (refused.status_code, list(refused.json["fields"])) == (422, ["tags"])
    listed = client.get(f"/api/v1/rooms/{club.room.slug}/threads").json["items"][0]
    assert [tag["key"] for tag in listed["tags"]] == ["atrial-fibrillation"]
