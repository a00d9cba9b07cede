"""Fixtures of the tests of cohorts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from social_cme.accounts.enums import CareerStage, Profession
from social_cme.core import clock
from social_cme.persistence.transaction import transaction
from tests.cohorts.calls import Call, Caller
from tests.cohorts.term import MONDAY, Term
from tests.factories import Factory


@pytest.fixture
def term(make: Factory) -> Iterator[Term]:
    """A room with its people on a Monday morning, and a second room of the same people."""
    with clock.at(MONDAY):
        professions = (Profession.PHYSICIAN, Profession.NURSE, Profession.PHARMACIST, Profession.PHYSICIAN)
        stages = (CareerStage.RESIDENT, CareerStage.SENIOR, CareerStage.MID_CAREER, CareerStage.SENIOR)
        with transaction():
            learners = [
                make.user(f"Learner {place}", profession=profession, career_stage=stage)
                for place, (profession, stage) in enumerate(zip(professions, stages, strict=True), start=1)
            ]
            mentor, coordinator = make.user("Mentor Moreno"), make.user("Coordinator Cole")
            room = make.room(mentor=mentor, coordinator=coordinator, members=tuple(learners))
            other = make.room(coordinator=coordinator, members=tuple(learners))
        yield Term(make, room, other, learners, mentor, coordinator)


@pytest.fixture
def call(app: Flask) -> Caller:
    """Return a program with somebody's token, or a stranger's without one."""
    return lambda user: Call(app, user)
