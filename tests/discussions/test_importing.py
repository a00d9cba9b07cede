"""Importing collections: streamed, repeatable, forgiving of bad lines, and nobody's merit."""

from __future__ import annotations

import gzip
import io
import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from social_cme.accounts.enums import AccountState
from social_cme.accounts.models import User
from social_cme.accounts.services.archive import ARCHIVE_EMAIL
from social_cme.app import ROOT
from social_cme.core.errors import NotFound
from social_cme.discussions.models import Citation, Post, Thread
from social_cme.discussions.rules.imports import ANSWER_LIMIT, LINE_LIMIT, BadLine, read_pair, to_markdown
from social_cme.discussions.services.importing import ImportCount, import_threads
from social_cme.extensions import db
from social_cme.persistence.facts import Fact
from social_cme.persistence.transaction import in_transaction
from social_cme.rooms.models import Room
from tests.factories import Factory

MEDQUAD = ROOT.parent / "shared" / "data" / "medquad.jsonl.gz"


def _line(number: int, **values: Any) -> bytes:
    record = {
        "id": f"q{number}",
        "question": f"What is condition {number} ?",
        "answer": f"It is number {number}.",
        **values,
    }
    return json.dumps(record).encode() + b"\n"


def _import(data: bytes, room: Room, *, batch: int = 100) -> tuple[ImportCount, list[tuple[int, str]]]:
    count, bad = ImportCount(), []
    for _ in import_threads(
        io.BytesIO(data), room_slug=room.slug, report=lambda *what: bad.append(what), count=count, batch=batch
    ):
        assert not in_transaction()
    db.session.rollback()
    return count, bad


def test_pairs_become_threads_with_an_answer_and_its_source(make: Factory) -> None:
    room = make.room()
    line = _line(1, source="CDC", url="https://www.cdc.gov/x", focus="Measles")
    count, bad = _import(line, room)
    assert (count.written, count.known, bad) == (1, 0, [])
    [thread] = db.session.scalars(select(Thread)).all()
    [post] = db.session.scalars(select(Post)).all()
    [citation] = db.session.scalars(select(Citation)).all()
    assert (thread.title, thread.body_md) == ("What is condition 1?", "Reference question from CDC about Measles.")
    assert (thread.room_id, thread.answer_count, thread.last_post_id) == (room.id, 1, post.id)
    assert (post.thread_id, post.room_id, post.body_html) == (thread.id, room.id, "<p>It is number 1.</p>\n")
    assert (citation.post_id, citation.value, citation.label) == (post.id, "https://www.cdc.gov/x", "CDC")
    assert db.session.get(Room, room.id).thread_count == 1


def test_an_import_is_nobodys_merit(make: Factory) -> None:
    room = make.room()
    _import(b"".join(_line(number) for number in range(5)), room, batch=2)
    [author_id] = set(db.session.scalars(select(Thread.author_id)))
    author = db.session.get_one(User, author_id)
    assert (author.email, author.state, author.password_hash) == (ARCHIVE_EMAIL, AccountState.CLOSED, "!")
    facts = db.session.scalars(select(Fact).where(Fact.channel_key == f"room:{room.id}").order_by(Fact.seq)).all()
    assert [(fact.kind, fact.actor_id, fact.data["threads"]) for fact in facts] == [
        ("threads.imported", None, 2),
        ("threads.imported", None, 2),
        ("threads.imported", None, 1),
    ]


def test_the_same_file_twice_adds_nothing_and_records_nothing(make: Factory) -> None:
    room = make.room()
    data = b"".join(_line(number) for number in range(7))
    _import(data, room)
    facts = db.session.scalar(select(func.count(Fact.id)))
    count, _ = _import(data, room)
    assert (count.written, count.known) == (0, 7)
    assert db.session.scalar(select(func.count(Thread.id))) == 7
    assert db.session.scalar(select(func.count(Fact.id))) == facts
    assert db.session.get(Room, room.id).thread_count == 7


def test_an_import_that_was_cut_off_is_completed_by_the_next(make: Factory) -> None:
    room = make.room()
    data = b"".join(_line(number) for number in range(10))
    steps = import_threads(io.BytesIO(data), room_slug=room.slug, report=print, count=ImportCount(), batch=3)
    next(steps)
    steps.close()
    assert db.session.scalar(select(func.count(Thread.id))) == 3
    count, _ = _import(data, room, batch=3)
    assert (count.written, count.known) == (7, 3)
    assert db.session.scalar(select(func.count(Post.id))) == 10


