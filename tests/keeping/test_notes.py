"""Private notes: for one pair of eyes, and no text overwritten unseen."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from social_cme.accounts.enums import SiteRole
from social_cme.accounts.models import User
from social_cme.core.errors import Forbidden, Invalid, NotFound
from social_cme.extensions import db
from social_cme.keeping import queries
from social_cme.keeping.models import ThreadNote
from social_cme.keeping.services import notes
from social_cme.persistence.facts import Fact
from social_cme.persistence.transaction import transaction
from social_cme.rooms.enums import Visibility
from tests.discussions.journal_club import Club, count, reload
from tests.keeping.surfing import Surfer

SECRET = "canary-7f3a"


def test_a_note_is_kept_changed_and_removed(club: Club) -> None:
    thread = club.question()
    before = count(Fact)
    note = notes.save_note(club.ctx(club.peer), thread_id=thread.id, body="**Look up** the dose.", revision=0)
    assert note is not None
    assert (note.revision, note.body_html) == (1, "<p><strong>Look up</strong> the dose.</p>\n")
    again = notes.save_note(club.ctx(club.peer), thread_id=thread.id, body="Looked up.", revision=1)
    assert again is not None
    assert again.revision == 2
    assert notes.save_note(club.ctx(club.peer), thread_id=thread.id, body="  ", revision=2) is None
    assert (count(ThreadNote), count(Fact)) == (0, before)


def test_two_windows_do_not_overwrite_each_other(club: Club) -> None:
    thread = club.question()
    ctx = club.ctx(club.peer)
    notes.save_note(ctx, thread_id=thread.id, body="From the phone.", revision=0)
    with pytest.raises(notes.NoteConflict) as refused:
        notes.save_note(ctx, thread_id=thread.id, body="From the desk.", revision=0)
    assert refused.value.fields == {"body": ["From the phone."], "revision": ["1"]}
    same = notes.save_note(ctx, thread_id=thread.id, body="From the phone.", revision=0)
    assert same is not None
    assert same.revision == 1
    notes.remove_note_of(ctx, thread_id=thread.id)
    with pytest.raises(notes.NoteConflict):
        notes.save_note(ctx, thread_id=thread.id, body="From the desk.", revision=1)
    assert count(ThreadNote) == 0


def test_what_is_no_note_is_refused(club: Club) -> None:
    thread = club.question()
    with pytest.raises(Invalid):
        notes.save_note(club.ctx(club.peer), thread_id=thread.id, body="x" * 10_001, revision=0)
    with pytest.raises(NotFound):
        notes.save_note(club.ctx(club.mentor, club.other), thread_id=thread.id, body="x", revision=0)
    with pytest.raises(Forbidden):
        notes.save_note(club.ctx(None), thread_id=thread.id, body="x", revision=0)
    assert count(ThreadNote) == 0
    assert notes.save_note(club.ctx(club.peer), thread_id=thread.id, body="x" * 10_000, revision=0) is not None


def test_a_note_is_removed_by_its_owner_alone(club: Club) -> None:
    thread = club.question()
    note = notes.save_note(club.ctx(club.peer), thread_id=thread.id, body="Mine.", revision=0)
    assert note is not None
    with pytest.raises(NotFound):
        notes.remove_note(club.second, note_id=note.id)
    with transaction():
        club.room.visibility = Visibility.INVITATION
    # Whoever cannot reach the thread any more still has the words they wrote themselves.
    notes.remove_note(reload(club.peer), note_id=note.id)
    assert count(ThreadNote) == 0


@pytest.fixture
def noted(club: Club) -> int:
    """The id of a thread on which the peer has a note, with the canary in it."""
    thread = club.question()
    notes.save_note(club.ctx(club.peer), thread_id=thread.id, body=f"{SECRET} is what I think.", revision=0)
    return thread.id


def test_nobody_else_finds_a_note_anywhere(
    club: Club, noted: int, login: Callable[[User], FlaskClient], deliver: Callable[[], int]
) -> None:
    deliver()
    place = f"/rooms/{club.room.slug}/threads/{noted}"
    pages = [
        place, f"{place}/print", f"{place}/note", "/notes", "/notes/download", "/bookmarks", f"/search?q={SECRET}", "/",
        f"/rooms/{club.room.slug}", f"/people/{club.peer.id}", f"/rooms/{club.room.slug}/moderation", "/notifications",
        f"/api/v1{place}", f"/api/v1{place}/note", "/api/v1/notes", f"/api/v1/search?q={SECRET}",
        f"/rooms/{club.room.slug}/moderation/log", "/moderation",
    ]  # fmt: skip
    others = [club.author, club.mentor, club.stranger, *(club.make.user(role=role) for role in SiteRole)]
    for person in others:
        browser = login(person)
        for page in pages:
            # The search repeats the words that were searched for.
            text = browser.get(page).get_data(as_text=True).replace("is what I think", "LEAK")
            assert "LEAK" not in text, f"{person.site_role} {page}"
    own = login(club.peer)
    assert all(SECRET in own.get(page).get_data(as_text=True) for page in (place, "/notes", "/notes/download"))
    assert "is what I think" not in own.get(f"{place}/print").get_data(as_text=True)


def test_a_note_can_be_written_without_scripts(club: Club, noted: int, login: Callable[[User], FlaskClient]) -> None:
    browser, place = Surfer(login(club.peer)), f"/rooms/{club.room.slug}/threads/{noted}/note"
    assert SECRET in browser.text(place)
    lost = browser.post(place, body="From another window.", draft_revision="0")
    assert (lost.status_code, SECRET in lost.text, "From another window." in lost.text) == (409, True, True)
    assert 'name="draft_revision" type="hidden" value="1"' in lost.text
    assert browser.post(place, body="x" * 10_001, draft_revision="1").status_code == 422
    kept = browser.post(place, body="Better.", draft_revision="1")
    assert kept.headers["Location"].endswith("#my-note")
    assert "Better." in browser.text("/notes")


def test_notes_over_the_api_and_to_take_away(club: Club, noted: int, login: Callable[[User], FlaskClient]) -> None:
    browser, place = Surfer(login(club.peer)), f"/rooms/{club.room.slug}/threads/{noted}/note"
    assert browser.call("GET", place)["revision"] == 1
    conflict = browser.call("PUT", place, body="Other.", revision=0, status=409)
    assert conflict["code"] == "draft_conflict"
    assert browser.call("PUT", place, body="Other.", revision=1)["revision"] == 2
    listed = browser.call("GET", "/notes")["items"]
    assert [(one["body"], one["place"]["title"]) for one in listed] == [("Other.", "Which dose?")]
    file = browser.client.get("/notes/download")
    assert file.headers["Content-Disposition"] == 'attachment; filename="notes.json"'
    assert [one["text"] for one in json.loads(file.data)] == ["Other."]
    assert Surfer(login(club.second)).call("GET", place)["body"] == ""
    browser.call("GET", place.replace(f"/{noted}/", "/999/"), status=404)
    browser.call("DELETE", place, status=204)
    db.session.rollback()
    assert queries.find_note(club.peer.id, noted) is None


def test_the_list_of_notes_is_paged(club: Club) -> None:
    ids = [club.question(title=f"Question {number}").id for number in range(3)]
    for thread_id in ids:
        notes.save_note(club.ctx(club.peer), thread_id=thread_id, body=f"Note {thread_id}", revision=0)
    first = queries.list_notes(club.peer, limit=2)
    rest = queries.list_notes(club.peer, limit=2, cursor=first.next_cursor)
    assert [one.note.thread_id for one in (*first.items, *rest.items)] == ids[::-1]
    assert [len(batch) for batch in queries.all_notes(club.peer)] == [3]
