"""Erasing for good: no row holds the words any more, and nobody but a moderator can do it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy import inspect, select, text

from social_cme.accounts.models import User
from social_cme.core.errors import Forbidden, Invalid, NotFound
from social_cme.discussions.models import Revision
from social_cme.discussions.services.answers import post_answer
from social_cme.discussions.services.drafts import save_draft
from social_cme.discussions.services.edits import edit_post, edit_thread
from social_cme.discussions.services.threads import post_thread
from social_cme.extensions import db
from social_cme.jobs.outbox import MailToQueue, OutboxMail, queue_mails
from social_cme.media.models import Image
from social_cme.moderation.enums import Measure
from social_cme.moderation.models import LogEntry
from social_cme.moderation.services.measures import purge
from social_cme.persistence.transaction import transaction
from social_cme.search.queries.finding import find
from social_cme.search.queries.results import Filters
from social_cme.search.rules import parse_query
from tests.media.pictures import bring
from tests.moderation.conftest import Scene, Visitor

# A word that stands nowhere else.
WORD = "Halvorsenby"
REASON = "It named the patient's town."


def rows_with(word: str) -> list[str]:
    """Return every column of the database in which a word stands."""
    db.session.rollback()
    found = []
    for table in inspect(db.engine).get_table_names():
        for row in db.session.execute(text(f'SELECT * FROM "{table}"')).mappings():
            found += [f"{table}.{name}" for name, value in row.items() if word in str(value)]
    return found


def leak(scene: Scene):  # type: ignore[no-untyped-def]
    """Write a post that names somebody in its words, its source, its history, an open draft and a picture."""
    ctx = scene.ctx(scene.author)
    picture = bring(ctx, caption=f"Seen in {WORD}")
    source = [f"The {WORD} gazette https://a.example/"]
    post = post_answer(ctx, thread_id=scene.thread.id, body=f"From {WORD}.", citations=source, image_keys=[picture.key])
    edit_post(
        ctx,
        post_id=post.id,
        body=f"Still from {WORD}.",
        citations=source,
        reason=f"{WORD} again",
        image_keys=[picture.key],
    )
    save_draft(scene.author, place=f"post:{post.id}:edit", content={"body": f"Not {WORD}."}, revision=0)
    return post


def test_everything_a_post_said_is_in_no_row_any_more(scene: Scene, deliver: Callable[[], int]) -> None:
    post = leak(scene)
    deliver()
    assert {"post.body_md", "revision.body_md", "draft.content", "citation.label", "search_entry.body"} <= set(
        rows_with(WORD)
    )
    purge(scene.ctx(scene.mentor), target="post", target_id=post.id, reason=REASON)
    deliver()
    assert rows_with(WORD) == []
    db.session.refresh(post)
    assert (post.body_md, post.hidden_reason) == ("[removed]", REASON)
    assert db.session.scalars(select(Image)).one().erased_at is not None
    assert find(scene.mentor, parse_query(WORD), Filters()).total == 0
    entries = db.session.scalars(select(LogEntry.action).where(LogEntry.target_id == post.id)).all()
    assert entries == [Measure.HIDDEN, Measure.PURGED]


def test_what_was_edited_away_is_erased_and_the_rest_stays_in_sight(scene: Scene, deliver: Callable[[], int]) -> None:
    ctx = scene.ctx(scene.author)
    post = post_answer(ctx, thread_id=scene.thread.id, body=f"From {WORD}.")
    edit_post(ctx, post_id=post.id, body="From a town nearby.", reason="No names.")
    deliver()
    purge(scene.ctx(scene.mentor), target="post", target_id=post.id, reason=REASON, earlier_only=True)
    deliver()
    assert rows_with(WORD) == []
    db.session.refresh(post)
    assert (post.body_md, post.hidden_at) == ("From a town nearby.", None)
    assert [one.is_sealed for one in db.session.scalars(select(Revision))] == [True]
    assert db.session.scalars(select(LogEntry.action)).all() == [Measure.HISTORY_PURGED]


def test_a_case_loses_its_title_its_parts_and_the_mails_that_wait(scene: Scene, deliver: Callable[[], int]) -> None:
    ctx = scene.ctx(scene.asker)
    facts = {"setting": "icu", "age_band": "65-89"}
    case = {"presenting_problem": f"Came from {WORD}.", "question": "What now?"}
    thread = post_thread(ctx, kind="case", title=f"A case from {WORD}", case=case, **facts)
    edit_thread(ctx, thread_id=thread.id, title=f"The case from {WORD}", case=case, reason="Shorter.", **facts)
    with transaction() as tx:
        values = [{"text": f"An answer in “The case from {WORD}”"}, {"text": "Something else"}]
        mails = [MailToQueue(recipient="a@example.org", user_id=None, values=one) for one in values]
        queue_mails(tx, event="notification", mails=mails)
    deliver()
    purge(scene.ctx(scene.mentor), target="thread", target_id=thread.id, reason=REASON)
    deliver()
    left = set(rows_with(WORD))
    assert left - {"outbox_mail.values"} == set()
    waiting = db.session.scalars(select(OutboxMail).where(OutboxMail.sent_at.is_(None)))
    assert not [mail for mail in waiting if "The case from" in str(mail.values)]
    db.session.refresh(thread)
    assert (thread.title, set(thread.case.values())) == ("[removed]", {"[removed]"})


def test_only_moderators_of_the_room_erase_and_they_say_why(scene: Scene) -> None:
    post = leak(scene)
    stranger = scene.make.user()
    for person in (scene.author, scene.asker, stranger):
        with pytest.raises(Forbidden):
            purge(scene.ctx(person), target="post", target_id=post.id, reason=REASON)
    with pytest.raises(Invalid) as caught:
        purge(scene.ctx(scene.mentor), target="post", target_id=post.id, reason=" ")
    assert set(caught.value.fields) == {"reason"}
    other = scene.make.room(mentor=scene.mentor)
    with pytest.raises(NotFound):
        purge(scene.ctx(scene.mentor, other), target="post", target_id=post.id, reason=REASON)
    assert "post.body_md" in rows_with(WORD)


def test_a_failure_afterwards_erases_nothing(scene: Scene) -> None:
    post = leak(scene)
    before = sorted(rows_with(WORD))

    def purge_and_fail() -> None:
        with transaction():
            purge(scene.ctx(scene.mentor), target="post", target_id=post.id, reason=REASON)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        purge_and_fail()
    assert sorted(rows_with(WORD)) == before


def test_the_page_and_the_api_erase(scene: Scene, visit: Callable[[User], Visitor]) -> None:
    first, second = leak(scene), leak(scene)
    mentor = visit(scene.mentor)
    here = f"/rooms/{scene.room.slug}/posts/{first.id}"
    assert f'href="{here}/erase"' in mentor.get(f"/rooms/{scene.room.slug}/threads/{scene.thread.id}").text
    assert WORD in mentor.get(f"{here}/erase").text
    refused = mentor.post(f"{here}/erase", {"scope": "earlier", "reason": ""})
    assert refused.status_code == 422
    assert re.search(r'value="earlier"[^>]*checked|checked[^>]*value="earlier"', refused.text)
    assert mentor.post(f"{here}/erase", {"scope": "everything", "reason": REASON}).status_code == 303
    place = f"/api/v1/rooms/{scene.room.slug}/posts/{second.id}/purge"
    told = {"headers": {"X-CSRFToken": mentor.token}}
    assert mentor.client.post(place, json={"reason": REASON, "earlier_only": True}, **told).status_code == 200
    assert set(rows_with(WORD)) >= {"post.body_md"}
    assert mentor.client.post(place, json={"reason": " "}, **told).status_code == 422
    assert mentor.client.post(place, json={"reason": REASON}, **told).get_json()["id"] == second.id
    # The search follows with the facts, which are not delivered here.
    assert [one for one in rows_with(WORD) if not one.startswith("search")] == []
