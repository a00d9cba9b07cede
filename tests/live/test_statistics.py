"""What a session leaves for those who lead it: who came, in numbers, pictures and as a file; and each person's own account."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from social_cme.accounts.models import User
from social_cme.cme.models import ParticipationEntry
from social_cme.core import clock
from social_cme.extensions import db
from social_cme.live.models import LiveSession
from social_cme.live.queries.counting import account_of
from social_cme.live.queries.records import load_statistics
from social_cme.live.rules import Interval as Span
from social_cme.live.rules import SegmentPlan, group_counts, median, moments_between, people_at
from social_cme.live.services import agenda, leading, queue
from social_cme.persistence.delivery import deliver_pending
from tests.live.stage import NOON, Stage, beats

AGENDA = (
    SegmentPlan(title="Why loops fail", minutes=20, kind="didactic"),
    SegmentPlan(title="Coffee", minutes=10, kind="break", countable=False),
    SegmentPlan(title="The patient who is stuck", minutes=30, kind="case", interactive=True),
)
Login = Callable[[User], FlaskClient]


def held(stage: Stage) -> LiveSession:
    """Hold a session: ten minutes of talk, five of coffee, ten of a case; the peer comes for the case alone."""
    with clock.at(NOON):
        session = stage.running(segments=AGENDA)
        first, second = stage.ask(session), stage.ask(session, body="And the kidneys?")
        stage.ask(session, body="And the potassium?")
    mentor = stage.ctx(stage.mentor)
    stage.beat(session, *beats(NOON, seconds=600, step=60))
    for minute in (10, 15):
        with clock.at(NOON + timedelta(minutes=minute)):
            agenda.move_to_segment(mentor, session.id)
        stage.beat(session, *beats(NOON + timedelta(minutes=minute), seconds=300 if minute == 10 else 600, step=60))
    stage.beat(session, *beats(NOON + timedelta(minutes=16), seconds=540, step=60), user=stage.peer)
    for minute, question in ((4, first), (14, second)):
        with clock.at(NOON + timedelta(minutes=minute)):
            queue.answer(mentor, session.id, question.id, text="Twice the oral dose.")
    with clock.at(NOON + timedelta(minutes=25)):
        leading.end_session(mentor, session.id)
    return session


def ledger(user: User) -> int:
    while deliver_pending():
        pass
    statement = select(func.coalesce(func.sum(ParticipationEntry.seconds), 0)).where(
        ParticipationEntry.user_id == user.id, ParticipationEntry.voided_at.is_(None)
    )
    return int(db.session.scalar(statement) or 0)


def correct(stage: Stage, session: LiveSession, number: int, *, countable: bool) -> None:
    segment = agenda.load_agenda(session.id).segments[number]
    agenda.correct_segment(
        stage.ctx(stage.mentor), session.id, segment.id, countable=countable, interactive=segment.interactive
    )


def test_the_numbers_of_a_session(stage: Stage) -> None:
    session = held(stage)
    found = load_statistics(session, has_agenda=True)
    assert [(one.display_name, one.seconds, one.account.interactive_seconds) for one in found.attendees] == [
        ("Learner", 1200, 600),
        ("Peer", 540, 540),
    ]
    assert (found.people, found.minutes, found.median_minutes, found.interactive_percent) == (2, 29, 14, 65)
    assert (found.asked, found.answered, found.waiting, found.skipped) == (3, 2, 1, 0)
    assert (found.responses, found.median_response, found.longest_response) == ((240, 840), 540, 840)
    assert found.over_time[0] == (NOON, 1)
    assert found.over_time[-1][1] == 2


def test_the_account_the_statistics_and_the_ledger_say_the_same(stage: Stage) -> None:
    session = held(stage)
    for _ in range(2):
        for user in (stage.learner, stage.peer, stage.mentor):
            account = account_of(user.id, session.id)
            assert account is not None
            [shown] = [
                one for one in load_statistics(session, has_agenda=True).attendees if one.user_id == user.id
            ] or [None]
            assert account.seconds == ledger(user) == (shown.seconds if shown is not None else 0)
            assert sum(one.seconds for one in account.pieces) == (
                (account.last_at - account.first_at).total_seconds() if account.pieces else 0
            )
        # Once more after the coffee was found to be a discussion.
        correct(stage, session, 1, countable=True)
    assert ledger(stage.learner) == 1500


def test_a_correction_voids_the_line_in_the_ledger_and_says_why(stage: Stage) -> None:
    session = held(stage)
    assert ledger(stage.peer) == 540
    correct(stage, session, 2, countable=False)
    assert ledger(stage.peer) == 0
    [entry] = db.session.scalars(select(ParticipationEntry).filter_by(user_id=stage.peer.id))
    assert entry.void_reason == "The time of the session was counted anew."
    correct(stage, session, 2, countable=True)
    assert ledger(stage.peer) == 540


@pytest.fixture
def at_noon() -> Iterator[None]:
    with clock.at(NOON):
        yield


def test_everybody_sees_how_their_own_minutes_came_about(stage: Stage, login: Login) -> None:
    session = held(stage)
    page = login(stage.learner).get(f"/rooms/{stage.room.slug}/live/{session.id}/my-minutes")
    text = page.get_data(as_text=True)
    for words in (
        '<strong class="numeric">20 min</strong>',
        "12:10:00",
        "Segment that does not count",
        "− 5 min 00 s",
        "20 min 00 s",
    ):
        assert words in text, words
    api = login(stage.learner).get(f"/api/v1/rooms/{stage.room.slug}/sessions/{session.id}/my-minutes").get_json()
    assert (api["seconds"], api["minutes"], api["interactive_seconds"]) == (1200, 20, 600)
    assert [(one["state"], one["seconds"]) for one in api["pieces"]] == [
        ("counted", 600),
        ("break", 300),
        ("counted", 600),
    ]
    empty = login(stage.mentor).get(f"/rooms/{stage.room.slug}/live/{session.id}/my-minutes")
    assert "No time is on record" in empty.get_data(as_text=True)


def test_statistics_are_for_those_who_guide_the_room(stage: Stage, login: Login) -> None:
    session = held(stage)
    base = f"/rooms/{stage.room.slug}/live/{session.id}"
    for user, status in ((stage.learner, 403), (stage.mentor, 200), (stage.coordinator, 200)):
        browser = login(user)
        for path in (f"{base}/statistics", f"{base}/attendance.csv"):
            assert browser.get(path, buffered=True).status_code == status, path
        for path in ("statistics", "attendance"):
            address = f"/api/v1/rooms/{stage.room.slug}/sessions/{session.id}/{path}"
            assert browser.get(address).status_code == status, address
    elsewhere = f"/rooms/{stage.other_room.slug}/live/{session.id}"
    for path in ("statistics", "attendance.csv", "my-minutes"):
        assert login(stage.mentor).get(f"{elsewhere}/{path}").status_code == 404


def test_the_page_shows_figures_pictures_and_tables(stage: Stage, login: Login) -> None:
    session = held(stage)
    text = login(stage.mentor).get(f"/rooms/{stage.room.slug}/live/{session.id}/statistics").get_data(as_text=True)
    assert text.count('<svg width="100%"') == 3
    for words in ("65 %", "9 min", "2 answered, 1 left open, 0 skipped", "Why loops fail", "Peer"):
        assert words in text, words


def test_attendance_as_a_file_is_safe_for_spreadsheets(stage: Stage, login: Login) -> None:
    stage.peer.display_name = "=HYPERLINK(1)"
    db.session.commit()
    session = held(stage)
    answer = login(stage.coordinator).get(f"/rooms/{stage.room.slug}/live/{session.id}/attendance.csv", buffered=True)
    rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))
    by_name = {row["person"]: row for row in rows}
    assert set(by_name) == {"Learner", "'=HYPERLINK(1)"}
    row = by_name["Learner"]
    assert (row["counted_seconds"], row["counted_minutes"], row["interactive_minutes"]) == ("1200", "20", "10")
    assert (row["first_in_utc"], row["last_out_utc"]) == ("2026-05-12T12:00:00.000Z", "2026-05-12T12:25:00.000Z")
    assert row["stretches"] == "12:00:00 to 12:10:00; 12:15:00 to 12:25:00"


def test_more_people_than_one_batch_are_all_in_the_file(
    stage: Stage, login: Login, monkeypatch: pytest.MonkeyPatch
) -> None:
    from social_cme.live.queries import records

    monkeypatch.setattr(records, "CSV_BATCH", 2)
    with clock.at(NOON):
        session = stage.running()
    for number in range(5):
        stage.make.membership(stage.room, user := stage.make.user(f"Person {number}"))
        stage.beat(session, NOON, NOON + timedelta(seconds=60), user=user)
    text = login(stage.mentor).get(f"/rooms/{stage.room.slug}/live/{session.id}/attendance.csv", buffered=True)
    assert text.get_data(as_text=True).count("Person ") == 5


def test_statistics_cost_the_same_number_of_statements_however_many_came(stage: Stage, count_queries: Any) -> None:
    with clock.at(NOON):
        session = stage.running(segments=AGENDA, still_here_minutes=15)
    stage.beat(session, *beats(NOON, seconds=30))
    with count_queries() as few:
        load_statistics(session, has_agenda=True)
    for _ in range(6):
        stage.make.membership(stage.room, user := stage.make.user())
        stage.beat(session, NOON, NOON + timedelta(seconds=60), user=user)
    with clock.at(NOON):
        stage.ask(session)
    session = db.session.get(LiveSession, session.id)
    with count_queries() as many:
        load_statistics(session, has_agenda=True)
    assert len(many) <= len(few)


def test_a_correction_on_the_page_needs_no_script(stage: Stage, login: Login, app: Any) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    session = held(stage)
    coffee = agenda.load_agenda(session.id).segments[1]
    address = f"/rooms/{stage.room.slug}/live/{session.id}/segments/{coffee.id}/correct"
    assert login(stage.learner).post(address, data={"countable": "1"}).status_code == 303
    assert not agenda.load_agenda(session.id).segments[1].countable
    assert login(stage.mentor).post(address, data={"countable": "1"}).status_code == 303
    account = account_of(stage.learner.id, session.id)
    assert account is not None
    assert account.seconds == 1500


def test_the_arithmetic_of_statistics() -> None:
    assert (median([]), median([3]), median([1, 4]), median([9, 1, 5])) == (None, 3, 2, 5)
    assert group_counts([0, 119, 120, 5000], (120, 300)) == [2, 1, 1]
    moments = moments_between(NOON, NOON + timedelta(minutes=60), most=6)
    assert [(one - NOON).seconds // 60 for one in moments] == [0, 10, 20, 30, 40, 50]
    span = Span(NOON + timedelta(minutes=10), NOON + timedelta(minutes=30))
    assert people_at([[span], [Span(NOON, NOON + timedelta(minutes=5))]], moments) == [1, 1, 1, 0, 0, 0]
    assert len(moments_between(NOON, NOON)) == 1
