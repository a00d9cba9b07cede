"""What people fill in about reports and measures."""

from __future__ import annotations

from wtforms import RadioField, SelectField
from wtforms.validators import InputRequired

from social_cme.moderation.enums import NOTE_LIMIT, REASON_WORDS, Resolution
from social_cme.web.forms import Form, choices_of, text_field


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


class MoveForm(Form):
    """Where a thread goes, and why; the rooms are filled in by the page."""

    room = SelectField("Move to", validate_choice=False, validators=[InputRequired("Choose a room.")])
    reason = text_field("Reason", limit=NOTE_LIMIT, required=False, description="The log will show it.")
