"""The lines under which somebody may write instead of the name, from fine to coarse, and when one gives the person away.

Rule: a line is made from the profile and never typed, so nobody writes as what they are not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from social_cme.accounts.enums import TRAINING_STAGES, CareerStage, Profession, Specialty, label
from social_cme.discussions.enums import PseudonymLevel

# A line that fewer active members of the room share points to a person.
LEAST_SHARING = 3
WHO_SEES_THROUGH = (
    "Nobody in the room sees your name. Two moderators together can lift it, with a reason that is logged and told to you. "
    "The operator of this server can read the database."
)
MEMBER_LINE = "Member of this room"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a profile says of somebody's work."""

    profession: str | None
    specialty: str | None
    career_stage: str | None
    training_year: int | None
    is_verified: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A pseudonym; ``is_verified`` is ``None`` when it claims no profession, so there is nothing to verify."""

    level: PseudonymLevel
    text: str
    is_verified: bool | None


@dataclass(frozen=True, slots=True)
class Offer:
    """A line with how many active members of the room it fits, the person included."""

    line: Line
    sharing: int

    @property
    def is_narrow(self) -> bool:
        """Whether so few share the line that it points to a person."""
        return self.sharing < LEAST_SHARING


def lines_of(standing: Standing) -> list[Line]:
    """Return the lines that fit somebody, the finest first; two that read the same are one, the coarser."""
    found = [
        (PseudonymLevel.TRAINING_YEAR, _with_specialty(_year_words(standing), standing)),
        (PseudonymLevel.STAGE, _with_specialty(_stage_words(standing), standing)),
        (PseudonymLevel.PROFESSION, _profession_words(standing.profession)),
    ]
    texts = [text for _, text in found]
    lines = [
        Line(level, text, standing.is_verified)
        for place, (level, text) in enumerate(found)
        if text and text not in texts[place + 1 :]
    ]
    return [*lines, Line(PseudonymLevel.MEMBER, MEMBER_LINE, None)]


def safest(offers: Sequence[Offer]) -> Offer:
    """Return the finest line that enough members share; where none is, the coarsest."""
    return next((offer for offer in offers if not offer.is_narrow), offers[-1])


def warning(offers: Sequence[Offer]) -> str:
    """Say which lines point to a person in this room and which to take instead; empty when none does."""
    narrow = [offer for offer in offers if offer.is_narrow]
    if not narrow:
        return ""
    names = " and ".join(f"“{offer.line.text}”" for offer in narrow)
    fits = "fits" if len(narrow) == 1 else "fit"
    if len(narrow) == len(offers):
        return f"This room has so few members that {names} could each point to you."
    return (
        f"{names} {fits} fewer than {LEAST_SHARING} active members of this room, so colleagues could guess that it is you. "
        f"“{safest(offers).line.text}” is safer."
    )


def _year_words(standing: Standing) -> str:
    if standing.training_year is None or standing.career_stage not in TRAINING_STAGES:
        return ""
    return f"PGY-{standing.training_year}{_of_profession(standing.profession)}"


def _stage_words(standing: Standing) -> str:
    noun = _profession_words(standing.profession).lower()
    match standing.career_stage:
        case None:
            return _profession_words(standing.profession)
        case CareerStage.STUDENT:
            return "Student"
        case CareerStage.RESIDENT | CareerStage.FELLOW:
            return f"{label(standing.career_stage)}{_of_profession(standing.profession)}"
        case CareerStage.EARLY_CAREER | CareerStage.MID_CAREER:
            return f"{label(standing.career_stage).replace(' ', '-')} {noun or 'clinician'}"
        case _:
            return f"{label(standing.career_stage)} {noun or 'clinician'}"


def _of_profession(profession: str | None) -> str:
    """Return what follows “Resident”: nothing for physicians, of whom it is said most, the profession for others."""
    usual = {None, Profession.PHYSICIAN, Profession.STUDENT, Profession.OTHER}
    return "" if profession in usual else f" {_profession_words(profession).lower()}"


def _profession_words(profession: str | None) -> str:
    if profession is None:
        return ""
    return "Health professional" if profession == Profession.OTHER else label(profession)


def _with_specialty(words: str, standing: Standing) -> str:
    if not words or standing.specialty in {None, Specialty.OTHER}:
        return words
    return f"{words}, {label(standing.specialty or '').lower()}"
