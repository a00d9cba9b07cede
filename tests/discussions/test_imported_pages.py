"""Pages cost the same after an import as before: the number of statements does not grow with the room."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient

from social_cme.accounts.models import User
from social_cme.discussions.enums import ThreadKind
from social_cme.discussions.services.answers import post_answer
from social_cme.discussions.services.importing import ImportCount, import_threads
from social_cme.discussions.services.threads import post_thread
from social_cme.rooms.queries import open_room
from tests.factories import Factory


def test_directory_room_thread_and_search_cost_the_same_after_an_import(
    make: Factory,
    login: Callable[[User], FlaskClient],
    deliver: Callable[[], int],
    app: Any,
    count_queries: Callable[[], Any],
) -> None:
    mentor, reader = make.user(), make.user()
    room = make.room(mentor=mentor, members=(reader,))
    ctx = open_room(mentor, room.slug)
    for number in range(25):
        thread = post_thread(ctx, kind=ThreadKind.QUESTION, title=f"Condition {number}", body="What is it?")
        post_answer(ctx, thread_id=thread.id, body="A condition.")
    deliver()
    browser = login(reader)
    pages = ("/rooms", f"/rooms/{room.slug}", f"/rooms/{room.slug}/threads/{thread.id}", "/search?q=condition")

    def costs() -> dict[str, int]:
        found = {}
        for page in pages:
            browser.get(page)
            with count_queries() as seen:
                answer = browser.get(page)
            assert answer.status_code == 200
            found[page] = len(seen)
        return found

    before = costs()
    lines = [
        json.dumps({"id": str(number), "question": f"What is condition {number}?", "answer": "A long answer. " * 20})
        for number in range(400)
    ]
    source = io.BytesIO("\n".join(lines).encode())
    for _ in import_threads(source, room_slug=room.slug, report=print, count=ImportCount()):
        pass
    deliver()
    assert app.test_cli_runner().invoke(args=["search", "rebuild"]).exit_code == 0
    assert costs() == before
