"""New passwords: by a mailed link, or by somebody who knows the old one.

Rule: a new password ends what the old one had opened, and its owner hears of it by mail.
"""

from __future__ import annotations

from social_cme.accounts.enums import TokenPurpose, TriedAction
from social_cme.accounts.events import PasswordChanged
from social_cme.accounts.models import User
from social_cme.accounts.passwords import hash_password
from social_cme.accounts.queries import find_user_by_email
from social_cme.accounts.rules.names import fold_email
from social_cme.accounts.rules.passwords import password_problem
from social_cme.accounts.services.access_tokens import revoke_all_access_tokens
from social_cme.accounts.services.authentication import check_credentials
from social_cme.accounts.services.logins import end_all_logins
from social_cme.accounts.services.mailed_links import access_link, cancel_links, issue_link, use_link
from social_cme.accounts.services.registration import finish_alike, greeting, make_usable
from social_cme.accounts.services.tries import forget_tries, may_mail
from social_cme.core import clock
from social_cme.core.errors import Forbidden, Invalid
from social_cme.jobs.outbox import queue_mail
from social_cme.persistence.transaction import Transaction, transaction


def request_password_reset(*, email: str) -> None:
    """Mail a link to set a new password if there is such an account; nothing tells whether there is."""
    with transaction() as tx:
        address = fold_email(email)
        is_allowed = may_mail(tx.session, address)
        user = find_user_by_email(address)
        if user is None or not user.is_active or not is_allowed:
            finish_alike(tx)
            return
        token = issue_link(tx, user, TokenPurpose.RESET_PASSWORD)
        values = greeting(user) | {"token": token}
        queue_mail(tx, recipient=user.email, user_id=user.id, event="reset_password", values=values)


def reset_password(token: str, *, password: str) -> User:
    """Set a new password with a mailed link; every log-in and access token of the account ends.

    Raises ``LinkIsOver`` for a link that is not good any more and ``Invalid`` for a password that is refused; then the link
    stays good.
    """
    link = access_link(TokenPurpose.RESET_PASSWORD, token)
    _refuse_weak(password, link.user)
    password_hash = hash_password(password)
    with transaction() as tx:
        user = use_link(tx, TokenPurpose.RESET_PASSWORD, token).user
        _set_password(tx, user, password_hash, by_link=True)
        # The link proved the mailbox as well, and its owner may have been locked out by a stranger's guessing.
        make_usable(tx, user)
        forget_tries(tx.session, TriedAction.LOGIN_ANYWHERE, user.email)
        revoke_all_access_tokens(user)
        end_all_logins(user)
    return user


def change_password(
    actor: User, *, current_password: str, new_password: str, address: str, keep_login_id: int | None = None
) -> int:
    """Set a new password for somebody who knows the old one; return how many other log-ins ended.

    *keep_login_id* is the log-in that stays open. Raises ``Invalid`` naming ``current_password`` or ``new_password``.
    """
    confirm_identity(actor, password=current_password, address=address, field="current_password")
    try:
        _refuse_weak(new_password, actor)
    except Invalid as error:
        raise Invalid(fields={"new_password": error.fields["password"]}) from error
    if new_password == current_password:
        raise Invalid(fields={"new_password": ["This is the password you have now. Choose another one."]})
    password_hash = hash_password(new_password)
    with transaction() as tx:
        _set_password(tx, actor, password_hash, by_link=False)
        return end_all_logins(actor, except_id=keep_login_id)


def confirm_identity(actor: User, *, password: str, address: str, field: str = "password") -> None:
    """Check the password of somebody who is logged in; raise ``Invalid`` at *field*, or ``RateLimited`` after five wrong ones."""
    try:
        found = check_credentials(email=actor.email, password=password, address=address)
    except Invalid as error:
        raise Invalid(fields={field: ["This is not your password. Check it and try again."]}) from error
    if found.id != actor.id:
        raise Forbidden


def _refuse_weak(password: str, user: User) -> None:
    problem = password_problem(password, email=user.email, names=[user.display_name])
    if problem:
        raise Invalid(fields={"password": [problem]})


def _set_password(tx: Transaction, user: User, password_hash: str, *, by_link: bool) -> None:
    user.password_hash = password_hash
    user.password_changed_at = clock.now()
    cancel_links(tx.session, user, TokenPurpose.RESET_PASSWORD)
    tx.record(PasswordChanged(actor_id=user.id, user_id=user.id, by_link=by_link))
    queue_mail(tx, recipient=user.email, user_id=user.id, event="password_changed", values=greeting(user))
