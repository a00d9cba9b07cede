"""Fixed vocabularies of moderation."""

from __future__ import annotations

from enum import StrEnum

NOTE_LIMIT = 500
# A request to lift a pseudonym that nobody confirms ends; what two moderators then see, they see for a month.
UNMASK_REQUEST_DAYS = 7
UNMASKED_DAYS = 30


class FlagTarget(StrEnum):
    """What can be reported."""

    THREAD = "thread"
    POST = "post"


class FlagReason(StrEnum):
    """Why something is reported; what could identify a patient is hidden at once."""

    IDENTIFIER = "identifier"
    UNPROFESSIONAL = "unprofessional"
    INACCURATE = "inaccurate"
    COMMERCIAL = "commercial"
    OFF_TOPIC = "off_topic"
    OTHER = "other"


class Resolution(StrEnum):
    """What a moderator decided about a report."""

    KEEP = "keep"
    HIDE = "hide"
    EDIT = "edit"


class Stays(StrEnum):
    """Which of two merged threads stays."""

    OLDER = "older"
    THIS = "this"
    OTHER = "other"


class Measure(StrEnum):
    """What the log can name; ``withheld`` is the hiding that a report sets off by itself."""

    PINNED = "pinned"
    UNPINNED = "unpinned"
    LOCKED = "locked"
    UNLOCKED = "unlocked"
    HIDDEN = "hidden"
    UNHIDDEN = "unhidden"
    MOVED_AWAY = "moved_away"
    MOVED_HERE = "moved_here"
    SPLIT = "split"
    MERGED = "merged"
    WITHHELD = "withheld"
    KEPT = "kept"
    EDIT_REQUESTED = "edit_requested"
    ANSWERED = "answered"
    CLOSED = "closed"
    REOPENED = "reopened"
    DISPUTED = "disputed"
    DISPUTE_CHANGED = "dispute_changed"
    DISPUTE_SETTLED = "dispute_settled"
    SUMMARY_RESTORED = "summary_restored"
    SUMMARY_SEALED = "summary_sealed"
    UNMASK_REQUESTED = "unmask_requested"
    UNMASK_DECLINED = "unmask_declined"
    UNMASKED = "unmasked"
    PURGED = "purged"
    HISTORY_PURGED = "history_purged"


REASON_WORDS: dict[FlagReason, str] = {
    FlagReason.IDENTIFIER: "Could identify a patient",
    FlagReason.UNPROFESSIONAL: "Unprofessional",
    FlagReason.INACCURATE: "Inaccurate or unsafe",
    FlagReason.COMMERCIAL: "Commercial bias",
    FlagReason.OFF_TOPIC: "Off topic",
    FlagReason.OTHER: "Something else",
}
REASON_HINTS: dict[FlagReason, str] = {
    FlagReason.IDENTIFIER: "A name, date, place, number or picture. It is hidden at once, until a mentor has looked.",
    FlagReason.UNPROFESSIONAL: "Disrespect, discrimination, pressure.",
    FlagReason.INACCURATE: "Wrong enough to harm somebody who follows it.",
    FlagReason.COMMERCIAL: "Promotion, or an interest that was not disclosed.",
    FlagReason.OFF_TOPIC: "Belongs into another room or nowhere.",
    FlagReason.OTHER: "Say what in the note.",
}
MEASURE_WORDS: dict[Measure, str] = {
    Measure.PINNED: "Pinned",
    Measure.UNPINNED: "Unpinned",
    Measure.LOCKED: "Locked",
    Measure.UNLOCKED: "Unlocked",
    Measure.HIDDEN: "Hidden",
    Measure.UNHIDDEN: "Shown again",
    Measure.MOVED_AWAY: "Moved to another room",
    Measure.MOVED_HERE: "Moved here",
    Measure.SPLIT: "Split",
    Measure.MERGED: "Merged into another thread",
    Measure.WITHHELD: "Hidden by a report",
    Measure.KEPT: "Kept",
    Measure.EDIT_REQUESTED: "Edit requested",
    Measure.ANSWERED: "Marked as answered",
    Measure.CLOSED: "Closed",
    Measure.REOPENED: "Opened again",
    Measure.DISPUTED: "Disputed",
    Measure.DISPUTE_CHANGED: "Dispute reworded",
    Measure.DISPUTE_SETTLED: "Dispute settled",
    Measure.SUMMARY_RESTORED: "Earlier summary restored",
    Measure.SUMMARY_SEALED: "Version of a summary hidden",
    Measure.UNMASK_REQUESTED: "Asked to lift the pseudonym",
    Measure.UNMASK_DECLINED: "Declined to lift the pseudonym",
    Measure.UNMASKED: "Lifted the pseudonym",
    Measure.PURGED: "Words erased for good",
    Measure.HISTORY_PURGED: "Earlier versions erased for good",
}
