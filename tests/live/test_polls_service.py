"""Polls: prepared, opened, voted on, closed, voted on again; who may do what, and that every ballot counts once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.core.errors import Conflict, Forbidden, Invalid, NotFound
from social_cme.extensions import db
from social_cme.live.jobs import close_polls
from social_cme.live.models import LivePoll, PollBallot, PollGroup, PollMark, PollRound
from social_cme.live.queries.polls import list_copyable, list_polls, my_ballots, polls_answered
from social_cme.live.rules.polls import Ballot
from social_cme.live.services import ballots, leading, poll_groups, polling, polls
from social_cme.privacy.models import IdentifierCheck
from social_cme.privacy.rules.refusal import IdentifiersFound
from social_cme.rooms.queries import open_room
from tests.live.pollster import OPTIONS, again, agree, close, counts, draft, opened, plan, sheet, vote
from tests.live.stage import NOON, Stage

# ------------------------------------------------------------------ preparing


def test_a_poll_is_prepared_before_the_session_and_opened_in_it(stage: Stage) -> None:
    session = stage.session()
    poll = draft(stage, session, question="  What\nnext? ", options=[" Furosemide ", "", "Wait"])
    assert (poll.question, poll.options, poll.state) == ("What\nnext?", ["Furosemide", "Wait"], "draft")
    with pytest.raises(Conflict):
        polling.open_round(stage.ctx(stage.mentor), session.id, poll.id)
    leading.start_session(stage.ctx(stage.mentor), session.id)
    assert again(stage, poll).state == "open"
    assert stage.kinds(session) == ["session.scheduled", "session.started", "poll.opened"], "a draft is no news"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "raffle"}, "kind"),
        ({"question": " "}, "question"),
        ({"question": "x" * 501}, "question"),
        ({"options": ["Only one"]}, "options"),
        ({"options": [f"Option {number}" for number in range(13)]}, "options"),
        ({"options": ["Same", " same. "]}, "options"),
        ({"options": ["x" * 201, "y"]}, "options"),
        ({"kind": "ranking", "options": [f"Option {number}" for number in range(9)]}, "options"),
        ({"kind": "quiz"}, "correct"),
        ({"kind": "quiz", "correct": [4]}, "correct"),
        ({"kind": "differential", "correct": [1, 2]}, "correct"),
        ({"rationale": "x" * 2001}, "rationale"),
        ({"kind": "multiple", "max_choices": 4}, "max_choices"),
        ({"kind": "scale", "scale_min": 5, "scale_max": 5}, "scale_max"),
        ({"kind": "scale", "scale_min": 0, "scale_max": 100}, "scale_max"),
        ({"kind": "scale", "label_min": "x" * 61}, "label_min"),
        ({"results_when": "never"}, "results_when"),
        ({"timer_seconds": 3}, "timer_seconds"),
        ({"is_anonymous": True, "may_change": True}, "may_change"),
    ],
)
def test_what_a_poll_cannot_ask_is_refused_with_its_field(stage: Stage, changes: dict[str, Any], field: str) -> None:
    session = stage.session()
    with pytest.raises(Invalid) as refused:
        draft(stage, session, **changes)
    assert set(refused.value.fields) == {field}
    assert list_polls(session.id, drafts=True) == []


def test_several_problems_are_named_at_once(stage: Stage) -> None:
    with pytest.raises(Invalid) as refused:
        draft(stage, stage.session(), question="", options=[], results_when="never")
    assert set(refused.value.fields) == {"question", "options", "results_when"}


def test_a_repeated_preparation_is_one_poll(stage: Stage) -> None:
    session, ctx = stage.session(), stage.ctx(stage.mentor)
    first = polls.create_poll(ctx, session.id, plan=plan(), client_id="poll-0001")
    assert polls.create_poll(ctx, session.id, plan=plan(question="Other?"), client_id="poll-0001").id == first.id
    copied = polls.copy_poll(ctx, stage.session().id, source_id=first.id, client_id="copy-0001")
    assert polls.copy_poll(ctx, copied.session_id, source_id=first.id, client_id="copy-0001").id == copied.id


def test_a_draft_changes_and_goes_and_an_asked_poll_stays(stage: Stage) -> None:
    session, ctx = stage.running(), stage.ctx(stage.mentor)
    poll = draft(stage, session)
    changed = polls.change_poll(ctx, session.id, poll.id, changes={"kind": "scale", "scale_max": 9})
    assert (changed.kind, changed.options, changed.scale_max, changed.question) == ("scale", [], 9, "What next?")
    other = draft(stage, session)
    polls.delete_poll(ctx, session.id, other.id)
    assert [one.id for one in list_polls(session.id, drafts=True)] == [poll.id]
    again(stage, poll)
    for act in (
        lambda: polls.edit_poll(ctx, session.id, poll.id, plan=plan()),
        lambda: polls.delete_poll(ctx, session.id, poll.id),
    ):
        with pytest.raises(Conflict):
            act()


def test_a_poll_is_taken_over_into_another_session_without_its_votes(stage: Stage) -> None:
    old, new = stage.running(), stage.session()
    poll = opened(stage, old, kind="quiz", correct=[2], rationale="Sequential blockade.", timer_seconds=60)
    vote(stage, poll, stage.learner, choices=[2])
    ctx = stage.ctx(stage.mentor)
    assert [(one.id, session.id) for one, session in list_copyable(ctx, new)] == [(poll.id, old.id)]
    copied = polls.copy_poll(ctx, new.id, source_id=poll.id)
    assert polls.plan_of(copied) == polls.plan_of(poll)
    assert (copied.state, copied.round, sheet(copied).rounds) == ("draft", 0, [])


def test_only_a_session_one_leads_gives_its_polls_away(stage: Stage) -> None:
    second = stage.make.user()
    stage.make.membership(stage.room, second, role="mentor")
    foreign = draft(stage, stage.session())
    theirs = stage.session(mentor_ids=(second.id,))
    ctx = stage.ctx(second)
    assert list_copyable(ctx, theirs) == []
    with pytest.raises(NotFound):
        polls.copy_poll(ctx, theirs.id, source_id=foreign.id)
    elsewhere = stage.ctx(stage.mentor, stage.other_room)
    from social_cme.live.services import schedule

    other = schedule.schedule_session(elsewhere, plan=stage.plan())
    with pytest.raises(NotFound):
        polls.copy_poll(elsewhere, other.id, source_id=foreign.id)
    assert polls.copy_poll(stage.ctx(stage.coordinator), theirs.id, source_id=foreign.id).question == "What next?"


def test_what_identifies_a_patient_is_in_no_poll(stage: Stage) -> None:
    session = stage.running()
    for words in ({"question": "MRN 12345678: what next?"}, {"options": ["Call 617-555-0134", "Wait"]}):
        with pytest.raises(IdentifiersFound):
            draft(stage, session, **words)
    assert list_polls(session.id, drafts=True) == []


# ------------------------------------------------------------------ who may do what


def test_only_who_leads_the_session_works_with_its_polls(stage: Stage) -> None:
    session = stage.running()
    poll = opened(stage, session, kind="text")
    vote(stage, poll, stage.learner, text="Metolazone")
    group = db.session.scalars(select(PollGroup)).one()
    waiting = draft(stage, session)
    acts: list[Callable[[Any], Any]] = [
        lambda ctx: polls.create_poll(ctx, session.id, plan=plan()),
        lambda ctx: polls.edit_poll(ctx, session.id, waiting.id, plan=plan()),
        lambda ctx: polls.change_poll(ctx, session.id, waiting.id, changes={}),
        lambda ctx: polls.delete_poll(ctx, session.id, waiting.id),
        lambda ctx: polls.copy_poll(ctx, session.id, source_id=poll.id),
        lambda ctx: polling.open_round(ctx, session.id, waiting.id),
        lambda ctx: polling.close_poll(ctx, session.id, poll.id),
        lambda ctx: polling.show_results(ctx, session.id, poll.id, shown=True),
        lambda ctx: poll_groups.group_answers(ctx, session.id, poll.id, group.id, into_id=None),
        lambda ctx: poll_groups.hide_answer(ctx, session.id, poll.id, group.id),
    ]
    for act in acts:
        for user in (stage.learner, stage.make.user()):
            with pytest.raises(Forbidden):
                act(stage.ctx(user))
        with pytest.raises(NotFound):
            act(stage.ctx(stage.mentor, stage.other_room))
    assert sheet(poll).state == "open"


def test_a_poll_of_another_session_is_not_found(stage: Stage) -> None:
    session, other = stage.running(), stage.running()
    poll = opened(stage, session, kind="text")
    vote(stage, poll, stage.learner, text="Metolazone")
    group, mentor = db.session.scalars(select(PollGroup)).one(), stage.ctx(stage.mentor)
    acts: list[Callable[[], Any]] = [
        lambda: polls.edit_poll(mentor, other.id, poll.id, plan=plan()),
        lambda: polls.delete_poll(mentor, other.id, poll.id),
        lambda: polling.open_round(mentor, other.id, poll.id),
        lambda: polling.close_poll(mentor, other.id, poll.id),
        lambda: polling.show_results(mentor, other.id, poll.id, shown=True),
        lambda: poll_groups.group_answers(mentor, other.id, poll.id, group.id, into_id=None),
        lambda: ballots.cast_ballot(stage.ctx(stage.peer), other.id, poll.id, ballot=Ballot(text="X")),
    ]
    for act in acts:
        with pytest.raises(NotFound):
            act()
    assert sheet(poll).voters == 1


def test_who_does_not_take_part_has_no_vote(stage: Stage) -> None:
    session = stage.running(capacity=1)
    poll = opened(stage, session)
    for user in (stage.make.user(), stage.learner):
        with pytest.raises(Forbidden):
            vote(stage, poll, user, choices=[1])
    assert sheet(poll).voters == 0
    agree(poll)


# ------------------------------------------------------------------ voting


BALLOTS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"kind": "single"}, {"choices": [2]}),
    ({"kind": "multiple", "max_choices": 2}, {"choices": [1, 3]}),
    ({"kind": "quiz", "correct": [1, 2]}, {"choices": [1, 2]}),
    ({"kind": "scale"}, {"value": 4}),
    ({"kind": "ranking"}, {"ranks": [3, 1, 2]}),
    ({"kind": "text"}, {"text": "Metolazone"}),
    ({"kind": "differential"}, {"shares": {1: 60, 2: 40, 3: None}}),
]


@pytest.mark.parametrize("is_anonymous", [False, True])
@pytest.mark.parametrize(("asked", "said"), BALLOTS, ids=lambda one: one.get("kind"))
def test_each_kind_is_voted_on_once(stage: Stage, asked: Any, said: Any, is_anonymous: bool) -> None:
    poll = opened(stage, stage.running(), is_anonymous=is_anonymous, **asked)
    receipt = vote(stage, poll, stage.learner, client_id="vote-0001", **said)
    assert (receipt.voters, receipt.kept is None) == (1, is_anonymous)
    again_ = vote(stage, poll, stage.learner, client_id="vote-0001", **said)
    assert again_.voters == 1
    vote(stage, poll, stage.peer, **said)
    assert sheet(poll).voters == 2
    agree(poll)


@pytest.mark.parametrize(
    ("asked", "said", "field"),
    [
        ({"kind": "single"}, {"choices": [1, 2]}, "choices"),
        ({"kind": "single"}, {"choices": []}, "choices"),
        ({"kind": "single"}, {"choices": [4]}, "choices"),
        ({"kind": "single"}, {"choices": [0]}, "choices"),
        ({"kind": "multiple", "max_choices": 2}, {"choices": [1, 2, 3]}, "choices"),
        ({"kind": "multiple"}, {"choices": [1, 1]}, "choices"),
        ({"kind": "scale"}, {"value": 6}, "value"),
        ({"kind": "scale"}, {}, "value"),
        ({"kind": "ranking"}, {"ranks": [1, 2]}, "ranks"),
        ({"kind": "ranking"}, {"ranks": [1, 2, 2]}, "ranks"),
        ({"kind": "text"}, {"text": " \u200b "}, "text"),
        ({"kind": "text"}, {"text": "x" * 201}, "text"),
        ({"kind": "differential"}, {"shares": {1: 60, 2: 30}}, "shares"),
        ({"kind": "differential"}, {"shares": {1: 60, 9: 40}}, "shares"),
        ({"kind": "differential"}, {"shares": {}}, "shares"),
    ],
)
def test_what_a_poll_does_not_offer_is_no_ballot(stage: Stage, asked: Any, said: Any, field: str) -> None:
    poll = opened(stage, stage.running(), **asked)
    with pytest.raises(Invalid) as refused:
        vote(stage, poll, stage.learner, **said)
    assert set(refused.value.fields) == {field}
    assert sheet(poll).voters == 0
    agree(poll)


def test_nobody_votes_before_after_or_between(stage: Stage) -> None:
    session = stage.running()
    poll = draft(stage, session, two_rounds=True)
    with pytest.raises(NotFound):
        vote(stage, poll, stage.learner, choices=[1])
    again(stage, poll)
    vote(stage, poll, stage.learner, choices=[1])
    for _ in range(2):
        close(stage, poll)
        with pytest.raises(Forbidden):
            vote(stage, poll, stage.peer, choices=[1])
    leading.end_session(stage.ctx(stage.mentor), session.id)
    with pytest.raises(Forbidden):
        vote(stage, poll, stage.peer, choices=[1])
    assert counts(poll) == [1, 0, 0]
    agree(poll)


def test_a_vote_that_may_not_change_stays(stage: Stage) -> None:
    for anonymous in (False, True):
        session = stage.running()
        poll = opened(stage, session, is_anonymous=anonymous)
        vote(stage, poll, stage.learner, choices=[1])
        with pytest.raises(Conflict):
            vote(stage, poll, stage.learner, choices=[2], client_id="vote-0002")
        assert sheet(poll).voters == 1
        agree(poll)


@pytest.mark.parametrize(
    ("asked", "first", "second", "expected"),
    [
        ({"kind": "single"}, {"choices": [1]}, {"choices": [3]}, [0, 0, 1]),
        ({"kind": "multiple"}, {"choices": [1, 2]}, {"choices": [2, 3]}, [0, 1, 1]),
        ({"kind": "scale", "scale_max": 3}, {"value": 1}, {"value": 2}, [0, 1, 0]),
        ({"kind": "differential"}, {"shares": {1: 100}}, {"shares": {2: 50, 3: 50}}, [0, 1, 1]),
        ({"kind": "ranking"}, {"ranks": [1, 2, 3]}, {"ranks": [3, 2, 1]}, [1, 1, 1]),
    ],
)
def test_a_vote_is_changed_until_the_end(
    stage: Stage, asked: Any, first: Any, second: Any, expected: list[int]
) -> None:
    poll = opened(stage, stage.running(), may_change=True, **asked)
    vote(stage, poll, stage.learner, client_id="vote-0001", **first)
    vote(stage, poll, stage.learner, client_id="vote-0002", **second)
    for client_id in ("vote-0001", "vote-0002"):
        vote(stage, poll, stage.learner, client_id=client_id, **first)
    assert counts(poll) == expected
    assert sheet(poll).voters == 1
    agree(poll)
    close(stage, poll)
    with pytest.raises(Forbidden):
        vote(stage, poll, stage.learner, client_id="vote-0003", **first)
    assert counts(poll) == expected


def test_a_thousand_flips_are_one_vote(stage: Stage) -> None:
    poll = opened(stage, stage.running(), may_change=True)
    for number in range(30):
        vote(stage, poll, stage.learner, choices=[1 + number % 3])
    assert counts(poll) == [0, 0, 1]
    agree(poll)


@pytest.mark.parametrize("is_anonymous", [False, True])
def test_fifty_ballots_at_once_are_twenty_five_people(app: Flask, stage: Stage, is_anonymous: bool) -> None:
    poll = opened(stage, stage.running(), is_anonymous=is_anonymous, may_change=not is_anonymous)
    poll_id, session_id, slug = poll.id, poll.session_id, stage.room.slug
    people = [stage.make.user() for _ in range(25)]
    for user in people:
        stage.make.membership(stage.room, user)
    ids = [user.id for user in people]
    db.session.remove()
    failed: list[BaseException] = []

    def press(user_id: int, place: int) -> None:
        try:
            with app.app_context():
                ctx = open_room(db.session.get(User, user_id), slug)
                ballots.cast_ballot(ctx, session_id, poll_id, ballot=Ballot(choices=[place]))
                db.session.remove()
        except Conflict as refusal:
            if not is_anonymous:
                failed.append(refusal)
        except BaseException as error:  # noqa: BLE001 - a thread must hand its failure to the test
            failed.append(error)

    # Everybody votes twice at once, for different options.
    threads = [threading.Thread(target=press, args=(one, place)) for place in (1, 2) for one in ids]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert failed == []
    found = db.session.get(LivePoll, poll_id)
    assert found is not None
    assert sheet(found).voters == 25
    assert sum(counts(found)) == 25
    agree(found)
    assert len(stage.kinds(found)) == len({fact.seq for fact in stage.facts(found)})  # type: ignore[arg-type]


def test_a_ballot_is_cheap(stage: Stage, count_queries: Callable[[], Any]) -> None:
    """Thousands arrive within seconds: fewer than eight statements, and none that reads other people's ballots."""
    for changes in (
        {"results_when": "live"},
        {"results_when": "closed"},
        {"is_anonymous": True},
        {"results_when": "voted"},
    ):
        session = stage.running()
        poll = opened(stage, session, **changes)
        vote(stage, poll, stage.peer, choices=[1])
        ctx, ballot = stage.ctx(stage.learner), Ballot(choices=[2])
        session_id, poll_id = session.id, poll.id
        assert ctx.user.id, "known before the vote, as in a face"
        assert ctx.room_id
        with count_queries() as seen:
            ballots.cast_ballot(ctx, session_id, poll_id, ballot=ballot, client_id="vote-0001")
        assert len(seen) < 8, "\n".join(seen)
        assert not [one for one in seen if one.startswith("SELECT") and "FOR UPDATE" in one]
        assert not [one for one in seen if "count(" in one.lower() and one.startswith("SELECT")]


