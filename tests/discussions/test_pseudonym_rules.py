"""The lines that somebody may write under, and when a line points to a person."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from social_cme.discussions.enums import PseudonymLevel
from social_cme.discussions.rules.authorship import acting, seen_as
from social_cme.discussions.rules.pseudonyms import Line, Offer, Standing, lines_of, safest, warning


def standing(**values: Any) -> Standing:
    return Standing(
        **{
            "profession": "physician",
            "specialty": "internal_medicine",
            "career_stage": "resident",
            "training_year": 3,
            "is_verified": True,
            **values,
        }
    )


@pytest.mark.parametrize(
    ("profile", "lines"),
    [
        ({}, ["PGY-3, internal medicine", "Resident, internal medicine", "Physician"]),
        ({"training_year": None}, ["Resident, internal medicine", "Physician"]),
        ({"career_stage": "fellow", "training_year": 5}, ["PGY-5, internal medicine", "Fellow, internal medicine", "Physician"]),
        (
            {"profession": "pharmacist", "training_year": 1},
            ["PGY-1 pharmacist, internal medicine", "Resident pharmacist, internal medicine", "Pharmacist"],
        ),
        ({"career_stage": "early_career"}, ["Early-career physician, internal medicine", "Physician"]),
        ({"career_stage": "senior", "profession": "nurse", "specialty": "critical_care"}, ["Senior nurse, critical care", "Nurse"]),
        ({"career_stage": "student", "profession": "student", "specialty": None}, ["Student"]),
        ({"career_stage": None, "specialty": "cardiology"}, ["Physician, cardiology", "Physician"]),
        ({"career_stage": "mid_career", "specialty": "other"}, ["Mid-career physician", "Physician"]),
        ({"profession": "other", "career_stage": "retired"}, ["Retired health professional, internal medicine", "Health professional"]),
        ({"profession": None, "specialty": None, "career_stage": None}, []),
    ],
)  # fmt: skip
def test_lines_are_made_from_the_profile_from_fine_to_coarse(profile: dict[str, Any], lines: list[str]) -> None:
    assert [one.text for one in lines_of(standing(**profile))] == [*lines, "Member of this room"]


def test_a_year_of_training_is_said_only_in_training() -> None:
    assert PseudonymLevel.TRAINING_YEAR not in {one.level for one in lines_of(standing(career_stage="senior"))}


@pytest.mark.parametrize("is_verified", [True, False])
def test_a_line_says_whether_the_profession_is_verified_unless_it_claims_none(is_verified: bool) -> None:
    lines = lines_of(standing(is_verified=is_verified))
    assert {one.is_verified for one in lines[:-1]} == {is_verified}
    assert lines[-1].is_verified is None


def offers(*sharing: int) -> list[Offer]:
    lines = lines_of(standing())
    return [Offer(line, count) for line, count in zip(lines, sharing, strict=True)]


@pytest.mark.parametrize(
    ("sharing", "safe"),
    [
        ((3, 5, 8, 9), "PGY-3, internal medicine"),
        ((2, 3, 8, 9), "Resident, internal medicine"),
        ((1, 2, 3, 9), "Physician"),
        ((1, 1, 2, 9), "Member of this room"),
        ((1, 1, 1, 2), "Member of this room"),
    ],
)
def test_the_finest_line_that_three_members_share_is_safest(sharing: tuple[int, ...], safe: str) -> None:
    assert safest(offers(*sharing)).line.text == safe


def test_the_warning_names_what_points_to_a_person_and_what_to_take_instead() -> None:
    assert warning(offers(3, 3, 3, 3)) == ""
    one = warning(offers(2, 3, 8, 9))
    assert "“PGY-3, internal medicine” fits fewer than 3 active members" in one
    assert "“Resident, internal medicine” is safer" in one
    two = warning(offers(1, 2, 3, 9))
    assert "“PGY-3, internal medicine” and “Resident, internal medicine” fit fewer" in two
    assert "“Physician” is safer" in two
    assert "so few members" in warning(offers(1, 1, 1, 2))


def account(**values: Any) -> Any:
    return SimpleNamespace(
        **{
            "id": 7,
            "display_name": "Ada",
            "state": "active",
            "profession": "physician",
            "specialty": "cardiology",
            "career_stage": "resident",
            "is_verified": True,
            **values,
        }
    )


@pytest.mark.parametrize("state", ["active", "closed", "banned"])
def test_nothing_of_the_account_shows_under_a_pseudonym(state: str) -> None:
    shown = seen_as(account(state=state), pseudonym="Physician", is_verified=False)
    assert (shown.id, shown.display_name, shown.state, shown.is_verified) == (None, "Physician", "active", False)
    assert (shown.profession, shown.specialty, shown.career_stage) == (None, None, None)
    assert (shown.is_pseudonym, shown.standing) == (True, "Profession not verified")


def test_whoever_acts_shows_as_what_they_wrote_there_shows_them() -> None:
    mine = SimpleNamespace(author_id=7, pseudonym="Physician", pseudonym_verified=True)
    theirs = SimpleNamespace(author_id=8, pseudonym="Nurse", pseudonym_verified=True)
    assert acting(account(), theirs, mine).display_name == "Physician"
    assert acting(account(), None, theirs).id == 7
    named = seen_as(account(), pseudonym="", is_verified=None)
    assert (named.id, named.display_name, named.is_pseudonym, named.standing) == (7, "Ada", False, "")


def test_a_line_is_a_value() -> None:
    assert Line(PseudonymLevel.MEMBER, "Member of this room", None) == lines_of(standing())[-1]
