"""What people say about themselves."""

from __future__ import annotations

from enum import StrEnum
from typing import TypedDict

from sqlalchemy.exc import IntegrityError

from social_cme.accounts.enums import TRAINING_STAGES, TRAINING_YEARS, CareerStage, Profession, Specialty
from social_cme.accounts.models import User
from social_cme.accounts.queries import is_name_taken
from social_cme.accounts.rules.names import BIO_LIMIT, clean_interests, clean_name, name_problem
from social_cme.accounts.rules.zones import is_listed_zone
from social_cme.accounts.services.registration import NAME_TAKEN
from social_cme.core.errors import Invalid
from social_cme.core.text import clean_text, fold_name
from social_cme.persistence.transaction import transaction


class ProfileChanges(TypedDict, total=False):
    """What may be changed; a key that is absent stays as it is, an empty choice is taken away."""

    display_name: str
    profession: str | None
    specialty: str | None
    career_stage: str | None
    training_year: int | None
    time_zone: str
    bio: str
    interests: list[str]


_CHOICES: tuple[tuple[str, type[StrEnum]], ...] = (
    ("profession", Profession),
    ("specialty", Specialty),
    ("career_stage", CareerStage),
)


def update_profile(actor: User, *, changes: ProfileChanges) -> User:
    """Change one's own profile; raise ``Invalid`` naming every field that needs another look, then nothing is changed."""
    with transaction() as tx:
        values = _checked(actor, changes)
        try:
            with tx.savepoint():
                for name, value in values.items():
                    setattr(actor, name, value)
        except IntegrityError as error:
            raise Invalid(fields={"display_name": [NAME_TAKEN]}) from error
    return actor


def _checked(actor: User, changes: ProfileChanges) -> dict[str, object]:
    """Return the cleaned values to set; every part adds what it finds wrong, so that all of it is said at once."""
    fields: dict[str, list[str]] = {}
    values = _checked_name(actor, changes, fields) | _checked_choices(changes, fields) | _checked_texts(changes, fields)
    if fields:
        raise Invalid(fields=fields)
    # A year of training says nothing of somebody who is not in training.
    if values.get("career_stage", actor.career_stage) not in TRAINING_STAGES:
        values["training_year"] = None
    return values


def _checked_name(actor: User, changes: ProfileChanges, fields: dict[str, list[str]]) -> dict[str, object]:
    if "display_name" not in changes:
        return {}
    name = clean_name(changes["display_name"])
    if name != actor.display_name and (problem := _name_problem(actor, name)):
        fields["display_name"] = [problem]
    return {"display_name": name, "name_key": fold_name(name)}


def _checked_choices(changes: ProfileChanges, fields: dict[str, list[str]]) -> dict[str, object]:
    given: dict[str, object] = {**changes}
    values = {key: given[key] or None for key, _kind in _CHOICES if key in given}
    for key, kind in _CHOICES:
        if values.get(key) is not None and values[key] not in set(kind):
            fields[key] = ["Choose one of the list."]
    if "training_year" in changes:
        values["training_year"] = year = changes["training_year"]
        if year is not None and (isinstance(year, bool) or not 1 <= year <= TRAINING_YEARS):
            fields["training_year"] = [f"A year of training is a number from 1 to {TRAINING_YEARS}."]
    if "time_zone" in changes:
        values["time_zone"] = changes["time_zone"]
        if not is_listed_zone(changes["time_zone"]):
            fields["time_zone"] = ["Choose a time zone of the list."]
    return values


def _checked_texts(changes: ProfileChanges, fields: dict[str, list[str]]) -> dict[str, object]:
    values: dict[str, object] = {}
    if "bio" in changes:
        values["bio"] = bio = clean_text(changes["bio"])
        if len(bio) > BIO_LIMIT:
            fields["bio"] = [f"This text can have at most {BIO_LIMIT:,} characters; it has {len(bio):,}."]
    if "interests" in changes:
        try:
            values["interests"] = clean_interests(changes["interests"])
        except Invalid as error:
            fields.update(error.fields)
    return values


def _name_problem(actor: User, name: str) -> str | None:
    taken = NAME_TAKEN if is_name_taken(fold_name(name), by_other_than=actor.id) else None
    return name_problem(name) or taken
