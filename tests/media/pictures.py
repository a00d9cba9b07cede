"""Pictures for tests, made here byte by byte, and the shortest way to take one in."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

from PIL import Image as Pixels
from PIL import ImageDraw

from social_cme.media.models import Image
from social_cme.media.services.statements import Statement
from social_cme.media.services.uploading import upload_image
from social_cme.rooms.policies import RoomContext

SECRET = "Jane-Roe-MRN-4711"


def drawing(width: int = 640, height: int = 480) -> Pixels.Image:
    """Return a picture that is red on its left and blue on its right half."""
    picture = Pixels.new("RGB", (width, height), (200, 30, 30))
    ImageDraw.Draw(picture).rectangle((width // 2, 0, width, height), fill=(30, 30, 200))
    return picture


def encoded(picture: Pixels.Image, form: str = "PNG", **options: Any) -> bytes:
    """Return a picture as a file."""
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


def decoded(data: bytes) -> Pixels.Image:
    """Return the pixels of a file."""
    picture = Pixels.open(io.BytesIO(data))
    picture.load()
    return picture


def photograph(width: int = 640, height: int = 480, *, orientation: int = 1) -> bytes:
    """Return a JPEG as a phone writes it: with place, owner and comment in its notes, and words behind its end."""
    exif = Pixels.Exif()
    exif[0x0112] = orientation
    exif[0x013B] = SECRET
    exif[0x8825] = {1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 17.0)}
    data = encoded(drawing(width, height), "JPEG", quality=90, exif=exif, comment=SECRET.encode())
    return data + f"<script>alert('{SECRET}')</script>".encode()


def chunk(kind: bytes, data: bytes) -> bytes:
    """Return a piece of a PNG file."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def pixel_bomb(width: int = 30_000, height: int = 30_000) -> bytes:
    """Return a small PNG that says it is enormous."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(4_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def said(**values: Any) -> Statement:
    """Return what somebody says about a picture that shows no patient."""
    return Statement(**{"alt": "A red and a blue half", "consent": "not_a_patient", "is_attested": True, **values})


def patient(**values: Any) -> Statement:
    """Return what somebody says about a picture of a patient."""
    words = {"consent": "written", "consent_on": "2026-03-01", "consent_by": "The treating physician"}
    return said(**{**words, **values})


def bring(ctx: RoomContext, data: bytes | None = None, **values: Any) -> Image:
    """Take a small picture in."""
    client_id = values.pop("client_id", None)
    return upload_image(
        ctx, data=encoded(drawing(200, 150)) if data is None else data, statement=said(**values), client_id=client_id
    )
