"""Calibration: the score is Brier's, it waits for what one may know, and nobody else can read it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from social_cme.accounts.enums import SiteRole
from social_cme.accounts.models import User
from social_cme.discussions.models import CaseStep, Thread
from social_cme.discussions.queries.calibration import my_calibration
from social_cme.discussions.queries.steps import options_of
from social_cme.discussions.rules.calibration import Forecast, brier_score, mean_score, reliability, running_means
from social_cme.discussions.services.moderating import hide_thread
from social_cme.discussions.services.outcomes import tell_outcome
from social_cme.discussions.services.responding import cast_ballot
from social_cme.discussions.services.steps import add_step, mark_right
from tests.discussions.journal_club import CASE, Club
from tests.factories import Factory

AT = datetime(2026, 3, 1, tzinfo=UTC)


def forecast(right: int, *shares: int) -> Forecast:
    return Forecast(AT, dict(enumerate(shares, start=1)), range(1, len(shares) + 1), right)


@pytest.mark.parametrize(
    ("shares", "right", "score"),
    [
        ((100, 0), 1, 0.0),
        ((0, 100), 1, 2.0),
        ((50, 50), 1, 0.5),
        ((60, 30, 10), 1, 0.26),
        ((60, 30, 10), 3, 1.26),
        ((25, 25, 25, 25), 2, 0.75),
    ],
)
def test_the_score_is_briers_over_all_classes(shares: tuple[int, ...], right: int, score: float) -> None:
    assert forecast(right, *shares).score == pytest.approx(score)


def test_the_mean_of_the_two_day_example_follows_the_definition() -> None:
    """Two forecasts of rain at 0.7 and 0.8 with rain on the first day only, summed over both classes."""
    first, second = {1: 0.7, 2: 0.3}, {1: 0.8, 2: 0.2}
    assert (brier_score(first, 1) + brier_score(second, 2)) / 2 == pytest.approx((0.18 + 1.28) / 2)


def test_equal_shares_score_one_less_a_share() -> None:
    assert forecast(1, 25, 25, 25, 25).even_score == forecast(1, 25, 25, 25, 25).score


def test_means_run_in_the_order_of_time() -> None:
    found = [forecast(1, 100, 0), forecast(1, 0, 100), forecast(1, 50, 50)]
    assert running_means(found) == pytest.approx([0, 1, 2.5 / 3])
    assert mean_score(found) == pytest.approx(2.5 / 3)
    assert mean_score([]) is None


def test_each_stated_share_falls_into_one_range_and_a_hundred_into_the_last() -> None:
    bins = reliability([forecast(1, 100, 0), forecast(2, 10, 90), forecast(1, 9, 91)])
    assert [one.stated for one in bins] == [2, 1, 0, 0, 0, 0, 0, 0, 0, 3]
    assert [one.came_true for one in bins] == [1, 0, 0, 0, 0, 0, 0, 0, 0, 2]
    assert bins[9].mean == pytest.approx((100 + 90 + 91) / 3)
    assert bins[9].observed == pytest.approx(200 / 3)


@pytest.fixture
def case(club: Club) -> Thread:
    return club.question(kind="case", title="The wheezing marmot", case=CASE, setting="inpatient", age_band="40-64")


@pytest.fixture
def poll(club: Club, case: Thread) -> CaseStep:
    return add_step(club.ctx(club.author), thread_id=case.id, ask="poll", question="Which?", options=["Asthma", "COPD"])


def options(poll: CaseStep) -> list[int]:
    return [one.id for one in options_of([poll.id])[poll.id]]


def test_a_ballot_waits_for_its_diagnosis_and_is_scored_with_the_outcome(
    club: Club, case: Thread, poll: CaseStep
) -> None:
    first, second = options(poll)
    cast_ballot(club.ctx(club.peer), step_id=poll.id, shares={first: 70, second: 30})
    assert (my_calibration(club.peer).waiting, my_calibration(club.peer).mean) == (1, None)
    tell_outcome(club.ctx(club.author), thread_id=case.id, body="It was.", right_options=[first], is_final=True)
    found = my_calibration(club.peer)
    assert (found.waiting, found.mean, found.even_mean) == (0, pytest.approx(0.18), 0.5)
    assert [(one.title, one.right_text, one.right_share) for one in found.ballots] == [(case.title, "Asthma", 70)]


def test_a_diagnosis_that_the_reader_has_not_opened_is_not_told_here_either(
    club: Club, case: Thread, poll: CaseStep
) -> None:
    ctx = club.ctx(club.author)
    add_step(ctx, thread_id=case.id, body="Later.", ask="text", question="And now?")
    add_step(ctx, thread_id=case.id, body="The end.", reveals=options(poll)[0])
    cast_ballot(club.ctx(club.peer), step_id=poll.id, shares={options(poll)[0]: 100})
    assert (my_calibration(club.peer).waiting, list(my_calibration(club.peer).ballots)) == (1, [])


def test_a_case_that_cannot_be_read_any_more_keeps_its_score_and_loses_its_names(
    club: Club, case: Thread, poll: CaseStep, login: Callable[[User], FlaskClient]
) -> None:
    cast_ballot(club.ctx(club.peer), step_id=poll.id, shares={options(poll)[0]: 100})
    mark_right(club.ctx(club.author), step_id=poll.id, option_id=options(poll)[0])
    hide_thread(club.ctx(club.mentor), thread_id=case.id, reason="A name.")
    page = login(club.peer).get("/calibration").text
    assert "A case you cannot see any more" in page
    assert "marmot" not in page
    assert "Asthma" not in page


def test_only_the_person_alone_can_read_it(
    club: Club, case: Thread, poll: CaseStep, make: Factory, login: Callable[[User], FlaskClient], client: FlaskClient
) -> None:
    first, second = options(poll)
    cast_ballot(club.ctx(club.peer), step_id=poll.id, shares={first: 71, second: 29})
    mark_right(club.ctx(club.author), step_id=poll.id, option_id=first)
    own = login(club.peer)
    assert "71 %" in own.get("/calibration").text
    assert ",71,0.1682," in own.get("/calibration.csv").text
    assert own.get("/api/v1/calibration").json["ballots"][0]["share"] == 71
    people = (club.mentor, make.user(role=SiteRole.ADMINISTRATOR), make.user(role=SiteRole.AUDITOR))
    for browser in map(login, people):
        for address in ("/people/{}/calibration", "/people/{}/calibration.csv", "/calibration/{}"):
            assert browser.get(address.format(club.peer.id)).status_code == 404
            assert browser.get("/api/v1" + address.format(club.peer.id)).status_code == 404
        for address in (
            "/calibration",
            "/calibration?user={}",
            "/calibration.csv?user_id={}",
            "/api/v1/calibration?user={}",
        ):
            text = browser.get(address.format(club.peer.id)).text
            assert "71" not in text.split("<main")[-1].split("</main")[0].replace(f"{club.peer.id}", "")
            assert "marmot" not in text
    assert client.get("/calibration").status_code == 302
    assert client.get("/api/v1/calibration").status_code == 401


def test_what_others_download_and_read_tells_nothing_of_it(
    club: Club, case: Thread, poll: CaseStep, login: Callable[[User], FlaskClient], deliver: Callable[[], int]
) -> None:
    first, second = options(poll)
    for user, share in ((club.peer, 73), (club.second, 31)):
        cast_ballot(club.ctx(user), step_id=poll.id, shares={first: share, second: 100 - share})
    mark_right(club.ctx(club.author), step_id=poll.id, option_id=first)
    deliver()
    room, browser = f"/rooms/{club.room.slug}", login(club.mentor)
    addresses = [
        f"{room}/participation",
        f"{room}/participation.csv",
        f"{room}/threads/{case.id}",
        f"/people/{club.peer.id}",
        f"/api/v1{room}/threads/{case.id}/steps",
        f"/api/v1{room}/participation",
    ]
    for address in addresses:
        text = browser.get(address).text
        assert "73 %" not in text, address
        assert '"percent"' not in text
        assert "Brier" not in text, address
    steps = browser.get(addresses[4]).json
    assert [(one["mine"], one["mean"]) for one in steps["items"][0]["options"]] == [(None, 52.0), (None, 48.0)]
