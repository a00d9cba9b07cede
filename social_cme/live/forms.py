"""Forms of live sessions."""

from __future__ import annotations

from wtforms import (
    BooleanField,
    DateTimeLocalField,
    Field,
    FileField,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    ValidationError,
)
from wtforms.validators import InputRequired, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from social_cme.accounts.rules.zones import zone_choices
from social_cme.live import rules
from social_cme.privacy.forms import CheckedForm
from social_cme.web.forms import Form, choice_field, choices_of, line_field, text_field


def _is_video_address(_form: Form, field: Field) -> None:
    """Refuse what is no https address before anything of the form is carried out."""
    if field.data and rules.checked_address(field.data, schemes=("https",), limit=rules.MAX_VIDEO_URL) is None:
        raise ValidationError("Give the whole address of the video call; it begins with https://.")


def _number(value: object) -> int:
    """Read a page's number; 0 for anything else."""
    text = str(value or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


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
    video_url = line_field("Address of a video call", limit=rules.MAX_VIDEO_URL, required=False)

    def validate_video_url(self, field: Field) -> None:
        """Check the address of the video before the session is saved."""
        _is_video_address(self, field)


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


class SlidesForm(Form):
    """A PDF of slides with the word of who brings it."""

    file = FileField("Slides as PDF")
    slides_attested = BooleanField("I looked through every page: nothing on them identifies a patient")


class DescribeForm(CheckedForm):
    """What stands on a page of the slides."""

    page = HiddenField("", validators=[InputRequired(), NumberRange(min=1, max=10_000)], filters=[_number])
    alt = text_field("What stands on this slide", limit=rules.MAX_ALT, required=False)


class VideoForm(Form):
    """The address of the video call."""

    video_url = line_field("Address of the video call", limit=rules.MAX_VIDEO_URL, required=False)


class CaptionerForm(Form):
    """Who types captions."""

    captioner_id = SelectField("Who types captions", coerce=int, validate_choice=True)


class CaptionForm(CheckedForm):
    """A line of captions."""

    body = line_field("Next line", limit=rules.MAX_CAPTION)


class LinkForm(CheckedForm):
    """An address with a title."""

    title = line_field("What it is", limit=rules.MAX_LINK_TITLE)
    url = line_field("Address", limit=rules.MAX_URL)


class ObserverForm(Form):
    """For whom a link is and how long it leads."""

    label = line_field("For whom", limit=rules.MAX_LABEL)
    days = SelectField(
        "Good for",
        coerce=int,
        choices=choices_of([(str(days), "1 day" if days == 1 else f"{days} days") for days in rules.OBSERVER_DAYS]),
        default=7,
    )
