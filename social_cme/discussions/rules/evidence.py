"""The scales on which mentors grade evidence, in words, and when an endorsement is due for review.

Rule: the words of a level are shown wherever the level is. The CEBM levels follow the table of 2011 for questions about
treatment; GRADE's four words say how certain a body of evidence is.
"""

from __future__ import annotations

from datetime import date, timedelta

from social_cme.core.errors import Invalid
from social_cme.discussions.enums import EvidenceLevel
from social_cme.rooms.enums import EvidenceScale

REMIND_DAYS = 14
_LONGEST_YEARS = 5

SCALES: dict[EvidenceScale, tuple[EvidenceLevel, ...]] = {
    EvidenceScale.GRADE: (EvidenceLevel.HIGH, EvidenceLevel.MODERATE, EvidenceLevel.LOW, EvidenceLevel.VERY_LOW),
    EvidenceScale.CEBM: (
        EvidenceLevel.CEBM_1,
        EvidenceLevel.CEBM_2,
        EvidenceLevel.CEBM_3,
        EvidenceLevel.CEBM_4,
        EvidenceLevel.CEBM_5,
    ),
}
SCALE_WORDS = {EvidenceScale.GRADE: "GRADE certainty", EvidenceScale.CEBM: "Oxford CEBM level"}
LEVEL_WORDS = {
    EvidenceLevel.HIGH: "High",
    EvidenceLevel.MODERATE: "Moderate",
    EvidenceLevel.LOW: "Low",
    EvidenceLevel.VERY_LOW: "Very low",
    EvidenceLevel.CEBM_1: "Level 1",
    EvidenceLevel.CEBM_2: "Level 2",
    EvidenceLevel.CEBM_3: "Level 3",
    EvidenceLevel.CEBM_4: "Level 4",
    EvidenceLevel.CEBM_5: "Level 5",
    EvidenceLevel.EXPERT_OPINION: "Expert opinion",
}
LEVEL_MEANING = {
    EvidenceLevel.HIGH: "Further research is very unlikely to change it.",
    EvidenceLevel.MODERATE: "Further research may change it.",
    EvidenceLevel.LOW: "Further research is likely to change it.",
    EvidenceLevel.VERY_LOW: "Any estimate is very uncertain.",
    EvidenceLevel.CEBM_1: "Systematic review of randomized trials, or n-of-1 trials.",
    EvidenceLevel.CEBM_2: "Randomized trial, or an observational study with a dramatic effect.",
    EvidenceLevel.CEBM_3: "Cohort or follow-up study with controls, not randomized.",
    EvidenceLevel.CEBM_4: "Case series, case-control study, or historical controls.",
    EvidenceLevel.CEBM_5: "Reasoning from mechanisms.",
    EvidenceLevel.EXPERT_OPINION: "Experience and reasoning, without studies that answer it.",
}


def checked_level(value: str, scale: str) -> EvidenceLevel:
    """Return a level of the room's scale; raise ``Invalid`` for any other."""
    if value not in SCALES[EvidenceScale(scale)]:
        raise Invalid(fields={"evidence_level": ["Choose how good the evidence is, on the scale of this room."]})
    return EvidenceLevel(value)


def level_sentence(level: str) -> str:
    """Say a level with its scale: "GRADE certainty: moderate", "Oxford CEBM level 2"."""
    known = EvidenceLevel(level)
    if known in SCALES[EvidenceScale.GRADE]:
        return f"GRADE certainty: {LEVEL_WORDS[known].lower()}"
    if known in SCALES[EvidenceScale.CEBM]:
        return f"Oxford CEBM {LEVEL_WORDS[known].lower()}"
    return LEVEL_WORDS[known]


def scale_of(level: str) -> EvidenceScale | None:
    """Return the scale to which a level belongs, ``None`` for the opinions of earlier days."""
    return next((scale for scale, levels in SCALES.items() if level in levels), None)


def usual_review_date(today: date) -> date:
    """Return the day twelve months on; February 29 becomes February 28."""
    try:
        return today.replace(year=today.year + 1)
    except ValueError:
        return today.replace(year=today.year + 1, day=28)


def checked_review_date(value: date | None, today: date) -> date:
    """Return until when an endorsement holds, twelve months when nothing was said.

    Raises ``Invalid`` unless the day lies in the future and within five years.
    """
    if value is None:
        return usual_review_date(today)
    if value <= today:
        raise Invalid(fields={"review_by": ["Choose a day in the future. Until then the endorsement holds."]})
    if value > today.replace(year=today.year + _LONGEST_YEARS, day=min(today.day, 28)):
        raise Invalid(fields={"review_by": ["Choose a day within the next five years."]})
    return value


def has_lapsed(review_by: date, today: date) -> bool:
    """Tell whether the last day on which an endorsement holds is over."""
    return review_by < today


def is_reminder_due(*, given_on: date, review_by: date, today: date) -> bool:
    """Tell whether its mentor should be reminded: two weeks before the end, or at half time of a shorter span."""
    notice = min(timedelta(days=REMIND_DAYS), (review_by - given_on) / 2)
    return review_by - notice <= today
