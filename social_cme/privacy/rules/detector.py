"""The whole check: every family of patterns over one text, and the same for a file name."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date

from social_cme.privacy.enums import IdentifierClass
from social_cme.privacy.rules.addresses import find_addresses
from social_cme.privacy.rules.ages import find_ages
from social_cme.privacy.rules.contacts import find_contacts
from social_cme.privacy.rules.dates import find_dates
from social_cme.privacy.rules.findings import Finding, ask, fold, settle
from social_cme.privacy.rules.names import find_names
from social_cme.privacy.rules.numbers import find_numbers
from social_cme.privacy.rules.pictures import find_pictures
from social_cme.privacy.rules.places import find_places

_FILE_DATE = re.compile(r"(?<!\d)(?:19|20)\d\d[-_.]?(?:0[1-9]|1[0-2])[-_.]?(?:0[1-9]|[12]\d|3[01])(?!\d)")
_FILE_FACE = re.compile(
    r"(?<![a-z])(?:face|facial|selfie|portrait|head ?shot|mug ?shot|full ?face)(?![a-z])", re.IGNORECASE
)
_FILE_GAP = str.maketrans({"_": " ", ".": " ", "-": " ", "+": " "})


def find_identifiers(
    text: str, *, known_names: Collection[str] = (), own_addresses: Collection[str] = (), today: date | None = None
) -> tuple[Finding, ...]:
    """Return what could identify a patient in *text*, in its order and without overlaps.

    *known_names* are of the people who discuss, *own_addresses* the e-mail addresses of the writer, in lower case. With *today*
    a date of birth is answered with the age. Time grows with the length of the text only.
    """
    plain = fold(text)
    return settle(
        (
            *find_numbers(plain),
            *find_contacts(plain, own_addresses),
            *find_addresses(plain),
            *find_ages(plain, today),
            *find_dates(plain, today),
            *find_places(plain),
            *find_names(plain, known_names),
            *find_pictures(plain),
        )
    )


def find_in_file_name(name: str, *, known_names: Collection[str] = ()) -> tuple[Finding, ...]:
    """Return what could identify a patient in the name of a file: its words are joined by signs, and a camera writes the date."""
    plain = fold(name)
    spoken = plain.translate(_FILE_GAP)
    found = [*find_identifiers(plain, known_names=known_names), *find_identifiers(spoken, known_names=known_names)]
    found += find_identifiers(spoken.title(), known_names=known_names)
    why = "The name of a file travels with it. A day in it tells when the picture was taken."
    found += [ask(IdentifierClass.DATE, one.start(), one.end(), why, "") for one in _FILE_DATE.finditer(plain)]
    why = "The name of the file says that it shows a face."
    found += [ask(IdentifierClass.FACE, one.start(), one.end(), why, "picture") for one in _FILE_FACE.finditer(spoken)]
    return settle(found)
