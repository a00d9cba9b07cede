"""The fields of a form that takes pictures along; the service decides about every one of them."""

from __future__ import annotations

from wtforms import BooleanField, DateField, FileField, HiddenField, RadioField
from wtforms.validators import Length, Optional, Regexp

from social_cme.core.errors import AppError
from social_cme.media.enums import ALT_LIMIT, CAPTION_LIMIT, CONSENT_BY_LIMIT, PER_POST, REASON_LIMIT, Consent
from social_cme.web.forms import Form, choices_of, line_field

ACCEPTED = "image/jpeg,image/png,image/webp,image/gif"
_QUESTION = [
    (Consent.NOT_A_PATIENT.value, "No. A drawing, a device, a figure that may be shown"),
    (Consent.WRITTEN.value, "Yes, with written consent"),
    (Consent.VERBAL.value, "Yes, with verbal consent that is noted in the record"),
    (Consent.WAIVER.value, "Yes, and our institution has waived consent for it"),
]
_FIELDS = ("file", "alt", "caption", "consent", "consent_on", "consent_by", "attested")


class PicturesForm(Form):
    """Base of the forms that take pictures: those added so far by key, and one that is being added."""

    image_keys = HiddenField("", validators=[Optional(), Length(max=44 * (PER_POST + 1)), Regexp(r"[A-Za-z0-9_ -]*\Z")])
    image_file = FileField("Picture")
    image_alt = line_field("What it shows", limit=ALT_LIMIT, required=False)
    image_caption = line_field("Caption", limit=CAPTION_LIMIT, required=False)
    image_consent = RadioField(
        "Is it of a patient?", choices=choices_of(_QUESTION), validators=[Optional()], validate_choice=False
    )
    image_consent_on = DateField("Date of the consent", validators=[Optional()])
    image_consent_by = line_field("Obtained by", limit=CONSENT_BY_LIMIT, required=False)
    image_attested = BooleanField("I looked at it: no face, no name and no number in it identifies anybody")

    def picture_keys(self) -> list[str]:
        """Return the pictures added so far, in order."""
        return str(self.image_keys.data or "").split()

    def set_picture_keys(self, keys: list[str]) -> None:
        """Say which pictures were added so far."""
        self.image_keys.data = " ".join(keys)

    def empty_picture(self) -> None:
        """Make room for the next picture."""
        for name in _FIELDS:
            field = self._fields[f"image_{name}"]
            field.data = False if name == "attested" else None
            field.raw_data = []

    def add_picture_errors(self, error: AppError) -> None:
        """Show a refusal of the picture at its fields, or at the file."""
        named = {name: texts for name, texts in error.fields.items() if name in _FIELDS}
        for name, texts in (named or {"file": [error.message]}).items():
            field = self._fields[f"image_{name}"]
            field.errors = [*field.errors, *texts]


class EraseForm(Form):
    """Why a picture is erased."""

    reason = line_field("Reason", limit=REASON_LIMIT, required=False)