def test_how_often_somebody_voted_is_known_for_every_poll(stage: Stage) -> None:
    session = stage.running()
    for anonymous in (False, True):
        poll = opened(stage, session, is_anonymous=anonymous)
        vote(stage, poll, stage.learner, choices=[1])
        close(stage, poll)
    assert polls_answered(session.id) == {stage.learner.id: 2}


# ------------------------------------------------------------------ time


def test_a_timer_ends_a_round_to_the_second(stage: Stage) -> None:
    with clock.at(NOON):
        session = stage.running()
        poll = opened(stage, session, timer_seconds=30)
    with clock.at(NOON + timedelta(seconds=29)):
        vote(stage, poll, stage.learner, choices=[1])
    with clock.at(NOON + timedelta(seconds=30)):
        with pytest.raises(Forbidden):
            vote(stage, poll, stage.peer, choices=[1])
        assert sheet(poll).state == "closed", "whoever reads it sees it closed, before any job ran"
        close_polls()
        close_polls()
    assert stage.kinds(session)[-2:] == ["poll.voted", "poll.closed"]
    assert stage.facts(session)[-1].actor_id is None
    one = db.session.scalars(select(PollRound)).one()
    assert one.closed_at == NOON + timedelta(seconds=30)
    agree(poll)


def test_a_timer_of_the_first_of_two_rounds_leads_into_the_discussion(stage: Stage) -> None:
    with clock.at(NOON):
        poll = opened(stage, stage.running(), timer_seconds=30, two_rounds=True)
    with clock.at(NOON + timedelta(seconds=31)):
        assert sheet(poll).state == "discussing"
        assert again(stage, poll).round == 2, "also when the job has not run yet"
        assert sheet(poll).state == "open"


