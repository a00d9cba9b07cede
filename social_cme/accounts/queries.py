"""Reads of accounts, log-ins and tokens."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import contains_eager, joinedload

from social_cme.accounts.enums import AccountState, TokenPurpose
from social_cme.accounts.models import AccessToken, LoginSession, MailedToken, ProfessionVerification, User
from social_cme.accounts.policies import can_see_profile
from social_cme.accounts.rules.names import fold_email
from social_cme.core import clock
from social_cme.core.errors import NotFound
from social_cme.core.ids import token_hash
from social_cme.extensions import db

_USABLE = (AccountState.ACTIVE, AccountState.UNCONFIRMED)
# Asked with every request and every message of a socket; to put it together takes longer than to ask it.
_OPEN_LOGIN = (
    select(LoginSession, User)
    .join(User, User.id == LoginSession.user_id)
    .where(
        LoginSession.ended_at.is_(None),
        LoginSession.expires_at > bindparam("moment"),
        User.state.in_(_USABLE),
    )
)
_OPEN_LOGIN_BY_KEY = _OPEN_LOGIN.where(LoginSession.key_hash == bindparam("key_hash"))
_OPEN_LOGIN_BY_ID = _OPEN_LOGIN.where(LoginSession.id == bindparam("login_id"))


def find_user(user_id: int) -> User | None:
    """Return an account by id, whatever its state."""
    return db.session.get(User, user_id)


def find_user_by_email(email: str) -> User | None:
    """Return the account with an e-mail address, compared without regard to case."""
    return db.session.scalar(select(User).where(User.email == fold_email(email)))


def access_user(user_id: int) -> User:
    """Return an account that others may see; raise ``NotFound`` for one that is absent, closed or not yet confirmed."""
    user = find_user(user_id)
    if user is None or user.state != AccountState.ACTIVE:
        raise NotFound
    return user


def access_profile(viewer: User | None, user_id: int) -> User:
    """Return the account whose page *viewer* opens; raise ``NotFound`` when there is none or it is not to be seen."""
    user = find_user(user_id)
    if user is None or not can_see_profile(viewer, user):
        raise NotFound
    return user


def is_name_taken(name_key: str, *, by_other_than: int | None = None) -> bool:
    """Tell whether a confirmed account goes by a name that looks the same; see ``core.text.fold_name``."""
    found = select(User.id).where(User.name_key == name_key, User.state != AccountState.UNCONFIRMED)
    if by_other_than is not None:
        found = found.where(User.id != by_other_than)
    return db.session.scalar(found.limit(1)) is not None


def list_users(*, state: str | None = None, role: str | None = None, limit: int = 100) -> list[User]:
    """Return accounts by age, the oldest first, for the operator."""
    found = select(User).order_by(User.id).limit(limit)
    if state is not None:
        found = found.where(User.state == state)
    if role is not None:
        found = found.where(User.site_role == role)
    return list(db.session.scalars(found))


def find_verification(user: User) -> ProfessionVerification | None:
    """Return who verified the profession of *user* and how, ``None`` unless it is verified now."""
    if not user.is_verified:
        return None
    return db.session.scalar(
        select(ProfessionVerification)
        .options(joinedload(ProfessionVerification.verified_by))
        .where(ProfessionVerification.user_id == user.id, ProfessionVerification.withdrawn_at.is_(None))
        .order_by(ProfessionVerification.id.desc())
        .limit(1)
    )


def list_logins(user: User) -> list[LoginSession]:
    """Return the log-ins that *user* has open, the one used last first."""
    return list(
        db.session.scalars(
            select(LoginSession)
            .where(
                LoginSession.user_id == user.id,
                LoginSession.ended_at.is_(None),
                LoginSession.expires_at > clock.now(),
            )
            .order_by(LoginSession.last_seen_at.desc(), LoginSession.id.desc())
            .limit(100)
        )
    )


def has_logged_in_from(user_id: int, address: str, *, since: datetime) -> bool:
    """Tell whether somebody's own log-ins came from *address* before."""
    found = select(LoginSession.id).where(
        LoginSession.user_id == user_id, LoginSession.address == address, LoginSession.created_at > since
    )
    return db.session.scalar(found.limit(1)) is not None


def find_mailed_token(purpose: TokenPurpose, token: str) -> MailedToken | None:
    """Return a mailed link that is still good, with its account; ``None`` when unknown, used, over, or the account closed."""
    return db.session.scalar(
        select(MailedToken)
        .join(MailedToken.user)
        .options(contains_eager(MailedToken.user))
        .where(
            MailedToken.token_hash == token_hash(token),
            MailedToken.purpose == purpose,
            MailedToken.used_at.is_(None),
            MailedToken.expires_at > clock.now(),
            User.state.in_(_USABLE),
        )
    )


def list_access_tokens(user: User) -> list[AccessToken]:
    """Return the personal access tokens of *user* that are still good, the newest first."""
    return list(
        db.session.scalars(
            select(AccessToken)
            .where(
                AccessToken.user_id == user.id,
                AccessToken.revoked_at.is_(None),
                AccessToken.expires_at.is_(None) | (AccessToken.expires_at > clock.now()),
            )
            .order_by(AccessToken.id.desc())
            .limit(100)
        )
    )


def find_login(key: str) -> tuple[LoginSession, User] | None:
    """Return the open log-in that a cookie's key belongs to, with its person; ``None`` when ended, expired or banned."""
    return _open_login(_OPEN_LOGIN_BY_KEY, key_hash=token_hash(key))


def find_login_by_id(login_id: int) -> tuple[LoginSession, User] | None:
    """Return an open log-in by id, with its person; for sockets, which remember the id alone."""
    return _open_login(_OPEN_LOGIN_BY_ID, login_id=login_id)


def _open_login(statement: Select[LoginSession, User], **whose: object) -> tuple[LoginSession, User] | None:
    found = db.session.execute(statement, {"moment": clock.now(), **whose}).one_or_none()
    return (found[0], found[1]) if found is not None else None


def list_open_logins(login_ids: Collection[int], *, seen_since: datetime) -> set[int]:
    """Return those of *login_ids* that are open: used since then, neither ended nor expired, and their person not banned."""
    found = db.session.scalars(
        select(LoginSession.id)
        .join(User, User.id == LoginSession.user_id)
        .where(
            LoginSession.id.in_(login_ids),
            LoginSession.ended_at.is_(None),
            LoginSession.expires_at > clock.now(),
            LoginSession.last_seen_at >= seen_since,
            User.state.in_(_USABLE),
        )
    )
    return set(found)


def list_people(user_ids: Collection[int]) -> list[User]:
    """Return accounts by id in the order of their names; ids that do not exist are left out."""
    return list(db.session.scalars(select(User).where(User.id.in_(user_ids)).order_by(User.display_name, User.id)))


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
