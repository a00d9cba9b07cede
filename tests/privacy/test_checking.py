"""What happens to a text in which something is found, whichever door it came through."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_socketio import SocketIOTestClient
from sqlalchemy import select

from social_cme.accounts.models import User
from social_cme.core.errors import Forbidden, NotFound
from social_cme.discussions.models import Post, Thread
from social_cme.discussions.services.edits import edit_post, edit_thread
from social_cme.extensions import db
from social_cme.persistence.transaction import transaction
from social_cme.privacy.enums import Outcome
from social_cme.privacy.models import IdentifierCheck
from social_cme.privacy.queries.checks import count_attested, list_attested
from social_cme.privacy.rules.refusal import IdentifiersFound
from social_cme.privacy.services.checking import check_file_name
from social_cme.privacy.services.reviewing import mark_reviewed
from tests.discussions.journal_club import CASE, Club

ASKED = "She was admitted on March 14, 2024 with sepsis."
BLOCKED = "Her number is MRN 00482913."


def _checks() -> list[IdentifierCheck]:
    return list(db.session.scalars(select(IdentifierCheck).order_by(IdentifierCheck.id)))


def _refusal(act: Callable[[], object]) -> IdentifiersFound:
    with pytest.raises(IdentifiersFound) as caught:
        act()
    return caught.value


def test_a_text_without_findings_is_published_and_noted(club: Club) -> None:
    thread = club.question()
    (check,) = _checks()
    assert (check.object_kind, check.object_id, check.outcome, check.counts) == ("thread", thread.id, "clear", {})
    assert check.attested_at is None


def test_what_is_asked_about_is_published_once_its_author_attests_it(club: Club) -> None:
    thread = club.question()
    error = _refusal(lambda: club.answer(thread, body=ASKED))
    (found,) = error.found
    assert (error.status, error.code, found.field, found.words) == (
        422,
        "identifiers_found",
        "body",
        "on March 14, 2024",
    )
    assert found.finding.proposal == "in 2024"
    post = club.answer(thread, body=ASKED, attested=[found.key])
    check = _checks()[-1]
    assert (check.object_id, check.outcome, check.counts) == (post.id, Outcome.ATTESTED, {"date": 1})
    assert check.attested_at is not None


def test_the_word_of_the_author_covers_only_what_was_shown(club: Club) -> None:
    thread = club.question()
    key = _refusal(lambda: club.answer(thread, body=ASKED)).found[0].key
    more = f"{ASKED} She lives in Dayton, Ohio."
    left = _refusal(lambda: club.answer(thread, body=more, attested=[key])).found
    assert [one.words for one in left] == ["Dayton"]


def test_what_is_certain_blocks_whatever_is_attested(club: Club) -> None:
    thread = club.question()
    error = _refusal(lambda: club.answer(thread, body=BLOCKED))
    assert error.details["blocks"] is True
    again = _refusal(lambda: club.answer(thread, body=BLOCKED, attested=[one.key for one in error.found]))
    assert [one.finding.class_ for one in again.found] == ["record_number"]
    assert not db.session.scalars(select(Post)).all()


def test_a_refusal_is_noted_without_the_words_and_nothing_else_is_kept(club: Club) -> None:
    thread = club.question()
    _refusal(lambda: club.answer(thread, body=f"{ASKED} {BLOCKED}", client_id="a-request-of-mine"))
    check = _checks()[-1]
    assert (check.outcome, check.counts, check.object_id) == (Outcome.BLOCKED, {"date": 1, "record_number": 1}, None)
    columns = {column.name: str(getattr(check, column.name)) for column in IdentifierCheck.__table__.columns}
    assert not [name for name, value in columns.items() if "00482913" in value or "March" in value]
    # The same request, put right, is carried out.
    assert club.answer(thread, body="She was septic.", client_id="a-request-of-mine").id


@pytest.mark.parametrize("part", ["title", "presenting_problem", "history"])
def test_every_part_of_a_case_is_read(club: Club, part: str) -> None:
    values = {"title": "A case", "case": dict(CASE)}
    text = "Seen with Mr. Halvorsen."
    if part == "title":
        values["title"] = text
    else:
        values["case"] = {**CASE, part: text}
    error = _refusal(lambda: club.question(kind="case", setting="inpatient", age_band="40-64", **values))
    assert {one.field for one in error.found} == {part}
    assert not db.session.scalars(select(Thread)).all()


def test_comments_and_sources_are_read(club: Club) -> None:
    thread = club.question()
    _refusal(lambda: club.comment(thread, body="Call me at 212-555-0123."))
    page = "Her story https://www.caringbridge.org/visit/janeroe"
    assert _refusal(lambda: club.answer(thread, citations=[page])).found[0].field == "citations"
    # Authors and days of publication are no findings in a list of sources.
    assert club.answer(thread, citations=["Maria Lopez, March 3, 2021. doi:10.1056/NEJMoa1107039"])


def test_an_edit_asks_about_what_is_new_and_blocks_as_ever(club: Club) -> None:
    thread = club.question(body="An answer.")
    key = _refusal(lambda: club.answer(thread, user=club.peer, body=ASKED)).found[0].key
    post = club.answer(thread, user=club.peer, body=ASKED, attested=[key])
    ctx = club.ctx(club.peer)
    assert edit_post(ctx, post_id=post.id, body=f"{ASKED} Lactate 4.").revision == 1
    new = _refusal(lambda: edit_post(ctx, post_id=post.id, body=f"{ASKED} She lives in Dayton, Ohio."))
    assert [one.words for one in new.found] == ["Dayton"]
    _refusal(lambda: edit_post(ctx, post_id=post.id, body=f"{ASKED} {BLOCKED}"))
    _refusal(lambda: edit_thread(club.ctx(club.author), thread_id=thread.id, title="In re Mrs. Halvorsen", body="x"))
    db.session.expire_all()
    assert db.session.get_one(Post, post.id).body_md == f"{ASKED} Lactate 4."


def test_those_who_discuss_are_no_patients(club: Club) -> None:
    thread = club.question()
    assert club.answer(thread, body="As Dr. Mentor and Ada Author said, and Cleo's sister too.")
    assert _refusal(lambda: club.answer(thread, body="As Dr. Halvorsen said."))


def test_a_stranger_learns_nothing_from_the_check(club: Club) -> None:
    thread = club.question()
    with pytest.raises(Forbidden):
        club.answer(thread, user=club.stranger, body=BLOCKED)
    assert len(_checks()) == 1


def test_a_file_keeps_its_name_only_when_it_names_nobody(club: Club) -> None:
    ctx = club.ctx(club.author)
    with transaction() as tx:
        check_file_name(tx, ctx, name="chest-ct-axial.png").note(1)

    def keep(name: str) -> None:
        with transaction() as tx:
            check_file_name(tx, ctx, name=name)

    classes = {
        name: {one.finding.class_.value for one in _refusal(lambda name=name: keep(name)).found}  # type: ignore[misc]
        for name in ("smith_john_ct.png", "IMG_20240314_101530.jpg", "face.jpg", "mrn_00482913.dcm")
    }
    assert "name" in classes["smith_john_ct.png"]
    assert "date" in classes["IMG_20240314_101530.jpg"]
    assert "face" in classes["face.jpg"]
    assert "record_number" in classes["mrn_00482913.dcm"]


def test_moderators_take_a_second_look_and_others_do_not(club: Club) -> None:
    thread = club.question()
    key = _refusal(lambda: club.answer(thread, body=ASKED)).found[0].key
    club.answer(thread, body=ASKED, attested=[key])
    ctx = club.ctx(club.mentor)
    (waiting,) = list_attested(ctx).items
    with pytest.raises(Forbidden):
        mark_reviewed(club.ctx(club.peer), check_id=waiting.id)
    with pytest.raises(NotFound):
        mark_reviewed(club.ctx(club.mentor, club.other), check_id=waiting.id)
    assert mark_reviewed(ctx, check_id=waiting.id).reviewed_by_id == club.mentor.id
    assert count_attested(club.room.id) == 0
    assert mark_reviewed(ctx, check_id=waiting.id).reviewed_by_id == club.mentor.id


def test_the_level_is_a_setting(club: Club, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    thread = club.question()
    for level, refuses in (("ask", False), ("off", False), ("block", True)):
        chosen = app.extensions["settings"].model_copy(update={"identifier_check": level})
        monkeypatch.setitem(app.extensions, "settings", chosen)
        key = _refusal(lambda: club.answer(thread, body=BLOCKED)).found[0].key if level != "off" else ""
        if refuses:
            _refusal(lambda key=key: club.answer(thread, body=BLOCKED, attested=[key]))  # type: ignore[misc]
        else:
            assert club.answer(thread, body=BLOCKED, attested=[key])


def test_the_socket_tells_the_findings_and_takes_the_word(
    club: Club, connect: Callable[[User], SocketIOTestClient]
) -> None:
    thread = club.question()
    socket = connect(club.peer)
    message = {"slug": club.room.slug, "thread_id": thread.id, "body": ASKED}
    refused = socket.emit("answer.post", message, callback=True)
    assert refused["error"]["code"] == "identifiers_found"
    (finding,) = refused["error"]["details"]["findings"]
    assert ASKED[finding["start"] : finding["end"]] == finding["text"]
    assert socket.emit("answer.post", {**message, "attested": [finding["key"]]}, callback=True)["ok"] is True


def test_the_api_looks_through_a_text_and_keeps_nothing(club: Club, login: Callable[[User], FlaskClient]) -> None:
    browser = login(club.peer)
    body = {"parts": {"body": "  😀 Seen with Mira Mentor in March.", "title": ""}, "room": club.room.slug}
    answer = browser.post("/api/v1/privacy/check", json=body, headers=_token(browser))
    assert answer.status_code == 200, answer.json
    (finding,) = answer.json["findings"]
    assert (finding["kind"], finding["proposal"], answer.json["blocks"]) == ("date", "early in the year", False)
    # Offsets count as browsers do: the face takes two units, and the blanks in front stay.
    units = body["parts"]["body"].encode("utf-16-le")
    assert units[finding["start"] * 2 : finding["end"] * 2].decode("utf-16-le") == "in March"
    assert _checks() == []


def _token(browser: FlaskClient) -> dict[str, str]:
    page = browser.get("/about").text
    return {"X-CSRFToken": page.split('name="csrf-token" content="')[1].split('"')[0]}


def test_a_refused_form_keeps_the_text_and_applies_the_ticked_wordings(
    club: Club, login: Callable[[User], FlaskClient]
) -> None:
    thread = club.question()
    browser = login(club.peer)
    token = _token(browser)["X-CSRFToken"]
    place = f"/rooms/{club.room.slug}/threads/{thread.id}/answers"
    text = f"{ASKED} She lives in Dayton, Ohio."
    page = browser.post(place, data={"csrf_token": token, "body": text})
    assert page.status_code == 422
    assert text in page.text
    assert "<mark>on March 14, 2024</mark>" in page.text
    keys = page.text.split('name="attested_keys"')[1].split('value="')[1].split('"')[0]
    date_key = keys.split(",")[0]
    changed = browser.post(
        place, data={"csrf_token": token, "body": text, "apply_wordings": "1", "wording": [f"body:{date_key}"]}
    )
    assert changed.status_code == 200
    assert "She was admitted in 2024 with sepsis. She lives in Dayton, Ohio." in changed.text
    assert "<mark>Dayton</mark>" in changed.text
    assert db.session.scalars(select(Post)).all() == []
    sent = browser.post(place, data={"csrf_token": token, "body": text, "attested": "y", "attested_keys": keys})
    assert sent.status_code == 303
    unticked = browser.post(place, data={"csrf_token": token, "body": f"{text} Again.", "attested_keys": keys})
    assert unticked.status_code == 422


def test_the_moderators_page_names_classes_and_no_words(club: Club, login: Callable[[User], FlaskClient]) -> None:
    thread = club.question()
    key = _refusal(lambda: club.answer(thread, body=ASKED)).found[0].key
    club.answer(thread, body=ASKED, attested=[key])
    browser = login(club.mentor)
    page = browser.get(f"/rooms/{club.room.slug}/moderation/identifiers")
    assert page.status_code == 200
    assert "Date finer than a year" in page.text
    assert "March" not in page.text
    assert club.peer.display_name not in page.text
    check = list_attested(club.ctx(club.mentor)).items[0]
    done = browser.post(
        f"/rooms/{club.room.slug}/moderation/identifiers/{check.id}",
        headers=_token(browser),
        follow_redirects=True,
    )
    assert "Nothing waits for a second look" in done.text


def test_moderators_take_the_second_look_over_the_api(club: Club, login: Callable[[User], FlaskClient]) -> None:
    thread = club.question()
    key = _refusal(lambda: club.answer(thread, body=ASKED)).found[0].key
    post = club.answer(thread, body=ASKED, attested=[key])
    browser, author = login(club.mentor), login(club.author)
    place = f"/api/v1/rooms/{club.room.slug}/moderation/identifiers"
    listed = browser.get(place)
    assert listed.status_code == 200
    assert "March" not in listed.text
    assert club.peer.display_name not in listed.text
    found = listed.json["items"]
    assert [(one["object_kind"], one["object_id"], one["reviewed_at"]) for one in found] == [("post", post.id, None)]
    assert found[0]["counts"]
    assert "author_id" not in found[0]
    review = f"{place}/{found[0]['id']}/review"
    assert author.get(place).status_code == 403
    assert author.put(review, headers=_token(author)).status_code == 403
    assert browser.put(review.replace(club.room.slug, club.other.slug), headers=_token(browser)).status_code == 404
    first, again = (browser.put(review, headers=_token(browser)).json["reviewed_at"] for _ in range(2))
    assert first is not None
    assert first == again
    assert browser.get(place).json == {"items": [], "next_cursor": None}
