"""Where to go after a form: only ever to a path of this site.

Rule: an address from outside is followed when it is a plain local path, and in no other case.
"""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

LONGEST = 1000


def safe_next(target: str | None, *, default: str) -> str:
    """Return *target* when it is a path of this site, otherwise *default*.

    Browsers drop tabs and line ends inside addresses and read a backslash as a slash, so a target with one of them is refused,
    also when it is percent-encoded: a proxy may decode it on the way.
    """
    if not target or len(target) > LONGEST or not target.startswith("/"):
        return default
    path = target.split("?", 1)[0]
    return target if _is_plain(target) and _is_plain(unquote(path)) and _is_plain(unquote(unquote(path))) else default


def _is_plain(address: str) -> bool:
    if address.startswith("//") or "\\" in address or any(one <= " " or one == "\x7f" for one in address):
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return not parts.scheme and not parts.netloc
