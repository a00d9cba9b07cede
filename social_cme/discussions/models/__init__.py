"""Rows of discussions; each module holds what belongs together.

Rule: everybody imports from here, so a row may move between the modules.
"""

from social_cme.discussions.models.threads import (
    LAST,
    Citation,
    Draft,
    Endorsement,
    Follow,
    FormerAddress,
    Hideable,
    Post,
    ReadMark,
    Revision,
    Thread,
    Vote,
)

__all__ = [
    "LAST",
    "Citation",
    "Draft",
    "Endorsement",
    "Follow",
    "FormerAddress",
    "Hideable",
    "Post",
    "ReadMark",
    "Revision",
    "Thread",
    "Vote",
]
