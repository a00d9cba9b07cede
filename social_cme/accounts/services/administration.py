"""What administrators, and the operator at the command line, do with accounts.

Rule: an ``actor`` of ``None`` is the operator; every other actor is checked like anybody.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from social_cme.accounts.enums import AccountState, SiteRole
from social_cme.accounts.events import AccountBanned, AccountConfirmed, BanLifted, SiteRoleChanged
from social_cme.accounts.models import User
from social_cme.accounts.passwords import hash_password
from social_cme.accounts.policies import can_administer, can_ban
from social_cme.accounts.queries import find_user_by_email
from social_cme.accounts.services.access_tokens import revoke_all_access_tokens
from social_cme.accounts.services.logins import end_all_logins
from social_cme.accounts.services.registration import check_new_account
from social_cme.core import clock
from social_cme.core.errors import Conflict, Invalid, NotFound
from social_cme.core.permissions import require
from social_cme.core.text import clean_line, fold_name
from social_cme.persistence.transaction import Transaction, transaction

REASON_LIMIT = 500


def create_administrator(*, email: str, display_name: str, password: str) -> User:
    """Open a confirmed account with the administrator's role; for the command line alone.

    Raises ``Invalid`` with the fields that need another look and ``Conflict`` when the address has an account.
    """
    address, name = check_new_account(email=email, display_name=display_name, password=password)
    if find_user_by_email(address) is not None:
        raise Conflict(f"There is an account with the address {address}. Give it the role with “flask users set-role”.")
    password_hash = hash_password(password)
    moment = clock.now()
    user = User(
        email=address,
        display_name=name,
        name_key=fold_name(name),
        password_hash=password_hash,
        password_changed_at=moment,
        confirmed_at=moment,
        state=AccountState.ACTIVE,
        site_role=SiteRole.ADMINISTRATOR,
    )
    with transaction() as tx:
        try:
            with tx.savepoint():
                tx.add(user)
        except IntegrityError as error:
            raise Conflict("This address or name was taken at this moment. Nothing was changed.") from error
        tx.record(AccountConfirmed(actor_id=None, user_id=user.id))
        tx.record(SiteRoleChanged(actor_id=None, user_id=user.id, role=SiteRole.ADMINISTRATOR))
    return user


def set_site_role(*, actor: User | None, user_id: int, role: str) -> User:
    """Give an account another role on the server; raise ``Conflict`` rather than leave the server without administrator."""
    if role not in set(SiteRole):
        raise Invalid(fields={"role": [f"There are the roles {', '.join(SiteRole)}."]})
    with transaction() as tx:
        require(can_administer(actor))
        user = _access(tx, user_id)
        if user.site_role == role:
            return user
        if user.site_role == SiteRole.ADMINISTRATOR and _is_last_administrator(tx, user):
            raise Conflict("This is the only administrator. Give somebody else the role first.")
        user.site_role = role
        tx.record(SiteRoleChanged(actor_id=_id(actor), user_id=user.id, role=role))
    return user


def ban_user(*, actor: User | None, user_id: int, reason: str) -> User:
    """Close an account to its owner, with a reason that the owner reads; its log-ins, sockets and tokens end at once."""
    words = clean_line(reason)
    if not words or len(words) > REASON_LIMIT:
        raise Invalid(
            fields={"reason": [f"Give a reason of at most {REASON_LIMIT} characters; the person will read it."]}
        )
    with transaction() as tx:
        user = _access(tx, user_id)
        require(can_ban(actor, user))
        if user.state == AccountState.BANNED:
            raise Conflict("This account is banned already.")
        if user.state != AccountState.ACTIVE:
            raise Conflict("Only a confirmed account can be banned; this one cannot do anything.")
        user.state, user.banned_at, user.ban_reason = AccountState.BANNED, clock.now(), words
        end_all_logins(user)
        revoke_all_access_tokens(user)
        tx.record(AccountBanned(actor_id=_id(actor), user_id=user.id))
    return user


def lift_ban(*, actor: User | None, user_id: int) -> User:
    """Let a banned account be used again; its owner logs in anew."""
    with transaction() as tx:
        require(can_administer(actor))
        user = _access(tx, user_id)
        if user.state != AccountState.BANNED:
            raise Conflict("This account is not banned.")
        user.state, user.banned_at, user.ban_reason = AccountState.ACTIVE, None, ""
        tx.record(BanLifted(actor_id=_id(actor), user_id=user.id))
    return user


def _access(tx: Transaction, user_id: int) -> User:
    user = tx.session.scalar(select(User).where(User.id == user_id).with_for_update())
    if user is None:
        raise NotFound
    return user


def _is_last_administrator(tx: Transaction, user: User) -> bool:
    # All administrators are locked, so that two of them cannot step down at the same moment.
    others = tx.session.scalars(
        select(User.id)
        .where(User.site_role == SiteRole.ADMINISTRATOR, User.state == AccountState.ACTIVE)
        .with_for_update()
    )
    return not set(others) - {user.id}


def _id(actor: User | None) -> int | None:
    return actor.id if actor is not None else None
