"""What was said in live sessions is found by those who may read it, as the transcript shows it, and never otherwise."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from social_cme.accounts.enums import CareerStage
from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.extensions import db
from social_cme.live.enums import QuestionState
from social_cme.live.models import LiveQuestion, LiveSession
from social_cme.live.services import captions, chat, leading, questions, queue
from social_cme.live.services import stage as stage_service
from social_cme.persistence.transaction import transaction
from social_cme.rooms.enums import MembershipState, Visibility
from social_cme.search.enums import EntryKind, SearchScope
from social_cme.search.models import SearchEntry
from social_cme.search.services.rebuilding import rebuild
from tests.factories import Factory
from tests.live.stage import NOON, Stage
from tests.search.people_and_texts import search

Deliver = Callable[[], int]
CANARY = "zirkonium"


@pytest.fixture
def stage(make: Factory) -> Stage:
    """A room by invitation with people in it."""
    learner, peer, mentor, coordinator = make.user("Learner"), make.user("Peer"), make.user("Mentor"), make.user()
    room = make.room(mentor=mentor, coordinator=coordinator, members=(learner, peer), visibility=Visibility.INVITATION)
    return Stage(make, room, make.room(mentor=mentor, coordinator=coordinator), learner, peer, mentor, coordinator)


def _found(actor: User | None, typed: str = CANARY, **filters: Any) -> list[tuple[str, int]]:
    return [(str(one.kind), one.object_id) for one in search(actor, typed, **filters).items if one.session is not None]


def _held(stage: Stage, deliver: Deliver) -> tuple[LiveSession, dict[str, int]]:
    """Hold a session in which the canary is asked about, answered, written and captioned."""
    guide = stage.ctx(stage.mentor)
    with clock.at(NOON):
        session = stage.running()
        stage_service.name_captioner(guide, session.id, user_id=stage.peer.id)
        question = stage.ask(session, body=f"How much {CANARY} is too much?")
        queue.mark_answering(guide, session.id, question.id)
        line = stage.say(session, f"We give {CANARY} at night.", stage.peer)
        stage.say(session, CANARY)
    with clock.at(NOON + timedelta(minutes=1)):
        caption = captions.post_caption(stage.ctx(stage.peer), session.id, body=f"So {CANARY} helps sleep")
        queue.answer(guide, session.id, question.id, text="Less than a teaspoon of bezoar.")
    with clock.at(NOON + timedelta(minutes=9)):
        leading.end_session(guide, session.id)
    deliver()
    return session, {"question": question.id, "chat": line.id, "caption": caption.id}


def test_questions_answers_chat_and_captions_are_found_and_short_lines_are_not(stage: Stage, deliver: Deliver) -> None:
    session, ids = _held(stage, deliver)
    page = search(stage.learner, CANARY)
    assert sorted(_found(stage.learner)) == sorted(ids.items())
    # The thread that the question became is found beside it.
    assert page.counts[SearchScope.LIVE] == 3
    assert _found(stage.learner, "bezoar") == [("question", ids["question"])]
    assert sorted(_found(stage.learner, room=stage.room.slug)) == sorted(ids.items())
    assert _found(stage.learner, room=stage.other_room.slug) == []
    assert sorted(_found(stage.learner, scope=SearchScope.LIVE)) == sorted(ids.items())
    assert _found(stage.learner, author_id=stage.peer.id) == [("chat", ids["chat"])]
    assert _found(stage.learner, solved=True) == []
    by_kind = {str(one.kind): one for one in page.items if one.session is not None}
    assert {one.session.id for one in by_kind.values() if one.session} == {session.id}
    assert [one.author.display_name if one.author else None for one in by_kind.values()].count(None) == 1
    assert by_kind["caption"].author is None


def test_what_is_said_in_a_room_by_invitation_never_leaves_it(make: Factory, stage: Stage, deliver: Deliver) -> None:
    _held(stage, deliver)
    banned = make.user()
    make.membership(stage.room, banned, state=MembershipState.BANNED)
    for reader in (None, make.user(), banned):
        for typed in (CANARY, "bezoar", f"{CANARY[:5]}*"):
            page = search(reader, typed)
            assert (page.items, page.total) == ([], 0)


def test_hidden_lines_are_found_no_more_and_leave_the_index(stage: Stage, deliver: Deliver) -> None:
    session, ids = _held(stage, deliver)
    guide = stage.ctx(stage.mentor)
    with transaction():
        row = db.session.get(LiveQuestion, ids["question"])
        assert row is not None
        row.state = QuestionState.HIDDEN
    chat.hide_message(guide, session.id, ids["chat"], reason="identifies")
    captions.hide_caption(guide, session.id, ids["caption"])
    # Before anybody heard of it, the rows are asked.
    assert _found(stage.learner) == []
    deliver()
    kinds = [EntryKind.CHAT, EntryKind.CAPTION]
    assert db.session.scalars(select(SearchEntry.id).where(SearchEntry.kind.in_(kinds))).all() == []


def test_a_question_that_waits_or_was_declined_or_hidden_is_not_found(stage: Stage, deliver: Deliver) -> None:
    session = stage.running()
    question = stage.ask(session, body=f"Why {CANARY} now?")
    deliver()
    assert len(_found(stage.learner)) == 1
    for state in (QuestionState.PENDING, QuestionState.DECLINED):
        with transaction():
            question.state = state
        for reader in (stage.learner, stage.mentor, stage.peer):
            assert _found(reader) == []
    with transaction():
        question.state = QuestionState.OPEN
    queue.hide_question(stage.ctx(stage.mentor), session.id, question.id, reason="rude")
    deliver()
    assert db.session.scalars(select(SearchEntry.id).where(SearchEntry.kind == EntryKind.QUESTION)).all() == []


def test_a_question_under_a_pseudonym_is_found_without_its_author(stage: Stage, deliver: Deliver) -> None:
    resident = stage.make.user(
        "Quetzalcoatl", career_stage=CareerStage.RESIDENT, training_year=3, specialty="internal_medicine"
    )
    stage.make.membership(stage.room, resident)
    session = stage.running()
    asked = questions.ask(stage.ctx(resident), session.id, body=f"Is {CANARY} safe?", pseudonym="training_year")
    deliver()
    [one] = [one for one in search(stage.peer, CANARY).items if one.session is not None]
    assert one.author is not None
    assert (one.author.id, one.author.display_name) == (None, asked.pseudonym)
    assert _found(stage.peer, author_id=resident.id) == []
    assert _found(stage.peer, "Quetzalcoatl") == []


def test_a_rebuild_reads_them_again_and_reading_twice_changes_nothing(stage: Stage, deliver: Deliver) -> None:
    _session, ids = _held(stage, deliver)
    with transaction() as tx:
        tx.session.query(SearchEntry).delete()
    for _ in range(2):
        assert sum(rebuild()) > 0
        assert sorted(_found(stage.learner)) == sorted(ids.items())


def test_the_page_leads_to_the_line_in_the_transcript(
    stage: Stage, deliver: Deliver, login: Callable[[User], FlaskClient]
) -> None:
    session, ids = _held(stage, deliver)
    learner = login(stage.learner)
    page = learner.get(f"/search?q={CANARY}&in=live").get_data(as_text=True)
    for kind, number in ids.items():
        address = page.partition(f"#{kind}-{number}")[0].rpartition('href="')[2]
        assert address.startswith(f"/rooms/{stage.room.slug}/live/{session.id}/transcript?after=")
        told = learner.get(address).get_data(as_text=True)
        assert f'id="{kind}-{number}"' in told
    items = learner.get(f"/api/v1/search?q={CANARY}&scope=live").get_json()["items"]
    assert {(one["kind"], one["session_id"], one["room_slug"]) for one in items} == {
        (kind, session.id, stage.room.slug) for kind in ids
    }
    assert learner.get("/api/v1/search?q=bezoar&scope=live").get_json()["items"][0]["author_name"] == "Learner"