def test_a_repeat_inside_one_file_is_taken_once(make: Factory) -> None:
    room = make.room()
    count, _ = _import(_line(1) + _line(1, answer="Corrected.") + _line(2), room)
    assert (count.written, count.known) == (2, 1)


def test_one_id_may_stand_for_several_questions(make: Factory) -> None:
    room = make.room()
    data = (
        _line(1, question="What is it?")
        + _line(1, question="Who gets it?")
        + _line(1, source="NIH", question="What is it?")
    )
    assert _import(data, room)[0].written == 3


def test_pairs_without_an_id_are_recognized_too(make: Factory) -> None:
    room = make.room()
    data = b'{"question": "Why?", "answer": "Because."}\n{"question": "Why?", "answer": "Otherwise."}\n'
    assert _import(data, room)[0].written == 2
    assert _import(data, room)[0].known == 2


def test_each_room_has_its_own(make: Factory) -> None:
    first, second = make.room(), make.room()
    _import(_line(1), first)
    assert _import(_line(1), second)[0].written == 1


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"question": "a", "answer": ', "not valid JSON"),
        (b"[1, 2]", "not a JSON object"),
        (b"null", "not a JSON object"),
        (b"[" * 100_000, "not valid JSON"),
        (b'{"question": "\xff", "answer": "b"}', "not valid UTF-8"),
        (b'{"answer": "b"}', "“question” is missing"),
        (b'{"question": "a"}', "“answer” is missing"),
        (b'{"question": "a", "answer": null}', "“answer” is missing"),
        (b'{"question": ["a"], "answer": "b"}', "“question” is not text"),
        (b'{"question": "a", "answer": 5}', "“answer” is not text"),
        (b'{"question": " \\u0000 ", "answer": "b"}', "“question” is empty"),
        (b'{"question": "a", "answer": "b", "id": true}', "“id” is not text"),
        (b'{"question": "a", "answer": "b", "url": "javascript:alert(1)"}', "“url” must begin with http:// or https://"),
        (json.dumps({"question": "a", "answer": "b", "id": "x" * 201}).encode(), "“id” is longer than 200 characters"),
        (json.dumps({"question": "a", "answer": "b " * 60_000}).encode(), f"“answer” is longer than {ANSWER_LIMIT:,} characters"),
    ],
)  # fmt: skip
def test_a_bad_line_says_what_is_wrong(line: bytes, reason: str) -> None:
    with pytest.raises(BadLine, match="^" + reason.replace("(", r"\(") + "$"):
        read_pair(line)


def test_bad_lines_are_named_with_their_number_and_the_rest_is_imported(make: Factory) -> None:
    room = make.room()
    long = b'{"question": "' + b"x" * (2 * LINE_LIMIT) + b'"}\n'
    data = b"\xef\xbb\xbf" + _line(1) + b"broken\n\n" + long + _line(2) + b'{"question": "no line end", "answer": "x"}'
    count, bad = _import(data, room)
    assert bad == [(2, "not valid JSON"), (4, "longer than 1024 KB")]
    assert (count.written, count.bad) == (3, 2)


def test_hostile_text_becomes_harmless(make: Factory) -> None:
    room = make.room()
    evil = "<script>alert(1)</script> [x](javascript:alert(1)) \u202eevil \ud800"
    _import(_line(1, question=evil, answer=evil, focus="*a* <b>", source="[x](y)"), room)
    thread, post = db.session.scalars(select(Thread)).one(), db.session.scalars(select(Post)).one()
    for html in (thread.body_html, post.body_html):
        assert "<script" not in html
        assert "javascript:" not in html.replace("[x](javascript:alert(1))", "")
        assert "\u202e" not in html
    assert "<a " not in thread.body_html


def test_a_gzipped_file_is_recognized_by_its_content(make: Factory) -> None:
    assert _import(gzip.compress(_line(1) + _line(2)), make.room())[0].written == 2


