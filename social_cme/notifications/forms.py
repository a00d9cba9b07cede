"""Forms of the inbox."""

from __future__ import annotations

from wtforms import BooleanField, HiddenField
from wtforms.validators import InputRequired, Regexp

from social_cme.notifications.enums import MAILED_WORDS, NoticeKind
from social_cme.web.forms import Form


class MarkForm(Form):
    """Mark everything up to a notice as read."""

    up_to = HiddenField(validators=[InputRequired(), Regexp(r"^[0-9]{1,18}$")])


def _choice(kind: NoticeKind) -> BooleanField:
    words, hint = MAILED_WORDS[kind]
    return BooleanField(words, description=hint)


class MailForm(Form):
    """What comes by e-mail too; the fields carry the names of the kinds."""

    answer = _choice(NoticeKind.ANSWER)
    comment = _choice(NoticeKind.COMMENT)
    mention = _choice(NoticeKind.MENTION)
    reminder = _choice(NoticeKind.REMINDER)
    endorsed = _choice(NoticeKind.ENDORSED)
    waiting = _choice(NoticeKind.WAITING)
    accepted = _choice(NoticeKind.ACCEPTED)
    correction = _choice(NoticeKind.CORRECTION)
    source_retracted = _choice(NoticeKind.SOURCE_RETRACTED)
    review_due = _choice(NoticeKind.REVIEW_DUE)
    session_scheduled = _choice(NoticeKind.SESSION_SCHEDULED)
    session_cancelled = _choice(NoticeKind.SESSION_CANCELLED)
    session_moved = _choice(NoticeKind.SESSION_MOVED)
    place_free = _choice(NoticeKind.PLACE_FREE)
    unit_opened = _choice(NoticeKind.UNIT_OPENED)
    challenge_due = _choice(NoticeKind.CHALLENGE_DUE)
    feedback_received = _choice(NoticeKind.FEEDBACK_RECEIVED)
    outcome_asked = _choice(NoticeKind.OUTCOME_ASKED)
    outcome = _choice(NoticeKind.OUTCOME)
    private_question = _choice(NoticeKind.PRIVATE_QUESTION)
    private_answer = _choice(NoticeKind.PRIVATE_ANSWER)
    unmasked = _choice(NoticeKind.UNMASKED)
