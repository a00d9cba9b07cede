"""What stands in front of the audience, and links for observers."""

from __future__ import annotations

from wtforms import (
    BooleanField,
    Field,
    FileField,
    HiddenField,
    SelectField,
    ValidationError,
)
from wtforms.validators import InputRequired, NumberRange

from social_cme.live import rules
from social_cme.privacy.forms import CheckedForm
from social_cme.web.forms import Form, choices_of, line_field, text_field


def is_video_address(_form: Form, field: Field) -> None:
    """Refuse what is no https address before anything of the form is carried out."""
    if field.data and rules.checked_address(field.data, schemes=("https",), limit=rules.MAX_VIDEO_URL) is None:
        raise ValidationError("Give the whole address of the video call; it begins with https://.")


def _page(value: object) -> int:
    """Read a page's number; 0 for anything else."""
    text = str(value or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


class SlidesForm(Form):
    """A PDF of slides with the word of who brings it."""

    file = FileField("Slides as PDF")
    slides_attested = BooleanField("I looked through every page: nothing on them identifies a patient")


class DescribeForm(CheckedForm):
    """What stands on a page of the slides."""

    page = HiddenField("", validators=[InputRequired(), NumberRange(min=1, max=10_000)], filters=[_page])
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

    label = line_field("For whom", limit=rules.MAX_OBSERVER_LABEL)
    days = SelectField(
        "Good for",
        coerce=int,
        choices=choices_of([(str(days), "1 day" if days == 1 else f"{days} days") for days in rules.OBSERVER_DAYS]),
        default=7,
    )
