"""What people fill in about reports and measures."""

from __future__ import annotations

from typing import ClassVar

from wtforms import RadioField, SelectField, SelectMultipleField
from wtforms.validators import InputRequired

from social_cme.discussions.enums import BODY_LIMIT, TITLE_LIMIT
from social_cme.discussions.forms import WritingForm
from social_cme.moderation.enums import NOTE_LIMIT, REASON_WORDS, Resolution
from social_cme.web.forms import Form, choices_of, line_field, text_field


class FlagForm(Form):
    """A report: what is wrong, and in the member's own words."""

    reason = RadioField(
        "What is wrong?",
        choices=choices_of([(str(key), words) for key, words in REASON_WORDS.items()]),
        validators=[InputRequired("Choose what is wrong.")],
    )
    note = text_field(
        "In your words",
        limit=NOTE_LIMIT,
        required=False,
        description="The room's mentors read this; the author does not.",
    )


class DecisionForm(Form):
    """A decision about a report."""

    resolution = RadioField(
        "Decision",
        choices=choices_of([(str(one), one.name.capitalize()) for one in Resolution]),
        validators=[InputRequired("Choose what is to be done.")],
    )
    note = text_field("Reason", limit=NOTE_LIMIT, required=False)


class ReasonForm(Form):
    """Why a moderator does something."""

    reason = text_field(
        "Reason", limit=NOTE_LIMIT, description="The author and the log will show it. At most 500 characters."
    )


class PurgeForm(ReasonForm):
    """What is erased for good, and why."""

    scope = RadioField(
        "What is erased",
        choices=choices_of([("everything", "Everything"), ("earlier", "Earlier versions only")]),
        default="everything",
        validators=[InputRequired("Choose what is erased.")],
    )


class MoveForm(Form):
    """Where a thread goes, and why; the rooms are filled in by the page."""

    room = SelectField("Move to", validate_choice=False, validators=[InputRequired("Choose a room.")])
    reason = text_field("Reason", limit=NOTE_LIMIT, required=False, description="The log will show it.")


class SplitForm(WritingForm):
    """Answers that become a thread of their own; the answers are filled in by the page."""

    title = line_field("Title of the new thread", limit=TITLE_LIMIT)
    kind = RadioField(
        "Kind",
        choices=choices_of([("question", "Question"), ("discussion", "Discussion")]),
        default="question",
        validators=[InputRequired("Choose what the new thread is.")],
    )
    body = text_field(
        "What it is about", limit=BODY_LIMIT, required=False, description="Stands above the answers in your name."
    )
    answers = SelectMultipleField("Answers to split off", coerce=str, validate_choice=False)

    DRAFTED: ClassVar[tuple[str, ...]] = ("title", "kind", "body")

    def post_ids(self) -> list[int]:
        """Return the chosen answers; what is no number is passed over."""
        told = [str(one) for one in self.answers.data or ()]
        return [int(one) for one in told if one.isascii() and one.isdigit() and len(one) < 19]


class MergeForm(Form):
    """The thread with which another is merged, and which of the two stays."""

    other = line_field("The other thread", limit=500, description="Its address, or its number in this room.")
    stays = RadioField(
        "Which one stays",
        choices=choices_of([("older", "The older one"), ("this", "This one"), ("other", "The other one")]),
        default="older",
        validators=[InputRequired("Choose which thread stays.")],
    )
    note = text_field(
        "Note", limit=NOTE_LIMIT, required=False, description="Readers who come from the other address read it."
    )
