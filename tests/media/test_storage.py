"""The two places for files behave the same; the bucket is one of a real server that this module starts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from flask import Flask
from moto.server import ThreadedMotoServer

from config import ConfigurationError, load_settings
from social_cme.core.errors import Unavailable
from social_cme.media.services import erasing
from social_cme.media.services.uploading import upload_image
from social_cme.media.storage import Storage, make_storage
from social_cme.rooms.queries import open_room
from tests.conftest import build_app, build_settings, opened
from tests.factories import Factory
from tests.media.pictures import drawing, encoded, said
from tests.postgres import free_port

NAME = f"ab/{'k' * 43}/320.webp"
OTHER = f"cd/{'m' * 43}/960.webp"
BUCKET = "pictures-of-tests"
KEYS = {
    "media_bucket_access_key": "of-tests",
    "media_bucket_secret_key": "of-tests",
    "media_bucket_region": "us-east-1",
}


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """Address of an S3-compatible server on this machine."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=free_port(), verbose=False)
    server.start()
    address = f"http://127.0.0.1:{server._server.server_port}"  # type: ignore[union-attr]
    made = boto3.client(
        "s3", endpoint_url=address, region_name="us-east-1", aws_access_key_id="t", aws_secret_access_key="t"
    )
    made.create_bucket(Bucket=BUCKET)
    yield address
    server.stop()


def _bucket(endpoint: str, tmp_path: Path, **values: object) -> dict[str, object]:
    return {"media_storage": "s3", "media_bucket_endpoint": endpoint, "media_bucket": BUCKET, **KEYS, **values}


@pytest.fixture(params=["folder", "s3"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "folder":
        return make_storage(build_settings(tmp_path))
    return make_storage(build_settings(tmp_path, **_bucket(request.getfixturevalue("endpoint"), tmp_path)))


def test_a_file_is_kept_replaced_listed_and_removed(place: Storage) -> None:
    assert place.read(NAME) is None
    place.write(NAME, b"first")
    place.write(NAME, b"second")
    place.write(OTHER, bytes(range(256)))
    assert place.read(NAME) == b"second"
    assert place.read(OTHER) == bytes(range(256))
    assert sorted(place.names()) == [NAME, OTHER]
    place.remove([NAME, NAME.replace("320", "960")])
    place.remove([NAME])
    assert list(place.names()) == [OTHER]
    place.remove([OTHER])
    assert list(place.names()) == []


@pytest.mark.parametrize(
    "name",
    [
        "../secret_key",
        f"ab/../../{'k' * 43}/320.webp",
        "/etc/passwd",
        f"ab/{'k' * 43}/../../../x.webp",
        f"ab\\{'k' * 43}\\320.webp",
        f"ab/{'k' * 43}/320.webp\x00.html",
        f"%2e%2e/{'k' * 43}/320.webp",
        f"ab/{'k' * 43}/320.html",
        f"ab/{'k' * 43}/320.webp\n",
        "",
    ],
)
def test_no_other_name_reaches_the_storage(place: Storage, name: str) -> None:
    for act in (lambda: place.write(name, b"x"), lambda: place.read(name), lambda: place.remove([name])):
        with pytest.raises(ValueError, match="not the name of a stored file"):
            act()


def test_a_server_that_is_away_is_told_in_one_sentence(tmp_path: Path) -> None:
    away = make_storage(build_settings(tmp_path, **_bucket(f"http://127.0.0.1:{free_port()}", tmp_path)))
    for act in (
        lambda: away.write(NAME, b"x"),
        lambda: away.read(NAME),
        lambda: away.remove([NAME]),
        lambda: list(away.names()),
    ):
        with pytest.raises(Unavailable, match="Pictures cannot be kept or fetched"):
            act()


def test_a_bucket_that_does_not_exist_is_no_empty_answer(endpoint: str, tmp_path: Path) -> None:
    place = make_storage(build_settings(tmp_path, **_bucket(endpoint, tmp_path, media_bucket="none-of-this-name")))
    with pytest.raises(Unavailable):
        place.write(NAME, b"x")


def test_a_folder_that_cannot_be_written_leaves_nothing_half_done(tmp_path: Path) -> None:
    (tmp_path / "media").write_text("a file stands where the folder should be")
    place = make_storage(build_settings(tmp_path))
    with pytest.raises(Unavailable):
        place.write(NAME, b"x")
    assert [path.name for path in tmp_path.iterdir()] == ["media"]


@pytest.fixture
def app_on_bucket(endpoint: str, database_url: str, tmp_path: Path) -> Iterator[Flask]:
    settings = build_settings(tmp_path / "instance", database_url=database_url, **_bucket(endpoint, tmp_path))
    with opened(build_app(settings)) as application:
        yield application


def test_a_picture_comes_into_the_bucket_and_goes_again(app_on_bucket: Flask) -> None:
    make = Factory(app_on_bucket)
    author = make.user()
    room = make.room(members=(author,))
    image = upload_image(open_room(author, room.slug), data=encoded(drawing(400, 300)), statement=said())
    place = make_storage(app_on_bucket.extensions["settings"])
    assert sorted(place.names()) == sorted(image.file_names)
    browser = app_on_bucket.test_client()
    make.log_in(browser, author)
    answer = browser.get(f"/rooms/{room.slug}/images/{image.key}/320", headers={"Range": "bytes=0-3"})
    assert (answer.status_code, answer.data) == (206, b"RIFF")
    erasing.erase_image(open_room(author, room.slug), key=image.key)
    assert list(place.names()) == []
    assert not app_on_bucket.extensions["settings"].media_folder.exists()


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"media_storage": "s3"}, "MEDIA_BUCKET"),
        ({"media_bucket_endpoint": "storage.example.org"}, "MEDIA_BUCKET_ENDPOINT"),
        ({"max_image_kilobytes": 1}, "MAX_IMAGE_KILOBYTES"),
        ({"media_storage": "tape"}, "MEDIA_STORAGE"),
    ],
)
def test_a_wrong_setting_is_named(values: dict[str, object], name: str) -> None:
    with pytest.raises(ConfigurationError, match=name):
        load_settings(_env_file=None, **values)
