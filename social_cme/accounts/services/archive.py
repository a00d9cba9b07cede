"""The account in whose name imported texts stand: nobody's, so nobody can log in to it and nobody earns by it."""

from __future__ import annotations

from sqlalchemy import select

from social_cme.accounts.enums import AccountState
from social_cme.accounts.models import User
from social_cme.core.text import fold_name
from social_cme.persistence.transaction import transaction

ARCHIVE_EMAIL = "archive@archive.invalid"
ARCHIVE_NAME = "Archive"


def archive_account() -> int:
    """Return the id of the archive's account, made when it is first asked for; its state is closed for ever."""
    with transaction() as tx:
        known = tx.session.scalar(select(User.id).where(User.email == ARCHIVE_EMAIL))
        if known is not None:
            return known
        user = User(
            email=ARCHIVE_EMAIL,
            display_name=ARCHIVE_NAME,
            name_key=fold_name(ARCHIVE_NAME),
            password_hash="!",  # noqa: S106 - no password has this hash
            state=AccountState.CLOSED,
        )
        tx.add(user)
        return user.id
