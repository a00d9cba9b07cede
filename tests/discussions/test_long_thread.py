"""A thread of 500 answers costs no more statements than one of 30, and its first page stays light."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from social_cme.accounts.models import User
from tests.discussions.volume import long_thread
from tests.factories import Factory

FIRST_PAGE_LIMIT = 100 * 1024


@pytest.mark.parametrize("reader", ["mentor", "learner"])
def test_a_page_of_500_answers_costs_what_a_page_of_30_costs(
    make: Factory, login: Callable[[User], FlaskClient], count_queries: Callable[[], Any], reader: str
) -> None:
    authors = [make.user() for _ in range(25)]
    room = make.room(mentor=authors[0], members=tuple(authors[1:]))
    short, long = long_thread(room, authors, 30), long_thread(room, authors, 500)
    browser = login(authors[0] if reader == "mentor" else authors[1])
    for address in (short, long):
        assert browser.get(address).status_code == 200
    for order in ("", "?order=newest", "?order=oldest"):
        costs = []
        for address in (short, long):
            with count_queries() as seen:
                answer = browser.get(address + order)
            assert answer.status_code == 200
            costs.append(len(seen))
        assert costs[0] == costs[1]
        assert costs[1] <= 30
        assert len(answer.data) < FIRST_PAGE_LIMIT