def test_one_poll_is_open_at_a_time(stage: Stage) -> None:
    with clock.at(NOON):
        session = stage.running()
        first, second = opened(stage, session, timer_seconds=30), draft(stage, session)
        with pytest.raises(Conflict):
            again(stage, second)
        assert again(stage, first).round == 1, "it is open already"
    with clock.at(NOON + timedelta(seconds=30)):
        again(stage, second)
    assert (sheet(first).state, sheet(second).state) == ("closed", "open")


def test_the_end_of_a_session_closes_its_polls(stage: Stage) -> None:
    session = stage.running()
    discussed = opened(stage, session, two_rounds=True)
    close(stage, discussed)
    poll = opened(stage, session)
    leading.end_session(stage.ctx(stage.mentor), session.id)
    assert [sheet(one).state for one in (discussed, poll)] == ["closed", "closed"]
    with pytest.raises(Forbidden):
        polling.open_round(stage.ctx(stage.mentor), session.id, poll.id)


# ------------------------------------------------------------------ peer instruction


def test_vote_discuss_and_vote_again_shows_who_moved(stage: Stage) -> None:
    session = stage.running()
    poll = opened(stage, session, kind="quiz", correct=[2], rationale="Because.", two_rounds=True)
    third = stage.make.user()
    stage.make.membership(stage.room, third)
    people = (stage.learner, stage.peer, third)
    for user, place in zip(people, (1, 1, 2), strict=True):
        vote(stage, poll, user, choices=[place])
    assert close(stage, poll).state == "discussing"
    between = sheet(poll)
    assert not between.shows_solution
    assert not between.shows_results(voted=True)
    assert again(stage, poll).round == 2
    for user, place in zip(people, (2, 1, 2), strict=True):
        vote(stage, poll, user, choices=[place])
    assert close(stage, poll).state == "closed"
    found = sheet(poll)
    assert [counts(poll, number) for number in (0, 1)] == [[2, 1, 0], [1, 2, 0]]
    assert [(one.start, one.end, one.people) for one in found.shift] == [(1, 1, 1), (1, 2, 1), (2, 2, 1)]
    assert found.shows_solution
    with pytest.raises(Conflict):
        again(stage, poll)
    agree(poll)


