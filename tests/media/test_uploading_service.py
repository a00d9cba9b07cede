"""Taking pictures in: who may, what must be said, how much, and that nothing is left of what broke off."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from config import Settings
from social_cme.core import clock
from social_cme.core.errors import Conflict, Forbidden, Invalid, TooLarge, Unavailable
from social_cme.extensions import db
from social_cme.media.models import Image
from social_cme.media.queries.images import kept_bytes
from social_cme.media.services import erasing, uploading
from social_cme.media.services.uploading import upload_image
from social_cme.media.storage import storage
from social_cme.persistence.transaction import transaction
from social_cme.rooms.models import Room
from tests.conftest import build_settings
from tests.discussions.journal_club import Club, count, facts, reload
from tests.media.conftest import files_in
from tests.media.pictures import SECRET, bring, decoded, drawing, encoded, patient, photograph, said

pytestmark = pytest.mark.sqlite_only


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Small limits, so that they are reached with small pictures."""
    return build_settings(
        tmp_path / "instance", database_url=database_url, max_image_kilobytes=64, image_quota_megabytes=1
    )


def test_a_picture_is_kept_under_a_random_key_without_its_notes(club: Club, folder: Path) -> None:
    image = bring(club.ctx(club.author), photograph())
    assert len(image.key) == 43
    assert image.stored_at is not None
    assert [(path.name, path.parent.name) for path in files_in(folder)] == [
        ("320.webp", image.key),
        ("960.webp", image.key),
    ]
    assert sum(path.stat().st_size for path in files_in(folder)) == image.byte_size
    for path in files_in(folder):
        assert SECRET.encode() not in path.read_bytes()
        assert dict(decoded(path.read_bytes()).getexif()) == {}
        assert path.stat().st_mode & 0o077 == 0


def test_two_uploads_of_the_same_picture_have_nothing_in_common_to_guess_from(club: Club) -> None:
    keys = {bring(club.ctx(club.author)).key for _ in range(3)}
    assert len(keys) == 3


def test_the_consent_is_on_record_and_the_fact_names_neither_date_nor_person(club: Club) -> None:
    image = upload_image(club.ctx(club.author), data=encoded(drawing(50, 50)), statement=patient())
    assert (image.consent, image.consent_on, image.consent_by) == (
        "written",
        date(2026, 3, 1),
        "The treating physician",
    )
    assert image.attested_at is not None
    assert facts("image.consent_stated") == [
        {"room_id": club.room.id, "image_id": image.id, "consent": "written", "actor_id": club.author.id}
    ]


def test_of_a_picture_without_a_patient_no_consent_is_kept(club: Club) -> None:
    statement = patient(consent="not_a_patient")
    image = upload_image(club.ctx(club.author), data=encoded(drawing(50, 50)), statement=statement)
    assert (image.consent_on, image.consent_by) == (None, "")


