"""What may stand in front of an audience: addresses, captions, hands, links for observers."""

from __future__ import annotations

import re
import unicodedata
from datetime import timedelta
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit, urlunsplit

MAX_ALT = 2_000
MAX_CAPTION = 500
MAX_LINK_TITLE = 200
MAX_URL = 1_000
MAX_VIDEO_URL = 500
MAX_OBSERVER_LABEL = 120
MAX_MINUTES = 60
MAX_LINKS = 200
MAX_LINKS_EACH = 20
MAX_OBSERVERS = 20
CAPTIONS_SHOWN = 30
# A person types 60 to 250 words a minute; more than this is a program.
CAPTIONS_AT_ONCE = 20
CAPTIONS_WITHIN = timedelta(seconds=10)
OBSERVER_DAYS = (1, 7, 30, 90)
# An opening that is followed by another of the same place within this time is the same visit.
SAME_VISIT = timedelta(minutes=10)

_HOST = re.compile(r"(?=.{1,253}\Z)(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*\Z")
_UNFIT = re.compile(r"[\s\\<>\"'`{}|^]")


def checked_address(text: str, *, schemes: tuple[str, ...] = ("https", "http"), limit: int = MAX_URL) -> str | None:
    """Return a web address in its plain form with an ASCII host, ``None`` for anything that is not one.

    No scheme but those named, no name or password inside, and nothing that reads differently from what it is.
    """
    text = text.strip()
    if not text or len(text) > limit or _UNFIT.search(text) or any(unicodedata.category(one) == "Cc" for one in text):
        return None
    try:
        parts = urlsplit(text)
        port, host = parts.port, _ascii_host(parts.hostname or "")
    except ValueError:
        return None
    if parts.scheme.lower() not in schemes or host is None or "@" in parts.netloc:
        return None
    place = f"[{host}]" if ":" in host else host
    place = f"{place}:{port}" if port is not None else place
    address = urlunsplit((parts.scheme.lower(), place, parts.path or "/", parts.query, parts.fragment))
    return address if len(address) <= limit else None


def host_of(address: str) -> str:
    """Return the host of a checked address as readers should see it, with its port when it has one."""
    return urlsplit(address).netloc


def frame_origin(address: str, hosts: tuple[str, ...]) -> str | None:
    """Return the origin of a checked https address when its host is one of *hosts*, which may begin with ``*.``."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    allowed = any(host == one or (one.startswith("*.") and host.endswith(one[1:])) for one in hosts)
    return f"https://{parts.netloc}" if allowed and parts.scheme == "https" else None


def network_of(address: str) -> str:
    """Return the network of an internet address (/24, /48): enough to notice a stranger, too little to find a person."""
    try:
        one = ip_address(address)
    except ValueError:
        return "unknown"
    return str(ip_network((one, 24 if one.version == 4 else 48), strict=False))


def _ascii_host(host: str) -> str | None:
    if ":" in host:
        return str(ip_address(host))
    try:
        plain = host.encode("idna").decode("ascii").lower() if host else ""
    except UnicodeError:
        return None
    return plain if _HOST.match(plain) else None
