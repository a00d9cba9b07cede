"""Reads of accounts, log-ins and tokens."""

from __future__ import annotations

from sqlalchemy import select

from social_cme.accounts.enums import AccountState
from social_cme.accounts.models import AccessToken, LoginSession, User
from social_cme.core import clock
from social_cme.core.errors import NotFound
from social_cme.core.ids import token_hash
from social_cme.extensions import db

_USABLE = (AccountState.ACTIVE, AccountState.UNCONFIRMED)


def find_user(user_id: int) -> User | None:
    """Return an account by id, whatever its state."""
    return db.session.get(User, user_id)


def find_user_by_email(email: str) -> User | None:
    """Return the account with an e-mail address, compared without regard to case."""
    return db.session.scalar(select(User).where(User.email == email.strip().lower()))


def access_user(user_id: int) -> User:
    """Return an account that others may see; raise ``NotFound`` for one that is absent, closed or not yet confirmed."""
    user = find_user(user_id)
    if user is None or user.state != AccountState.ACTIVE:
        raise NotFound
    return user


def find_login(key: str) -> tuple[LoginSession, User] | None:
    """Return the open log-in that a cookie's key belongs to, with its person; ``None`` when ended, expired or banned."""
    return _login_where(LoginSession.key_hash == token_hash(key))


def find_login_by_id(login_id: int) -> tuple[LoginSession, User] | None:
    """Return an open log-in by id, with its person; for sockets, which remember the id alone."""
    return _login_where(LoginSession.id == login_id)


def _login_where(condition: object) -> tuple[LoginSession, User] | None:
    found = db.session.execute(
        select(LoginSession, User)
        .join(User, User.id == LoginSession.user_id)
        .where(
            condition,  # type: ignore[arg-type]
            LoginSession.ended_at.is_(None),
            LoginSession.expires_at > clock.now(),
            User.state.in_(_USABLE),
        )
    ).one_or_none()
    return (found[0], found[1]) if found is not None else None


def find_access_token(token: str) -> tuple[AccessToken, User] | None:
    """Return a usable personal access token with its owner."""
    found = db.session.execute(
        select(AccessToken, User)
        .join(User, User.id == AccessToken.user_id)
        .where(
            AccessToken.token_hash == token_hash(token),
            AccessToken.revoked_at.is_(None),
            AccessToken.expires_at.is_(None) | (AccessToken.expires_at > clock.now()),
            User.state == AccountState.ACTIVE,
        )
    ).one_or_none()
    return (found[0], found[1]) if found is not None else None
