"""A case opens step by step: what is not open is nowhere to be found, and what was answered stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from flask_socketio import SocketIOTestClient
from sqlalchemy import select

from social_cme.accounts.models import User
from social_cme.core.errors import Conflict, Forbidden, Invalid, NotFound
from social_cme.discussions.models import BallotShare, CaseStep, Post, StepResponse, StepRevision, Thread
from social_cme.discussions.queries.sight import sight_of
from social_cme.discussions.queries.steps import StepView, options_of, step_views
from social_cme.discussions.services.moderating import hide_post, lock_thread
from social_cme.discussions.services.outcomes import tell_outcome
from social_cme.discussions.services.responding import answer_step, cast_ballot, pass_step
from social_cme.discussions.services.steps import add_step, close_poll, edit_step, mark_right, remove_step
from social_cme.discussions.services.threads import close_thread
from social_cme.extensions import db
from social_cme.privacy.rules.refusal import IdentifiersFound
from tests.discussions.journal_club import CASE, Club, count, facts, reload
from tests.discussions.leaks import FINDABLE, everything, leaks

SECOND, THIRD, TITLE, PEER, DISCUSSED = "zebrasecond", "quetzalthird", "nightjartitle", "pelicanpeer", "heronanswer"
CANARIES = (SECOND, THIRD, TITLE, PEER, DISCUSSED)
OPTIONS = ["Heart failure", "Pneumonia", "Embolism"]


@pytest.fixture
def case(club: Club) -> Thread:
    return club.question(
        kind="case",
        title="Breathless",
        case={**CASE, "history": f"A {FINDABLE}."},
        setting="inpatient",
        age_band="40-64",
    )


@pytest.fixture
def steps(club: Club, case: Thread) -> list[CaseStep]:
    """A poll, a question in words, and an end."""
    ctx = club.ctx(club.author)
    first = add_step(
        ctx, thread_id=case.id, body=f"First {FINDABLE}.", ask="poll", question="Which is it?", options=OPTIONS
    )
    second = add_step(
        ctx,
        thread_id=case.id,
        title=f"{TITLE} {FINDABLE}",
        body=f"Then {FINDABLE} {SECOND}.",
        ask="text",
        question="What now?",
        may_skip=False,
    )
    third = add_step(ctx, thread_id=case.id, body=f"In the end {FINDABLE} {THIRD}.")
    return [first, second, third]


def ids_of(step: CaseStep) -> list[int]:
    return [one.id for one in options_of([step.id])[step.id]]


def vote(club: Club, step: CaseStep, user: User, *shares: int) -> StepResponse:
    return cast_ballot(club.ctx(user), step_id=step.id, shares=dict(zip(ids_of(step), shares, strict=True)))


def views(club: Club, thread: Thread, user: User | None) -> list[StepView]:
    ctx = club.ctx(user)
    reload(thread)
    return step_views(ctx, thread, sight_of(ctx, thread))


def open_to(club: Club, thread: Thread, user: User | None) -> list[int]:
    return [view.step.position for view in views(club, thread, user)]


# ------------------------------------------------------------------ nothing leaks


@pytest.mark.sqlite_only
def test_no_word_of_an_unopened_step_reaches_a_reader(
    club: Club,
    case: Thread,
    steps: list[CaseStep],
    login: Callable[[User], FlaskClient],
    client: FlaskClient,
    deliver: Callable[[], int],
) -> None:
    vote(club, steps[0], club.peer, 60, 30, 10)
    answer_step(club.ctx(club.peer), step_id=steps[1].id, text=f"I would {FINDABLE} {PEER}.")
    club.answer(case, club.peer, body=f"After all, {FINDABLE} {DISCUSSED}.")
    edit_step(
        club.ctx(club.author),
        step_id=steps[2].id,
        title="",
        body=f"Now {FINDABLE} {THIRD}.",
        reason=f"Because {THIRD}.",
    )
    deliver()
    ids = list(db.session.scalars(select(Post.id).where(Post.thread_id == case.id)))
    slug = club.room.slug
    more = [f"/rooms/{slug}/steps/{step.id}/{page}" for step in steps[1:] for page in ("revisions", "edit")]
    for browser in (login(club.second), login(club.stranger), client):
        found = everything(browser, slug, case.id, ids)
        found |= {path: browser.get(path, follow_redirects=True).text for path in more}
        found |= {path: browser.get(f"/api/v1{path}").text for path in more[::2]}
        assert leaks(found, CANARIES) == []
        # The first step can be found, so the search would have found the others.
        assert f"<mark>{FINDABLE}</mark>" in found[f"/search?q={FINDABLE}"].lower()
    # The same words are there for whoever got past everything.
    found = everything(login(club.peer), slug, case.id, ids)
    assert {one.rsplit(": ", 1)[1] for one in leaks(found, CANARIES)} == set(CANARIES)


def test_the_socket_tells_that_something_happened_and_not_what(
    club: Club, case: Thread, steps: list[CaseStep], connect: Callable[[User], SocketIOTestClient]
) -> None:
    vote(club, steps[0], club.peer, 60, 30, 10)
    answer_step(club.ctx(club.peer), step_id=steps[1].id, text=PEER)
    answer = connect(club.second).emit("subscribe", {"channel": f"room:{club.room.id}", "since": 0}, callback=True)
    told = [one["data"] for one in answer["messages"] if one["kind"].startswith("step.")]
    assert len(told) == 5
    assert all(one == {"thread_id": case.id, "steps": 3} for one in told)
    assert leaks({"socket": str(answer)}, CANARIES) == []


# ------------------------------------------------------------------ opening


def test_each_answer_opens_the_next_step_and_shows_how_peers_answered(
    club: Club, case: Thread, steps: list[CaseStep]
) -> None:
    vote(club, steps[0], club.peer, 60, 30, 10)
    assert open_to(club, case, club.second) == [1]
    [first] = views(club, case, club.second)
    assert (first.shows_peers, first.ballots, [one.mean for one in first.options]) == (False, 0, [0, 0, 0])
    vote(club, steps[0], club.second, 0, 0, 100)
    first, second = views(club, case, club.second)
    assert first.shows_peers
    assert [(one.mine, one.mean, one.first_choices) for one in first.options] == [(0, 30, 1), (0, 15, 0), (100, 55, 1)]
    assert (second.may_respond, second.may_skip) == (True, False)
    answer_step(club.ctx(club.peer), step_id=steps[1].id, text="A diuretic.")
    assert not views(club, case, club.second)[1].answers
    answer_step(club.ctx(club.second), step_id=steps[1].id, text="An image.")
    second = views(club, case, club.second)[1]
    assert [(one.post.author_id, one.post.body_md) for one in second.answers] == [
        (club.peer.id, "A diuretic."),
        (club.second.id, "An image."),
    ]
    assert open_to(club, case, club.second) == [1, 2, 3]


def test_author_and_mentors_see_everything_and_strangers_the_first_step(
    club: Club, case: Thread, steps: list[CaseStep]
) -> None:
    assert open_to(club, case, club.author) == open_to(club, case, club.mentor) == [1, 2, 3]
    assert open_to(club, case, club.stranger) == open_to(club, case, None) == [1]


def test_once_a_case_is_closed_members_see_all_of_it(club: Club, case: Thread, steps: list[CaseStep]) -> None:
    close_thread(club.ctx(club.author), thread_id=case.id, reason="resolved")
    assert open_to(club, case, club.second) == [1, 2, 3]
    assert open_to(club, case, club.stranger) == [1]


def test_skipping_is_marked_shows_the_peers_and_is_final(club: Club, case: Thread, steps: list[CaseStep]) -> None:
    vote(club, steps[0], club.peer, 100, 0, 0)
    pass_step(club.ctx(club.second), step_id=steps[0].id, skip=True)
    [first, _second] = views(club, case, club.second)
    assert (first.how, first.shows_peers, first.skipped, first.may_respond) == ("skipped", True, 1, False)
    with pytest.raises(Conflict, match="skipped"):
        vote(club, steps[0], club.second, 100, 0, 0)


def test_where_the_author_wants_an_answer_there_is_no_skipping(club: Club, steps: list[CaseStep]) -> None:
    vote(club, steps[0], club.second, 100, 0, 0)
    with pytest.raises(Conflict, match="everybody to answer"):
        pass_step(club.ctx(club.second), step_id=steps[1].id, skip=True)
    with pytest.raises(Conflict, match="first"):
        pass_step(club.ctx(club.second), step_id=steps[1].id)


def test_steps_are_got_past_in_their_order_also_by_who_sees_them_all(club: Club, steps: list[CaseStep]) -> None:
    with pytest.raises(NotFound):
        answer_step(club.ctx(club.second), step_id=steps[1].id, text="Early.")
    with pytest.raises(Conflict, match="order"):
        answer_step(club.ctx(club.mentor), step_id=steps[1].id, text="Early.")


def test_who_may_not_answer_the_thread_cannot_answer_a_step(club: Club, case: Thread, steps: list[CaseStep]) -> None:
    with pytest.raises(Forbidden, match="You wrote"):
        vote(club, steps[0], club.author, 100, 0, 0)
    with pytest.raises(Forbidden, match="Join"):
        vote(club, steps[0], club.stranger, 100, 0, 0)
    with pytest.raises(NotFound):
        cast_ballot(club.ctx(club.mentor, club.other), step_id=steps[0].id, shares={})
    lock_thread(club.ctx(club.mentor), thread_id=case.id, reason="Heated.")
    with pytest.raises(Forbidden, match="locked"):
        vote(club, steps[0], club.peer, 100, 0, 0)
    assert count(StepResponse) == count(BallotShare) == 0
    assert facts("step.passed") == []


def test_a_hidden_answer_keeps_its_place_and_loses_its_words(
    club: Club, case: Thread, steps: list[CaseStep], login: Callable[[User], FlaskClient]
) -> None:
    for user in (club.peer, club.second):
        vote(club, steps[0], user, 100, 0, 0)
        answer_step(club.ctx(user), step_id=steps[1].id, text=f"Secret of {user.display_name}.")
    post = db.session.scalars(select(Post).where(Post.kind == "step").order_by(Post.id)).first()
    hide_post(club.ctx(club.mentor), post_id=post.id, reason="A name.")
    page = login(club.second).get(f"/rooms/{club.room.slug}/threads/{case.id}").text
    assert "This answer is hidden. A name." in page
    assert "Secret of Ben Peer" not in page
    assert "Secret of Cleo Second" in page
    assert reload(case).comment_count == 0


# ------------------------------------------------------------------ ballots


@pytest.mark.parametrize("shares", [(50, 40, 9), (101, -1, 0), (100, 100, 0), (0, 0, 0)])
def test_a_ballot_adds_up_to_a_hundred(club: Club, steps: list[CaseStep], shares: tuple[int, ...]) -> None:
    with pytest.raises(Invalid) as refused:
        vote(club, steps[0], club.peer, *shares)
    assert list(refused.value.fields) == ["shares"]
    assert count(StepResponse) == 0


def test_a_ballot_names_options_of_its_own_poll(club: Club, steps: list[CaseStep]) -> None:
    with pytest.raises(Invalid):
        cast_ballot(club.ctx(club.peer), step_id=steps[0].id, shares={999: 100})


def test_a_ballot_stays_once_a_step_has_opened_with_it(club: Club, steps: list[CaseStep]) -> None:
    vote(club, steps[0], club.peer, 60, 30, 10)
    assert vote(club, steps[0], club.peer, 60, 30, 10).id
    with pytest.raises(Conflict, match="stays as it was"):
        vote(club, steps[0], club.peer, 0, 0, 100)
    assert sorted(db.session.scalars(select(BallotShare.percent))) == [10, 30, 60]


def test_on_the_last_step_a_ballot_changes_until_the_poll_is_closed_or_solved(club: Club, case: Thread) -> None:
    ctx = club.ctx(club.author)
    step = add_step(ctx, thread_id=case.id, ask="poll", question="Which?", options=OPTIONS)
    vote(club, step, club.peer, 60, 30, 10)
    assert views(club, case, club.peer)[0].may_change
    vote(club, step, club.peer, 0, 0, 100)
    assert [fact["first"] for fact in facts("step.passed")] == [True, False]
    assert (count(StepResponse), list(db.session.scalars(select(BallotShare.percent)))) == (1, [100])
    close_poll(ctx, step_id=step.id)
    with pytest.raises(Conflict, match="closed"):
        vote(club, step, club.peer, 100, 0, 0)
    close_poll(ctx, step_id=step.id, closed=False)
    mark_right(ctx, step_id=step.id, option_id=ids_of(step)[2])
    with pytest.raises(Conflict, match="closed"):
        vote(club, step, club.second, 100, 0, 0)


def test_a_closed_poll_lets_readers_go_on(club: Club, case: Thread, steps: list[CaseStep]) -> None:
    close_poll(club.ctx(club.author), step_id=steps[0].id)
    assert views(club, case, club.peer)[0].may_go_on
    assert pass_step(club.ctx(club.peer), step_id=steps[0].id).how == "read"
    assert open_to(club, case, club.peer) == [1, 2]


def test_the_right_diagnosis_is_told_with_its_step_and_not_before(club: Club, case: Thread) -> None:
    ctx = club.ctx(club.author)
    first = add_step(ctx, thread_id=case.id, ask="poll", question="Which?", options=OPTIONS)
    add_step(ctx, thread_id=case.id, body="The film.", ask="text", question="And now?", reveals=ids_of(first)[1])
    add_step(ctx, thread_id=case.id, body="The end.")
    [view] = views(club, case, club.peer)
    assert not view.is_solved
    assert not any(one.is_right for one in view.options)
    vote(club, first, club.peer, 60, 30, 10)
    view, _second = views(club, case, club.peer)
    assert [one.is_right for one in view.options] == [False, True, False]


def test_a_diagnosis_marked_by_hand_is_told_to_those_who_opened_everything(
    club: Club, case: Thread, steps: list[CaseStep]
) -> None:
    mark_right(club.ctx(club.author), step_id=steps[0].id, option_id=ids_of(steps[0])[0])
    vote(club, steps[0], club.peer, 60, 30, 10)
    assert not views(club, case, club.peer)[0].is_solved
    answer_step(club.ctx(club.peer), step_id=steps[1].id, text="A film.")
    assert views(club, case, club.peer)[0].is_solved
    with pytest.raises(Forbidden):
        mark_right(club.ctx(club.peer), step_id=steps[0].id, option_id=None)
    with pytest.raises(Invalid):
        mark_right(club.ctx(club.author), step_id=steps[0].id, option_id=999)


# ------------------------------------------------------------------ writing


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"ask": "nothing"}, "body"),
        ({"ask": "text"}, "question"),
        ({"ask": "poll", "question": "Which?", "options": ["One"]}, "options"),
        ({"ask": "poll", "question": "Which?", "options": ["One", " one "]}, "options"),
        ({"ask": "poll", "question": "Which?", "options": [str(number) for number in range(9)]}, "options"),
        ({"ask": "else", "body": "Text."}, "ask"),
        ({"body": "Text.", "reveals": 1}, "reveals"),
    ],
)
def test_a_step_says_what_is_missing(club: Club, case: Thread, values: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        add_step(club.ctx(club.author), thread_id=case.id, **values)
    assert field in refused.value.fields
    assert (count(CaseStep), reload(case).step_count, facts("step.added")) == (0, 0, [])


def test_only_the_author_of_a_case_writes_its_steps(club: Club, case: Thread) -> None:
    with pytest.raises(Forbidden):
        add_step(club.ctx(club.mentor), thread_id=case.id, body="Text.")
    with pytest.raises(Forbidden, match="Only a case"):
        add_step(club.ctx(club.author), thread_id=club.question().id, body="Text.")
    with pytest.raises(NotFound):
        add_step(club.ctx(club.mentor, club.other), thread_id=case.id, body="Text.")


def test_the_same_request_adds_one_step_and_thirteen_are_refused(club: Club, case: Thread) -> None:
    ctx = club.ctx(club.author)
    same = [add_step(ctx, thread_id=case.id, body="Text.", client_id="request-1").id for _ in range(2)]
    assert same[0] == same[1]
    for _ in range(11):
        add_step(ctx, thread_id=case.id, body="Text.")
    with pytest.raises(Conflict, match="at most 12"):
        add_step(ctx, thread_id=case.id, body="Text.")


def test_an_edit_after_answers_needs_a_reason_and_is_kept(
    club: Club, case: Thread, steps: list[CaseStep], login: Callable[[User], FlaskClient]
) -> None:
    ctx, step = club.ctx(club.author), steps[0]
    edit_step(ctx, step_id=step.id, title="", body="Corrected before.", question="Which is it?", options=OPTIONS[:2])
    vote(club, step, club.peer, 60, 40)
    with pytest.raises(Invalid) as refused:
        edit_step(ctx, step_id=step.id, title="", body="Corrected after.", question="Which is it?")
    assert "reason" in refused.value.fields
    with pytest.raises(Invalid) as refused:
        edit_step(ctx, step_id=step.id, title="", body="X", question="Q", options=OPTIONS, reason="One more.")
    assert "options" in refused.value.fields
    assert reload(step).body_md == "Corrected before."
    edit_step(ctx, step_id=step.id, title="", body="Corrected after.", question="Which is it?", reason="A wrong unit.")
    assert count(StepRevision) == 2
    page = login(club.second).get(f"/rooms/{club.room.slug}/steps/{step.id}/revisions").text
    assert "A wrong unit." in page
    with pytest.raises(Conflict, match="another window"):
        edit_step(ctx, step_id=step.id, title="", body="Late.", question="Q?", reason="R", revision=0)


def test_the_last_step_goes_while_nobody_has_opened_it(club: Club, case: Thread, steps: list[CaseStep]) -> None:
    ctx = club.ctx(club.author)
    with pytest.raises(Conflict, match="last"):
        remove_step(ctx, step_id=steps[0].id)
    remove_step(ctx, step_id=steps[2].id)
    assert reload(case).step_count == 2
    vote(club, steps[0], club.peer, 60, 30, 10)
    with pytest.raises(Conflict, match="opened"):
        remove_step(ctx, step_id=steps[1].id)


# ------------------------------------------------------------------ the page


def test_the_page_takes_ballots_and_answers_without_a_script_and_keeps_what_was_refused(
    club: Club, case: Thread, steps: list[CaseStep], login: Callable[[User], FlaskClient]
) -> None:
    browser = login(club.second)
    here = f"/rooms/{club.room.slug}"
    token = browser.get("/").text.split('name="csrf-token" content="')[1].split('"')[0]
    fields = [f"share_{one}" for one in ids_of(steps[0])]
    wrong = dict(zip(fields, ("70", "20", ""), strict=True))
    answer = browser.post(f"{here}/steps/{steps[0].id}/answer", data={**wrong, "csrf_token": token})
    assert answer.status_code == 422
    assert "add up to 90, not to 100: 10 are left to give" in answer.text
    assert 'value="70"' in answer.text
    right = {**wrong, fields[2]: "10", "csrf_token": token}
    answer = browser.post(f"{here}/steps/{steps[0].id}/answer", data=right, follow_redirects=True)
    assert "Average of 1 ballot" in answer.text
    assert SECOND in answer.text
    answer = browser.post(
        f"{here}/steps/{steps[1].id}/answer", data={"body": "An image.", "csrf_token": token}, follow_redirects=True
    )
    assert THIRD in answer.text
    assert "An image." in answer.text


def test_a_page_of_many_steps_and_answers_costs_the_same(
    club: Club, case: Thread, steps: list[CaseStep], count_queries: Callable[[], Any]
) -> None:
    def cost() -> int:
        views(club, case, club.mentor)
        with count_queries() as seen:
            views(club, case, club.mentor)
        return len(seen)

    vote(club, steps[0], club.mentor, 60, 30, 10)
    answer_step(club.ctx(club.mentor), step_id=steps[1].id, text="One.")
    few = cost()
    for user in (club.second, club.peer):
        vote(club, steps[0], user, 60, 30, 10)
        answer_step(club.ctx(user), step_id=steps[1].id, text="More.")
    add_step(club.ctx(club.author), thread_id=case.id, ask="poll", question="Which?", options=OPTIONS)
    assert cost() == few


def test_what_could_identify_a_patient_is_sent_back_and_nothing_is_kept(
    club: Club, case: Thread, steps: list[CaseStep], login: Callable[[User], FlaskClient]
) -> None:
    secret = "SSN 219-09-9999"
    vote(club, steps[0], club.second, 60, 30, 10)
    before = count(CaseStep), count(StepResponse), count(Post)
    with pytest.raises(IdentifiersFound):
        add_step(club.ctx(club.author), thread_id=case.id, body=f"Patient with {secret}.")
    with pytest.raises(IdentifiersFound):
        edit_step(club.ctx(club.author), step_id=steps[2].id, title="", body=f"Patient with {secret}.")
    with pytest.raises(IdentifiersFound):
        tell_outcome(club.ctx(club.author), thread_id=case.id, body=f"Patient with {secret}.")
    with pytest.raises(IdentifiersFound):
        answer_step(club.ctx(club.second), step_id=steps[1].id, text=f"Ask for {secret}.")
    assert (count(CaseStep), count(StepResponse), count(Post)) == before
    browser = login(club.second)
    token = browser.get("/").text.split('name="csrf-token" content="')[1].split('"')[0]
    form = {"body": f"Ask for {secret}.", "csrf_token": token}
    page = browser.post(f"/rooms/{club.room.slug}/steps/{steps[1].id}/answer", data=form)
    assert page.status_code == 422
    assert "This identifies a patient" in page.text
