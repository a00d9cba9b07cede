"""Fixed vocabularies of threads and posts, and how long each text may be."""

from __future__ import annotations

from enum import StrEnum

TITLE_LIMIT = 150
BODY_LIMIT = 20_000
COMMENT_LIMIT = 3_000
NOTE_LIMIT = 1_000
REASON_LIMIT = 200
CITATIONS_LIMIT = 10
CITATION_LINE_LIMIT = 800
STEPS_LIMIT = 12
STEP_QUESTION_LIMIT = 500
STEP_ANSWER_LIMIT = 3_000
OPTION_LIMIT = 200
OPTIONS_LEAST, OPTIONS_MOST = 2, 8
OUTCOME_LIMIT = 6_000
DIAGNOSIS_LIMIT = 200

# The reason that stands on what its own author took back.
WITHDRAWN = "Withdrawn by its author."
SUMMARY_LIMIT = 8_000
CORRECTION_LIMIT = 4_000

# The parts of a think-aloud answer in the order in which they are read, with the most characters each may have.
THINK_ALOUD_LIMITS = {"searched": 3_000, "found": 5_000, "decided": 3_000}

# The Markdown parts of a case in the order in which they are read, with the most characters each may have.
CASE_LIMITS = {
    "presenting_problem": 2_000,
    "history": 6_000,
    "examination": 4_000,
    "results": 6_000,
    "question": 1_500,
}
CASE_REQUIRED = frozenset({"presenting_problem", "question"})


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


class PseudonymLevel(StrEnum):
    """How much a pseudonym says of its writer, from the most to the least."""

    TRAINING_YEAR = "training_year"
    STAGE = "stage"
    PROFESSION = "profession"
    MEMBER = "member"


class PostKind(StrEnum):
    """An answer to the thread, a comment below the opening text or an answer, or what was answered to a step of a case."""

    ANSWER = "answer"
    COMMENT = "comment"
    STEP = "step"


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
    """How good the evidence behind an endorsed answer is, on the scale of its room.

    The first four are GRADE's certainty, ``cebm_1`` to ``cebm_5`` the levels of the Oxford Centre for Evidence-Based Medicine.
    ``expert_opinion`` stands in older endorsements and can no longer be chosen.
    """

    HIGH = "high"
    MODERATE = "moderate"
    LOW = "low"
    VERY_LOW = "very_low"
    CEBM_1 = "cebm_1"
    CEBM_2 = "cebm_2"
    CEBM_3 = "cebm_3"
    CEBM_4 = "cebm_4"
    CEBM_5 = "cebm_5"
    EXPERT_OPINION = "expert_opinion"


class LapseReason(StrEnum):
    """Why an endorsement lapsed by itself."""

    REVIEW_DATE = "review_date"
    RETRACTION = "retraction"


class PaperStatus(StrEnum):
    """What became of a paper after it was published, as far as is known here."""

    UNKNOWN = "unknown"
    STANDING = "standing"
    CORRECTED = "corrected"
    CONCERN = "concern"
    RETRACTED = "retracted"


class CloseReason(StrEnum):
    """Why a thread was closed."""

    RESOLVED = "resolved"
    DUPLICATE = "duplicate"
    OUTDATED = "outdated"
    OFF_TOPIC = "off_topic"
    NO_LONGER_NEEDED = "no_longer_needed"
    OTHER = "other"


CLOSE_WORDS = {
    CloseReason.RESOLVED: "Resolved",
    CloseReason.DUPLICATE: "Asked before",
    CloseReason.OUTDATED: "Out of date",
    CloseReason.OFF_TOPIC: "Does not belong in this room",
    CloseReason.NO_LONGER_NEEDED: "No longer needed",
    CloseReason.OTHER: "Another reason",
}


class SummaryKind(StrEnum):
    """The two texts on top of a thread: what a mentor takes home, and the members' shared summary of a case."""

    TAKE_HOME = "take_home"
    CASE = "case"


class CitationKind(StrEnum):
    """How a source is named."""

    PMID = "pmid"
    DOI = "doi"
    URL = "url"


class VoteTarget(StrEnum):
    """What can be voted on."""

    THREAD = "thread"
    POST = "post"


class AnswerOrder(StrEnum):
    """How the answers of a thread are ordered."""

    BEST = "best"
    OLDEST = "oldest"
    NEWEST = "newest"


class ThreadFilter(StrEnum):
    """Which threads of a room are listed."""

    ALL = "all"
    UNREAD = "unread"
    UNANSWERED = "unanswered"
    CASE = "case"
    QUESTION = "question"
    DISCUSSION = "discussion"
    CLOSED = "closed"


class EscalationLevel(StrEnum):
    """Who is told that a thread waits."""

    MENTORS = "mentors"
    COORDINATORS = "coordinators"


# Stands where words were that a moderator erased for good.
ERASED_WORDS = "[removed]"


class StateChange(StrEnum):
    """What ``ThreadStateChanged`` and ``PostStateChanged`` can name."""

    PINNED = "pinned"
    UNPINNED = "unpinned"
    LOCKED = "locked"
    UNLOCKED = "unlocked"
    HIDDEN = "hidden"
    UNHIDDEN = "unhidden"
    ANSWERED = "answered"
    CLOSED = "closed"
    REOPENED = "reopened"
    MOVED_HERE = "moved_here"
    MOVED_AWAY = "moved_away"
    WITHDRAWN = "withdrawn"
    PURGED = "purged"


class StepAsk(StrEnum):
    """What a step asks of its readers before the next one opens."""

    NOTHING = "nothing"
    TEXT = "text"
    POLL = "poll"


class ResponseKind(StrEnum):
    """How a reader got past a step."""

    READ = "read"
    TEXT = "text"
    BALLOT = "ballot"
    SKIPPED = "skipped"


class RecallResult(StrEnum):
    """What somebody says of themselves after a card was turned."""

    KNEW = "knew"
    PARTLY = "partly"
    NOT = "not"
