"""What people may call themselves, what they are interested in, and which addresses can be written to.

Rule: a name is letters in one script a word, so that it cannot pretend to be another name, a link or an office.
"""

from __future__ import annotations

import ipaddress
import unicodedata

from email_validator import EmailNotValidError, validate_email

from social_cme.core.errors import Invalid
from social_cme.core.text import clean_line, fold_name

NAME_LIMIT = 80
INTEREST_LIMIT = 40
MAX_INTERESTS = 12
BIO_LIMIT = 2000
EMAIL_LIMIT = 254
_SIGNS = " .,'’-‐()&·/"  # noqa: RUF001
# Letters by category that are drawn as nothing at all.
_BLANK_LETTERS = "\u115f\u1160\u3164\uffa0\u2800"
_OFFICE_WORDS = """
admin administrator administration root system support help helpdesk staff team official moderator moderators mentor coordinator
auditor security webmaster postmaster noreply nobody anonymous deleted unknown everyone socialcme
"""
_OFFICES = frozenset(fold_name(word) for word in _OFFICE_WORDS.split())


def clean_name(value: str) -> str:
    """Return a display name without anything invisible in it."""
    seen = "".join(one for one in value if one not in _BLANK_LETTERS and unicodedata.category(one) != "Cf")
    return clean_line(seen)


def name_problem(name: str, *, site_name: str = "") -> str | None:
    """Return why a cleaned name cannot be used, ``None`` when it can; whether it is taken is not asked here."""
    if len(name) < 2 or sum(one.isalpha() for one in name) < 2:
        return "Enter the name that colleagues know you by, with at least two letters."
    if len(name) > NAME_LIMIT:
        return f"A name can have at most {NAME_LIMIT} characters."
    if not all(one in _SIGNS or one.isdigit() or unicodedata.category(one)[0] in "LM" for one in name):
        return "A name can have letters, digits, spaces and the signs . , ' - ( ) & only."
    if "//" in name or "www." in name.casefold():
        return "A name cannot be a link."
    if any(_mixes_scripts(word) for word in name.split()):
        return "A word of your name mixes letters of different alphabets. Type it in one alphabet."
    folded = fold_name(name)
    if not folded or folded in _OFFICES or folded == fold_name(site_name or "Social CME"):
        return "This name is kept for the site itself. Enter your own name."
    return None


def clean_interests(values: list[str]) -> list[str]:
    """Return interests cleaned and without repeats, in the order given; raise ``Invalid`` when they are too many or too long."""
    kept: dict[str, str] = {}
    for value in values:
        line = clean_line(value)
        if line:
            kept.setdefault(line.casefold(), line)
    if len(kept) > MAX_INTERESTS:
        raise Invalid(fields={"interests": [f"Name at most {MAX_INTERESTS} interests; you entered {len(kept)}."]})
    if any(len(line) > INTEREST_LIMIT for line in kept.values()):
        raise Invalid(fields={"interests": [f"Each interest can have at most {INTEREST_LIMIT} characters."]})
    return list(kept.values())


def fold_email(value: str) -> str:
    """Return the form in which an address is looked up; anything may come in."""
    return clean_line(value).lower()


def check_email(value: str) -> str:
    """Return an address in the form it is stored; raise ``Invalid`` when no mail can be sent to it."""
    try:
        found = validate_email(clean_line(value), check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise Invalid(fields={"email": ["Enter an e-mail address such as name@hospital.org."]}) from error
    address = (found.ascii_email or found.normalized).lower()
    if len(address) > EMAIL_LIMIT:
        raise Invalid(fields={"email": [f"An e-mail address can have at most {EMAIL_LIMIT} characters."]})
    return address


def network_of(address: str) -> str:
    """Return what is counted as one caller: an IPv4 address, or the /64 network that one IPv6 customer owns."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address[:45]
    if found.version == 4:
        return str(found)
    return str(ipaddress.ip_network(f"{found}/64", strict=False).network_address)


def _mixes_scripts(word: str) -> bool:
    scripts = {unicodedata.name(one, "").split(" ", 1)[0] for one in word if one.isalpha()}
    return len(scripts & {"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC"}) > 1
