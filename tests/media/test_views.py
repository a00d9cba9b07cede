"""Pictures as pages send, show and take them."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from config import Settings
from social_cme.accounts.models import User
from social_cme.discussions.models import Draft, Post, Thread
from social_cme.discussions.rules.places import room_place
from social_cme.discussions.services import moderating
from social_cme.discussions.services.drafts import save_draft
from social_cme.discussions.services.threads import post_thread
from social_cme.extensions import db
from social_cme.media.models import Image
from social_cme.media.services.erasing import erase_image
from social_cme.media.services.uploading import upload_image
from social_cme.rooms.enums import Visibility
from tests.conftest import build_settings
from tests.discussions.journal_club import Club, count, reload
from tests.media.conftest import files_in
from tests.media.pictures import bring, drawing, encoded, patient, photograph, pixel_bomb

Login = Callable[[User], FlaskClient]
PICTURE = {"image_alt": "A red and a blue half", "image_consent": "not_a_patient", "image_attested": "y"}


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """A limit that is reached quickly."""
    return build_settings(
        tmp_path / "instance", database_url=database_url, max_image_kilobytes=300, max_request_kilobytes=64
    )


def _file(data: bytes | None = None, name: str = "IMG_0001.JPG") -> tuple[io.BytesIO, str]:
    return io.BytesIO(photograph() if data is None else data), name


def _address(club: Club, image: Image, size: int = 320) -> str:
    return f"/rooms/{club.room.slug}/images/{image.key}/{size}"


@pytest.fixture
def posted(club: Club) -> Image:
    image = bring(club.ctx(club.author))
    club.question(image_keys=[image.key])
    return image


# ------------------------------------------------------------------ the files


def test_a_file_is_sent_with_headers_that_let_nothing_else_be_made_of_it(
    club: Club, login: Login, posted: Image
) -> None:
    answer = login(club.peer).get(_address(club, posted))
    assert answer.status_code == 200
    assert answer.content_type == "image/webp"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Content-Disposition"] == f'inline; filename="picture-{posted.id}-320.webp"'
    assert len(answer.data) == posted.files[0][3]


@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        ("bytes=0-9", 206, slice(0, 10)),
        ("bytes=10-", 206, slice(10, None)),
        ("bytes=-10", 206, slice(-10, None)),
        ("bytes=999999999-", 416, None),
    ],
)
def test_ranges_are_served(
    club: Club, login: Login, posted: Image, asked: str, status: int, part: slice | None
) -> None:
    browser = login(club.peer)
    whole = browser.get(_address(club, posted)).data
    answer = browser.get(_address(club, posted), headers={"Range": asked})
    assert answer.status_code == status
    if part is not None:
        assert answer.data == whole[part]
    if status == 206:
        assert answer.headers["Content-Range"].endswith(f"/{len(whole)}")


def test_what_the_browser_has_is_not_sent_again_and_still_asked_for(club: Club, login: Login, posted: Image) -> None:
    browser = login(club.peer)
    tag = browser.get(_address(club, posted)).headers["ETag"]
    assert browser.get(_address(club, posted), headers={"If-None-Match": tag}).status_code == 304
    thread_id = posted.holder_id or 0
    moderating.hide_thread(club.ctx(club.mentor), thread_id=thread_id, reason="names somebody")
    assert browser.get(_address(club, posted), headers={"If-None-Match": tag}).status_code == 404


def test_every_other_address_is_simply_not_there(club: Club, login: Login, posted: Image) -> None:
    browser = login(club.peer)
    base = f"/rooms/{club.room.slug}/images"
    for path in (
        f"{base}/{posted.key}/321",
        f"{base}/{posted.key}/0",
        f"{base}/{posted.key}/{10**30}",
        f"{base}/{posted.key[:-1]}x/320",
        f"{base}/..%2f..%2fsecret_key/320",
        f"{base}/{posted.key}/..%2f..%2f..%2fsecret_key",
        f"{base}/{posted.key}/320%00.html",
        f"{base}/%2e%2e/%2e%2e/320",
        f"/rooms/{club.other.slug}/images/{posted.key}/320",
        f"/rooms/none/images/{posted.key}/320",
    ):
        assert browser.get(path).status_code == 404, path


def test_nobody_outside_a_private_room_learns_of_its_pictures(club: Club, login: Login, client: FlaskClient) -> None:
    author = club.author
    room = club.make.room(members=(author,), visibility=Visibility.INVITATION)
    image = bring(club.ctx(author, room))
    post_thread(club.ctx(author, room), kind="question", title="Q", body="b", image_keys=[image.key])
    path = f"/rooms/{room.slug}/images/{image.key}/320"
    assert login(author).get(path).status_code == 200
    for browser in (login(club.peer), login(club.mentor), client):
        assert browser.get(path).status_code == 404


def test_who_leaves_a_room_by_request_leaves_its_pictures(club: Club, login: Login, client: FlaskClient) -> None:
    room = club.make.room(members=(club.author,), visibility=Visibility.REQUEST)
    image = bring(club.ctx(club.author, room))
    for browser in (login(club.peer), client):
        assert browser.get(f"/rooms/{room.slug}/images/{image.key}/320").status_code in {403, 404}


# ------------------------------------------------------------------ without scripts


def _send(browser: FlaskClient, path: str, **values: Any) -> TestResponse:
    data = {"csrf_token": token_of(browser), **values}
    return browser.post(path, data=data, content_type="multipart/form-data")


def token_of(browser: FlaskClient) -> str:
    """Return the token that a page of this browser carries."""
    found = re.search(r'name="csrf-token" content="([^"]+)"', browser.get("/about").text)
    assert found is not None
    return found.group(1)


def _question(club: Club) -> str:
    return f"/rooms/{club.room.slug}/threads/new?kind=question"


def _keys(page: TestResponse) -> list[str]:
    found = re.search(r'name="image_keys"[^>]*value="([^"]*)"', page.text)
    assert found is not None
    return found.group(1).split()


def test_a_picture_goes_along_with_a_new_thread(club: Club, login: Login) -> None:
    answer = _send(
        login(club.author), _question(club), title="Which rhythm?", body="See below.", image_file=_file(), **PICTURE
    )
    assert answer.status_code == 303
    image = db.session.query(Image).one()
    assert (image.holder, image.alt) == ("thread", "A red and a blue half")
    page = login(club.peer).get(answer.headers["Location"]).text
    assert f'href="{_address(club, image, 960)}"' in page
    assert 'alt="A red and a blue half"' in page
    assert f"{_address(club, image, 320)} 320w" in page


def test_a_picture_goes_along_with_an_answer(club: Club, login: Login) -> None:
    thread = club.question()
    path = f"/rooms/{club.room.slug}/threads/{thread.id}/answers"
    answer = _send(login(club.peer), path, body="Like this one.", image_file=_file(), **PICTURE)
    assert answer.status_code == 303
    assert db.session.query(Image).one().holder_id == db.session.query(Post).one().id


def test_pictures_are_added_one_by_one_before_the_thread_is_posted(club: Club, login: Login) -> None:
    browser = login(club.author)
    written = {"title": "Which rhythm?", "body": "See below."}
    first = _send(browser, _question(club), **written, image_file=_file(), add_image="1", **PICTURE)
    assert first.status_code == 200
    assert "See below." in first.text
    assert len(_keys(first)) == 1
    second = _send(
        browser,
        _question(club),
        **written,
        image_keys=" ".join(_keys(first)),
        image_file=_file(),
        add_image="1",
        **PICTURE,
    )
    keys = _keys(second)
    assert len(keys) == 2
    assert count(Thread) == 0
    removed = _send(browser, _question(club), **written, image_keys=" ".join(keys), remove_image=keys[0])
    assert _keys(removed) == keys[1:]
    assert "See below." in removed.text
    answer = _send(browser, _question(club), **written, image_keys=keys[1])
    assert answer.status_code == 303
    assert [image.key for image in db.session.query(Image)] == keys[1:]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"image_alt": ""}, "Describe the picture for a colleague who cannot see it."),
        ({"image_consent": ""}, "Say whether the picture is of a patient"),
        ({"image_consent": "written"}, "Enter the date of the consent."),
        ({"image_consent": "written", "image_consent_on": "31/02/2026"}, "Enter the date of the consent."),
        ({"image_attested": ""}, "confirm that nothing in it identifies anybody"),
        ({"image_file": b"no picture"}, "This file is not a picture that can be shown."),
        ({"image_file": b"bomb"}, "too many pixels"),
        ({"image_file": b"large"}, "A picture can have at most 300 KB."),
    ],
)
def test_a_refused_picture_gives_back_all_that_was_written(
    club: Club, login: Login, folder: Path, values: dict[str, Any], words: str
) -> None:
    given = {**PICTURE, **values}
    special = {b"bomb": pixel_bomb(), b"large": bytes(300 * 1024 + 1)}
    data = given.pop("image_file", photograph())
    written = {"title": "Which rhythm?", "body": "A long story that must not be lost.", "image_caption": "Lead II"}
    answer = _send(login(club.author), _question(club), **written, image_file=_file(special.get(data, data)), **given)
    assert answer.status_code in {413, 422}
    assert words in answer.text
    assert "A long story that must not be lost." in answer.text
    assert 'value="Lead II"' in answer.text
    assert count(Thread) == count(Image) == 0
    assert files_in(folder) == []


def test_a_text_that_is_refused_keeps_its_picture(club: Club, login: Login) -> None:
    browser = login(club.author)
    answer = _send(browser, _question(club), title="", body="Words", image_file=_file(), **PICTURE)
    assert answer.status_code == 422
    assert len(_keys(answer)) == 1
    assert _send(browser, _question(club), title="Now", body="Words", image_keys=_keys(answer)[0]).status_code == 303
    assert db.session.query(Image).one().holder == "thread"


def test_asking_to_add_a_picture_without_one_says_so(club: Club, login: Login) -> None:
    answer = _send(login(club.author), _question(club), title="T", body="Words", add_image="1", **PICTURE)
    assert answer.status_code == 422
    assert "Choose a picture." in answer.text


def test_a_draft_brings_its_pictures_back_and_says_when_one_is_gone(club: Club, login: Login) -> None:
    browser = login(club.author)
    kept, gone = bring(club.ctx(club.author)), bring(club.ctx(club.author))
    content = {"title": "Half written", "image_keys": f"{kept.key} {gone.key}"}
    save_draft(club.author, place=room_place(club.room.id, "question"), content=content, revision=0)
    page = browser.get(_question(club))
    assert _keys(page) == [kept.key, gone.key]
    erase_image(club.ctx(club.author), key=gone.key)
    page = browser.get(_question(club))
    assert _keys(page) == [kept.key]
    assert "A picture that was not posted for a while is gone." in page.text
    assert count(Draft) == 1


def test_the_edit_page_shows_what_is_there_and_takes_it_away(club: Club, login: Login) -> None:
    image = bring(club.ctx(club.author))
    thread = club.question(image_keys=[image.key])
    browser = login(club.author)
    path = f"/rooms/{club.room.slug}/threads/{thread.id}/edit"
    assert _keys(browser.get(path)) == [image.key]
    words = {"title": thread.title, "body": thread.body_md, "revision": "0"}
    # Looking at the form without the picture takes nothing away yet.
    removed = _send(browser, path, **words, image_keys=image.key, remove_image=image.key)
    assert _keys(removed) == []
    assert reload(image).erased_at is None
    assert _send(browser, path, **words, image_keys="").status_code == 303
    assert reload(image).erased_at is not None
    assert "The pictures changed." in browser.get(f"/rooms/{club.room.slug}/threads/{thread.id}/revisions").text


def test_somebody_elses_picture_cannot_be_named_or_removed_by_a_form(club: Club, login: Login) -> None:
    image = bring(club.ctx(club.peer))
    browser = login(club.author)
    removed = _send(browser, _question(club), title="T", body="b", image_keys=image.key, remove_image=image.key)
    assert removed.status_code == 200
    assert reload(image).erased_at is None
    refused = _send(browser, _question(club), title="T", body="b", image_keys=image.key)
    assert refused.status_code == 422
    assert count(Thread) == 0


def test_file_names_are_of_no_consequence(club: Club, login: Login, folder: Path) -> None:
    browser = login(club.author)
    names = [
        "../../evil.html",
        "x" * 400 + ".jpg",
        "exe.\u202egpj",
        "CON",
        ".htaccess",
        "a\r\nSet-Cookie: b=c.jpg",
        "Jane Roe 1949.jpg",
        "🫀.svg",
    ]
    for name in names:
        assert (
            _send(browser, _question(club), title="T", body="b", image_file=_file(name=name), **PICTURE).status_code
            == 303
        )
    assert {path.name for path in files_in(folder)} == {"320.webp", "960.webp"}
    stored = " ".join(str(vars(image)) for image in db.session.query(Image))
    assert not [name for name in names if name in stored]


def test_a_stranger_cannot_make_the_server_take_a_large_body(club: Club, client: FlaskClient, login: Login) -> None:
    large = {"title": "T", "body": "b", "image_file": _file(bytes(200 * 1024)), **PICTURE}
    assert _send(client, _question(club), **large).status_code in {302, 413}
    # Where no file belongs, the small limit holds for everybody.
    answer = _send(login(club.author), f"/rooms/{club.room.slug}/preview", text="x" * (100 * 1024))
    assert answer.status_code == 413


def test_a_body_beyond_every_limit_is_not_read(club: Club, login: Login) -> None:
    answer = _send(
        login(club.author), _question(club), title="T", body="b", image_file=_file(bytes(400 * 1024)), **PICTURE
    )
    assert answer.status_code == 413


# ------------------------------------------------------------------ consent records


def test_moderators_read_the_consent_records_of_their_room(club: Club, login: Login) -> None:
    shown = upload_image(club.ctx(club.author), data=encoded(drawing(50, 50)), statement=patient())
    club.question(image_keys=[shown.key])
    bring(club.ctx(club.author), alt="Not posted yet")
    page = login(club.mentor).get(f"/rooms/{club.room.slug}/moderation/pictures")
    assert page.status_code == 200
    for words in ("Written consent", "2026-03-01", "The treating physician", "A red and a blue half"):
        assert words in page.text
    assert "Not posted yet" not in page.text
    assert login(club.author).get(f"/rooms/{club.room.slug}/moderation/pictures").status_code == 403


def test_moderators_read_the_consent_records_over_the_api(club: Club, login: Login, folder: Path) -> None:
    brought = [
        upload_image(club.ctx(club.author), data=encoded(drawing(50, 50)), statement=patient()) for _place in range(2)
    ]
    thread = club.question(image_keys=[one.key for one in brought])
    bring(club.ctx(club.author), alt="Not posted yet")
    erase_image(club.ctx(club.mentor), key=brought[0].key, reason="A name on the wristband.")
    place, browser = f"/api/v1/rooms/{club.room.slug}/moderation/pictures", login(club.mentor)
    page = browser.get(f"{place}?limit=1").json
    assert [(one["key"], one["holder"], one["holder_id"]) for one in page["items"]] == [
        (brought[1].key, "thread", thread.id)
    ]
    record = page["items"][0]["record"]
    assert (record["consent_on"], record["consent_by"]) == ("2026-03-01", "The treating physician")
    rest = browser.get(place, query_string={"cursor": page["next_cursor"]}).json
    assert [(one["key"], one["erased_reason"]) for one in rest["items"]] == [
        (brought[0].key, "A name on the wristband.")
    ]
    assert rest["next_cursor"] is None
    assert login(club.author).get(place).status_code == 403
    assert browser.get(place.replace(club.room.slug, club.other.slug)).json["items"] == []


def test_readers_of_a_thread_see_nothing_of_the_consent_record(club: Club, login: Login) -> None:
    image = upload_image(club.ctx(club.author), data=encoded(drawing(50, 50)), statement=patient())
    thread = club.question(image_keys=[image.key])
    page = login(club.peer).get(f"/rooms/{club.room.slug}/threads/{thread.id}").text
    assert image.key in page
    assert "The treating physician" not in page
    assert "2026-03-01" not in page


def test_a_moderator_erases_a_picture_with_a_reason(club: Club, login: Login, posted: Image, folder: Path) -> None:
    browser = login(club.mentor)
    path = f"/rooms/{club.room.slug}/images/{posted.key}/erase"
    refused = _send(browser, path, reason="")
    assert refused.status_code == 422
    assert "Say why the picture is erased." in refused.text
    assert _send(browser, path, reason="A name on the wristband.").status_code == 303
    assert files_in(folder) == []
    page = browser.get(f"/rooms/{club.room.slug}/moderation/pictures").text
    assert "A name on the wristband." in page
    assert login(club.peer).get(_address(club, posted)).status_code == 404


def test_members_cannot_erase_what_others_brought(club: Club, login: Login, posted: Image) -> None:
    path = f"/rooms/{club.room.slug}/images/{posted.key}/erase"
    assert _send(login(club.peer), path, reason="No.").status_code == 403
    assert _send(login(club.stranger), path, reason="No.").status_code in {403, 404}
    assert reload(posted).erased_at is None
