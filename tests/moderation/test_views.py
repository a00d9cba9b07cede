"""Pages of moderation: who sees them, what a refused form keeps, where a measure leads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from social_cme.accounts.enums import SiteRole
from social_cme.accounts.models import User
from social_cme.discussions.services.answers import post_answer
from social_cme.extensions import db
from social_cme.moderation.services.flags import raise_flag
from social_cme.rooms.enums import Visibility
from tests.moderation.conftest import Scene, Visitor

Visit = Callable[[User], Visitor]


def _post_address(scene: Scene, what: str) -> str:
    return f"/rooms/{scene.room.slug}/posts/{scene.answer.id}/{what}"


def _thread_address(scene: Scene, what: str) -> str:
    return f"/rooms/{scene.room.slug}/threads/{scene.thread.id}/{what}"


def _flag(scene: Scene, **values: Any) -> Any:
    fields = {"reason": "inaccurate", "note": "Ten times <too> much.", **values}
    return raise_flag(scene.ctx(scene.asker), target="post", target_id=scene.answer.id, **fields)


def test_a_member_reports_a_post_from_its_menu(scene: Scene, visit: Visit) -> None:
    browser = visit(scene.asker)
    page = browser.get(_post_address(scene, "flag"))
    assert page.status_code == 200
    assert "As the mayor of Ward 5 got." in page.text
    answer = browser.post(_post_address(scene, "flag"), data={"reason": "identifier"})
    assert (answer.status_code, answer.location.split("/")[-1]) == (303, str(scene.thread.id))
    assert "It is hidden now" in browser.get(answer.location).text
    assert len(scene.flags()) == 1
    assert "the mayor" not in browser.get(answer.location).text


def test_a_hidden_thread_leads_its_reporter_back_to_the_room(scene: Scene, visit: Visit) -> None:
    browser = visit(scene.author)
    answer = browser.post(_thread_address(scene, "flag"), data={"reason": "identifier"})
    assert (answer.status_code, answer.location) == (303, f"/rooms/{scene.room.slug}")
    assert browser.get(answer.location).status_code == 200


def test_a_refused_report_keeps_its_words(scene: Scene, visit: Visit) -> None:
    browser = visit(scene.asker)
    answer = browser.post(_post_address(scene, "flag"), data={"note": "This is why I report it."})
    assert answer.status_code == 422
    assert "Choose what is wrong." in answer.text
    assert "This is why I report it." in answer.text
    assert browser.post(_post_address(scene, "flag"), data={"reason": "other"}).status_code == 422
    long = browser.post(_post_address(scene, "flag"), data={"reason": "other", "note": "x" * 501})
    assert long.status_code == 422
    assert "x" * 501 in long.text
    assert scene.flags() == []


def test_who_reported_already_is_told_so(scene: Scene, visit: Visit) -> None:
    _flag(scene)
    browser = visit(scene.asker)
    assert "You reported this already" in browser.get(_post_address(scene, "flag")).text
    assert browser.post(_post_address(scene, "flag"), data={"reason": "off_topic"}).status_code == 409


def test_the_queue_shows_the_words_the_reasons_and_the_three_decisions(scene: Scene, visit: Visit) -> None:
    _flag(scene)
    page = visit(scene.mentor).get(f"/rooms/{scene.room.slug}/moderation").text
    for words in (
        "the mayor",
        "Inaccurate or unsafe",
        "Ten times &lt;too&gt; much.",
        "Asker",
        "Keep it",
        "Ask for an edit",
    ):
        assert words in page
    assert page.count("To decide") == 1


def test_a_mentor_decides_and_the_author_reads_the_reason(scene: Scene, visit: Visit) -> None:
    flag = _flag(scene)
    address = f"/rooms/{scene.room.slug}/moderation/flags/{flag.id}"
    browser = visit(scene.mentor)
    refused = browser.post(address, data={"resolution": "hide", "note": ""})
    assert refused.status_code == 422
    assert "Please give the author a reason." in refused.text
    kept = browser.post(address, data={"resolution": "nonsense", "note": "Half a sentence"})
    assert (kept.status_code, "Half a sentence" in kept.text) == (422, True)
    done = browser.post(address, data={"resolution": "hide", "note": "Look up the dose."})
    assert done.status_code == 303
    assert browser.post(address, data={"resolution": "keep"}).status_code == 409
    assert "Look up the dose." in visit(scene.author).get(f"/rooms/{scene.room.slug}/threads/{scene.thread.id}").text
    log = browser.get(f"/rooms/{scene.room.slug}/moderation/log").text
    assert "Hidden" in log
    assert "Look up the dose." in log


@pytest.mark.parametrize("path", ["moderation", "moderation/log"])
def test_queue_and_log_are_the_moderators_own(scene: Scene, visit: Visit, client: FlaskClient, path: str) -> None:
    address = f"/rooms/{scene.room.slug}/{path}"
    other = scene.make.user()
    scene.make.room(mentor=other)
    assert client.get(address).status_code == 302
    for person in (scene.asker, scene.make.user(), other):
        assert visit(person).get(address).status_code == 403
    for person in (scene.mentor, scene.make.user(role=SiteRole.MODERATOR)):
        assert visit(person).get(address).status_code == 200
    auditor = visit(scene.make.user(role=SiteRole.AUDITOR)).get(address)
    assert auditor.status_code == (200 if path.endswith("log") else 403)


def test_in_a_room_by_invitation_there_is_nothing_for_others(scene: Scene, visit: Visit) -> None:
    closed = scene.make.room(mentor=scene.mentor, visibility=Visibility.INVITATION)
    browser = visit(scene.asker)
    for path in ("moderation", "moderation/log", "threads/1/flag", "threads/1/lock", "posts/1/hide"):
        assert browser.get(f"/rooms/{closed.slug}/{path}").status_code == 404


def test_the_overview_names_the_rooms_of_a_moderator_with_what_waits(scene: Scene, visit: Visit) -> None:
    _flag(scene)
    scene.make.room(mentor=scene.mentor, name="Quiet room")
    page = visit(scene.mentor).get("/moderation").text
    assert "1 to decide" in page
    assert "Quiet room" in page
    assert "You moderate no room" in visit(scene.asker).get("/moderation").text


def test_the_tab_counts_what_waits_for_moderators_alone(scene: Scene, visit: Visit) -> None:
    _flag(scene)
    mine = visit(scene.mentor).get(f"/rooms/{scene.room.slug}").text
    assert '<span class="count count--quiet">1</span>' in mine
    assert "/moderation" not in visit(scene.asker).get(f"/rooms/{scene.room.slug}").text


@pytest.mark.parametrize("what", ["pin", "unpin", "unlock", "unhide", "lock", "hide", "move"])
def test_a_learner_cannot_take_measures(scene: Scene, visit: Visit, what: str) -> None:
    answer = visit(scene.asker).post(_thread_address(scene, what), data={"reason": "Because.", "room": "x"})
    assert answer.status_code == 403
    assert scene.log() == []


@pytest.mark.parametrize("what", ["lock", "hide"])
def test_a_measure_asks_for_its_reason_and_leads_back_to_the_thread(scene: Scene, visit: Visit, what: str) -> None:
    browser = visit(scene.mentor)
    assert "Reason" in browser.get(_thread_address(scene, what)).text
    assert browser.post(_thread_address(scene, what), data={"reason": " "}).status_code == 422
    done = browser.post(_thread_address(scene, what), data={"reason": "It is settled."})
    assert done.status_code == 303
    assert browser.get(done.location).status_code == 200
    assert len(scene.log()) == 1


def test_a_post_is_hidden_and_shown_again(scene: Scene, visit: Visit) -> None:
    browser = visit(scene.mentor)
    done = browser.post(_post_address(scene, "hide"), data={"reason": "Names a patient."})
    assert done.location.endswith(f"#post-{scene.answer.id}")
    assert browser.post(_post_address(scene, "unhide")).status_code == 303
    db.session.expire_all()
    assert scene.answer.hidden_at is None
    assert scene.log() == ["hidden", "unhidden"]


def test_a_moved_thread_is_found_under_its_old_address_by_those_who_may_read_it(scene: Scene, visit: Visit) -> None:
    target = scene.make.room(mentor=scene.mentor, slug="target", visibility=Visibility.REQUEST)
    old = f"/rooms/{scene.room.slug}/threads/{scene.thread.id}"
    browser = visit(scene.mentor)
    assert "target" in browser.get(f"{old}/move").text
    assert browser.post(f"{old}/move", data={"room": ""}).status_code == 422
    assert browser.post(f"{old}/move", data={"room": "nowhere"}).status_code == 404
    scene.make.room(mentor=scene.mentor, slug="archived", is_archived=True)
    assert browser.post(f"{old}/move", data={"room": "archived"}).status_code == 409
    done = browser.post(f"{old}/move", data={"room": target.slug, "reason": "Better there."})
    assert done.location == f"/rooms/target/threads/{scene.thread.id}"
    led = browser.get(old)
    assert (led.status_code, led.location) == (302, done.location)
    assert visit(scene.asker).get(old).status_code == 404
    other = scene.make.room(mentor=scene.mentor)
    assert browser.get(f"/rooms/{other.slug}/threads/{scene.thread.id}").status_code == 404


def test_no_measure_follows_from_reading_its_address(scene: Scene, visit: Visit) -> None:
    browser = visit(scene.mentor)
    for what in ("pin", "unpin", "unlock", "unhide"):
        assert browser.get(_thread_address(scene, what)).status_code == 405
    for what in ("lock", "hide", "move", "flag"):
        assert browser.get(_thread_address(scene, what)).status_code == 200
    assert (scene.log(), scene.flags()) == ([], [])


def test_the_queue_takes_the_same_statements_however_long_it_is(
    scene: Scene, visit: Visit, count_queries: Callable[[], Any]
) -> None:
    address = f"/rooms/{scene.room.slug}/moderation"
    browser = visit(scene.mentor)
    _flag(scene)
    browser.get(address)
    with count_queries() as few:
        browser.get(address)
    for number in range(15):
        post = post_answer(scene.ctx(scene.author), thread_id=scene.thread.id, body=f"Answer {number}")
        raise_flag(scene.ctx(scene.asker), target="post", target_id=post.id, reason="off_topic")
    with count_queries() as many:
        browser.get(address)
    assert len(few) == len(many) <= 16