def test_who_moved_in_an_anonymous_poll_nobody_knows(stage: Stage) -> None:
    poll = opened(stage, stage.running(), is_anonymous=True, two_rounds=True)
    vote(stage, poll, stage.learner, choices=[1])
    close(stage, poll)
    again(stage, poll)
    vote(stage, poll, stage.learner, choices=[2])
    close(stage, poll)
    assert sheet(poll).shift == []
    assert [counts(poll, number) for number in (0, 1)] == [[1, 0, 0], [0, 1, 0]]


def test_a_mentor_decides_how_a_round_ends(stage: Stage) -> None:
    session = stage.running()
    plain, double = opened(stage, session), None
    assert close(stage, plain, discuss=True).state == "discussing"
    assert close(stage, plain, client_id="close-0001").state == "closed"
    assert close(stage, plain, client_id="close-0001").state == "closed"
    double = opened(stage, session, two_rounds=True)
    assert close(stage, double, discuss=False).state == "closed"
    with pytest.raises(Conflict):
        close(stage, draft(stage, session))
    assert [one for one in stage.kinds(session) if one == "poll.closed"] == ["poll.closed"] * 3
    for _ in range(4):
        again(stage, plain)
        close(stage, plain)
    with pytest.raises(Conflict):
        again(stage, plain)


