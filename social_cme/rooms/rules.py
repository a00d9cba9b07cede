"""What may be said of a room, and how long a text may be; pure functions on values.

Rule: the limits stand here once; forms and schemas read them, services apply them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from social_cme.accounts.enums import Profession, Specialty
from social_cme.core.errors import Invalid
from social_cme.core.text import clean_line, clean_text
from social_cme.rooms.enums import EvidenceScale, RoomRole, Visibility

NAME_LIMIT = 100
SLUG_LIMIT = 60
SUMMARY_LIMIT = 300
DESCRIPTION_LIMIT = 8_000
GAP_LIMIT = 3_000
AGENDA_LIMIT = 4_000
OBJECTIVES_LIMIT = 12
OBJECTIVE_LIMIT = 300
RULES_LIMIT = 8_000
STATEMENT_LIMIT = 1_000
REASON_LIMIT = 500
DISCLOSURE_LIMIT = 1_000
EMAIL_LIMIT = 254
WORDS_LIMIT = 100
# Hours that a question may wait before the mentors are told; 0 tells nobody.
ESCALATION_HOURS = 24
ESCALATION_MOST = 720

INVITATION_DAYS = 14
ASK_AGAIN_DAYS = 7
OPEN_INVITATIONS_LIMIT = 500
INVITATION_USELESS = "This invitation was used, withdrawn or has expired. Ask the room's coordinators for a new one."

# Addresses below /rooms/ that are pages of their own.
RESERVED_SLUGS = frozenset({"new", "join", "mine", "search"})
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
_EMAIL = re.compile(r"[^@\s\"(),:;<>\[\]\\]{1,64}@[^@\s\"(),:;<>\[\]\\]+\.[^@\s\"(),:;<>\[\]\\.]{2,}\Z")

_LINES = {"name": ("Name", 3, NAME_LIMIT), "summary": ("Summary", 0, SUMMARY_LIMIT)}
_TEXTS = {
    "description": ("Description", DESCRIPTION_LIMIT),
    "practice_gap": ("Practice gap", GAP_LIMIT),
    "agenda": ("Agenda", AGENDA_LIMIT),
    "ground_rules": ("Ground rules", RULES_LIMIT),
}
_CHOICES: dict[str, tuple[str, type[StrEnum]]] = {
    "specialty": ("Specialty", Specialty),
    "visibility": ("Who can join", Visibility),
    "evidence_scale": ("Evidence scale", EvidenceScale),
}


def checked_room(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the given values of a room cleaned; raise ``Invalid`` naming every field that is not right.

    Only the fields in *values* are looked at: ``name``, ``summary``, ``description``, ``practice_gap``, ``agenda``,
    ``ground_rules``, ``objectives``, ``professions``, ``specialty``, ``visibility``, ``evidence_scale``, ``escalation_hours``.
    """
    clean: dict[str, Any] = {}
    errors: dict[str, list[str]] = {}
    for field, (label, least, limit) in _LINES.items():
        if field in values:
            clean[field] = clean_line(values[field])
            _note(errors, field, _length_error(clean[field], label, least, limit))
    for field, (label, limit) in _TEXTS.items():
        if field in values:
            clean[field] = clean_text(values[field])
            _note(errors, field, _length_error(clean[field], label, 0, limit))
    _check_lists(values, clean, errors)
    for field, (label, kind) in _CHOICES.items():
        if field in values:
            clean[field] = str(values[field])
            known = clean[field] in {str(member) for member in kind}
            _note(errors, field, None if known else f"Choose one of the options for “{label}”.")
    if "escalation_hours" in values:
        clean["escalation_hours"] = values["escalation_hours"]
        _note(errors, "escalation_hours", _hours_error(values["escalation_hours"]))
    if errors:
        raise Invalid(fields=errors)
    return clean


def _hours_error(value: object) -> str | None:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    if is_number and 0 <= value <= ESCALATION_MOST:  # type: ignore[operator]
        return None
    return f"Enter a whole number of hours from 0 to {ESCALATION_MOST}; 0 tells nobody."


def _check_lists(values: Mapping[str, Any], clean: dict[str, Any], errors: dict[str, list[str]]) -> None:
    if "objectives" in values:
        clean["objectives"] = clean_objectives(values["objectives"])
        _note(errors, "objectives", _objectives_error(clean["objectives"]))
    if "professions" in values:
        clean["professions"] = [str(one) for one in Profession if str(one) in set(values["professions"])]
        _note(errors, "professions", _professions_error(values["professions"], clean["professions"]))


def _professions_error(chosen: Sequence[str], known: Sequence[str]) -> str | None:
    return None if set(chosen) == set(known) else "Choose from the professions in the list."


def clean_objectives(lines: Sequence[str]) -> list[str]:
    """Return the objectives without blanks, list marks and empty lines."""
    bare = (clean_line(line).lstrip("-*• ").strip() for line in lines)
    return [line for line in bare if line]


def is_slug(value: str) -> bool:
    """Tell whether *value* can be the last part of a room's address; what cannot need not be looked up."""
    return len(value) <= SLUG_LIMIT and _SLUG.match(value) is not None


def checked_slug(value: str) -> str:
    """Return *value* as the last part of a room's address; raise ``Invalid`` when it cannot be one."""
    slug = clean_line(value).lower()
    if not is_slug(slug):
        raise Invalid(fields={"slug": ["Use small letters a to z, digits and single hyphens, at most 60 characters."]})
    if slug in RESERVED_SLUGS:
        raise Invalid(fields={"slug": ["This address is used by the site itself. Choose another one."]})
    return slug


def checked_text(value: str, *, field: str, label: str, limit: int, required: bool = True) -> str:
    """Return *value* cleaned; raise ``Invalid`` for *field* when it is empty although required, or too long."""
    clean = clean_text(value)
    error = _length_error(clean, label, 1 if required else 0, limit)
    if error is not None:
        raise Invalid(fields={field: [error]})
    return clean


def checked_email(value: str) -> str:
    """Return an e-mail address in lower case; raise ``Invalid`` when nothing could be sent to it."""
    email = clean_line(value).lower()
    if len(email) > EMAIL_LIMIT or not _EMAIL.match(email):
        raise Invalid(fields={"email": ["Enter an e-mail address such as name@example.org."]})
    return email


def checked_role(value: str) -> RoomRole:
    """Return a role of a room; raise ``Invalid`` for anything else."""
    if value not in {str(role) for role in RoomRole}:
        raise Invalid(fields={"role": ["Choose learner, mentor or coordinator."]})
    return RoomRole(value)


def search_words(text: str) -> list[str]:
    """Return up to six words to look for; a longer text is cut, never refused."""
    return clean_line(text[: WORDS_LIMIT * 4])[:WORDS_LIMIT].split()[:6]


def _length_error(text: str, label: str, least: int, limit: int) -> str | None:
    if len(text) < least:
        return f"Please fill in “{label}”." if least == 1 else f"“{label}” needs at least {least} characters."
    return f"“{label}” can have at most {limit:,} characters." if len(text) > limit else None


def _objectives_error(lines: Sequence[str]) -> str | None:
    if len(lines) > OBJECTIVES_LIMIT:
        return f"List at most {OBJECTIVES_LIMIT} objectives."
    if any(len(line) > OBJECTIVE_LIMIT for line in lines):
        return f"An objective can have at most {OBJECTIVE_LIMIT} characters."
    return None


def _note(errors: dict[str, list[str]], field: str, message: str | None) -> None:
    if message is not None:
        errors.setdefault(field, []).append(message)
