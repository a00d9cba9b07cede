"""Personal access tokens: made, used, revoked.

Rule: the secret is returned once and kept as a hash.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import select, update

from social_cme.accounts.enums import TOKEN_LIFETIMES, TokenScope
from social_cme.accounts.models import AccessToken, User
from social_cme.accounts.policies import can_create_token
from social_cme.accounts.queries import list_access_tokens
from social_cme.core import clock
from social_cme.core.errors import Conflict, Invalid, NotFound
from social_cme.core.ids import new_token, token_hash
from social_cme.core.permissions import require
from social_cme.core.text import clean_line
from social_cme.persistence.transaction import transaction

# The mark lets programs that look for leaked secrets recognize one.
PREFIX = "scme_"
NAME_LIMIT = 80
MOST_TOKENS = 20
TOUCH_AFTER = timedelta(minutes=5)


def create_access_token(
    actor: User, *, name: str, scopes: Iterable[str], days: int, client_id: str | None = None
) -> tuple[AccessToken, str]:
    """Make a token that ends after *days* (30, 90 or 365) and return it with its secret, which cannot be shown again.

    Raises ``Invalid`` naming ``name``, ``scopes`` or ``days``, and ``Conflict`` when the request was carried out before or the
    person has twenty tokens already.
    """
    name, wanted = clean_line(name), set(scopes)
    fields = _problems(name, wanted, days)
    if fields:
        raise Invalid(fields=fields)
    if TokenScope.WRITE in wanted:
        wanted.add(TokenScope.READ)
    secret = PREFIX + new_token()
    with transaction() as tx:
        require(can_create_token(actor))
        claim = tx.claim(actor.id, client_id, "access_token.create")
        if claim.object_id is not None:
            raise Conflict(
                "This token was created already. Its secret was shown once; revoke it if you did not keep it."
            )
        if len(list_access_tokens(actor)) >= MOST_TOKENS:
            raise Conflict(f"You have {MOST_TOKENS} tokens. Revoke one that you do not use any more.")
        token = AccessToken(
            user_id=actor.id,
            name=name,
            token_hash=token_hash(secret),
            scopes=sorted(str(scope) for scope in wanted),
            expires_at=clock.now() + timedelta(days=days),
        )
        tx.add(token)
        claim.settle(token.id)
    return token, secret


def revoke_access_token(actor: User, token_id: int) -> None:
    """Revoke one of the actor's own tokens; raise ``NotFound`` when it is somebody else's or not good any more."""
    with transaction() as tx:
        token = tx.session.scalar(
            select(AccessToken)
            .where(AccessToken.id == token_id, AccessToken.user_id == actor.id, AccessToken.revoked_at.is_(None))
            .with_for_update()
        )
        if token is None:
            raise NotFound
        token.revoked_at = clock.now()


def revoke_all_access_tokens(user: User) -> None:
    """Revoke every token of an account."""
    with transaction() as tx:
        tx.session.execute(
            update(AccessToken)
            .where(AccessToken.user_id == user.id, AccessToken.revoked_at.is_(None))
            .values(revoked_at=clock.now())
            .execution_options(synchronize_session=False)
        )


def touch_access_token(token: AccessToken) -> None:
    """Note that a token was used, at most once in five minutes."""
    moment = clock.now()
    if token.last_used_at is not None and moment - token.last_used_at < TOUCH_AFTER:
        return
    token_id = token.id
    with transaction() as tx:
        tx.session.execute(
            update(AccessToken)
            .where(AccessToken.id == token_id)
            .values(last_used_at=moment)
            .execution_options(synchronize_session=False)
        )


def _problems(name: str, scopes: set[str], days: int) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    if not name or len(name) > NAME_LIMIT:
        fields["name"] = [f"Say in at most {NAME_LIMIT} characters what the token is for."]
    if not scopes or not scopes <= set(TokenScope):
        fields["scopes"] = ["Choose what the token may do: read, or read and write."]
    if days not in TOKEN_LIFETIMES:
        fields["days"] = ["Choose 30, 90 or 365 days."]
    return fields
