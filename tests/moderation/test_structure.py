"""Splitting and merging by moderators: the pages, the API, the log, and reports that go along."""

from __future__ import annotations

from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy import select

from social_cme.accounts.models import User
from social_cme.discussions.models import Post, Thread
from social_cme.discussions.services.answers import post_answer
from social_cme.discussions.services.threads import post_thread
from social_cme.extensions import db
from social_cme.moderation.models import Flag, LogEntry
from social_cme.moderation.services.flags import raise_flag
from social_cme.moderation.services.structure import merge, split
from social_cme.rooms.models import Room
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries import open_room
from tests.factories import Factory

Login = Callable[[User], FlaskClient]


def stage(make: Factory) -> tuple[Room, User, User, User]:
    mentor, asker, peer = make.user(), make.user(), make.user()
    return make.room(mentor=mentor, members=(asker, peer)), mentor, asker, peer


def ask(ctx: RoomContext, title: str = "Which dose?") -> Thread:
    return post_thread(ctx, kind="question", title=title, body="For a child.")


def log() -> list[tuple[str, int, str]]:
    return [
        (row.action, row.target_id, row.reason) for row in db.session.scalars(select(LogEntry).order_by(LogEntry.id))
    ]


def token(browser: FlaskClient, address: str) -> str:
    return browser.get(address).text.split('name="csrf-token" content="')[1].split('"')[0]


def test_open_reports_go_with_their_texts_and_the_log_tells_once(make: Factory) -> None:
    room, mentor, asker, peer = stage(make)
    door, guide = open_room(asker, room.slug), open_room(mentor, room.slug)
    kept, gone = ask(door), ask(door)
    answer = post_answer(open_room(peer, room.slug), thread_id=gone.id, body="Ten.")
    reporter = open_room(peer, room.slug)
    raise_flag(reporter, target="thread", target_id=gone.id, reason="off_topic")
    raise_flag(door, target="post", target_id=answer.id, reason="off_topic")
    for _ in range(2):
        assert merge(guide, thread_id=gone.id, other=str(kept.id), note="Twice asked.").id == kept.id
    opening = db.session.scalars(select(Post).filter_by(thread_id=kept.id, kind="comment")).one()
    flags = [(row.target, row.target_id, row.thread_id) for row in db.session.scalars(select(Flag).order_by(Flag.id))]
    assert flags == [("post", opening.id, kept.id), ("post", answer.id, kept.id)]
    new = split(guide, thread_id=kept.id, post_ids=[answer.id], title="Another matter", kind="question")
    assert log() == [("merged", gone.id, "Twice asked."), ("split", new.id, f"Split off from thread {kept.id}.")]
    assert [row.thread_id for row in db.session.scalars(select(Flag).filter_by(target_id=answer.id))] == [new.id]


def test_the_pages_split_and_merge_and_give_back_what_was_refused(make: Factory, login: Login) -> None:
    room, mentor, asker, peer = stage(make)
    thread, other = ask(open_room(asker, room.slug)), ask(open_room(asker, room.slug), "Which dose, again?")
    answer = post_answer(open_room(peer, room.slug), thread_id=thread.id, body="Ten.")
    browser = login(mentor)
    base = f"/rooms/{room.slug}/threads/{thread.id}"
    csrf = {"csrf_token": token(browser, base)}
    assert f'value="{answer.id}"' in browser.get(f"{base}/split?post={answer.id}").text
    refused = browser.post(f"{base}/split", data={**csrf, "title": "Kept <title>", "kind": "question"})
    assert refused.status_code == 422
    assert "Kept &lt;title&gt;" in refused.text
    assert "Choose at least one answer" in refused.text
    done = browser.post(f"{base}/split", data={**csrf, "title": "New", "kind": "question", "answers": [str(answer.id)]})
    assert done.status_code == 303
    refused = browser.post(f"{base}/merge", data={**csrf, "other": "nonsense", "stays": "older", "note": "Kept note"})
    assert refused.status_code == 422
    assert "Kept note" in refused.text
    done = browser.post(
        f"{base}/merge", data={**csrf, "other": f"http://x/rooms/a/threads/{other.id}", "stays": "other"}
    )
    assert done.headers["Location"].endswith(f"/threads/{other.id}")
    assert browser.get(base).headers["Location"].endswith(f"/threads/{other.id}?merged={thread.id}")


def test_the_api_splits_and_merges(make: Factory, login: Login) -> None:
    room, mentor, asker, peer = stage(make)
    thread, other = ask(open_room(asker, room.slug)), ask(open_room(asker, room.slug))
    answer = post_answer(open_room(peer, room.slug), thread_id=other.id, body="Ten.")
    browser = login(mentor)
    headers = {"X-CSRFToken": token(browser, f"/rooms/{room.slug}/threads/{thread.id}")}
    base = f"/api/v1/rooms/{room.slug}/threads"
    body = {"answers": [answer.id], "title": "New", "client_id": "split-00001"}
    ids = {browser.post(f"{base}/{other.id}/split", json=body, headers=headers).json["id"] for _ in range(2)}
    assert len(ids) == 1
    into = browser.post(f"{base}/{thread.id}/merge", json={"other": other.id}, headers=headers)
    assert into.json["id"] == thread.id
    assert browser.get(f"{base}/{other.id}").status_code == 404
    learner = login(peer)
    headers = {"X-CSRFToken": token(learner, f"/rooms/{room.slug}/threads/{thread.id}")}
    assert learner.post(f"{base}/{thread.id}/merge", json={"other": 1}, headers=headers).status_code == 403
    assert browser.post(f"{base}/{thread.id}/merge", json={"other": 10**9}, headers=headers).status_code in {
        400,
        403,
        422,
    }
