"""Puts plain names into a line of the chat, and finds whom it names. Rule: who is no member now is not named."""

from __future__ import annotations

from social_cme.discussions.queries.mentions import names_of_members
from social_cme.live.queries.naming import members_named
from social_cme.web.markdown import mention_ids, with_plain_mentions

MOST_SIGNS = 10
LONGEST_NAME = 120


def with_plain_names(room_id: int, text: str) -> tuple[str, list[int]]:
    """Return *text* with the names of members in place of their numbers, and the ids of those whom it names.

    Somebody is named by the number that the suggestions put there, or by the whole name after an @.
    """
    ids = mention_ids(text)
    names = names_of_members(room_id, ids)
    plain = with_plain_mentions(text, names)
    known = set(names.values())
    typed = [rest for rest in _after_signs(plain) if not any(rest.startswith(name) for name in known)]
    return plain, list(dict.fromkeys([*(one for one in ids if one in names), *members_named(room_id, typed)]))


def _after_signs(text: str) -> list[str]:
    parts = text.split("@")[1:]
    return [part[:LONGEST_NAME] for part in parts[:MOST_SIGNS] if part[:1].isalnum()]
