"""Who is shown as having written or done something in a thread.

Rule: this is the one place that turns an account into what readers see. Under a pseudonym nothing of the account is taken over,
not even that it was closed, and it is the same for every reader, the author included.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

STANDING_WORDS = {True: "Profession verified", False: "Profession not verified", None: ""}


class Account(Protocol):
    """What is read of an account."""

    @property
    def id(self) -> int: ...  # noqa: D102
    @property
    def display_name(self) -> str: ...  # noqa: D102
    @property
    def state(self) -> str: ...  # noqa: D102
    @property
    def profession(self) -> str | None: ...  # noqa: D102
    @property
    def specialty(self) -> str | None: ...  # noqa: D102
    @property
    def career_stage(self) -> str | None: ...  # noqa: D102
    @property
    def is_verified(self) -> bool: ...  # noqa: D102


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """A person as readers see them; ``id`` is ``None`` under a pseudonym, whose line is the ``display_name``.

    ``standing`` says in words whether the profession behind a pseudonym is verified, and is empty for a name.
    """

    id: int | None
    display_name: str
    state: str = "active"
    profession: str | None = None
    specialty: str | None = None
    career_stage: str | None = None
    is_verified: bool = False
    is_pseudonym: bool = False
    standing: str = ""


class Written(Protocol):
    """What is read of a thread or post."""

    @property
    def author_id(self) -> int: ...  # noqa: D102
    @property
    def pseudonym(self) -> str: ...  # noqa: D102
    @property
    def pseudonym_verified(self) -> bool | None: ...  # noqa: D102


def by_name(account: Account) -> Author:
    """Show an account under its own name."""
    return Author(
        id=account.id,
        display_name=account.display_name,
        state=account.state,
        profession=account.profession,
        specialty=account.specialty,
        career_stage=account.career_stage,
        is_verified=account.is_verified,
    )


def seen_as(account: Account, *, pseudonym: str, is_verified: bool | None) -> Author:
    """Show an account by the pseudonym that stands on what it wrote, or by name when that is empty."""
    if not pseudonym:
        return by_name(account)
    return Author(
        id=None,
        display_name=pseudonym,
        is_verified=bool(is_verified),
        is_pseudonym=True,
        standing=STANDING_WORDS[is_verified],
    )


def acting(account: Account, *rows: Written | None) -> Author:
    """Show whoever did something as the first of *rows* that they wrote shows them, and by name when they wrote none."""
    for row in rows:
        if row is not None and row.author_id == account.id:
            return seen_as(account, pseudonym=row.pseudonym, is_verified=row.pseudonym_verified)
    return by_name(account)
