"""Another e-mail address: asked for with the password, taken over when the new mailbox answers.

Rule: until the link is used nothing changes, and the old mailbox is told when it does.
"""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError

from social_cme.accounts.enums import TokenPurpose
from social_cme.accounts.events import EmailChanged
from social_cme.accounts.models import User
from social_cme.accounts.queries import find_user_by_email
from social_cme.accounts.rules.names import check_email
from social_cme.accounts.services.mailed_links import LinkIsOver, access_link, cancel_links, issue_link, use_link
from social_cme.accounts.services.recovery import confirm_identity
from social_cme.accounts.services.registration import finish_alike, greeting, make_usable
from social_cme.accounts.services.tries import may_mail
from social_cme.core.errors import Conflict, Invalid
from social_cme.jobs.outbox import queue_mail
from social_cme.persistence.transaction import transaction


def request_email_change(actor: User, *, email: str, password: str, address: str) -> str:
    """Mail a link to the new address and return that address; an address that is taken gets another mail instead.

    Raises ``Invalid`` naming ``email`` or ``password``.
    """
    new = check_email(email)
    if new == actor.email:
        raise Invalid(fields={"email": ["This is the address you have now."]})
    confirm_identity(actor, password=password, address=address)
    with transaction() as tx:
        is_allowed = may_mail(tx.session, new)
        owner = find_user_by_email(new)
        if not is_allowed or (owner is not None and not owner.is_active):
            finish_alike(tx)
        elif owner is not None:
            queue_mail(tx, recipient=new, user_id=owner.id, event="already_registered", values=greeting(owner))
        else:
            token = issue_link(tx, actor, TokenPurpose.CHANGE_EMAIL, email=new)
            values = greeting(actor) | {"token": token}
            queue_mail(tx, recipient=new, user_id=actor.id, event="confirm_new_email", values=values)
    return new


def new_address_of(actor: User, token: str) -> str:
    """Return the address that a link would set; raise ``LinkIsOver`` when it is not this person's."""
    link = access_link(TokenPurpose.CHANGE_EMAIL, token)
    if link.user_id != actor.id or not link.email:
        raise LinkIsOver
    return link.email


def confirm_email_change(actor: User, token: str) -> User:
    """Take the new address over; links that were mailed to the old one stop working.

    Raises ``Conflict`` when somebody registered the address in the meantime.
    """
    with transaction() as tx:
        link = use_link(tx, TokenPurpose.CHANGE_EMAIL, token)
        if link.user_id != actor.id or not link.email:
            raise LinkIsOver
        user, old, new = link.user, link.user.email, link.email
        try:
            with tx.savepoint():
                user.email = new
        except IntegrityError as error:
            raise Conflict("This address belongs to another account by now. Your address was not changed.") from error
        make_usable(tx, user)
        cancel_links(tx.session, user, TokenPurpose.RESET_PASSWORD, TokenPurpose.CONFIRM_EMAIL)
        tx.record(EmailChanged(actor_id=user.id, user_id=user.id))
        queue_mail(tx, recipient=old, user_id=user.id, event="email_changed", values=greeting(user) | {"email": new})
    return user
