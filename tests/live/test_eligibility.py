"""Sessions for some professions, stages or the verified: everybody may read; the others neither come nor take part, and read why."""

from __future__ import annotations

from typing import Any

import pytest

from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.core.errors import Forbidden, Invalid
from social_cme.live.enums import RsvpState
from social_cme.live.models import LiveSession
from social_cme.live.policies import can_come, can_join
from social_cme.live.queries.board import load_board
from social_cme.live.queries.rsvps import my_rsvp
from social_cme.live.queries.sessions import access_session
from social_cme.live.rules import whom_it_is_for
from social_cme.live.services import attendance, leading, rsvps, schedule
from social_cme.persistence.transaction import transaction
from social_cme.rooms.services.joining import leave_room
from tests.live.stage import NOON, Stage


@pytest.fixture(autouse=True)
def _noon() -> Any:
    with clock.at(NOON):
        yield


@pytest.fixture
def nurse(stage: Stage) -> User:
    """A nurse early in her career whose profession nobody has verified."""
    return known(stage, "nurse", "early_career")


def known(stage: Stage, profession: str | None, stage_of_career: str | None, *, verified: bool = False) -> User:
    user = stage.make.user()
    stage.make.membership(stage.room, user)
    with transaction():
        user.profession, user.career_stage = profession, stage_of_career
        user.verified_profession = profession if verified else None
    return user


LIMITS: list[tuple[dict[str, Any], str]] = [
    ({"eligible_professions": ("physician", "pharmacist")}, "for these professions: physician, pharmacist"),
    ({"eligible_stages": ("resident", "fellow")}, "for these career stages: resident, fellow"),
    ({"requires_verified": True}, "whose profession is verified"),
    ({"eligible_professions": ("nurse",), "requires_verified": True}, "whose profession is verified"),
    ({"eligible_professions": ("nurse",), "eligible_stages": ("senior",)}, "for these career stages: senior"),
]


@pytest.mark.parametrize(("limits", "reason"), LIMITS)
def test_whom_a_session_is_not_for_reads_along_and_reads_why(
    stage: Stage, nurse: User, limits: dict[str, Any], reason: str
) -> None:
    session = stage.session(**limits)
    ctx = stage.ctx(nurse)
    with pytest.raises(Forbidden, match=reason):
        rsvps.set_rsvp(ctx, session.id, going=True)
    with pytest.raises(Forbidden, match=reason):
        stage.ask(session, nurse)
    leading.start_session(stage.ctx(stage.mentor), session.id)
    question = stage.ask(session, stage.mentor)
    for act in (
        lambda: stage.ask(session, nurse),
        lambda: stage.vote(session, question, nurse),
        lambda: stage.say(session, "Hello", nurse),
    ):
        with pytest.raises(Forbidden, match=reason):
            act()
    assert attendance.heartbeat(ctx, session.id).counted is False
    board = load_board(ctx, access_session(ctx, session.id))
    assert [one.id for one in board.questions] == [question.id]


@pytest.mark.parametrize(
    "limits",
    [
        {},
        {"eligible_professions": ("nurse", "physician")},
        {"eligible_stages": ("early_career",)},
        {"eligible_professions": ("nurse",), "eligible_stages": ("early_career", "senior")},
    ],
)
def test_whom_it_is_for_takes_part(stage: Stage, nurse: User, limits: dict[str, Any]) -> None:
    session = stage.running(**limits)
    rsvps.set_rsvp(stage.ctx(nurse), session.id, going=True)
    stage.ask(session, nurse)
    stage.say(session, "Hello", nurse)
    assert attendance.heartbeat(stage.ctx(nurse), session.id).counted is True


def test_a_verified_profession_opens_what_is_for_the_verified(stage: Stage) -> None:
    session = stage.session(eligible_professions=("pharmacist",), requires_verified=True)
    verified = known(stage, "pharmacist", "senior", verified=True)
    rsvps.set_rsvp(stage.ctx(verified), session.id, going=True)
    with transaction():
        # The proof was of another profession than the profile says now.
        verified.profession = "physician"
    assert not can_come(stage.ctx(verified), session)


