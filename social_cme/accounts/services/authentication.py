"""Proving who one is with a password.

Rule: an unknown address, a wrong password and a closed account cost the same work and get the same answer.
"""

from __future__ import annotations

from datetime import timedelta

import structlog
from sqlalchemy.orm import Session

from social_cme.accounts.enums import AccountState, TriedAction
from social_cme.accounts.models import User
from social_cme.accounts.passwords import hash_password, needs_rehash, verify_password
from social_cme.accounts.queries import find_user, find_user_by_email, has_logged_in_from
from social_cme.accounts.rules.names import fold_email, network_of
from social_cme.accounts.services import tries
from social_cme.core import clock
from social_cme.core.errors import Forbidden, Invalid, RateLimited
from social_cme.persistence.transaction import transaction

log = structlog.get_logger(__name__)

WRONG = "The e-mail address and the password do not belong together. Check both and try again."
TOO_MANY = (
    "There were too many tries for this account. Nothing is lost: wait 15 minutes, or set a new password with the link "
    "“I forgot my password”."
)
KNOWN_FOR = timedelta(days=90)


def check_credentials(*, email: str, password: str, address: str) -> User:
    """Return the account that an e-mail address and a password open.

    Raises ``Invalid`` when they do not belong together, ``RateLimited`` after five wrong tries in 15 minutes for this account
    from this address (or fifty from everywhere, then only addresses that were logged in before may try), and ``Forbidden`` with
    the reason when the password is right but the account is banned.
    """
    email = fold_email(email)
    with transaction() as tx:
        user = find_user_by_email(email)
        known = (user.id, user.password_hash) if user is not None else None
        wait = _count(tx.session, email, user, address)
    if wait:
        log.warning("login_refused", reason="too_many_tries", address=address)
        raise RateLimited(TOO_MANY, retry_after=wait)
    # No transaction is open here: hashing is slow, and a waiting database connection would be held all the while.
    is_right = verify_password(known[1] if known else None, password)
    if not is_right or known is None:
        log.info("login_refused", reason="wrong_credentials", address=address)
        raise Invalid(WRONG)
    user_id, stored = known
    fresh = hash_password(password) if needs_rehash(stored) else None
    with transaction() as tx:
        user = find_user(user_id)
        if user is None or user.password_hash != stored:
            raise Invalid(WRONG)
        tries.forget_tries(tx.session, TriedAction.LOGIN_FROM_ADDRESS, email, network_of(address))
        tries.take_back_try(tx.session, TriedAction.LOGIN_ANYWHERE, email)
        if fresh is not None:
            user.password_hash = fresh
    if not user.is_active:
        log.info("login_refused", reason=user.state, user_id=user_id)
        raise Forbidden(_closed_words(user))
    return user


def _count(session: Session, email: str, user: User | None, address: str) -> int:
    """Count the try; return the seconds to wait when it may not be carried out, 0 when it may."""
    here = tries.count_try(
        session, TriedAction.LOGIN_FROM_ADDRESS, email, network_of(address), window=tries.LOGIN_WINDOW
    )
    if here.tries > tries.LOGINS_FROM_ADDRESS:
        return here.seconds_left
    anywhere = tries.count_try(session, TriedAction.LOGIN_ANYWHERE, email, window=tries.LOGIN_WINDOW)
    if anywhere.tries <= tries.LOGINS_ANYWHERE:
        return 0
    # Somebody tries from many places at once. The owner gets in from where they were before, or by a mailed link.
    is_owner_like = user is not None and has_logged_in_from(user.id, address, since=clock.now() - KNOWN_FOR)
    return 0 if is_owner_like else anywhere.seconds_left


def _closed_words(user: User) -> str:
    if user.state != AccountState.BANNED:
        return "This account was closed."
    reason = f" Reason: {user.ban_reason}" if user.ban_reason else ""
    return f"This account was suspended by an administrator.{reason} Write to the administrator if you think this is wrong."
