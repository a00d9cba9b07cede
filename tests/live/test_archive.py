"""What remains of a session: transcript, summary, an activity of its own, and open questions with a due date."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.core.errors import Conflict, Forbidden, Invalid, NotFound
from social_cme.core.events import live_channel
from social_cme.discussions.models import Thread
from social_cme.discussions.queries.waiting import list_overdue, list_waiting
from social_cme.extensions import db
from social_cme.live.models import LiveSession
from social_cme.live.queries.agenda import load_agenda
from social_cme.live.queries.archive import find_archive, find_origin
from social_cme.live.queries.transcript import list_transcript
from social_cme.live.rules import SegmentPlan
from social_cme.live.rules.poll_results import summarize
from social_cme.live.rules.poll_words import result_text
from social_cme.live.rules.polls import Count, Shape
from social_cme.live.services import agenda, captions, chat, leading, queue
from social_cme.live.services import stage as stage_service
from social_cme.live.services.summing_up import SummaryConflict, write_summary
from social_cme.persistence.facts import facts_since
from tests.live.pollster import again, close, draft, opened, vote
from tests.live.stage import NOON, Stage


@pytest.fixture
def held(stage: Stage) -> LiveSession:
    """A session of ten minutes in which one question was answered, one left open, one skipped, with chat around them."""
    with clock.at(NOON):
        session = stage.running()
        answered = stage.ask(session, body="How much furosemide?")
        open_one = stage.ask(session, stage.peer, body="When to stop it?")
        skipped = stage.ask(session, stage.peer, body="What is for lunch?")
    with clock.at(NOON + timedelta(minutes=1)):
        stage.say(session, "Before the answer.")
    with clock.at(NOON + timedelta(minutes=2)):
        queue.mark_answering(stage.ctx(stage.mentor), session.id, answered.id)
    with clock.at(NOON + timedelta(minutes=3)):
        stage.say(session, "We give 80 mg.")
        shouted = stage.say(session, "Nonsense.", stage.peer)
        chat.hide_message(stage.ctx(stage.mentor), session.id, shouted.id, reason="rude")
    with clock.at(NOON + timedelta(minutes=4)):
        queue.answer(stage.ctx(stage.mentor), session.id, answered.id, text="**Double** the dose at home.")
        queue.skip(stage.ctx(stage.mentor), session.id, skipped.id, reason="Not today")
    with clock.at(NOON + timedelta(minutes=10)):
        leading.end_session(stage.ctx(stage.mentor), session.id)
    assert open_one.state == "open"
    return session


def _texts(session: LiveSession, **options: object) -> list[str]:
    return [one.text for one in list_transcript(session, **options).items]  # type: ignore[arg-type]


def test_the_transcript_tells_in_the_order_of_time_and_without_what_was_hidden(held: LiveSession) -> None:
    assert _texts(held) == [
        "How much furosemide?", "When to stop it?", "What is for lunch?", "Before the answer.", "We give 80 mg.", "**Double** the dose at home.",
    ]  # fmt: skip


def test_pages_of_the_transcript_hold_every_line_once(held: LiveSession) -> None:
    whole = list_transcript(held).items
    for limit in (1, 2, 3):
        read, cursor = [], None
        while True:
            page = list_transcript(held, cursor=cursor, limit=limit)
            read += page.items
            cursor = page.next_cursor
            if cursor is None:
                break
        assert read == list(whole)


def test_words_are_found_whatever_their_case_and_signs_mean_themselves(held: LiveSession) -> None:
    assert _texts(held, words="FUROSEMIDE much") == ["How much furosemide?"]
    assert _texts(held, words="80") == ["We give 80 mg."]
    assert _texts(held, words="%") == []
    assert _texts(held, words="nonsense") == []


def test_the_archive_is_an_activity_of_its_own(stage: Stage, held: LiveSession) -> None:
    archive = find_archive(held.id)
    assert archive is not None
    assert archive.reference == f"archive-{held.id}"
    assert archive.opened_at == NOON + timedelta(minutes=10)
    with clock.at(NOON + timedelta(hours=1)):
        pulse = stage.beat(held, NOON + timedelta(hours=1))
    assert not pulse.counted
    assert find_archive(stage.session().id) is None


def test_what_was_left_open_is_due_a_week_later_and_what_was_answered_or_skipped_is_not(
    stage: Stage, held: LiveSession
) -> None:
    threads = {
        one.title: one.answer_due_at for one in db.session.query(Thread).filter(Thread.live_question_id.is_not(None))
    }
    due = NOON + timedelta(days=7, minutes=10)
    assert threads == {"How much furosemide?": None, "When to stop it?": due, "What is for lunch?": None}
    shown = {one.title: one.answer_due_at for one in list_waiting(stage.mentor).items}
    assert shown["When to stop it?"] == due


def test_mentors_are_told_on_the_day_it_is_due_and_not_before(stage: Stage, held: LiveSession) -> None:
    stage.room.escalation_hours = 24
    db.session.commit()
    thread = db.session.query(Thread).filter_by(title="When to stop it?").one()
    due = NOON + timedelta(days=7, minutes=10)
    assert thread.id not in list_overdue(due - timedelta(seconds=1))
    assert thread.id in list_overdue(due)


def test_a_thread_shows_the_chat_while_it_was_answered(held: LiveSession) -> None:
    thread = db.session.query(Thread).filter_by(title="How much furosemide?").one()
    assert thread.live_question_id is not None
    origin = find_origin(thread.live_question_id)
    assert origin is not None
    assert [message.body for message in origin.chat] == ["We give 80 mg."]
    assert origin.polls == []


def test_a_thread_names_the_polls_that_were_voted_on_while_it_was_answered(
    stage: Stage, login: Callable[[User], FlaskClient]
) -> None:
    guide = stage.ctx(stage.mentor)
    with clock.at(NOON):
        session = stage.running()
        question = stage.ask(session)
        before = opened(stage, session, question="Are you awake?")
        close(stage, before)
        across = opened(stage, session, question="Who gives metolazone?")
    with clock.at(NOON + timedelta(minutes=2)):
        queue.mark_answering(guide, session.id, question.id)
        close(stage, across)
    with clock.at(NOON + timedelta(minutes=3)):
        during = opened(stage, session, question="How fast?", is_anonymous=True)
        queue.answer(guide, session.id, question.id, text="Slowly.")
        close(stage, during)
    with clock.at(NOON + timedelta(minutes=5)):
        opened(stage, session, question="Was it good?")
        draft(stage, session, question="Never opened")
        leading.end_session(guide, session.id)
    thread = db.session.query(Thread).filter(Thread.live_question_id == question.id).one()
    origin = find_origin(question.id)
    assert origin is not None
    assert [poll.id for poll in origin.polls] == [across.id, during.id]
    page = login(stage.learner).get(f"/rooms/{stage.room.slug}/threads/{thread.id}").get_data(as_text=True)
    assert f"/live/{session.id}#poll-{across.id}" in page
    assert "Was it good?" not in page
    place = re.search(r'href="([^"]+/transcript\?after=[^"]+)#question', page)
    assert place is not None
    told = login(stage.peer).get(place.group(1)).get_data(as_text=True)
    assert told.index(f'id="question-{question.id}"') < told.index('id="answer-')
    assert "Are you awake?" in told


# ------------------------------------------------------------------ captions, polls and the agenda in the transcript


def _lines(session: LiveSession, *kinds: str, **options: object) -> list[tuple[str, str, str]]:
    found = list_transcript(session, **options).items  # type: ignore[arg-type]
    return [(one.kind, one.speaker, one.text) for one in found if one.kind in kinds]


def test_captions_and_the_agenda_stand_in_the_transcript(stage: Stage) -> None:
    segments = (
        SegmentPlan(title="Why loops fail", minutes=20, kind="didactic"),
        SegmentPlan(title="Coffee", minutes=10, kind="break", countable=False),
    )
    with clock.at(NOON):
        session = stage.running(segments=segments)
        stage_service.name_captioner(stage.ctx(stage.mentor), session.id, user_id=stage.peer.id)
    with clock.at(NOON + timedelta(minutes=1)):
        captions.post_caption(stage.ctx(stage.peer), session.id, body="Loops need time.")
        wrong = captions.post_caption(stage.ctx(stage.peer), session.id, body="Loops need thyme.")
        captions.hide_caption(stage.ctx(stage.peer), session.id, wrong.id)
    with clock.at(NOON + timedelta(minutes=2)):
        agenda.move_to_segment(stage.ctx(stage.mentor), session.id, load_agenda(session.id).segments[1].id)
    assert _lines(session, "segment", "caption") == [
        ("segment", "", "Why loops fail"),
        ("caption", "", "Loops need time."),
        ("segment", "", "Coffee"),
    ]
    assert _texts(session, words="LOOPS") == ["Why loops fail", "Loops need time."]


def test_polls_stand_in_the_transcript_with_their_results_and_without_names(stage: Stage) -> None:
    with clock.at(NOON):
        session = stage.running()
        named = opened(stage, session)
        vote(stage, named, stage.learner, choices=[1])
        vote(stage, named, stage.peer, choices=[2])
    assert _lines(session, "poll", "result") == [("poll", "", "What next?")]
    with clock.at(NOON + timedelta(minutes=1)):
        close(stage, named)
    with clock.at(NOON + timedelta(minutes=2)):
        secret = opened(stage, session, question="Ever forgot it?", is_anonymous=True)
        for user in (stage.learner, stage.peer):
            vote(stage, secret, user, choices=[1])
        close(stage, secret)
    told = [text for _kind, _speaker, text in _lines(session, "result")]
    assert told == [
        "What next?\n2 votes. Furosemide twice 1 (50 %); Add metolazone 1 (50 %); Wait a day 0 (0 %)",
        "Ever forgot it?\n2 votes. Too few anonymous votes to tell.",
    ]
    assert not any(stage.learner.display_name in text for text in told)


def test_a_hidden_result_an_open_vote_and_the_right_answer_before_its_time_stay_out(stage: Stage) -> None:
    with clock.at(NOON):
        session = stage.running()
        quiz = opened(stage, session, kind="quiz", correct=(2,), two_rounds=True)
        vote(stage, quiz, stage.learner, choices=[1])
    with clock.at(NOON + timedelta(minutes=1)):
        close(stage, quiz)
    assert _lines(session, "result") == [("result", "", "What next?\n1 vote. The result is not shown.")]
    with clock.at(NOON + timedelta(minutes=2)):
        again(stage, quiz)
        vote(stage, quiz, stage.learner, choices=[2])
    with clock.at(NOON + timedelta(minutes=3)):
        close(stage, quiz)
    first, second = (text for _kind, _speaker, text in _lines(session, "result"))
    assert "What next? (vote 1)\n1 vote. Furosemide twice 1 (100 %)" in first
    assert second.endswith("Right: Add metolazone")


def test_every_kind_of_poll_has_words() -> None:
    options = ("Furosemide", "Metolazone")
    shape = {"single": 2, "multiple": 2, "quiz": 2}
    counts = {1: Count(3, 60, 1), 2: Count(1, 140, 3)}
    for kind in shape:
        summary = summarize(Shape(kind, 2), counts, 4)
        assert result_text(kind, options, summary, ()) == "Furosemide 3 (75 %); Metolazone 1 (25 %)"
    assert result_text("ranking", options, summarize(Shape("ranking", 2), counts, 4), ()) == (
        "1. Metolazone; 2. Furosemide"
    )
    assert result_text("differential", options, summarize(Shape("differential", 2), counts, 4), ()) == (
        "Metolazone 35 %; Furosemide 15 %"
    )
    scale = summarize(Shape("scale", scale_min=1, scale_max=2), counts, 4)
    assert result_text("scale", (), scale, ()) == "mean 1.25, median 1"
    texts = [(f"Answer {number}", 1) for number in range(12)]
    told = result_text("text", (), summarize(Shape("text"), {}, 12), texts)
    assert told.startswith("Answer 0 (1); ")
    assert told.endswith("; and 2 more")


def test_a_summary_is_written_shown_and_told(stage: Stage, held: LiveSession) -> None:
    ctx = stage.ctx(stage.mentor)
    archive = write_summary(ctx, held.id, body="Double the **dose**.", revision=0, client_id="summary-1")
    assert "<strong>dose</strong>" in archive.summary_html
    again = write_summary(ctx, held.id, body="Double the **dose**.", revision=0, client_id="summary-1")
    assert again.summary_revision == 1
    facts = facts_since(db.session(), live_channel(held.id), since=0, limit=100)
    assert [fact.kind for fact in facts].count("archive.summarized") == 1


def test_two_who_write_at_once_lose_nothing(stage: Stage, held: LiveSession) -> None:
    write_summary(stage.ctx(stage.mentor), held.id, body="Mine.", revision=0)
    with pytest.raises(SummaryConflict) as told:
        write_summary(stage.ctx(stage.coordinator), held.id, body="Yours.", revision=0)
    assert told.value.fields == {"body": ["Mine."], "revision": ["1"]}
    assert write_summary(stage.ctx(stage.coordinator), held.id, body="Both.", revision=1).summary_revision == 2


def test_who_may_not_sum_up(stage: Stage, held: LiveSession) -> None:
    with pytest.raises(Forbidden):
        write_summary(stage.ctx(stage.learner), held.id, body="x", revision=0)
    with pytest.raises(NotFound):
        write_summary(stage.ctx(stage.mentor, stage.other_room), held.id, body="x", revision=0)
    with pytest.raises(Conflict):
        write_summary(stage.ctx(stage.mentor), stage.session().id, body="x", revision=0)
    with pytest.raises(Invalid):
        write_summary(stage.ctx(stage.mentor), held.id, body="x" * 10_001, revision=0)


def test_the_pages_show_it_and_keep_what_was_refused(
    stage: Stage, held: LiveSession, login: Callable[[User], FlaskClient]
) -> None:
    place = f"/rooms/{stage.room.slug}/live/{held.id}"
    guide, learner = login(stage.mentor), login(stage.learner)
    page = guide.get(f"{place}/summary").get_data(as_text=True)
    assert 'name="revision"' in page
    write_summary(stage.ctx(stage.coordinator), held.id, body="First.", revision=0)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    sent = {"csrf_token": token.group(1), "body": "Second.", "revision": "0"}
    refused = guide.post(f"{place}/summary", data=sent)
    assert refused.status_code == 409
    assert "Second." in refused.get_data(as_text=True)
    assert "First." in refused.get_data(as_text=True)
    shown = learner.get(place).get_data(as_text=True)
    assert "First." in shown
    assert f"archive-{held.id}" in shown
    assert learner.get(f"{place}/summary").status_code == 403
    transcript = learner.get(f"{place}/transcript?q=furosemide").get_data(as_text=True)
    assert "How much furosemide?" in transcript
    assert "We give 80 mg." not in transcript
    assert "Nonsense." not in learner.get(f"{place}/transcript?whole=1").get_data(as_text=True)
    thread = db.session.query(Thread).filter_by(title="When to stop it?").one()
    told = learner.get(f"/rooms/{stage.room.slug}/threads/{thread.id}").get_data(as_text=True)
    assert "an answer is due by" in told


def test_a_page_of_the_transcript_costs_the_same_however_long_it_is(
    stage: Stage, count_queries: Callable[[], object]
) -> None:
    session = stage.running()
    stage.say(session)
    with count_queries() as few:  # type: ignore[attr-defined]
        list_transcript(session)
    for number in range(30):
        stage.say(session, f"Line {number}", stage.peer)
        if number < 10:
            stage.ask(session, body=f"Question {number}?")
    db.session.expire_all()
    db.session.refresh(session)
    with count_queries() as many:  # type: ignore[attr-defined]
        list_transcript(session)
    assert len(many) == len(few)


def test_the_api_shows_and_writes_it(stage: Stage, held: LiveSession, login: Callable[[User], FlaskClient]) -> None:
    place = f"/api/v1/rooms/{stage.room.slug}/sessions/{held.id}"
    learner = login(stage.learner)
    lines = learner.get(f"{place}/transcript?q=stop").get_json()["items"]
    assert [(one["kind"], one["speaker"], one["text"]) for one in lines] == [("question", "Peer", "When to stop it?")]
    assert learner.get(f"{place}/archive").get_json()["reference"] == f"archive-{held.id}"
    assert learner.get(f"{place}/transcript?cursor=x").status_code == 400
    state = learner.get(f"{place}/state").get_json()
    assert state["archive"]["summary_revision"] == 0