TOMORROW = (clock.now() + timedelta(days=3)).date().isoformat()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"alt": " \u200b "}, "alt"),
        ({"alt": "x" * 301}, "alt"),
        ({"caption": "x" * 301}, "caption"),
        ({"consent": ""}, "consent"),
        ({"consent": "sure"}, "consent"),
        ({"is_attested": False}, "attested"),
        ({"consent_on": ""}, "consent_on"),
        ({"consent_on": "yesterday"}, "consent_on"),
        ({"consent_on": TOMORROW}, "consent_on"),
        ({"consent_on": "0001-01-01"}, "consent_on"),
        ({"consent_by": ""}, "consent_by"),
        ({"consent_by": "x" * 121}, "consent_by"),
    ],
)
def test_a_picture_without_a_complete_statement_is_not_kept(
    club: Club, folder: Path, values: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        upload_image(club.ctx(club.author), data=encoded(drawing(50, 50)), statement=patient(**values))
    assert set(refused.value.fields) == {field}
    assert count(Image) == 0
    assert files_in(folder) == []


def test_everything_that_is_missing_is_named_at_once(club: Club) -> None:
    with pytest.raises(Invalid) as refused:
        upload_image(
            club.ctx(club.author), data=b"x", statement=patient(alt="", consent_on="", consent_by="", is_attested=False)
        )
    assert set(refused.value.fields) == {"alt", "attested", "consent_on", "consent_by"}


def test_strangers_guests_and_archived_rooms_take_no_pictures(club: Club) -> None:
    for ctx in (club.ctx(club.stranger), club.ctx(None)):
        with pytest.raises(Forbidden):
            bring(ctx)
    with transaction() as tx:
        tx.session.get_one(Room, club.room.id).is_archived = True
    with pytest.raises(Forbidden):
        bring(club.ctx(club.author))
    assert count(Image) == 0


def test_one_byte_over_the_limit_is_refused_and_the_limit_itself_is_not(club: Club) -> None:
    raw = encoded(drawing(50, 50))
    limit = 64 * 1024
    assert bring(club.ctx(club.author), raw + bytes(limit - len(raw))).id
    with pytest.raises(TooLarge, match="at most 64 KB"):
        bring(club.ctx(club.author), raw + bytes(limit - len(raw) + 1))


def test_a_picture_over_the_quota_is_refused_and_erasing_makes_room(club: Club, folder: Path) -> None:
    first = bring(club.ctx(club.author))
    with transaction() as tx:
        tx.session.get_one(Image, first.id).byte_size = 1024 * 1024
    with pytest.raises(TooLarge, match="1 MB"):
        bring(club.ctx(club.author))
    # Each person has their own.
    assert bring(club.ctx(club.peer)).id
    erasing.erase_image(club.ctx(club.author), key=first.key)
    assert kept_bytes(club.author.id) == 0
    assert bring(club.ctx(club.author)).id


def test_too_many_pictures_without_a_post_are_refused(club: Club, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploading, "WAITING_MOST", 2)
    for _ in range(2):
        bring(club.ctx(club.author))
    with pytest.raises(Conflict, match="belong to no post yet"):
        bring(club.ctx(club.author))


def test_a_repeated_upload_returns_the_first_picture(club: Club, folder: Path) -> None:
    ctx = club.ctx(club.author)
    first = bring(ctx, client_id="only-once-1")
    assert bring(ctx, client_id="only-once-1").id == first.id
    assert count(Image) == 1
    assert len(files_in(folder)) == len(first.files)


def test_an_upload_that_breaks_off_is_finished_by_its_repeat(club: Club, monkeypatch: pytest.MonkeyPatch) -> None:
    ctx = club.ctx(club.author)
    with monkeypatch.context() as patch:
        patch.setattr(storage(), "write", _disk_full)
        with pytest.raises(Unavailable):
            bring(ctx, client_id="only-once-2")
    assert bring(ctx, client_id="only-once-2").stored_at is not None
    assert count(Image) == 1


def _disk_full(name: str, data: bytes) -> None:
    raise Unavailable("Pictures cannot be kept at this moment.")


def test_uploads_that_broke_off_on_the_way_leave_neither_row_nor_file(club: Club, folder: Path) -> None:
    ctx = club.ctx(club.author)
    half = photograph()[:4000]
    for _ in range(5):
        with pytest.raises(Invalid):
            bring(ctx, half)
    assert count(Image) == 0
    assert files_in(folder) == []


def test_what_broke_off_while_it_was_written_is_swept(
    club: Club, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ctx = club.ctx(club.author)
    place = storage()
    write = type(place).write

    def fail_at_second(name: str, data: bytes) -> None:
        if "/320." not in name:
            raise Unavailable("The disk is full.")
        write(place, name, data)

    with monkeypatch.context() as patch:
        patch.setattr(place, "write", fail_at_second)
        with pytest.raises(Unavailable):
            bring(ctx, encoded(drawing(800, 600)))
    assert len(files_in(folder)) == 1
    with clock.at(clock.now() + timedelta(days=1, minutes=1)):
        erasing.sweep()
    assert files_in(folder) == []
    assert count(Image) == 0


def test_a_refusal_inside_the_transaction_leaves_no_trace(
    club: Club, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("broken")

    with monkeypatch.context() as patch:
        patch.setattr(uploading, "_check_quota", fail)
        with pytest.raises(RuntimeError):
            bring(club.ctx(club.author))
    assert count(Image) == 0
    assert files_in(folder) == []
    assert facts("image.consent_stated") == []


def test_hostile_words_are_cleaned_like_every_other_text(club: Club) -> None:
    image = upload_image(
        club.ctx(club.author), data=encoded(drawing(50, 50)), statement=said(alt="a\u202eb\x00c\n d", caption="\ud800")
    )
    db.session.expire_all()
    assert reload(image).alt == "abc d"
    assert image.caption == "\ufffd"