def test_a_profile_that_says_nothing_is_not_enough(stage: Stage) -> None:
    session = stage.session(eligible_professions=("nurse",))
    silent = known(stage, None, None)
    assert not can_come(stage.ctx(silent), session)


def test_who_guides_the_room_is_never_shut_out(stage: Stage) -> None:
    session = stage.running(eligible_professions=("dentist",))
    for user in (stage.mentor, stage.coordinator):
        assert can_come(stage.ctx(user), session)
        assert can_join(stage.ctx(user), session, (), has_place=False)


def test_a_stranger_is_asked_to_log_in_and_not_for_a_profession(stage: Stage) -> None:
    session = stage.session(eligible_professions=("dentist",))
    assert can_come(stage.ctx(None), session).reason == "Please log in to take part."


def places(stage: Stage, session: LiveSession, *people: User) -> list[RsvpState | None]:
    return [my_rsvp(one.id, session.id).state for one in people]


def test_a_limit_set_later_frees_the_places_of_others_and_the_line_moves_up(stage: Stage, nurse: User) -> None:
    session = stage.session(capacity=1)
    doctor, second = (known(stage, "physician", "senior") for _ in range(2))
    for user in (nurse, doctor, second):
        rsvps.set_rsvp(stage.ctx(user), session.id, going=True)
    ctx = stage.ctx(stage.mentor)
    plan = schedule.current_plan(ctx, session.id).changed(eligible_professions=("physician",))
    schedule.edit_session(ctx, session.id, plan=plan)
    assert places(stage, session, nurse, doctor, second) == ["declined", "going", "waiting"]
    assert (session.going_count, session.waiting_count) == (1, 1)
    assert "rsvp.released" in stage.kinds(session)


def test_whoever_left_the_room_is_not_told_that_the_session_is_for_others(stage: Stage, nurse: User) -> None:
    session = stage.session()
    rsvps.set_rsvp(stage.ctx(nurse), session.id, going=True)
    leave_room(stage.ctx(nurse))
    ctx = stage.ctx(stage.mentor)
    schedule.edit_session(ctx, session.id, plan=schedule.current_plan(ctx, session.id).changed(title="Other words"))
    assert "rsvp.released" not in stage.kinds(session)


def test_whom_it_is_no_longer_for_is_passed_over_in_line_and_can_give_the_place_back(stage: Stage, nurse: User) -> None:
    session = stage.session(capacity=1, eligible_professions=("nurse",))
    first, second = (known(stage, "nurse", "senior") for _ in range(2))
    for user in (nurse, first, second):
        rsvps.set_rsvp(stage.ctx(user), session.id, going=True)
    with transaction():
        first.profession = nurse.profession = "physician"
    rsvps.set_rsvp(stage.ctx(nurse), session.id, going=False)
    assert places(stage, session, nurse, first, second) == ["declined", "waiting", "going"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"eligible_professions": ("wizard",)}, "eligible_professions"),
        ({"eligible_stages": ("senior", "")}, "eligible_stages"),
    ],
)
def test_groups_outside_of_the_vocabularies_are_refused(stage: Stage, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        stage.session(**changes)
    assert set(refused.value.fields) == {field}


def test_groups_are_kept_once_and_in_the_order_of_the_vocabulary(stage: Stage) -> None:
    session = stage.session(eligible_professions=("pharmacist", "physician", "pharmacist"))
    assert session.eligible_professions == ["physician", "pharmacist"]
    assert whom_it_is_for(session.eligible_professions, [], verified=True) == (
        "physician, pharmacist, with a verified profession"
    )
    assert whom_it_is_for([], [], verified=False) == ""
    assert whom_it_is_for([], ["fellow"], verified=False) == "people at the stage fellow"
