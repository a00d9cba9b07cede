"""Fixed vocabularies of participation."""

from __future__ import annotations

from enum import StrEnum


class Activity(StrEnum):
    """What a line of the ledger stands for."""

    THREAD_OPENED = "thread_opened"
    ANSWER_WRITTEN = "answer_written"
    COMMENT_WRITTEN = "comment_written"
    VOTE_GIVEN = "vote_given"
    QUESTION_ASKED = "question_asked"
    QUESTION_SUPPORTED = "question_supported"
    ENDORSEMENT_RECEIVED = "endorsement_received"
    ENDORSEMENT_GIVEN = "endorsement_given"
    ANSWER_ACCEPTED = "answer_accepted"
    SESSION_ATTENDED = "session_attended"
    SELF_STUDY_REPORTED = "self_study_reported"


class EntryGroup(StrEnum):
    """How the ledger can be narrowed."""

    ALL = "all"
    ATTENDED = "attended"
    WRITTEN = "written"
    VOTES = "votes"
    RECOGNITION = "recognition"


class MemberSort(StrEnum):
    """The keys by which a room's table can be sorted; by name unless asked otherwise, for it is no ranking."""

    NAME = "name"
    ASKED = "asked"
    ANSWERS = "answers"
    COMMENTS = "comments"
    VOTES = "votes"
    ENDORSED = "endorsed"
    MINUTES = "minutes"


GROUPS: dict[EntryGroup, tuple[Activity, ...]] = {
    EntryGroup.ALL: tuple(Activity),
    EntryGroup.ATTENDED: (Activity.SESSION_ATTENDED,),
    EntryGroup.WRITTEN: (
        Activity.THREAD_OPENED,
        Activity.ANSWER_WRITTEN,
        Activity.COMMENT_WRITTEN,
        Activity.QUESTION_ASKED,
    ),
    EntryGroup.VOTES: (Activity.VOTE_GIVEN, Activity.QUESTION_SUPPORTED),
    EntryGroup.RECOGNITION: (Activity.ENDORSEMENT_RECEIVED, Activity.ENDORSEMENT_GIVEN, Activity.ANSWER_ACCEPTED),
}
