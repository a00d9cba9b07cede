"""Base of every form: text is cleaned and bounded before anything else looks at it."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, Regexp

from social_cme.core import text
from social_cme.core.errors import AppError


class Form(FlaskForm):
    """A form of the product; CSRF is checked for the whole application, so it is not checked twice here."""

    class Meta(FlaskForm.Meta):
        csrf = True

    client_id = StringField("", validators=[Optional(), Regexp(r"[A-Za-z0-9_-]{8,64}\Z")])

    def add_errors(self, error: AppError) -> None:
        """Show a service's refusal at the fields that it names, or at the top of the form."""
        for name, messages in error.fields.items():
            field: Field | None = self._fields.get(name)
            if field is not None:
                field.errors = [*field.errors, *messages]
        if not any(name in self._fields for name in error.fields):
            self.form_errors.append(error.message)


def line_field(label: str, *, limit: int, required: bool = True, **options: Any) -> StringField:
    """Declare a single line of text of at most *limit* characters."""
    return StringField(label, validators=_text_checks(label, limit, required=required), filters=[_line], **options)


def text_field(label: str, *, limit: int, required: bool = True, **options: Any) -> TextAreaField:
    """Declare a multi-line text of at most *limit* characters."""
    return TextAreaField(label, validators=_text_checks(label, limit, required=required), filters=[_lines], **options)


def choice_field(
    label: str, choices: Sequence[tuple[str, str]], *, required: bool = True, **options: Any
) -> SelectField:
    """Declare a choice; an optional one begins with an empty line."""
    lines = list(choices) if required else [("", "Not said"), *choices]
    checks = [InputRequired(f"Choose one for “{label}”.")] if required else [Optional()]
    return SelectField(label, choices=choices_of(lines), validators=checks, validate_choice=True, **options)


def choices_of(pairs: Sequence[tuple[str, str]]) -> list[SelectChoice]:
    """Return (key, words) pairs as the choices of a select or radio field."""
    return [SelectChoice(key, words) for key, words in pairs]


def enum_choices(kind: type[StrEnum], label: Any) -> list[tuple[str, str]]:
    """Return the choices of a vocabulary with the words shown for them."""
    return [(str(member), label(member)) for member in kind]


def _text_checks(label: str, limit: int, *, required: bool) -> list[Any]:
    first = InputRequired(f"Please fill in “{label}”.") if required else Optional()
    return [first, Length(max=limit, message=f"“{label}” can have at most {limit:,} characters.")]


def _line(value: str | None) -> str | None:
    return text.clean_line(value) if value else value


def _lines(value: str | None) -> str | None:
    return text.clean_text(value) if value else value
