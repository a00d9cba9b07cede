"""Web and Internet addresses. Rule: literature, guidelines and institutions are cited freely; pages about people are not."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from social_cme.privacy.enums import IdentifierClass
from social_cme.privacy.rules import wordlists
from social_cme.privacy.rules.context import before
from social_cme.privacy.rules.findings import Finding, ask

_WHY_URL = "This address looks like a page about one person or a private file."
_WHY_IP = "An Internet address leads to a connection, often to a household."
_URL = re.compile(
    r"(?:\bhttps?://|\bwww\.)[^\s<>\"\])]{3,300}|(?<![\w@./-])(?:[a-z0-9-]{1,63}\.){1,3}(?:com|net|me|org|blog"
    r"|photos|family|page|live|tv)/[^\s<>\"\])]{1,200}",
    re.IGNORECASE,
)
_PERSONAL_HOST = re.compile(
    r"(?:^|\.)(?:facebook|fb|instagram|tiktok|snapchat|twitter|x|threads|linkedin|youtube|youtu|vimeo|flickr"
    r"|pinterest|reddit|tumblr|myspace|medium|caringbridge"
    r"|gofundme|justgiving|giveforward|legacy|tributes|dignitymemorial|ancestry|findagrave|strava|ravelry|meetup"
    r"|nextdoor|wordpress|blogspot|blogger"
    r"|livejournal|substack|wixsite|weebly|squarespace|dropbox|onedrive|icloud|imgur|wetransfer|photobucket"
    r"|whatsapp|telegram|t|youcaring|mychart|patientportal|patientslikeme)"
    r"\.(?:com|org|net|me|be|co|tv|us|ru|de|co\.uk)$",
    re.IGNORECASE,
)
_PERSONAL_SUB = re.compile(
    r"^(?:sites|drive|photos|docs|plus|profiles|blogs?|mychart|myhealth|portal|patient|pacs|ehr|emr)\.", re.IGNORECASE
)
_PERSONAL_PATH = re.compile(
    r"/~\w|/@\w|obituar|/patients?/\w*\d|/in/\w|/profiles?/|/users?/|/people/|/members?/\d|/memorial|/tribute"
    r"|/story-of|/share/|/album"
    r"|[?&](?:mrn|patient|pid|patient_?id|dob|name|ssn|member|chart)=",
    re.IGNORECASE,
)
_PERSONAL_CUE = re.compile(
    r"\b(?:his|her|their|patient'?s|family'?s|wife'?s|husband'?s|son'?s|daughter'?s|mother'?s"
    r"|father'?s)\s(?:\w{1,14}\s){0,2}"
    r"(?:blog|web ?site|web ?page|page|profile|channel|portfolio|site|diary|album|photos?|shop|store|business"
    r"|fundraiser|story|band|account|interview|video)\b[^.;\n]{0,24}$",
    re.IGNORECASE,
)
_HOST = re.compile(r"(?:https?://)?(?:[^/@\s]{1,80}@)?([^/:?#\s]{1,255})", re.IGNORECASE)
_SITE_WORDS = re.compile(
    r"(?:story|journey|fight|memorial|family|battle|blog|strong|foundation|cancer|diary|heart|warrior)"
)
_IP4 = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w]|\.\d)")
_IP6 = re.compile(r"(?<![\w:.])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:.])", re.IGNORECASE)
_VERSION = re.compile(
    r"\b(?:v|ver|version|section|chapter|release|build|table|figure|step|item|module|python|software"
    r"|firmware)\.?\s?$",
    re.IGNORECASE,
)


def find_addresses(text: str) -> Iterator[Finding]:
    """Yield web addresses that look personal, and Internet addresses."""
    for match in _URL.finditer(text):
        address = match.group().rstrip(".,;:!?'*_")
        if is_personal(address) or _PERSONAL_CUE.search(before(text, match.start(), 70)):
            yield ask(IdentifierClass.URL, match.start(), match.start() + len(address), _WHY_URL, "[link removed]")
    for match in _IP4.finditer(text):
        if all(int(part) <= 255 for part in match.group().split(".")) and not _VERSION.search(
            before(text, match.start(), 16)
        ):
            yield ask(IdentifierClass.IP_ADDRESS, match.start(), match.end(), _WHY_IP, "[address removed]")
    for match in _IP6.finditer(text):
        if _is_ip6(match.group()):
            yield ask(IdentifierClass.IP_ADDRESS, match.start(), match.end(), _WHY_IP, "[address removed]")


def is_personal(address: str) -> bool:
    """Tell whether an address looks like a page about one person: a social network, an obituary, a portal, a name as host."""
    found = _HOST.match(address)
    host = found.group(1).lower().removeprefix("www.") if found else ""
    rest = address[found.end() :] if found else ""
    if wordlists.literature_hosts_match(host):
        return False
    if _PERSONAL_HOST.search(host) and len(rest) > 1:
        return True
    if (
        _PERSONAL_SUB.match(host)
        or _PERSONAL_PATH.search(rest)
        or host.endswith(
            (
                ".blogspot.com",
                ".wordpress.com",
                ".github.io",
                ".substack.com",
                ".tumblr.com",
                ".wixsite.com",
                ".weebly.com",
            )
        )
    ):
        return True
    return _is_named_after_somebody(host)


def _is_named_after_somebody(host: str) -> bool:
    label = host.rsplit(".", 1)[0].rsplit(".", 1)[-1]
    parts = [part for part in label.split("-") if part]
    if len(parts) >= 2 and parts[0] in wordlists.plain_first_names():
        return True
    for length in range(4, min(len(label), 12)):
        rest = label[length:].removeprefix("s")
        if (
            label[:length] in wordlists.plain_first_names()
            and len(rest) >= 4
            and (rest in wordlists.last_names() or _SITE_WORDS.search(rest))
        ):
            return True
    return False


def _is_ip6(written: str) -> bool:
    # A clock or a ratio is written with colons as well.
    if "::" not in written and written.count(":") < 7:
        return False
    if not any(one.isdigit() for one in written):
        return False
    try:
        return ipaddress.ip_address(written).version == 6
    except ValueError:
        return False
