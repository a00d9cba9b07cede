"""A verified profession: who marks it, on what proof, and how long it holds."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from social_cme.accounts.enums import CareerStage, Profession, SiteRole
from social_cme.accounts.models import ProfessionVerification, User
from social_cme.accounts.queries import find_verification
from social_cme.accounts.services.profile import update_profile
from social_cme.accounts.services.verification import unverify_profession, verify_profession
from social_cme.core.errors import Conflict, Forbidden, Invalid, NotFound
from social_cme.extensions import db
from social_cme.persistence.facts import Fact
from social_cme.persistence.transaction import transaction
from tests.factories import Factory


@pytest.fixture
def admin(make: Factory) -> User:
    return make.user("Anna Root", role=SiteRole.ADMINISTRATOR)


def test_an_administrator_verifies_and_the_record_says_who_when_and_by_what(make: Factory, admin: User) -> None:
    user = make.user()
    row = verify_profession(actor=admin, user_id=user.id, evidence="  State register, looked up today ")
    assert user.is_verified
    assert (row.profession, row.evidence, row.verified_by_id) == (
        "physician",
        "State register, looked up today",
        admin.id,
    )
    shown = find_verification(user)
    assert shown is not None
    assert shown.verified_by is not None
    assert shown.verified_by.display_name == "Anna Root"
    facts = db.session.scalars(select(Fact).where(Fact.kind == "account.verified")).all()
    assert [(one.actor_id, one.data) for one in facts] == [(admin.id, {"user_id": user.id, "profession": "physician"})]


def test_another_profession_in_the_profile_is_not_verified(make: Factory, admin: User) -> None:
    user = make.user()
    verify_profession(actor=admin, user_id=user.id, evidence="Register")
    update_profile(user, changes={"profession": Profession.NURSE})
    assert not user.is_verified
    assert find_verification(user) is None
    verify_profession(actor=None, user_id=user.id, evidence="Register of nurses")
    rows = db.session.scalars(select(ProfessionVerification).order_by(ProfessionVerification.id)).all()
    assert [(one.profession, one.withdrawn_at is None) for one in rows] == [("physician", False), ("nurse", True)]


def test_a_verification_can_be_taken_back_once(make: Factory, admin: User) -> None:
    user = make.user()
    verify_profession(actor=admin, user_id=user.id, evidence="Register")
    unverify_profession(actor=None, user_id=user.id)
    assert not user.is_verified
    with pytest.raises(Conflict):
        unverify_profession(actor=admin, user_id=user.id)


@pytest.mark.parametrize("evidence", ["", "  \n ", "x" * 501])
def test_proof_has_to_be_named(make: Factory, admin: User, evidence: str) -> None:
    user = make.user()
    with pytest.raises(Invalid):
        verify_profession(actor=admin, user_id=user.id, evidence=evidence)
    assert not user.is_verified


def test_who_may_not_verify_changes_nothing(make: Factory, admin: User) -> None:
    user, other = make.user(), make.user(role=SiteRole.MODERATOR)
    for actor, target, error in ((other, user, Forbidden), (admin, admin, Forbidden)):
        with pytest.raises(error):
            verify_profession(actor=actor, user_id=target.id, evidence="Register")
    with pytest.raises(NotFound):
        verify_profession(actor=admin, user_id=999, evidence="Register")
    unsaid, unconfirmed = make.user(profession=None), make.user(state="unconfirmed")
    for target in (unsaid, unconfirmed):
        with pytest.raises(Conflict):
            verify_profession(actor=admin, user_id=target.id, evidence="Register")
    verify_profession(actor=admin, user_id=user.id, evidence="Register")
    with pytest.raises(Conflict):
        verify_profession(actor=admin, user_id=user.id, evidence="Register")
    assert db.session.query(ProfessionVerification).count() == 1


def test_a_verification_that_is_rolled_back_leaves_no_trace(make: Factory, admin: User) -> None:
    user = make.user()

    def interrupted() -> None:
        with transaction():
            verify_profession(actor=admin, user_id=user.id, evidence="Register")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        interrupted()
    db.session.refresh(user)
    assert not user.is_verified
    assert db.session.query(ProfessionVerification).count() == 0


def test_the_operator_verifies_at_the_command_line(app: Flask, make: Factory) -> None:
    user, runner = make.user(email="ada@example.org"), app.test_cli_runner()
    done = runner.invoke(args=["users", "verify-profession", "ada@example.org", "--evidence", "Register"])
    assert (done.exit_code, done.output) == (0, "ada@example.org: physician is verified now.\n")
    db.session.refresh(user)
    assert user.is_verified
    again = runner.invoke(args=["users", "verify-profession", "ada@example.org", "--evidence", "Register"])
    assert again.exit_code == 1
    assert "verified already" in again.output
    back = runner.invoke(args=["users", "unverify-profession", "ada@example.org"])
    assert back.exit_code == 0
    db.session.refresh(user)
    assert not user.is_verified


def test_a_year_of_training_belongs_to_residents_and_fellows(make: Factory) -> None:
    user = make.user()
    update_profile(user, changes={"career_stage": CareerStage.RESIDENT, "training_year": 3})
    assert user.training_year == 3
    for wrong in (0, 11, True):
        with pytest.raises(Invalid):
            update_profile(user, changes={"training_year": wrong})
    update_profile(user, changes={"bio": "Hello"})
    assert user.training_year == 3
    update_profile(user, changes={"career_stage": CareerStage.EARLY_CAREER})
    assert user.training_year is None