def test_a_repeated_opening_opens_one_round(stage: Stage) -> None:
    session, ctx = stage.running(), stage.ctx(stage.mentor)
    poll = draft(stage, session)
    polling.open_round(ctx, session.id, poll.id, client_id="open-0001")
    close(stage, poll)
    assert polling.open_round(ctx, session.id, poll.id, client_id="open-0001").round == 1
    assert sheet(poll).state == "closed"


def test_results_are_shown_and_held_back_by_hand(stage: Stage) -> None:
    session, ctx = stage.running(), stage.ctx(stage.mentor)
    poll = draft(stage, session, kind="quiz", correct=[1])
    with pytest.raises(Conflict):
        polling.show_results(ctx, session.id, poll.id, shown=True)
    again(stage, poll)
    assert not sheet(poll).shows_results()
    for _ in range(2):
        polling.show_results(ctx, session.id, poll.id, shown=True)
    assert sheet(poll).shows_results()
    assert not sheet(poll).shows_solution, "the right answer waits for the end whatever is shown"
    polling.show_results(ctx, session.id, poll.id, shown=False)
    close(stage, poll)
    assert (sheet(poll).shows_results(), sheet(poll).shows_solution) == (False, False)
    polling.show_results(ctx, session.id, poll.id, shown=True)
    assert (sheet(poll).shows_results(), sheet(poll).shows_solution) == (True, True)
    assert stage.kinds(session).count("poll.changed") == 3


