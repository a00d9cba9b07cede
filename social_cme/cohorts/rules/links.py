"""Addresses that people give for a reading, a video or a piece of work."""

from __future__ import annotations

from urllib.parse import urlsplit

from social_cme.cohorts.rules import limits


def checked_address(text: str) -> str:
    """Return a web address as it was given, an empty text for none; raise ``ValueError`` for everything else."""
    address = text.strip()
    if not address:
        return ""
    problem = "Give a whole web address that begins with https:// or http://."
    if len(address) > limits.URL:
        raise ValueError(f"A web address can have at most {limits.URL} characters.")
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError as error:
        raise ValueError(problem) from error
    is_plain = address.isprintable() and not any(one.isspace() or one in '<>"\\' for one in address)
    if parts.scheme.lower() not in {"http", "https"} or "." not in host or parts.username or not is_plain:
        raise ValueError(problem)
    return address
