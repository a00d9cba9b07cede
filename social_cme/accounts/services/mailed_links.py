"""Links sent by mail: made here, used up here.

Rule: the newest link of a purpose is the only one that works, it works once, and only its hash is kept.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from social_cme.accounts.enums import TokenPurpose
from social_cme.accounts.models import MailedToken, User
from social_cme.accounts.queries import find_mailed_token
from social_cme.core import clock
from social_cme.core.errors import AppError
from social_cme.core.ids import new_token, token_hash
from social_cme.persistence.transaction import Transaction

LIFETIMES = {
    TokenPurpose.CONFIRM_EMAIL: timedelta(days=3),
    TokenPurpose.CHANGE_EMAIL: timedelta(days=1),
    TokenPurpose.RESET_PASSWORD: timedelta(hours=1),
}


class LinkIsOver(AppError):
    """A mailed link is unknown, was used, or has expired: all look the same."""

    code = "link_over"
    status = 410
    title = "This link was used before or has expired. Ask for a new one."


def issue_link(
    tx: Transaction, user: User, purpose: TokenPurpose, *, browser_key: str | None = None, email: str | None = None
) -> str:
    """Make a link's secret; earlier links of the same purpose stop working."""
    cancel_links(tx.session, user, purpose)
    token = new_token()
    tx.add(
        MailedToken(
            user_id=user.id,
            purpose=purpose,
            token_hash=token_hash(token),
            expires_at=clock.now() + LIFETIMES[purpose],
            browser_hash=token_hash(browser_key) if browser_key else None,
            email=email,
        )
    )
    return token


def cancel_links(session: Session, user: User, *purposes: TokenPurpose) -> None:
    """Stop every link of these purposes."""
    session.execute(
        update(MailedToken)
        .where(MailedToken.user_id == user.id, MailedToken.purpose.in_(purposes), MailedToken.used_at.is_(None))
        .values(used_at=clock.now())
        .execution_options(synchronize_session=False)
    )


def access_link(purpose: TokenPurpose, token: str) -> MailedToken:
    """Return a link that is still good, with its account; raise ``LinkIsOver``."""
    found = find_mailed_token(purpose, token)
    if found is None:
        raise LinkIsOver
    return found


def use_link(tx: Transaction, purpose: TokenPurpose, token: str) -> MailedToken:
    """Use a link up and return it with its account; of two at the same moment one raises ``LinkIsOver``."""
    link = access_link(purpose, token)
    taken = tx.session.execute(
        update(MailedToken)
        .where(MailedToken.id == link.id, MailedToken.used_at.is_(None))
        .values(used_at=clock.now())
        .returning(MailedToken.id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if taken is None:
        raise LinkIsOver
    return link
