"""Calendars: one session as a file, and the secret feed, read back with another reader of iCalendar and of zones."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar

from social_cme.accounts.models import User
from social_cme.accounts.services.administration import ban_user
from social_cme.core import clock
from social_cme.core.errors import Conflict, Forbidden, NotFound
from social_cme.extensions import db
from social_cme.live.models import CalendarFeed, LiveSession
from social_cme.live.queries.calendar import access_feed, list_feed
from social_cme.live.rules import Entry, calendar_file
from social_cme.live.rules.timezones import changes_of_clocks, time_zone_component
from social_cme.live.services import calendar, leading, rsvps, schedule, series
from social_cme.persistence.transaction import transaction
from social_cme.rooms.enums import Visibility
from social_cme.rooms.services.members import ban_member, remove_member
from tests.live.stage import NOON, Stage

Login = Callable[[User], FlaskClient]


@pytest.fixture(autouse=True)
def _noon() -> Any:
    with clock.at(NOON):
        yield


def fetch(browser: FlaskClient, stage: Stage, session: LiveSession, status: int = 200) -> Any:
    answer = browser.get(f"/rooms/{stage.room.slug}/live/{session.id}/calendar.ics")
    assert answer.status_code == status
    return answer


def event_of(body: bytes) -> Any:
    [event] = Calendar.from_ical(body.decode()).walk("VEVENT")
    return event


def entry(**changes: Any) -> Entry:
    return Entry(
        **{
            "session_id": 7,
            "sequence": 0,
            "title": "Wet on day three",
            "room_name": "Heart room",
            "leaders": ("Mentor Moreno",),
            "starts_at": NOON,
            "ends_at": NOON + timedelta(hours=1),
            "time_zone": "America/New_York",
            "changed_at": NOON,
            "address": "https://cme.example/rooms/heart/live/7",
            **changes,
        }
    )


def written(**changes: Any) -> bytes:
    return calendar_file([entry(**changes)], host="cme.example", organizer="noreply@cme.example")


# ------------------------------------------------------------------ zones


@pytest.mark.parametrize(
    "zone", ["America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Tokyo", "Europe/Dublin"]
)
def test_the_zone_in_the_file_is_the_zone_of_the_world(zone: str) -> None:
    """Read the VTIMEZONE as RFC 5545 says, knowing nothing else of the zone, and compare it around every change of clocks."""
    component = time_zone_component(zone, first_year=2026, last_year=2028)
    onsets = [
        (one.decoded("dtstart") - one.decoded("tzoffsetfrom"), one.decoded("tzoffsetto"))
        for one in component.subcomponents
    ]

    def offset(moment: datetime) -> timedelta:
        begun = [to for onset, to in onsets if onset <= moment.replace(tzinfo=None)]
        return begun[-1]

    changes = changes_of_clocks(zone, 2026, 2028)
    assert len(changes) == (0 if zone == "Asia/Tokyo" else 6)
    for change in (*changes, NOON):
        for minutes in (-90, -60, -31, -30, -1, 0, 1, 29, 30, 60, 90):
            moment = change + timedelta(minutes=minutes)
            assert offset(moment) == moment.astimezone(ZoneInfo(zone)).utcoffset(), (zone, moment)


@pytest.mark.parametrize(
    ("zone", "wall"),
    [
        ("America/New_York", datetime(2027, 3, 14, 2, 30)),
        ("America/New_York", datetime(2026, 11, 1, 1, 30)),
        ("Europe/Berlin", datetime(2026, 10, 25, 2, 30)),
        ("Australia/Lord_Howe", datetime(2026, 10, 4, 2, 15)),
        ("Australia/Lord_Howe", datetime(2027, 4, 4, 1, 45)),
    ],
)
def test_a_session_in_the_night_of_the_change_is_read_back_as_the_same_moment(zone: str, wall: datetime) -> None:
    moment = clock.local_to_utc(wall, zone)
    event = event_of(written(starts_at=moment, ends_at=moment + timedelta(hours=3), time_zone=zone))
    assert event.decoded("dtstart").astimezone(UTC) == moment
    assert event.decoded("dtend").astimezone(UTC) == moment + timedelta(hours=3)
    assert event["dtstart"].params["TZID"] == zone


# ------------------------------------------------------------------ the file


def test_a_session_is_an_event_with_its_zone_its_address_and_an_alarm(stage: Stage, app: Flask) -> None:
    session = stage.session(
        title="Loop diuretics",
        starts=datetime(2026, 6, 1, 18),
        ends=datetime(2026, 6, 1, 19),
        time_zone="Europe/Berlin",
    )
    stage.ask(session, body="How much for a canary?")
    answer = fetch(app.test_client(), stage, session)
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="live-session-{session.id}.ics"'
    read = Calendar.from_ical(answer.text)
    assert (read["version"], read["method"]) == ("2.0", "PUBLISH")
    assert [one["tzid"] for one in read.walk("VTIMEZONE")] == ["Europe/Berlin"]
    event = event_of(answer.data)
    assert event["uid"] == f"live-session-{session.id}@localhost"
    assert event["summary"] == "Loop diuretics"
    assert event.decoded("dtstart") == datetime(2026, 6, 1, 18, tzinfo=ZoneInfo("Europe/Berlin"))
    assert event["url"] == f"http://localhost/rooms/{stage.room.slug}/live/{session.id}"
    assert (event["sequence"], event["status"], event["class"]) == (0, "CONFIRMED", "PRIVATE")
    assert event["organizer"] == "mailto:noreply@localhost"
    [alarm] = event.walk("VALARM")
    assert alarm.decoded("trigger") == timedelta(minutes=-15)
    for private in ("canary", "patient", stage.learner.email, stage.mentor.email, "Bring"):
        assert private not in answer.text
    assert "\r\n" in answer.data.decode()
    assert all(len(line) <= 75 for line in answer.data.split(b"\r\n"))


def test_every_change_raises_the_sequence_and_a_cancellation_says_so(stage: Stage, app: Flask) -> None:
    session = stage.session()
    ctx, browser = stage.ctx(stage.mentor), app.test_client()
    first = event_of(fetch(browser, stage, session).data)
    with clock.at(NOON + timedelta(minutes=5)):
        plan = schedule.current_plan(ctx, session.id)
        schedule.edit_session(ctx, session.id, plan=plan.changed(title="Other words"))
        second = event_of(fetch(browser, stage, session).data)
        schedule.cancel_session(ctx, session.id, reason="Ill")
        answer = fetch(browser, stage, session)
    third = event_of(answer.data)
    assert first["uid"] == second["uid"] == third["uid"]
    assert [one["sequence"] for one in (first, second, third)] == [0, 1, 2]
    assert second.decoded("last-modified") == NOON + timedelta(minutes=5)
    assert (third["status"], third["transp"], Calendar.from_ical(answer.text)["method"]) == (
        "CANCELLED",
        "TRANSPARENT",
        "CANCEL",
    )
    assert third.walk("VALARM") == []


def test_a_running_session_that_is_extended_is_taken_anew(stage: Stage) -> None:
    session = stage.running()
    leading.extend_session(stage.ctx(stage.mentor), session.id, minutes=10)
    assert session.sequence == 1


@pytest.mark.parametrize(
    "words",
    [
        "Hello\r\nATTENDEE:mailto:x@y.example",
        "Hello\nEND:VEVENT\nBEGIN:VEVENT\nUID:other",
        "Hello\u2028X-EVIL:1",
        "Hello\x0bX-EVIL:1\x85X-EVIL:2",
        'Room "quoted"; CN=x:mailto:evil@y.example',
        "a,b;c\\n\\,d",
        "\u202edne\u202c" + "ü" * 190,
    ],
)
def test_no_title_or_name_adds_a_line_or_a_property(words: str) -> None:
    body = written(title=words, room_name=words, leaders=(words,), note=words)
    read = Calendar.from_ical(body.decode())
    [event] = read.walk("VEVENT")
    assert set(event) == {
        "UID", "SEQUENCE", "DTSTAMP", "LAST-MODIFIED", "DTSTART", "DTEND", "SUMMARY", "DESCRIPTION", "LOCATION", "URL",
        "ORGANIZER", "STATUS", "TRANSP", "CLASS",
    }  # fmt: skip
    assert event["uid"] == "live-session-7@cme.example"
    assert event["organizer"] == "mailto:noreply@cme.example"
    assert not re.search(rb"(?m)^(ATTENDEE|X-EVIL|END:VEVENT\r\nBEGIN:VEVENT)", body)
    assert len(re.findall(rb"(?m)^BEGIN:VEVENT", body)) == 1


def test_the_same_session_gives_the_same_bytes() -> None:
    assert written() == written()


def test_a_session_of_a_closed_room_is_for_its_members(stage: Stage, app: Flask, login: Login) -> None:
    hidden = stage.make.room(mentor=stage.mentor, visibility=Visibility.INVITATION)
    session = schedule.schedule_session(stage.ctx(stage.mentor, hidden), plan=stage.plan())
    address = f"/rooms/{hidden.slug}/live/{session.id}/calendar.ics"
    assert app.test_client().get(address).status_code == 404
    assert login(stage.learner).get(address).status_code == 404
    assert login(stage.mentor).get(address).status_code == 200
    fetch(login(stage.mentor), stage, session, 404)


# ------------------------------------------------------------------ the feed


def feed_of(app: Flask, secret: str, status: int = 200) -> list[Any]:
    answer = app.test_client().get(f"/calendar/{secret}.ics")
    assert answer.status_code == status, answer.text
    return Calendar.from_ical(answer.text).walk("VEVENT") if status == 200 else []


def titles(app: Flask, secret: str) -> list[str]:
    return [str(one["summary"]) for one in feed_of(app, secret)]


def test_the_feed_holds_what_one_comes_to_waits_for_or_leads(stage: Stage, app: Flask) -> None:
    coming, led, full = (stage.session(title=name, capacity=1) for name in ("Coming", "Led", "Full"))
    stage.session(title="Not said")
    rsvps.set_rsvp(stage.ctx(stage.learner), coming.id, going=True)
    for user in (stage.peer, stage.learner):
        rsvps.set_rsvp(stage.ctx(user), full.id, going=True)
    _, secret = calendar.renew_feed(stage.learner)
    events = {str(one["summary"]): one for one in feed_of(app, secret)}
    assert set(events) == {"Coming", "Full"}
    assert (events["Coming"]["status"], events["Full"]["status"]) == ("CONFIRMED", "TENTATIVE")
    assert [len(events[name].walk("VALARM")) for name in ("Coming", "Full")] == [1, 0]
    _, of_mentor = calendar.renew_feed(stage.mentor)
    assert len(feed_of(app, of_mentor)) == 4
    calendar.choose_sessions(stage.learner, all_sessions=True)
    assert set(titles(app, secret)) == {"Coming", "Led", "Full", "Not said"}
    assert len(feed_of(app, secret)) == 4
    assert led.going_count == 0


def test_the_feed_needs_no_cookie_and_leaves_none(stage: Stage, app: Flask) -> None:
    _, secret = calendar.renew_feed(stage.learner)
    answer = app.test_client().get(f"/calendar/{secret}.ics")
    assert answer.headers["Cache-Control"] == "private, max-age=300"
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert "Set-Cookie" not in answer.headers
    assert secret not in answer.text
    again = app.test_client().get(f"/calendar/{secret}.ics", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_secret_is_long_kept_as_a_hash_and_good_until_it_is_renewed_or_ended(stage: Stage, app: Flask) -> None:
    feed, first = calendar.renew_feed(stage.learner)
    assert len(first) >= 43, "256 bits"
    assert first not in {feed.token_hash}
    same, second = calendar.renew_feed(stage.learner)
    assert same.id == feed.id
    feed_of(app, first, 404)
    feed_of(app, second)
    assert db.session.get_one(CalendarFeed, feed.id).last_read_at == NOON
    calendar.end_feed(stage.learner)
    calendar.end_feed(stage.learner)
    feed_of(app, second, 404)
    with pytest.raises(Conflict):
        calendar.choose_sessions(stage.learner, all_sessions=True)


def test_secrets_that_were_made_up_are_not_found(stage: Stage, app: Flask) -> None:
    _, secret = calendar.renew_feed(stage.learner)
    for wrong in (secret[:-1], secret + "a", secret.swapcase(), "x", "%00", "a" * 5000, "%F0%9F%98%80"):
        assert app.test_client().get(f"/calendar/{wrong}.ics").status_code == 404
    with pytest.raises(NotFound):
        access_feed("")


def test_only_a_confirmed_account_has_a_feed(stage: Stage) -> None:
    with transaction():
        stage.learner.state = "unconfirmed"
    with pytest.raises(Forbidden):
        calendar.renew_feed(stage.learner)


@pytest.mark.parametrize("ending", ["removed", "banned"])
def test_who_was_shown_the_door_of_a_private_room_reads_it_no_more(stage: Stage, app: Flask, ending: str) -> None:
    private = stage.make.room(
        mentor=stage.mentor, coordinator=stage.coordinator, members=(stage.learner,), visibility=Visibility.INVITATION
    )
    session = schedule.schedule_session(stage.ctx(stage.mentor, private), plan=stage.plan(title="Behind the door"))
    rsvps.set_rsvp(stage.ctx(stage.learner, private), session.id, going=True)
    _, secret = calendar.renew_feed(stage.learner, all_sessions=True)
    assert titles(app, secret) == ["Behind the door"]
    act = remove_member if ending == "removed" else ban_member
    act(stage.ctx(stage.coordinator, private), user_id=stage.learner.id, reason="Left the hospital.")
    assert titles(app, secret) == [], "at once, before the place is given back"


def test_a_ban_from_a_public_room_takes_its_sessions_away(stage: Stage, app: Flask) -> None:
    session = stage.session()
    rsvps.set_rsvp(stage.ctx(stage.learner), session.id, going=True)
    _, secret = calendar.renew_feed(stage.learner)
    ban_member(stage.ctx(stage.coordinator), user_id=stage.learner.id, reason="Advertising.")
    assert titles(app, secret) == []


def test_the_feed_of_a_banned_account_is_not_found(stage: Stage, app: Flask) -> None:
    _, secret = calendar.renew_feed(stage.learner)
    ban_user(actor=None, user_id=stage.learner.id, reason="Advertising.")
    feed_of(app, secret, 404)


def test_a_canceled_session_stays_in_the_feed_as_canceled(stage: Stage, app: Flask) -> None:
    session = stage.session()
    rsvps.set_rsvp(stage.ctx(stage.learner), session.id, going=True)
    schedule.cancel_session(stage.ctx(stage.mentor), session.id, reason="Ill")
    _, secret = calendar.renew_feed(stage.learner)
    [event] = feed_of(app, secret)
    assert (event["status"], event["sequence"]) == ("CANCELLED", 1)
    answer = app.test_client().get(f"/calendar/{secret}.ics")
    assert Calendar.from_ical(answer.text)["method"] == "PUBLISH", "the calendar goes on"


def test_a_series_is_told_as_single_events_with_their_own_changes(stage: Stage, app: Flask) -> None:
    start = datetime(2026, 10, 13, 18)
    plan = stage.plan(starts=start, ends=start + timedelta(hours=1), time_zone="Europe/Berlin")
    found = series.schedule_series(stage.ctx(stage.mentor), plan=plan, rule="FREQ=WEEKLY;COUNT=4")
    schedule.cancel_session(stage.ctx(stage.mentor), found[1].id, reason="A holiday")
    _, secret = calendar.renew_feed(stage.mentor)
    events = feed_of(app, secret)
    assert [f"{one.decoded('dtstart'):%m-%d %H:%M %z}" for one in events] == [
        "10-13 18:00 +0200",
        "10-20 18:00 +0200",
        "10-27 18:00 +0100",
        "11-03 18:00 +0100",
    ]
    assert [one["status"] for one in events] == ["CONFIRMED", "CANCELLED", "CONFIRMED", "CONFIRMED"]
    assert len({one["uid"] for one in events}) == 4
    assert all("rrule" not in one for one in events)


def test_what_is_long_past_leaves_the_feed(stage: Stage) -> None:
    session = stage.session()
    with clock.at(NOON + timedelta(days=80)):
        assert [one.id for one in list_feed(stage.mentor, all_sessions=False)] == [session.id]
    with clock.at(NOON + timedelta(days=100)):
        assert list_feed(stage.mentor, all_sessions=False) == []


def test_a_feed_costs_the_same_number_of_statements_however_long_it_is(
    stage: Stage, app: Flask, count_queries: Callable[[], Any]
) -> None:
    _, secret = calendar.renew_feed(stage.mentor)
    costs = []
    for _ in range(2):
        for _ in range(4):
            stage.session()
        feed_of(app, secret)
        with count_queries() as seen:
            feed_of(app, secret)
        costs.append(len(seen))
    assert costs[0] == costs[1] <= 6, costs