# ------------------------------------------------------------------ anonymous


def test_an_anonymous_vote_leaves_nothing_that_joins_person_and_choice(stage: Stage) -> None:
    session = stage.running()
    poll = opened(stage, session, is_anonymous=True)
    for user, place in ((stage.learner, 1), (stage.peer, 2), (stage.coordinator, 2)):
        vote(stage, poll, user, choices=[place], client_id="vote-0001")
    assert db.session.scalars(select(PollBallot)).all() == []
    marks = db.session.scalars(select(PollMark)).all()
    assert {one.user_id for one in marks} == {stage.learner.id, stage.peer.id, stage.coordinator.id}
    columns = {one.name for one in PollMark.__table__.columns}
    assert columns == {"id", "round_id", "user_id", "client_id"}, "no choice, no time"
    assert min(one.id for one in marks) > 10**6, "and an id that tells no order"
    told = [fact for fact in stage.facts(session) if fact.kind == "poll.voted"]
    assert [(fact.actor_id, fact.data["first"]) for fact in told] == [(None, True)] * 3
    assert not any(set(fact.data) & {"choices", "kept", "place", "user_id"} for fact in told)
    from social_cme.persistence.transaction import ClientRequest

    requests = db.session.scalars(select(ClientRequest)).all()
    assert [one for one in requests if one.scope == "poll.vote"] == [], "a named request would carry the time"
    close(stage, poll)
    db.session.expire_all()
    assert {one.client_id for one in db.session.scalars(select(PollMark))} == {""}


