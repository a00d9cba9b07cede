"""Recall cards: solved cases come back by the reader's calendar, and only while they can be read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient

from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.core.errors import Conflict, Invalid, NotFound
from social_cme.discussions.enums import RecallResult
from social_cme.discussions.jobs import lay_out_cards
from social_cme.discussions.models import RecallCard, Thread
from social_cme.discussions.queries.recall import count_due, find_card, list_due
from social_cme.discussions.rules.schedules import Place, due_after, first_place, next_place
from social_cme.discussions.services.acceptance import accept_answer
from social_cme.discussions.services.moderating import hide_thread
from social_cme.discussions.services.outcomes import tell_outcome
from social_cme.discussions.services.reading import mark_read
from social_cme.discussions.services.recall import answer_card, choose_cards
from social_cme.discussions.services.steps import add_step
from social_cme.discussions.services.threads import close_thread
from social_cme.persistence.transaction import transaction
from social_cme.rooms.enums import Visibility
from social_cme.rooms.models import Membership, Room
from tests.discussions.journal_club import CASE, Club, count, reload

READ = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
NEW_YORK, BERLIN, CAIRO = ZoneInfo("America/New_York"), ZoneInfo("Europe/Berlin"), ZoneInfo("Africa/Cairo")


@pytest.mark.parametrize(
    ("read", "weeks", "zone", "due"),
    [
        # The clocks of New York go forward on 8 March 2026: midnight is 05:00 UTC before and 04:00 UTC after.
        ("2026-03-02T15:00+00:00", 1, NEW_YORK, "2026-03-09T04:00+00:00"),
        ("2026-02-23T15:00+00:00", 1, NEW_YORK, "2026-03-02T05:00+00:00"),
        # Read late in the evening there, which is the next day in UTC.
        ("2026-03-03T03:30+00:00", 1, NEW_YORK, "2026-03-09T04:00+00:00"),
        # Berlin goes back on 25 October 2026.
        ("2026-10-21T10:00+00:00", 1, BERLIN, "2026-10-27T23:00+00:00"),
        ("2026-10-14T10:00+00:00", 1, BERLIN, "2026-10-20T22:00+00:00"),
        # In Cairo the midnight of 24 April 2026 does not exist; the day begins at one o'clock, 22:00 UTC.
        ("2026-04-17T10:00+00:00", 1, CAIRO, "2026-04-23T22:00+00:00"),
        ("2026-01-01T10:00+00:00", 12, BERLIN, "2026-03-25T23:00+00:00"),
    ],
)
def test_a_card_is_due_at_the_beginning_of_its_day_where_the_reader_is(
    read: str, weeks: int, zone: ZoneInfo, due: str
) -> None:
    assert due_after(datetime.fromisoformat(read), weeks, zone) == datetime.fromisoformat(due)


def test_a_known_card_goes_from_1_to_4_to_12_weeks_and_is_done() -> None:
    utc = ZoneInfo("UTC")
    place, at, days = first_place(READ, utc), READ, []
    while place.due_at is not None:
        days.append((place.due_at.date() - at.date()).days)
        at = place.due_at
        place = next_place(place.stage, RecallResult.KNEW, at, utc)
    assert (days, place) == ([7, 28, 84], Place(3, None))


def test_partly_stays_and_not_goes_back_to_one_week() -> None:
    utc = ZoneInfo("UTC")
    assert next_place(2, RecallResult.PARTLY, READ, utc) == Place(2, due_after(READ, 12, utc))
    assert next_place(2, RecallResult.NOT, READ, utc) == Place(0, due_after(READ, 1, utc))


@pytest.fixture
def case(club: Club) -> Thread:
    """A case with an accepted answer that a peer read."""
    thread = club.question(kind="case", title="Breathless", case=CASE, setting="inpatient", age_band="40-64")
    post = club.answer(thread, club.mentor, body="Push the canaryword.")
    accept_answer(club.ctx(club.author), post_id=post.id)
    with clock.at(READ):
        mark_read(club.ctx(club.peer), thread_id=thread.id, up_to=post.id)
    return thread


def deal(*, days: float = 0) -> None:
    with clock.at(READ + timedelta(days=days)):
        lay_out_cards()


def due(user: User, *, days: float) -> list[str]:
    with clock.at(READ + timedelta(days=days)):
        assert count_due(user) == len(list_due(user))
        return [one.thread.title for one in list_due(user)]


def card_of(user: User) -> RecallCard:
    with transaction() as tx:
        return tx.session.query(RecallCard).filter_by(user_id=user.id).one()


def test_a_solved_case_comes_back_to_who_read_it_and_to_nobody_else(club: Club, case: Thread) -> None:
    deal()
    deal()
    assert due(club.peer, days=6) == []
    assert due(club.peer, days=7) == ["Breathless"]
    assert due(club.second, days=7) == due(club.author, days=7) == []
    # Who answered has read it, too.
    assert count(RecallCard) == 2


@pytest.mark.parametrize("how", ["summary", "outcome", "neither", "unfinished"])
def test_what_counts_as_solved(club: Club, how: str) -> None:
    thread = club.question(kind="case", title="Another", case=CASE, setting="inpatient", age_band="40-64")
    with clock.at(READ):
        mark_read(club.ctx(club.peer), thread_id=thread.id, up_to=0)
        if how == "outcome" or how == "unfinished":
            tell_outcome(club.ctx(club.author), thread_id=thread.id, body="Home.", is_final=how == "outcome")
        if how in {"summary", "neither"}:
            close_thread(
                club.ctx(club.author),
                thread_id=thread.id,
                reason="resolved",
                summary="Think of it." if how == "summary" else "",
            )
    deal()
    assert due(club.peer, days=7) == (["Another"] if how in {"summary", "outcome"} else [])


def test_a_case_that_cannot_be_read_any_more_brings_no_card(club: Club, case: Thread) -> None:
    deal()
    with transaction() as tx:
        tx.session.get_one(Room, club.room.id).visibility = Visibility.INVITATION
    assert due(club.peer, days=7) == ["Breathless"]
    with transaction() as tx:
        tx.session.query(Membership).filter_by(user_id=club.peer.id, room_id=club.room.id).one().state = "left"
    assert due(club.peer, days=7) == []
    assert find_card(club.peer, card_of(club.peer).id) is None


def test_neither_does_one_that_is_hidden_or_has_unopened_steps(club: Club, case: Thread) -> None:
    deal()
    for text in ("First.", "Second."):
        add_step(club.ctx(club.author), thread_id=case.id, body=text)
    assert due(club.peer, days=7) == []
    assert due(club.mentor, days=400) == ["Breathless"]
    hide_thread(club.ctx(club.mentor), thread_id=case.id, reason="A name.")
    assert due(club.mentor, days=400) == []


def test_an_answer_moves_the_card_once_however_often_it_is_sent(club: Club, case: Thread) -> None:
    deal()
    card = card_of(club.peer)
    with clock.at(READ + timedelta(days=7)):
        for _ in range(2):
            answer_card(club.peer, card_id=card.id, result="knew", repetition=0)
        assert (reload(card).stage, card.repetitions) == (1, 1)
        with pytest.raises(Conflict):
            answer_card(club.peer, card_id=card.id, result="not", repetition=0)
    assert due(club.peer, days=34) == []
    assert due(club.peer, days=35) == ["Breathless"]


def test_a_card_is_its_owners_alone_and_takes_three_answers(club: Club, case: Thread) -> None:
    deal()
    card = card_of(club.peer)
    with clock.at(READ + timedelta(days=7)):
        with pytest.raises(NotFound):
            answer_card(club.second, card_id=card.id, result="knew")
        with pytest.raises(Invalid):
            answer_card(club.peer, card_id=card.id, result="maybe")
    with clock.at(READ + timedelta(days=6)), pytest.raises(Conflict):
        answer_card(club.peer, card_id=card.id, result="knew")
    assert reload(card).repetitions == 0


def test_who_wants_no_cards_gets_none(club: Club, case: Thread) -> None:
    choose_cards(club.peer, wanted=False)
    deal()
    assert due(club.peer, days=7) == []
    choose_cards(club.peer, wanted=True)
    choose_cards(club.peer, wanted=True)
    deal()
    assert due(club.peer, days=7) == ["Breathless"]


def test_the_page_asks_first_and_shows_the_answer_when_the_card_is_turned(
    club: Club, case: Thread, login: Callable[[User], FlaskClient]
) -> None:
    deal()
    with transaction() as tx:
        tx.session.query(RecallCard).update({"due_at": clock.now() - timedelta(hours=1)})
    card, browser = card_of(club.peer), login(club.peer)
    home = browser.get("/").text
    assert "1 solved case to recall" in home
    page = browser.get("/recall").text
    assert "Push the diuretic or hold it?" in page
    assert "canaryword" not in page
    turned = browser.get(f"/recall/{card.id}").text
    assert "canaryword" in turned
    assert login(club.second).get(f"/recall/{card.id}").status_code == 404
    token = home.split('name="csrf-token" content="')[1].split('"')[0]
    form = {"result": "partly", "repetition": "0", "csrf_token": token}
    assert "Nothing to recall now" in browser.post(f"/recall/{card.id}", data=form, follow_redirects=True).text
    assert "to recall" not in browser.get("/").text.split("<main")[1]
    assert (reload(card).stage, card.last_result) == (0, "partly")
    form = {"wanted": "0", "csrf_token": token}
    assert "You get no recall cards" in browser.post("/recall/settings", data=form, follow_redirects=True).text
