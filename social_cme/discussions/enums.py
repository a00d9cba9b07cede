"""Fixed vocabularies of threads and posts."""

from __future__ import annotations

from enum import StrEnum


class ThreadKind(StrEnum):
    """What a thread is."""

    QUESTION = "question"
    CASE = "case"
    DISCUSSION = "discussion"


class ThreadStatus(StrEnum):
    """Where a thread stands; separate from accepted answers."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


class PostKind(StrEnum):
    """An answer to the thread, or a comment below the opening text or an answer."""

    ANSWER = "answer"
    COMMENT = "comment"


class CareSetting(StrEnum):
    """Where a case is seen."""

    EMERGENCY = "emergency"
    INPATIENT = "inpatient"
    ICU = "icu"
    OUTPATIENT = "outpatient"
    PRIMARY_CARE = "primary_care"
    LONG_TERM_CARE = "long_term_care"
    TELEHEALTH = "telehealth"
    PREHOSPITAL = "prehospital"
    HOME = "home"


class AgeBand(StrEnum):
    """Age of the patient, coarse enough to identify nobody; everyone above 89 is one group (45 CFR 164.514(b)(2))."""

    NEONATE = "neonate"
    INFANT = "infant"
    CHILD = "child"
    ADOLESCENT = "adolescent"
    ADULT_18_39 = "18-39"
    ADULT_40_64 = "40-64"
    ADULT_65_89 = "65-89"
    ADULT_90_UP = "90+"


class EvidenceLevel(StrEnum):
    """Certainty of the evidence behind an endorsed answer, in GRADE's words, or plainly an opinion."""

    HIGH = "high"
    MODERATE = "moderate"
    LOW = "low"
    VERY_LOW = "very_low"
    EXPERT_OPINION = "expert_opinion"


class CitationKind(StrEnum):
    """How a source is named."""

    PMID = "pmid"
    DOI = "doi"
    URL = "url"


class VoteTarget(StrEnum):
    """What can be voted on."""

    THREAD = "thread"
    POST = "post"
