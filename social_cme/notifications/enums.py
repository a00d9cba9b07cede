"""Fixed vocabulary of what people are told."""

from __future__ import annotations

from enum import StrEnum


class NoticeKind(StrEnum):
    """Why somebody is told."""

    ANSWER = "answer"
    COMMENT = "comment"
    MENTION = "mention"
    REMINDER = "reminder"
    ACCEPTED = "accepted"
    ENDORSED = "endorsed"
    WAITING = "waiting"
    CORRECTION = "correction"
    CORRECTION_SETTLED = "correction_settled"
    SOURCE_RETRACTED = "source_retracted"
    REVIEW_DUE = "review_due"
    ENDORSEMENT_LAPSED = "endorsement_lapsed"
    SESSION_SCHEDULED = "session_scheduled"
    SESSION_STARTED = "session_started"
    SESSION_CANCELLED = "session_cancelled"
    SESSION_MOVED = "session_moved"
    SESSION_CHANGED = "session_changed"
    SERIES_SCHEDULED = "series_scheduled"
    SERIES_CHANGED = "series_changed"
    SERIES_CANCELLED = "series_cancelled"
    PLACE_FREE = "place_free"
    PLACE_LOST = "place_lost"
    QUESTION_ANSWERED = "question_answered"
    QUESTION_DECLINED = "question_declined"
    QUESTION_LATER = "question_later"
    CHAT_MENTION = "chat_mention"
    LET_IN = "let_in"
    DECLINED = "declined"
    ROLE_CHANGED = "role_changed"
    JOIN_REQUEST = "join_request"
    UNIT_OPENED = "unit_opened"
    CHALLENGE_DUE = "challenge_due"
    FEEDBACK_RECEIVED = "feedback_received"
    OUTCOME_ASKED = "outcome_asked"
    OUTCOME = "outcome"
    PRIVATE_QUESTION = "private_question"
    PRIVATE_ANSWER = "private_answer"
    UNMASK_REQUESTED = "unmask_requested"
    UNMASKED = "unmasked"


# Reading the thread up to the post is reading the notice.
READ_WITH_THREAD = frozenset({NoticeKind.ANSWER, NoticeKind.COMMENT, NoticeKind.MENTION})

# What the notice says in full, from the dispute about its post.
WITH_CORRECTION = frozenset({NoticeKind.CORRECTION, NoticeKind.CORRECTION_SETTLED})

# About a person's own membership or pseudonym; told whatever the room shows them now.
ABOUT_MEMBERSHIP = frozenset({NoticeKind.LET_IN, NoticeKind.DECLINED, NoticeKind.ROLE_CHANGED, NoticeKind.UNMASKED})

# Told also of a thread that is hidden: by then it mostly is, and its author has a right to know.
TOLD_THOUGH_HIDDEN = frozenset({NoticeKind.UNMASKED})

# What can also come by e-mail, with what holds until the person says otherwise. Requests to join and answers to them are
# mailed by the rooms themselves.
MAILED: dict[NoticeKind, bool] = {
    NoticeKind.ANSWER: True,
    NoticeKind.COMMENT: False,
    NoticeKind.MENTION: True,
    NoticeKind.REMINDER: True,
    NoticeKind.ENDORSED: True,
    NoticeKind.WAITING: True,
    NoticeKind.ACCEPTED: False,
    NoticeKind.CORRECTION: True,
    NoticeKind.SOURCE_RETRACTED: True,
    NoticeKind.REVIEW_DUE: True,
    NoticeKind.SESSION_SCHEDULED: False,
    NoticeKind.SESSION_CANCELLED: True,
    NoticeKind.SESSION_MOVED: True,
    NoticeKind.PLACE_FREE: True,
    NoticeKind.UNIT_OPENED: True,
    NoticeKind.CHALLENGE_DUE: True,
    NoticeKind.FEEDBACK_RECEIVED: False,
    NoticeKind.OUTCOME_ASKED: True,
    NoticeKind.OUTCOME: False,
    NoticeKind.PRIVATE_QUESTION: True,
    NoticeKind.PRIVATE_ANSWER: True,
    NoticeKind.UNMASKED: True,
}

# Kinds that come by e-mail as another one does, so that people choose once.
MAILED_LIKE: dict[NoticeKind, NoticeKind] = {
    NoticeKind.SERIES_SCHEDULED: NoticeKind.SESSION_SCHEDULED,
    NoticeKind.SERIES_CHANGED: NoticeKind.SESSION_MOVED,
    NoticeKind.SERIES_CANCELLED: NoticeKind.SESSION_CANCELLED,
    NoticeKind.PLACE_LOST: NoticeKind.PLACE_FREE,
}

# Notices that tell when a session takes place, in the reader's zone and in the host's.
WITH_TIMES = frozenset(
    {
        NoticeKind.SESSION_SCHEDULED,
        NoticeKind.SESSION_MOVED,
        NoticeKind.SESSION_CANCELLED,
        NoticeKind.SERIES_SCHEDULED,
        NoticeKind.SERIES_CHANGED,
        NoticeKind.SERIES_CANCELLED,
        NoticeKind.PLACE_FREE,
    }
)

MAILED_WORDS: dict[NoticeKind, tuple[str, str]] = {
    NoticeKind.ANSWER: ("New answers", "In threads you follow; one e-mail per thread until you have looked."),
    NoticeKind.COMMENT: ("Comments", "On your threads and answers."),
    NoticeKind.MENTION: ("Mentions", "Somebody names you in a thread."),
    NoticeKind.REMINDER: ("Reminders", "That you set on your bookmarks."),
    NoticeKind.ENDORSED: ("Endorsements", "A mentor stands behind your answer."),
    NoticeKind.WAITING: ("Waiting for an answer", "A case or question in a room that you guide or run waits too long."),
    NoticeKind.ACCEPTED: ("Helpful answers", "Somebody marked your answer as helpful."),
    NoticeKind.CORRECTION: ("Corrections", "An answer that you read was wrong, and what is right."),
    NoticeKind.SOURCE_RETRACTED: ("Retractions", "A paper behind your answer or your endorsement was retracted."),
    NoticeKind.REVIEW_DUE: ("Endorsements to review", "Two weeks before one of your endorsements lapses."),
    NoticeKind.SESSION_SCHEDULED: ("New live sessions", "In your rooms."),
    NoticeKind.PRIVATE_QUESTION: (
        "Private questions",
        "A mentor asks you about a thread or a live question of yours under a pseudonym.",
    ),
    NoticeKind.PRIVATE_ANSWER: ("Private answers", "An author under a pseudonym answers you."),
    NoticeKind.UNMASKED: ("Lifted pseudonyms", "Two moderators lifted a pseudonym of yours."),
    NoticeKind.SESSION_CANCELLED: ("Cancelled live sessions", "That you said you would come to."),
    NoticeKind.SESSION_MOVED: ("New times", "Of live sessions that you said you would come to."),
    NoticeKind.PLACE_FREE: ("Places", "You get a place in a live session that you waited for, or lose one."),
    NoticeKind.UNIT_OPENED: ("Units", "A unit of your cohort opens."),
    NoticeKind.CHALLENGE_DUE: ("Group challenges", "The work of your team is due in two days."),
    NoticeKind.FEEDBACK_RECEIVED: ("Feedback", "On the work of your team."),
    NoticeKind.OUTCOME_ASKED: (
        "What happened?",
        "2, 6 and 12 weeks after you posted a case, until you tell how it ended.",
    ),
    NoticeKind.OUTCOME: ("Outcomes", "Of cases you follow."),
}
