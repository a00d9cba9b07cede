"""Becoming a member: registration and the confirmation of the e-mail address.

Rule: whoever registers learns nothing about other accounts. The same work is done and the same page shown for a new and for a
known address; the mailbox alone tells which it was.
"""

from __future__ import annotations

import structlog
from sqlalchemy.exc import IntegrityError

from social_cme.accounts.enums import AccountState, TokenPurpose
from social_cme.accounts.events import AccountConfirmed
from social_cme.accounts.models import User
from social_cme.accounts.passwords import hash_password
from social_cme.accounts.queries import find_user_by_email, is_name_taken
from social_cme.accounts.rules.names import check_email, clean_name, fold_email, name_problem
from social_cme.accounts.rules.passwords import password_problem
from social_cme.accounts.rules.zones import is_listed_zone
from social_cme.accounts.services.logins import end_all_logins
from social_cme.accounts.services.mailed_links import access_link, issue_link, use_link
from social_cme.accounts.services.tries import may_mail
from social_cme.core import clock
from social_cme.core.errors import Conflict, Forbidden, Invalid
from social_cme.core.ids import token_hash
from social_cme.core.text import fold_name
from social_cme.jobs.outbox import queue_mail
from social_cme.jobs.queue import enqueue
from social_cme.persistence.transaction import Transaction, transaction

log = structlog.get_logger(__name__)

NAME_TAKEN = (
    "Another member goes by this name or by one that looks like it. Add a middle name, your hospital or your town."
)


def register(
    *, email: str, display_name: str, password: str, time_zone: str = "UTC", browser_key: str | None = None
) -> None:
    """Open an account that becomes usable when its mailed link is confirmed; returns nothing, whatever the address.

    A known address gets a mail that says so instead. Raises ``Invalid`` with the fields that need another look. *browser_key* is
    a secret of the browser: a link opened there needs no password.
    """
    address, name = check_new_account(email=email, display_name=display_name, password=password)
    zone = time_zone if is_listed_zone(time_zone) else "UTC"
    password_hash = hash_password(password)
    with transaction() as tx:
        is_allowed = may_mail(tx.session, address)
        user = find_user_by_email(address)
        if not is_allowed or (user is not None and not user.is_active):
            finish_alike(tx)
        elif user is None:
            _open_account(
                tx, User(email=address, display_name=name, password_hash=password_hash, time_zone=zone), browser_key
            )
        elif user.is_confirmed:
            queue_mail(tx, recipient=address, user_id=user.id, event="already_registered", values=greeting(user))
        else:
            # Nobody has proven to own this address yet: the newest registration replaces the one before.
            user.display_name, user.name_key = name, fold_name(name)
            user.password_hash, user.time_zone = password_hash, zone
            end_all_logins(user)
            _mail_confirmation(tx, user, browser_key)


def check_new_account(*, email: str, display_name: str, password: str) -> tuple[str, str]:
    """Return the address and the name of a new account as they are stored; raise ``Invalid`` naming every wrong field."""
    fields: dict[str, list[str]] = {}
    address, name = "", clean_name(display_name)
    try:
        address = check_email(email)
    except Invalid as error:
        fields |= error.fields
    problem = name_problem(name) or (NAME_TAKEN if is_name_taken(fold_name(name)) else None)
    if problem:
        fields["display_name"] = [problem]
    problem = password_problem(password, email=address, names=[name])
    if problem:
        fields["password"] = [problem]
    if fields:
        raise Invalid(fields=fields)
    return address, name


def resend_confirmation(*, email: str, browser_key: str | None = None) -> None:
    """Mail the confirmation link once more if the account waits for it; nothing tells whether it does."""
    with transaction() as tx:
        address = fold_email(email)
        is_allowed = may_mail(tx.session, address)
        user = find_user_by_email(address)
        if user is None or user.state != AccountState.UNCONFIRMED or not is_allowed:
            finish_alike(tx)
            return
        _mail_confirmation(tx, user, browser_key)


def open_confirmation(token: str, *, actor: User | None, browser_key: str | None) -> tuple[User, bool]:
    """Return whose address a link confirms, and whether this browser may do it without the password."""
    link = access_link(TokenPurpose.CONFIRM_EMAIL, token)
    return link.user, _is_at_home(link.user, link.browser_hash, actor, browser_key)


def confirm_email(token: str, *, actor: User | None = None, browser_key: str | None = None) -> User:
    """Use a confirmation link up and return the account, now usable.

    The link proves the mailbox. That the account was opened by the mailbox's owner is proven by *browser_key* or *actor*: raises
    ``Forbidden`` without one of them, so that nobody confirms what a stranger registered with their address.
    """
    with transaction() as tx:
        link = use_link(tx, TokenPurpose.CONFIRM_EMAIL, token)
        user = link.user
        if not _is_at_home(user, link.browser_hash, actor, browser_key):
            raise Forbidden("Enter the password of this account to confirm the address.")
        make_usable(tx, user)
    return user


def make_usable(tx: Transaction, user: User) -> None:
    """Turn an unconfirmed account whose mailbox is proven into a usable one; one that is usable stays as it is."""
    if user.state != AccountState.UNCONFIRMED:
        return
    name = _free_name(user)
    try:
        with tx.savepoint():
            user.display_name, user.name_key = name, fold_name(name)
            user.state, user.confirmed_at = AccountState.ACTIVE, clock.now()
    except IntegrityError as error:
        raise Conflict("Another member took this name at the same moment. Please open the link once more.") from error
    tx.record(AccountConfirmed(actor_id=user.id, user_id=user.id))


def _is_at_home(user: User, browser_hash: str | None, actor: User | None, browser_key: str | None) -> bool:
    if actor is not None and actor.id == user.id:
        return True
    return bool(browser_key and browser_hash and token_hash(browser_key) == browser_hash)


def _free_name(user: User) -> str:
    """Return the person's name, with a number behind it when somebody else confirmed the same name first."""
    name, number = user.display_name, 1
    while is_name_taken(fold_name(name), by_other_than=user.id):
        number += 1
        name = f"{user.display_name[:72]} {number}"
    return name


def _open_account(tx: Transaction, user: User, browser_key: str | None) -> None:
    user.name_key = fold_name(user.display_name)
    user.password_changed_at = clock.now()
    try:
        with tx.savepoint():
            tx.add(user)
    except IntegrityError:
        # The same address was registered at this very moment; that registration sends its own mail.
        log.info("registration_lost_a_race")
        finish_alike(tx)
        return
    _mail_confirmation(tx, user, browser_key)


def _mail_confirmation(tx: Transaction, user: User, browser_key: str | None) -> None:
    token = issue_link(tx, user, TokenPurpose.CONFIRM_EMAIL, browser_key=browser_key)
    values = greeting(user) | {"token": token}
    queue_mail(tx, recipient=user.email, user_id=user.id, event="confirm_email", values=values)


def greeting(user: User) -> dict[str, str]:
    """Return what every mail to a person begins with."""
    return {"display_name": user.display_name}


def finish_alike(tx: Transaction) -> None:
    """Do after the commit what a mail would have caused, so that the answer takes as long."""
    tx.after_commit(lambda: enqueue("jobs.send_mail"))
