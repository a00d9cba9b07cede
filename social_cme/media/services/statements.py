"""What somebody says about a picture they bring: what it shows, and under which consent.

Rule: everything is asked before the picture is kept; a picture without a complete statement does not exist.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from social_cme.core import clock
from social_cme.core.errors import Invalid
from social_cme.core.text import clean_line
from social_cme.media.enums import ALT_LIMIT, CAPTION_LIMIT, CONSENT_BY_LIMIT, Consent

# A date is entered where the person is, which may be a day ahead of UTC.
_AHEAD = timedelta(days=1)
_EARLIEST = date(1950, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What was said, as it came in; ``consent_on`` is an ISO date."""

    alt: str
    caption: str = ""
    consent: str = ""
    consent_on: str = ""
    consent_by: str = ""
    is_attested: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedStatement:
    """What was said, complete and bounded; date and name are there for pictures of patients alone."""

    alt: str
    caption: str
    consent: Consent
    consent_on: date | None
    consent_by: str


def check_statement(said: Statement) -> CheckedStatement:
    """Return the statement ready for storage; raise ``Invalid`` naming every field that needs another look."""
    problems: dict[str, list[str]] = {}
    alt = _line(said.alt, "alt", ALT_LIMIT, problems)
    caption = _line(said.caption, "caption", CAPTION_LIMIT, problems)
    if not alt and "alt" not in problems:
        problems["alt"] = ["Describe the picture for a colleague who cannot see it."]
    if said.consent not in set(Consent):
        problems["consent"] = ["Say whether the picture is of a patient, and under which consent it is shown."]
    if not said.is_attested:
        problems["attested"] = ["Look at the picture once more and confirm that nothing in it identifies anybody."]
    consent_on, consent_by = None, ""
    if said.consent in set(Consent) - {Consent.NOT_A_PATIENT}:
        consent_on = _day(said.consent_on, problems)
        consent_by = _line(said.consent_by, "consent_by", CONSENT_BY_LIMIT, problems)
        if not consent_by and "consent_by" not in problems:
            problems["consent_by"] = ["Say who obtained the consent."]
    if problems:
        raise Invalid("Some details of the picture need another look.", fields=problems)
    return CheckedStatement(
        alt=alt, caption=caption, consent=Consent(said.consent), consent_on=consent_on, consent_by=consent_by
    )


def _line(value: str, name: str, limit: int, problems: dict[str, list[str]]) -> str:
    text = clean_line(value[: 4 * limit])
    if len(text) > limit:
        problems[name] = [f"This can have at most {limit} characters."]
    return text


def _day(value: str, problems: dict[str, list[str]]) -> date | None:
    try:
        day = date.fromisoformat(value.strip()[:10])
    except ValueError:
        problems["consent_on"] = ["Enter the date of the consent."]
        return None
    if not _EARLIEST <= day <= (clock.now() + _AHEAD).date():
        problems["consent_on"] = ["Enter a date that has passed."]
    return day
