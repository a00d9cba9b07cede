"""Where the files of pictures are kept: a folder of this machine, or a bucket of an S3-compatible server.

Rule: a name is made by the product from random keys, and any other is refused. Files are never served from here directly.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Protocol

from flask import current_app

from config import Settings
from social_cme.core.errors import Unavailable
from social_cme.core.ids import new_token

# A picture, a picture of a page of slides, or slides that wait for being made into pictures.
_NAME = re.compile(r"[A-Za-z0-9_-]{2}/[A-Za-z0-9_-]{20,64}/(?:(?:[0-9]{1,4}-)?[0-9]{1,5}\.webp|0\.pdf)\Z")
_SLOT = "media_storage"
_AWAY = "Pictures cannot be kept or fetched at this moment. Please try again in a few minutes."
_DELETE_AT_ONCE = 1000


class Storage(Protocol):
    """A place for files; each call either does the whole of it or raises ``Unavailable``."""

    def write(self, name: str, data: bytes) -> None:
        """Keep a file; one of the same name is replaced."""

    def read(self, name: str) -> bytes | None:
        """Return a file, ``None`` when there is none."""

    def remove(self, names: Iterable[str]) -> None:
        """Remove files; those that are gone already do not matter."""

    def names(self) -> Iterator[str]:
        """Yield the names of all files."""


def storage() -> Storage:
    """Return the storage of this application, made when it is first used."""
    found: Storage | None = current_app.extensions.get(_SLOT)
    if found is None:
        found = current_app.extensions[_SLOT] = make_storage(current_app.extensions["settings"])
    return found


def settings() -> Settings:
    """Return the settings that bound what is taken in."""
    found: Settings = current_app.extensions["settings"]
    return found


def make_storage(wanted: Settings) -> Storage:
    """Return the storage that the settings name."""
    return Bucket(wanted) if wanted.media_storage == "s3" else Folder(wanted.media_folder)


def _checked(name: str) -> str:
    if not _NAME.match(name):
        raise ValueError(f"not the name of a stored file: {name!r}")
    return name


class Folder:
    """Files below a folder that only the server's own user can read."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, name: str, data: bytes) -> None:
        """Write beside, then move into place, so that a file is there as a whole or not at all."""
        path = self.root / _checked(name)
        beside = path.with_name(f"{new_token()}.part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with beside.open("xb") as file:
                os.fchmod(file.fileno(), 0o600)
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
        except OSError as error:
            with contextlib.suppress(OSError):
                beside.unlink()
            raise Unavailable(_AWAY) from error

    def read(self, name: str) -> bytes | None:
        """Read a file."""
        try:
            return (self.root / _checked(name)).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Unavailable(_AWAY) from error

    def remove(self, names: Iterable[str]) -> None:
        """Remove files, what an interrupted write left beside them, and folders that are empty then."""
        for name in names:
            path = self.root / _checked(name)
            try:
                path.unlink(missing_ok=True)
                for left in path.parent.glob("*.part"):
                    left.unlink(missing_ok=True)
                for folder in (path.parent, path.parent.parent):
                    if folder.is_dir() and not any(folder.iterdir()):
                        folder.rmdir()
            except OSError as error:
                raise Unavailable(_AWAY) from error

    def names(self) -> Iterator[str]:
        """Walk the folder."""
        for path in sorted(self.root.glob("*/*/*")):
            yield path.relative_to(self.root).as_posix()


class Bucket:
    """Objects in a bucket; its library is loaded only where one is used."""

    def __init__(self, wanted: Settings) -> None:
        boto3 = importlib.import_module("boto3")
        config = importlib.import_module("botocore.config").Config
        errors = importlib.import_module("botocore.exceptions")
        self.bucket = wanted.media_bucket
        self.failures: tuple[type[Exception], ...] = (errors.BotoCoreError, errors.ClientError)
        self.client: Any = boto3.client(
            "s3",
            endpoint_url=wanted.media_bucket_endpoint or None,
            region_name=wanted.media_bucket_region or None,
            aws_access_key_id=wanted.media_bucket_access_key or None,
            aws_secret_access_key=wanted.media_bucket_secret_key or None,
            config=config(
                connect_timeout=5,
                read_timeout=20,
                retries={"max_attempts": 3, "mode": "standard"},
                # Servers other than AWS know neither bucket names as hosts nor the newer checksums.
                s3={"addressing_style": "path"} if wanted.media_bucket_endpoint else {},
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )

    def write(self, name: str, data: bytes) -> None:
        """Put an object."""
        try:
            kind = "image/webp" if name.endswith(".webp") else "application/octet-stream"
            self.client.put_object(Bucket=self.bucket, Key=_checked(name), Body=data, ContentType=kind)
        except self.failures as error:
            raise Unavailable(_AWAY) from error

    def read(self, name: str) -> bytes | None:
        """Get an object."""
        try:
            answer = self.client.get_object(Bucket=self.bucket, Key=_checked(name))
            data: bytes = answer["Body"].read()
        except self.client.exceptions.NoSuchKey:
            return None
        except self.failures as error:
            raise Unavailable(_AWAY) from error
        return data

    def remove(self, names: Iterable[str]) -> None:
        """Delete objects, as many in one call as the protocol takes."""
        wanted = [{"Key": _checked(name)} for name in names]
        try:
            for start in range(0, len(wanted), _DELETE_AT_ONCE):
                part = {"Objects": wanted[start : start + _DELETE_AT_ONCE], "Quiet": True}
                answer = self.client.delete_objects(Bucket=self.bucket, Delete=part)
                if answer.get("Errors"):
                    raise Unavailable(_AWAY)
        except self.failures as error:
            raise Unavailable(_AWAY) from error

    def names(self) -> Iterator[str]:
        """List the objects, page by page."""
        try:
            for page in self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket):
                for one in page.get("Contents", ()):
                    yield one["Key"]
        except self.failures as error:
            raise Unavailable(_AWAY) from error
