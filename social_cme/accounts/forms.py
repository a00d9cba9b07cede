"""The forms of accounts. Passwords are neither cleaned nor shown again; what is wrong with one is decided by the service."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, EmailField, HiddenField, PasswordField, RadioField
from wtforms.validators import InputRequired, Length, Optional

from social_cme.accounts.enums import TOKEN_LIFETIMES, TRAINING_YEARS, CareerStage, Profession, Specialty, label
from social_cme.accounts.rules.names import BIO_LIMIT, EMAIL_LIMIT, INTEREST_LIMIT, MAX_INTERESTS, NAME_LIMIT
from social_cme.accounts.rules.zones import zone_choices
from social_cme.web.forms import Form, choice_field, choices_of, enum_choices, line_field, text_field

_NEW_PASSWORD = (
    "At least 10 characters. Three or four words that have nothing to do with each other are easy to remember."  # noqa: S105
)


def _email(text: str, **options: Any) -> EmailField:
    checks = [InputRequired("Enter an e-mail address."), Length(max=EMAIL_LIMIT, message="This address is too long.")]
    return EmailField(text, validators=checks, **options)


def _password(text: str, message: str, **options: Any) -> PasswordField:
    return PasswordField(text, validators=[InputRequired(message)], **options)


class RegisterForm(Form):
    """A new account."""

    display_name = line_field("Name", limit=NAME_LIMIT, description="As colleagues know you. Everybody here sees it.")
    email = _email("E-mail address", description="We send you a link to confirm it. Nobody else sees the address.")
    password = _password("Password", "Enter a password.", description=_NEW_PASSWORD)
    rules = BooleanField(
        "I work or study in health care, and I will never post anything that identifies a patient.",
        validators=[InputRequired("Please agree; without this there is no account.")],
    )
    time_zone = HiddenField(validators=[Optional(), Length(max=60)])


class LoginForm(Form):
    """An address and a password."""

    email = _email("E-mail address")
    password = _password("Password", "Enter your password.")


class EmailForm(Form):
    """An address to which a link is sent."""

    email = _email("E-mail address")


class ConfirmForm(Form):
    """Proof that the account is one's own, in a browser that does not know it yet."""

    password = _password("Password", "Enter the password that you chose when you registered.")


class ConfirmAtHomeForm(Form):
    """A button alone, in the browser that registered."""


class ResetPasswordForm(Form):
    """A new password for somebody with a mailed link."""

    password = _password("New password", "Enter a new password.", description=_NEW_PASSWORD)


class ChangePasswordForm(Form):
    """A new password for somebody who knows the old one."""

    current_password = _password("Current password", "Enter the password you have now.")
    new_password = _password("New password", "Enter a new password.", description=_NEW_PASSWORD)


class ChangeEmailForm(Form):
    """Another address."""

    email = _email("New e-mail address", description="We send a link there. Until you open it, nothing changes.")
    password = _password("Password", "Enter your password.")


class WelcomeForm(Form):
    """What a new member is asked once."""

    profession = choice_field("Profession", [("", "Choose one"), *enum_choices(Profession, label)])
    specialty = choice_field("Specialty", [("", "Choose one"), *enum_choices(Specialty, label)])
    career_stage = choice_field("Career stage", [("", "Choose one"), *enum_choices(CareerStage, label)])
    time_zone = choice_field("Time zone", zone_choices(), description="Times of live sessions are shown in it.")
    interests = line_field(
        "Interests",
        limit=(INTEREST_LIMIT + 2) * MAX_INTERESTS,
        required=False,
        description=f"Up to {MAX_INTERESTS}, with commas between them: anticoagulation, deprescribing, home visits",
    )

    def interest_list(self) -> list[str]:
        """Return the interests one by one."""
        return (self.interests.data or "").split(",")


class ProfileForm(WelcomeForm):
    """Everything a member says about themselves."""

    display_name = line_field("Name", limit=NAME_LIMIT, description="As colleagues know you. Everybody here sees it.")
    profession = choice_field("Profession", enum_choices(Profession, label), required=False)
    specialty = choice_field("Specialty", enum_choices(Specialty, label), required=False)
    career_stage = choice_field("Career stage", enum_choices(CareerStage, label), required=False)
    training_year = choice_field(
        "Year of training",
        [(str(year), f"PGY-{year}") for year in range(1, TRAINING_YEARS + 1)],
        required=False,
        description="For residents and fellows.",
    )
    bio = text_field(
        "About you",
        limit=BIO_LIMIT,
        required=False,
        description="Where you work and what colleagues may ask you about. Plain text; everybody can read it.",
    )


class TokenForm(Form):
    """A new personal access token."""

    client_id = HiddenField(validators=[Optional(), Length(max=64)])
    name = line_field(
        "Name", limit=80, description="What it is for, so that you recognize it later: “Reading list script”"
    )
    scopes = RadioField(
        "What it may do",
        choices=choices_of([("read", "Read"), ("write", "Read and write")]),
        default="read",
        validators=[InputRequired("Choose what the token may do.")],
    )
    days = RadioField(
        "Ends after",
        choices=choices_of([(str(days), f"{days} days") for days in TOKEN_LIFETIMES]),
        default=str(TOKEN_LIFETIMES[1]),
        validators=[InputRequired("Choose when the token ends.")],
    )
