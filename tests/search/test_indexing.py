"""How texts come into the search: by facts, in small steps after an import, and all at once."""

from __future__ import annotations

import io
import json
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from social_cme.discussions.enums import ThreadKind
from social_cme.discussions.services.answers import post_answer
from social_cme.discussions.services.edits import edit_post
from social_cme.discussions.services.importing import ImportCount, import_threads
from social_cme.discussions.services.threads import post_thread
from social_cme.extensions import db
from social_cme.persistence.transaction import transaction
from social_cme.rooms.models import Room
from social_cme.rooms.queries import open_room
from social_cme.search.jobs import read_imports
from social_cme.search.models import SearchBacklog, SearchEntry
from social_cme.search.services.indexing import index_people, remember_import, work_off_backlog
from tests.factories import Factory
from tests.search.people_and_texts import add_thread, search, titles

Deliver = Callable[[], int]


def _import(room: Room, pairs: int) -> None:
    lines = [json.dumps({"id": str(n), "question": f"Axolotl {n}?", "answer": f"Answer {n}."}) for n in range(pairs)]
    source = io.BytesIO("\n".join(lines).encode())
    for _ in import_threads(source, room_slug=room.slug, report=print, count=ImportCount(), batch=10):
        pass


def test_what_is_posted_and_edited_is_found_after_its_fact_was_heard(make: Factory, deliver: Deliver) -> None:
    author = make.user()
    room = make.room(mentor=author)
    ctx = open_room(author, room.slug)
    thread = post_thread(ctx, kind=ThreadKind.QUESTION, title="Wombat fever", body="Rare these days.")
    answer = post_answer(ctx, thread_id=thread.id, body="Think of marsupials.", citations=["PMID 31475795"])
    deliver()
    assert titles(search(None, "wombat")) == ["Wombat fever"]
    assert titles(search(None, "marsupial")) == titles(search(None, "31475795")) == ["answer: Wombat fever"]
    edit_post(ctx, post_id=answer.id, body="Think of echidnas.", revision=0)
    deliver()
    assert titles(search(None, "marsupial")) == []
    assert titles(search(None, "echidna")) == ["answer: Wombat fever"]


def test_an_import_is_read_in_small_steps_and_completely(make: Factory, deliver: Deliver) -> None:
    room = make.room(mentor=make.user())
    _import(room, 35)
    deliver()
    assert search(None, "axolotl").total == 0
    assert db.session.scalar(select(func.count(SearchBacklog.id))) == 4
    assert work_off_backlog(threads=4) == 8
    assert search(None, "axolotl").total == 4
    read_imports()
    assert search(None, "axolotl").total == 35
    assert db.session.scalar(select(func.count(SearchEntry.id))) == 70
    assert db.session.scalar(select(func.count(SearchBacklog.id))) == 0
    assert work_off_backlog() == 0


def test_a_fact_about_an_import_that_is_heard_twice_is_noted_once(make: Factory) -> None:
    room = make.room()
    for _ in range(2):
        remember_import(fact_id=7, room_id=room.id, first_id=1, last_id=5)
    assert db.session.scalar(select(func.count(SearchBacklog.id))) == 1


def test_an_unchanged_text_is_not_written_again(make: Factory) -> None:
    person = make.user("Quokka")
    index_people([person.id])
    before = db.session.scalar(select(SearchEntry.id))
    index_people([person.id])
    assert db.session.scalar(select(SearchEntry.id)) == before


def test_rebuilding_makes_a_lost_index_whole(app: Flask, make: Factory) -> None:
    author = make.user("Numbat Keeper")
    room = make.room(mentor=author, name="Numbat clinic")
    add_thread(room, author, "Numbat care")
    with transaction() as tx:
        tx.session.execute(text("DELETE FROM search_entry"))
    assert search(author, "numbat").total == 0
    result = app.test_cli_runner().invoke(args=["search", "rebuild"])
    assert result.exit_code == 0, result.output
    assert "The search knows 3 texts of 3 rows." in result.output
    assert sorted(titles(search(author, "numbat"))) == ["Numbat Keeper", "Numbat care", "Numbat clinic"]
    again = app.test_cli_runner().invoke(args=["search", "rebuild"])
    assert "The search knows 3 texts" in again.output
    assert search(author, "numbat").total == 3


def test_rebuilding_settles_what_an_import_left_to_read(app: Flask, make: Factory, deliver: Deliver) -> None:
    room = make.room(mentor=make.user())
    _import(room, 15)
    deliver()
    assert app.test_cli_runner().invoke(args=["search", "rebuild"]).exit_code == 0
    assert db.session.scalar(select(func.count(SearchBacklog.id))) == 0
    assert search(None, "axolotl").total == 15


def test_the_index_goes_with_its_rows(make: Factory) -> None:
    author = make.user()
    thread = add_thread(make.room(mentor=author), author, "Bandicoot")
    with transaction() as tx:
        tx.session.delete(thread)
    assert search(None, "bandicoot").total == 0
    assert db.session.scalar(select(func.count(SearchEntry.id))) == 0


@pytest.mark.parametrize("words", ["case", "outpatient"])
def test_the_structured_parts_of_a_case_are_found(make: Factory, words: str) -> None:
    author = make.user()
    room = make.room(mentor=author)
    add_thread(
        room,
        author,
        "A title",
        kind=ThreadKind.CASE,
        setting="outpatient",
        age_band="40-64",
        case_html={"history": "<p>An interesting case of cough</p>"},
    )
    assert titles(search(None, words)) == ["A title"]
