"""The pages and the CSV files of participation."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from social_cme.accounts.enums import SiteRole
from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.persistence.transaction import transaction
from social_cme.rooms.enums import Visibility
from tests.cme.ward import NOON, Ward, deliver
from tests.factories import Factory

Login = Callable[[User], FlaskClient]
CountQueries = Callable[[], Any]


def rows_of(answer: Any) -> list[dict[str, str]]:
    assert answer.status_code == 200
    assert answer.data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


def test_ones_own_page_shows_totals_calendar_attendance_and_ledger(ward: Ward, login: Login) -> None:
    with clock.at(NOON):
        ward.answer(ward.thread(title="Push or hold?"), ward.learner)
    session = ward.session("Bring the patient")
    ward.attend(session, ward.learner, 3, 20)
    ward.attend(session, ward.learner, 22, 47.5)
    deliver()
    with clock.at(NOON.replace(day=20)):
        page = login(ward.learner).get("/participation").text
    assert "42 min" in page
    assert "Push or hold?" in page
    assert "Bring the patient" in page
    assert "12:03:00" in page
    assert "25 min 30 s" in page
    assert "Counted: 42 min" in page
    assert "May 12, 2026: 4 entries, 42 min attended" in page


def test_an_empty_ledger_says_what_will_stand_there(make: Factory, login: Login) -> None:
    page = login(make.user()).get("/participation").text
    assert "Nothing recorded yet" in page
    assert "Find a room" in page


def test_a_stranger_is_asked_to_log_in(client: FlaskClient, ward: Ward) -> None:
    for path in ("/participation", "/participation.csv", f"/rooms/{ward.room.slug}/participation"):
        answer = client.get(path)
        assert answer.status_code == 302
        assert "/login" in answer.headers["Location"]


def test_nobody_finds_anothers_entries_on_the_own_page(ward: Ward, login: Login) -> None:
    ward.thread(title="Only of the learner")
    deliver()
    assert "Only of the learner" not in login(ward.peer).get("/participation").text
    assert "Only of the learner" not in login(ward.peer).get("/participation.csv").text


@pytest.mark.parametrize("path", ["participation", "participation.csv"])
def test_a_learner_cannot_open_the_rooms_ledger(ward: Ward, login: Login, path: str) -> None:
    answer = login(ward.learner).get(f"/rooms/{ward.room.slug}/{path}")
    assert answer.status_code == 403
    assert ward.peer.display_name not in answer.text


@pytest.mark.parametrize("path", ["participation", "participation.csv"])
def test_a_room_by_invitation_is_not_there_for_others(ward: Ward, make: Factory, login: Login, path: str) -> None:
    hidden = make.room(mentor=ward.mentor, visibility=Visibility.INVITATION)
    assert login(ward.learner).get(f"/rooms/{hidden.slug}/{path}").status_code == 404
    assert login(ward.mentor).get(f"/rooms/{hidden.slug}/{path}").status_code == 200


def test_guides_administrators_and_auditors_open_the_rooms_ledger(ward: Ward, make: Factory, login: Login) -> None:
    readers = [
        ward.mentor,
        ward.coordinator,
        *(make.user(role=role) for role in (SiteRole.ADMINISTRATOR, SiteRole.AUDITOR)),
    ]
    for reader in readers:
        assert login(reader).get(f"/rooms/{ward.room.slug}/participation").status_code == 200


def test_the_rooms_page_shows_members_attendance_and_weeks(ward: Ward, login: Login) -> None:
    ward.answer(ward.thread())
    ward.attend(ward.session("Bring the patient"), ward.peer, 0, 31)
    deliver()
    page = login(ward.mentor).get(f"/rooms/{ward.room.slug}/participation").text
    for words in ("Peer", "Learner", "31 min", "Attendance: Bring the patient", "1 person attended", "per week"):
        assert words in page


def test_the_tab_to_the_ledger_is_there_for_those_who_may_open_it_alone(ward: Ward, login: Login) -> None:
    address = f'href="/rooms/{ward.room.slug}/participation"'
    assert address in login(ward.mentor).get(f"/rooms/{ward.room.slug}/about").text
    assert address not in login(ward.learner).get(f"/rooms/{ward.room.slug}/about").text


@pytest.mark.parametrize("sort", ["name", "minutes", "answers", "password_hash", "1;drop", ""])
def test_only_known_keys_sort_the_table(ward: Ward, login: Login, sort: str) -> None:
    answer = login(ward.mentor).get(f"/rooms/{ward.room.slug}/participation?sort={sort}&period=never&session=x")
    assert answer.status_code == 200
    assert answer.text.count("aria-sort") == 1


@pytest.mark.parametrize("cursor", ["x", "%00", "W10", "a" * 600])
def test_a_made_up_page_is_refused_in_words(ward: Ward, login: Login, cursor: str) -> None:
    browser = login(ward.mentor)
    for path in ("/participation", f"/rooms/{ward.room.slug}/participation"):
        answer = browser.get(f"{path}?after={cursor}")
        assert answer.status_code == 400
        assert "Start again from the first page" in answer.text


def test_the_ledger_pages_lead_to_each_other(ward: Ward, login: Login) -> None:
    thread = ward.thread()
    for _ in range(30):
        ward.answer(thread, kind="comment")
    deliver()
    browser = login(ward.peer)
    first = browser.get("/participation?kind=written").text
    older = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = browser.get(older).text
    assert first.count('<td class="ledger-kind">') == 25
    assert second.count('<td class="ledger-kind">') == 5
    assert 'rel="prev"' in second
    assert 'rel="next"' not in second


def test_times_and_days_are_the_readers(ward: Ward, login: Login) -> None:
    with clock.at(datetime(2026, 5, 12, 23, 30, tzinfo=UTC)):
        ward.thread()
    deliver()
    with transaction():
        ward.learner.time_zone = "Asia/Tokyo"
    with clock.at(NOON.replace(day=20)):
        page = login(ward.learner).get("/participation").text
    assert "May 13, 2026: 1 entry" in page
    assert "08:30" in page


def test_a_hidden_answer_is_marked_as_not_counted(ward: Ward, login: Login) -> None:
    post = ward.answer(ward.thread())
    ward.hide(post)
    deliver()
    page = login(ward.peer).get("/participation").text
    assert "Not counted" in page
    ward.hide(post, hidden=False)
    deliver()
    assert "Counted again" in login(ward.peer).get("/participation").text


def test_the_csv_tells_everything_in_both_times_and_runs_no_formula(ward: Ward, login: Login) -> None:
    with transaction():
        ward.learner.time_zone = "Europe/Berlin"
        ward.room.name = "+Room"
    with clock.at(NOON):
        ward.thread(title='=HYPERLINK("http://evil.example","x")')
    post = ward.answer(ward.thread(ward.mentor), ward.learner)
    ward.hide(post)
    ward.attend(ward.session(), ward.learner, 0, 12.5)
    deliver()
    first, *rest = rows_of(login(ward.learner).get("/participation.csv"))
    assert first["title"] == '\'=HYPERLINK("http://evil.example","x")'
    assert first["room"] == "'+Room"
    assert first["occurred_at_utc"] == "2026-05-12T12:00:00.000Z"
    assert first["local_time"] == "2026-05-12 14:00:00+0200"
    assert first["time_zone"] == "Europe/Berlin"
    assert first["counted"] == "yes"
    by_kind = {row["activity"]: row for row in rest}
    assert by_kind["Answer written"]["counted"] == "no"
    assert by_kind["Answer written"]["not_counted_because"] == "It was hidden or withdrawn."
    assert (by_kind["Session attended"]["seconds"], by_kind["Session attended"]["minutes"]) == ("750", "12")
    assert by_kind["Session attended"]["ended_at_utc"] == "2026-05-12T12:12:30.000Z"


def test_the_rooms_csv_has_a_line_for_each_member_and_runs_no_formula(ward: Ward, login: Login) -> None:
    with transaction():
        ward.peer.display_name = "@Peer"
    ward.attend(ward.session(), ward.peer, 0, 31)
    deliver()
    rows = rows_of(login(ward.coordinator).get(f"/rooms/{ward.room.slug}/participation.csv"))
    assert [row["member"] for row in rows] == ["Coordinator", "Learner", "Mentor", "'@Peer"]
    assert (rows[3]["attended_minutes"], rows[3]["last_activity_utc"]) == ("31", "2026-05-12T12:00:00.000Z")


def test_pages_cost_the_same_number_of_statements_however_much_there_is(
    ward: Ward, make: Factory, login: Login, count_queries: CountQueries
) -> None:
    mine, theirs = login(ward.learner), login(ward.mentor)

    def cost() -> tuple[int, int]:
        with count_queries() as own:
            assert mine.get("/participation").status_code == 200
        with count_queries() as room:
            assert theirs.get(f"/rooms/{ward.room.slug}/participation").status_code == 200
        return len(own), len(room)

    ward.attend(ward.session(), ward.learner, 0, 5)
    deliver()
    little = cost()
    for number in range(8):
        person = make.user()
        make.membership(ward.room, person)
        ward.answer(ward.thread(), person)
        session = ward.session()
        ward.attend(session, ward.learner, number, number + 5)
        ward.attend(session, person, number, number + 5)
    deliver()
    assert cost() == little


def test_a_download_does_not_read_everything_at_once(
    app: Flask, ward: Ward, login: Login, count_queries: CountQueries
) -> None:
    from social_cme.cme.queries import mine

    thread = ward.thread()
    for _ in range(9):
        ward.answer(thread, kind="comment")
    deliver()
    browser = login(ward.peer)
    before, mine.CSV_BATCH = mine.CSV_BATCH, 3
    try:
        with count_queries() as seen:
            rows = rows_of(browser.get("/participation.csv"))
    finally:
        mine.CSV_BATCH = before
    assert len(rows) == 9
    assert len([one for one in seen if "participation_entry" in one and one.startswith("SELECT")]) == 4


def test_every_line_leads_to_what_it_is_about(ward: Ward, login: Login) -> None:
    thread = ward.thread(body_html="<p>Push?</p>")
    ward.vote(thread, ward.peer)
    ward.answer(thread)
    ward.attend(ward.session(), ward.peer, 0, 5)
    deliver()
    browser = login(ward.peer)
    links = [row["link"] for row in rows_of(browser.get("/participation.csv"))]
    assert len(links) == 3
    for link in links:
        assert browser.get(link, follow_redirects=True).status_code == 200