def test_facts_of_named_votes_name_the_voter_and_no_choice(stage: Stage) -> None:
    session = stage.running()
    poll = opened(stage, session)
    vote(stage, poll, stage.learner, choices=[2])
    fact = stage.facts(session)[-1]
    assert (fact.kind, fact.actor_id) == ("poll.voted", stage.learner.id)
    assert set(fact.data) == {"room_id", "session_id", "poll_id", "round", "first"}


def test_two_anonymous_votes_tell_nobody_anything(stage: Stage) -> None:
    poll = opened(stage, stage.running(), is_anonymous=True, results_when="live")
    for user in (stage.learner, stage.peer):
        vote(stage, poll, user, choices=[1])
        assert sheet(poll).rounds[0].is_withheld
    vote(stage, poll, stage.coordinator, choices=[1])
    assert not sheet(poll).rounds[0].is_withheld


def test_an_anonymous_answer_is_checked_without_a_line_in_the_log(stage: Stage) -> None:
    poll = opened(stage, stage.running(), kind="text", is_anonymous=True)
    before = len(db.session.scalars(select(IdentifierCheck)).all())
    with pytest.raises(IdentifiersFound):
        vote(stage, poll, stage.learner, text="Like MRN 12345678")
    vote(stage, poll, stage.learner, text="Metolazone")
    assert len(db.session.scalars(select(IdentifierCheck)).all()) == before
    assert sheet(poll).voters == 1


