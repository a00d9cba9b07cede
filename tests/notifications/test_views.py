"""The pages of the inbox: what is shown, marked and chosen, and that it costs the same however long it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from social_cme.accounts.models import User
from social_cme.discussions.services.answers import post_answer
from social_cme.discussions.services.threads import post_thread
from social_cme.notifications.enums import MAILED
from social_cme.notifications.queries import count_unread, list_mail_choices, list_notices
from social_cme.rooms.queries import open_room_by_id
from tests.factories import Factory

Login = Callable[[User], FlaskClient]


@pytest.fixture
def told(make: Factory, deliver: Callable[[], int]) -> Callable[[User, int], None]:
    """Let somebody be answered a number of times."""

    def answer(user: User, count: int) -> None:
        other = make.user(f"Bo <b>{user.id}</b>")
        room = make.room(members=(user, other))
        thread = post_thread(
            open_room_by_id(user, room.id), kind="question", title="Which drug?", body="With an eGFR of 25."
        )
        for number in range(count):
            post_answer(open_room_by_id(other, room.id), thread_id=thread.id, body=f"Answer number {number}.")
        deliver()

    return answer


@pytest.mark.parametrize("path", ["/notifications", "/settings/notifications"])
def test_a_stranger_is_sent_to_the_log_in(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 302


@pytest.mark.parametrize("path", ["/notifications/read", "/notifications/1/read", "/settings/notifications"])
def test_a_stranger_changes_nothing(client: FlaskClient, path: str) -> None:
    assert client.post(path).status_code in {302, 400}


def test_an_empty_inbox_says_what_will_be_there(make: Factory, login: Login) -> None:
    answer = login(make.user()).get("/notifications")
    assert answer.status_code == 200
    assert "Nothing new" in answer.text


def test_notices_are_listed_and_what_people_typed_is_escaped(make: Factory, login: Login, told: Any) -> None:
    user = make.user()
    told(user, 2)
    page = login(user).get("/notifications").text
    assert page.count(f"Bo &lt;b&gt;{user.id}&lt;/b&gt; answered “Which drug?”") >= 2
    assert "Bo <b>" not in page
    assert "Mark all as read" in page


def test_a_page_costs_the_same_with_two_notices_and_with_twenty(
    make: Factory, login: Login, told: Any, count_queries: Any
) -> None:
    few, many = make.user(), make.user()
    told(few, 2)
    told(many, 19)
    counts = []
    for user in (few, many):
        browser = login(user)
        browser.get("/notifications")
        with count_queries() as seen:
            assert browser.get("/notifications").status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1]
    assert counts[0] <= 6


def test_older_notices_are_on_further_pages_without_gap_or_repeat(make: Factory, told: Any) -> None:
    user = make.user()
    told(user, 7)
    seen: list[int] = []
    cursor = None
    while True:
        page = list_notices(user, cursor=cursor, limit=3)
        seen += [one.id for one in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 7
    assert seen == sorted(seen, reverse=True)


def test_a_made_up_page_address_is_refused(make: Factory, login: Login) -> None:
    assert login(make.user()).get("/notifications?before=made-up").status_code == 400


def test_the_bell_counts_and_marking_silences_it(make: Factory, login: Login, told: Any) -> None:
    user = make.user()
    told(user, 3)
    browser = login(user)
    assert "data-bell-number>3<" in browser.get("/notifications").text
    newest = max(one.id for one in list_notices(user).items)
    assert post(browser, "/notifications/read", up_to=str(newest)).status_code == 303
    assert count_unread(user) == 0
    page = browser.get("/notifications").text
    assert "Mark all as read" not in page


def test_one_notice_can_be_marked_but_not_somebody_elses(make: Factory, login: Login, told: Any) -> None:
    user, other = make.user(), make.user()
    told(user, 1)
    [notice] = list_notices(user).items
    assert post(login(other), f"/notifications/{notice.id}/read").status_code == 303
    assert count_unread(user) == 1
    assert post(login(user), f"/notifications/{notice.id}/read").status_code == 303
    assert count_unread(user) == 0


@pytest.mark.parametrize("value", ["", "x", "-1", "1e3", "9" * 30])
def test_a_mark_that_is_no_number_is_refused(make: Factory, login: Login, value: str) -> None:
    assert post(login(make.user()), "/notifications/read", up_to=value).status_code == 400


def test_what_comes_by_mail_can_be_chosen(make: Factory, login: Login) -> None:
    user = make.user()
    browser = login(user)
    assert browser.get("/settings/notifications").status_code == 200
    assert post(browser, "/settings/notifications", comment="y").status_code == 303
    choices = {str(kind): value for kind, value in list_mail_choices(user).items()}
    assert choices == {str(kind): kind == "comment" for kind in MAILED}
    assert post(browser, "/settings/notifications", answer="y").status_code == 303
    assert {str(kind): value for kind, value in list_mail_choices(user).items()}["answer"] is True


def test_nothing_changes_without_the_token_of_the_page(make: Factory, login: Login, told: Any) -> None:
    user = make.user()
    told(user, 1)
    assert login(user).post("/notifications/read", data={"up_to": "999"}).status_code == 400
    assert count_unread(user) == 1


def test_the_api_lists_and_marks(make: Factory, login: Login, told: Any) -> None:
    user = make.user()
    told(user, 3)
    browser = login(user)
    first = browser.get("/api/v1/notifications?limit=2").get_json()
    assert (len(first["items"]), first["unread"]) == (2, 3)
    assert first["items"][0]["address"].startswith("/rooms/")
    second = browser.get(f"/api/v1/notifications?limit=2&cursor={first['next_cursor']}").get_json()
    assert (len(second["items"]), second["next_cursor"]) == (1, None)
    headers = {"X-CSRFToken": token(browser)}
    marked = browser.post("/api/v1/notifications/read", json={"ids": [first["items"][0]["id"], 0, -5]}, headers=headers)
    assert marked.get_json() == {"unread": 2}
    marked = browser.post("/api/v1/notifications/read", json={"up_to": 2**62}, headers=headers)
    assert marked.get_json() == {"unread": 0}
    assert (
        browser.post("/api/v1/notifications/read", json={"ids": list(range(101))}, headers=headers).status_code == 422
    )


def test_the_api_is_not_for_strangers(client: FlaskClient) -> None:
    assert client.get("/api/v1/notifications").status_code == 401


def token(browser: FlaskClient) -> str:
    page = browser.get("/settings/notifications").text
    return page.split('name="csrf-token" content="')[1].split('"')[0]


def post(browser: FlaskClient, path: str, **fields: str) -> Any:
    return browser.post(path, data={"csrf_token": token(browser), **fields})