def test_a_file_that_is_cut_off_gives_what_was_whole(make: Factory) -> None:
    data = gzip.compress(b"".join(_line(number, answer=str(number) * 50) for number in range(3000)))
    count, bad = _import(data[: len(data) // 2], make.room())
    assert 0 < count.written < 3000
    assert "damaged or cut off" in bad[-1][1]


def test_an_unknown_room_is_refused_before_anything_is_written(make: Factory) -> None:
    with pytest.raises(NotFound, match="no-such-room"):
        list(import_threads(io.BytesIO(_line(1)), room_slug="no-such-room", report=print, count=ImportCount()))
    assert db.session.scalar(select(func.count(User.id))) == 0


def test_odd_blanks_become_paragraphs_and_lists() -> None:
    text = (
        "First part.         Second part:         - one    -  two\n                    -   three\n   \n   End  of it."
    )
    assert to_markdown(text) == "First part.\n\nSecond part:\n\n- one\n- two\n- three\n\nEnd of it."
    assert to_markdown("One line\nand its second.\n\nNew paragraph.") == "One line\nand its second.\n\nNew paragraph."
    assert to_markdown("A list:   -     alone   next") == "A list:\n\n- alone\n\nnext"


def test_a_long_question_keeps_all_its_words_below_a_short_title() -> None:
    question = "Why " + "is this so long " * 30
    pair = read_pair(json.dumps({"question": question, "answer": "So.", "source": "CDC"}).encode())
    assert len(pair.title) <= 150
    assert pair.body == f"{question.strip()}\n\nReference question from CDC."


def test_a_batch_takes_the_same_number_of_statements_however_many_pairs(
    make: Factory, count_queries: Callable[[], Any]
) -> None:
    room = make.room()
    _import(_line(0, url="https://a.example"), room)
    counts = []
    for size in (5, 80):
        data = b"".join(_line(1000 * size + number, url="https://a.example") for number in range(size))
        with count_queries() as seen:
            _import(data, room)
        counts.append(len(seen))
    assert counts[0] == counts[1]


@pytest.mark.sqlite_only
def test_memory_does_not_grow_with_the_file(make: Factory) -> None:
    room = make.room()

    def peak(pairs: int, start: int) -> int:
        data = gzip.compress(b"".join(_line(start + number, answer="word " * 200) for number in range(pairs)))
        tracemalloc.start()
        _import(data, room)
        top = tracemalloc.get_traced_memory()[1] - len(data)
        tracemalloc.stop()
        return top

    peak(100, 0)
    assert peak(1500, 10_000) < peak(300, 100_000) * 1.3 + 200_000


@pytest.fixture
def first_pairs(tmp_path: Path, need: Callable[[str], None]) -> Path:
    if not MEDQUAD.exists():
        need("The shared data set medquad.jsonl.gz is missing; it belongs into shared/data beside the project folder.")
    path = tmp_path / "pairs.jsonl"
    with gzip.open(MEDQUAD) as source, path.open("wb") as target:
        target.writelines(line for _, line in zip(range(400), source, strict=False))
    return path


def test_the_command_imports_real_pairs_and_sums_up(app: Flask, make: Factory, first_pairs: Path) -> None:
    room = make.room()
    with first_pairs.open("ab") as file:
        file.write(b"broken\n")
    result = app.test_cli_runner().invoke(args=["import", "threads", str(first_pairs), "--room", room.slug])
    assert result.exit_code == 0, result.output
    assert "400 threads imported, 0 were there already, 1 bad lines skipped" in result.output
    assert "line 401: not valid JSON" in result.output
    assert "rows/s, peak memory" in result.output
    again = app.test_cli_runner().invoke(args=["import", "threads", str(first_pairs), "--room", room.slug])
    assert "0 threads imported, 400 were there already" in again.output


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"plain text\nmore\n", b"\x1f\x8bbroken"])
def test_the_command_fails_when_nothing_could_be_read(
    app: Flask, make: Factory, tmp_path: Path, content: bytes
) -> None:
    room = make.room()
    path = tmp_path / "file"
    path.write_bytes(content)
    result = app.test_cli_runner().invoke(args=["import", "threads", str(path), "--room", room.slug])
    assert result.exit_code == 1
    assert "Nothing in this file could be read" in result.output
    assert "Traceback" not in result.output


def test_the_command_names_a_room_that_is_not_there(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(_line(1))
    result = app.test_cli_runner().invoke(args=["import", "threads", str(path), "--room", "nowhere"])
    assert result.exit_code == 1
    assert "There is no room “nowhere”." in result.output
