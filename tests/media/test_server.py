"""A running server while pictures come in: it answers others meanwhile, and nothing is left of what breaks off."""

from __future__ import annotations

import http.client
import re
import socket
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from flask import Flask
from PIL import Image as Pixels

from config import Settings
from social_cme.accounts.models import AccessToken
from social_cme.core import clock
from social_cme.core.ids import new_token, token_hash
from social_cme.extensions import db
from social_cme.media.models import Image
from social_cme.persistence.transaction import transaction
from tests.factories import Factory
from tests.media.conftest import files_in
from tests.media.pictures import encoded
from tests.server import Server

pytestmark = pytest.mark.sqlite_only

BOUNDARY = "of-these-tests"


def _form(data: bytes) -> bytes:
    fields = {"alt": "Noise", "consent": "not_a_patient", "attested": "true"}
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
    return "".join(parts).encode() + head.encode() + data + f"\r\n--{BOUNDARY}--\r\n".encode()


def _token(user_id: int) -> dict[str, str]:
    token = new_token()
    with transaction() as tx:
        row = AccessToken(
            user_id=user_id, name="t", token_hash=token_hash(token), scopes=["read", "write"], created_at=clock.now()
        )
        tx.add(row)
    return {"Authorization": f"Bearer {token}", "Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}


def _post(server: Server, path: str, body: bytes | Iterator[bytes], headers: dict[str, str]) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    try:
        connection.request("POST", path, body=body, headers=headers, encode_chunked=not isinstance(body, bytes))
        return connection.getresponse().status
    finally:
        connection.close()


def test_others_are_answered_while_a_large_picture_is_made_ready(app: Flask, make: Factory, server: Server) -> None:
    author = make.user()
    room = make.room(members=(author,))
    headers = _token(author.id)
    server.start()
    raw = encoded(Pixels.effect_noise((4000, 3000), 60).convert("RGB"), "JPEG", quality=70)
    path, statuses = f"/api/v1/rooms/{room.slug}/images", list[int]()
    sending = threading.Thread(target=lambda: statuses.append(_post(server, path, _form(raw), headers)))
    sending.start()
    answered = 0
    while sending.is_alive():
        assert server.get("/healthz")[0] == 200
        answered += 1
    sending.join()
    assert statuses == [201]
    # Twelve million pixels take most of a second; a server that stood still meanwhile would have answered once or twice.
    assert answered >= 10


def test_bodies_without_a_length_or_without_an_end_leave_no_file(
    app: Flask, make: Factory, server: Server, settings: Settings
) -> None:
    author = make.user()
    room = make.room(members=(author,))
    headers = _token(author.id)
    server.start()
    path = f"/api/v1/rooms/{room.slug}/images"
    endless = (bytes(64 * 1024) for _ in range(400))
    try:
        status = _post(server, path, endless, {**headers, "Transfer-Encoding": "chunked"})
    except (BrokenPipeError, ConnectionResetError):
        # The server may hang up on a body that it will not read.
        status = 413
    assert 400 <= status < 500
    address = urlsplit(server.url)
    lines = [
        f"POST {path} HTTP/1.1",
        f"Host: {address.netloc}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    head = "\r\n".join([*lines, "Content-Length: 3000000", "", ""]).encode()
    for _ in range(100):
        with socket.create_connection((str(address.hostname), server.port), timeout=5) as line:
            line.sendall(head + _form(bytes(20_000)))
    assert server.get("/healthz")[0] == 200
    # The next upload finds room, and what is stored is that one.
    picture = encoded(Pixels.new("RGB", (50, 40), "red"))
    assert _post(server, path, _form(picture), headers) == 201
    db.session.rollback()
    assert [image.width for image in db.session.query(Image)] == [50]
    assert len(files_in(settings.media_folder)) == 1
    assert not re.search("Traceback|unexpected_error", server.output())