# ------------------------------------------------------------------ free text


def test_equal_answers_are_one_group_and_a_mentor_joins_others(stage: Stage) -> None:
    session, mentor = stage.running(), stage.ctx(stage.mentor)
    poll = opened(stage, session, kind="text", may_change=True)
    for user, text in ((stage.learner, "Metolazone"), (stage.peer, " metolazone. "), (stage.coordinator, "A thiazide")):
        vote(stage, poll, user, text=text)
    groups = sheet(poll).rounds[0].groups
    assert [(one.text, one.count) for one in groups] == [("Metolazone", 2), ("A thiazide", 1)]
    target, other = groups
    poll_groups.group_answers(mentor, session.id, poll.id, other.id, into_id=target.id)
    joined = sheet(poll).rounds[0].groups
    assert [(one.text, one.count, [two.text for two in one.members]) for one in joined] == [
        ("Metolazone", 3, ["A thiazide"])
    ]
    vote(stage, poll, stage.peer, text="a thiazide")
    assert sheet(poll).rounds[0].groups[0].count == 3, "a later answer joins the group by itself"
    with pytest.raises(Conflict):
        poll_groups.group_answers(mentor, session.id, poll.id, target.id, into_id=other.id)
    with pytest.raises(Invalid):
        poll_groups.group_answers(mentor, session.id, poll.id, target.id, into_id=target.id)
    poll_groups.group_answers(mentor, session.id, poll.id, other.id, into_id=None)
    assert [one.count for one in sheet(poll).rounds[0].groups] == [2, 1]
    poll_groups.hide_answer(mentor, session.id, poll.id, other.id)
    assert [one.is_hidden for one in sheet(poll).rounds[0].groups if one.id == other.id] == [True]
    agree(poll)


def test_a_group_goes_into_another_with_all_that_is_in_it(stage: Stage) -> None:
    session, mentor = stage.running(), stage.ctx(stage.mentor)
    poll = opened(stage, session, kind="text")
    for user, text in ((stage.learner, "One"), (stage.peer, "Two"), (stage.coordinator, "Three")):
        vote(stage, poll, user, text=text)
    ids = {one.text: one.id for one in sheet(poll).rounds[0].groups}
    poll_groups.group_answers(mentor, session.id, poll.id, ids["One"], into_id=ids["Two"])
    poll_groups.group_answers(mentor, session.id, poll.id, ids["Two"], into_id=ids["Three"])
    assert [(one.text, one.count, len(one.members)) for one in sheet(poll).rounds[0].groups] == [("Three", 3, 2)]


def test_a_named_answer_that_may_identify_a_patient_is_refused(stage: Stage) -> None:
    poll = opened(stage, stage.running(), kind="text")
    with pytest.raises(IdentifiersFound):
        vote(stage, poll, stage.learner, text="Like MRN 12345678")
    assert sheet(poll).voters == 0
    agree(poll)


# ------------------------------------------------------------------ one's own


def test_ones_own_vote_comes_back_to_its_writer_alone(stage: Stage) -> None:
    poll = opened(stage, stage.running(), kind="differential", correct=[1])
    vote(stage, poll, stage.learner, shares={1: 80, 2: 20})
    mine = my_ballots(stage.learner.id, [sheet(poll)])[poll.id]
    assert (mine.kept, mine.score) == ({"shares": {"1": 80, "2": 20}}, None)
    assert my_ballots(stage.peer.id, [sheet(poll)]) == {}
    assert my_ballots(None, [sheet(poll)]) == {}
    close(stage, poll)
    assert my_ballots(stage.learner.id, [sheet(poll)])[poll.id].score == pytest.approx(0.08)
    assert OPTIONS
