"""Forms of live sessions."""

from __future__ import annotations

from wtforms import DateTimeLocalField, IntegerField, SelectMultipleField
from wtforms.validators import InputRequired, NumberRange, Optional
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from social_cme.accounts.rules.zones import zone_choices
from social_cme.live import rules
from social_cme.privacy.forms import CheckedForm
from social_cme.web.forms import Form, choice_field, line_field, text_field

_WALL_CLOCK = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]


class PlanForm(Form):
    """When a session takes place, what it is about and who leads it; fields are named as in the service."""

    title = line_field("Title", limit=rules.MAX_TITLE)
    description = text_field("What it is about", limit=rules.MAX_DESCRIPTION, required=False)
    starts_at = DateTimeLocalField(
        "Starts", format=_WALL_CLOCK, validators=[InputRequired("Please say when it starts.")]
    )
    ends_at = DateTimeLocalField("Ends", format=_WALL_CLOCK, validators=[InputRequired("Please say when it ends.")])
    time_zone = choice_field("Time zone of these times", zone_choices())
    mentor_ids = SelectMultipleField(
        "Led by",
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validators=[InputRequired("Choose who leads the session.")],
    )
    capacity = IntegerField("Places", validators=[Optional()])


class AskForm(CheckedForm):
    """A question."""

    body = text_field("Ask a question", limit=rules.MAX_QUESTION)


class ChatForm(CheckedForm):
    """A line of chat."""

    body = text_field("Message", limit=rules.MAX_CHAT)


class CancelForm(Form):
    """Why a session is called off."""

    reason = line_field("Reason, shown to everybody", limit=rules.MAX_REASON)


class AnswerForm(CheckedForm):
    """What was answered; empty when it was said aloud."""

    text = text_field("Written answer", limit=rules.MAX_ANSWER, required=False)


class ReasonForm(Form):
    """Why a question is skipped or hidden."""

    reason = line_field("Reason, shown to everybody", limit=rules.MAX_REASON)


class GroupChatForm(CheckedForm):
    """A line of a group's chat."""

    body = text_field("Message to your group", limit=rules.MAX_CHAT)


class GroupNotesForm(CheckedForm):
    """A group's notes, and the revision that the writer saw."""

    notes = text_field("Notes of the group", limit=rules.MAX_NOTES, required=False)
    revision = IntegerField("", widget=HiddenInput(), validators=[Optional(), NumberRange(min=0, max=2**53)])
