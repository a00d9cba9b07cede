"""Oneself, other people and access tokens over the API."""

from __future__ import annotations

from typing import cast

from flask import g

from social_cme.accounts.identity import login_ends_at, stay_logged_in
from social_cme.accounts.models import AccessToken, User
from social_cme.accounts.queries import access_profile, list_access_tokens
from social_cme.accounts.schemas import LoginOut, MeIn, MeOut, NewTokenOut, PersonOut, TokenIn, TokenOut, TokensOut
from social_cme.accounts.services import access_tokens
from social_cme.accounts.services.profile import ProfileChanges, update_profile
from social_cme.core.errors import Forbidden
from social_cme.web.actor import current_actor, require_actor
from social_cme.web.api import ApiScope, blueprint, endpoint

bp = blueprint("accounts")


@endpoint(bp, "/me", "GET", result=MeOut)
def show_me() -> MeOut:
    """Return one's own account."""
    return _me(require_actor())


@endpoint(bp, "/me", "PATCH", result=MeOut, body=MeIn, scope=ApiScope.WRITE)
def change_me(body: MeIn) -> MeOut:
    """Change one's own profile; fields that are not sent stay as they are."""
    changes = cast("ProfileChanges", body.model_dump(include=body.model_fields_set))
    return _me(update_profile(require_actor(), changes=changes))


@endpoint(bp, "/me/login", "GET", result=LoginOut)
def show_login() -> LoginOut:
    """Tell when the log-in of this browser ends; with the header ``X-Background`` asking is no use of it."""
    return _login()


@endpoint(bp, "/me/login", "POST", result=LoginOut, scope=ApiScope.WRITE)
def keep_login() -> LoginOut:
    """Stay logged in: somebody is there."""
    stay_logged_in()
    return _login()


def _login() -> LoginOut:
    ends_at = login_ends_at()
    if ends_at is None:
        raise Forbidden("A token has no log-in that could end.")
    return LoginOut(ends_at=ends_at)


@endpoint(bp, "/people/<id:user_id>", "GET", result=PersonOut, public=True)
def show_person(user_id: int) -> PersonOut:
    """Return what everybody may know of a member."""
    return PersonOut.model_validate(_person(access_profile(current_actor(), user_id)))


@endpoint(bp, "/tokens", "GET", result=TokensOut)
def list_tokens() -> TokensOut:
    """List one's own access tokens; only for somebody who is logged in, never with a token."""
    actor = _somebody_logged_in()
    return TokensOut(items=[TokenOut.model_validate(token) for token in list_access_tokens(actor)])


@endpoint(bp, "/tokens", "POST", result=NewTokenOut, body=TokenIn, status=201, scope=ApiScope.WRITE)
def create_token(body: TokenIn) -> NewTokenOut:
    """Make an access token and return its secret once; only for somebody who is logged in, never with a token."""
    token, secret = access_tokens.create_access_token(
        _somebody_logged_in(), name=body.name, scopes=body.scopes, days=body.days, client_id=body.client_id
    )
    return NewTokenOut(**_token(token), secret=secret)


@endpoint(bp, "/tokens/<id:token_id>", "DELETE", result=None, status=204, scope=ApiScope.WRITE)
def revoke_token(token_id: int) -> None:
    """Revoke an access token; only for somebody who is logged in, never with a token."""
    access_tokens.revoke_access_token(_somebody_logged_in(), token_id)


def _somebody_logged_in() -> User:
    # A stolen token must not be able to make others that outlive it.
    if g.get("token_scopes") is not None:
        raise Forbidden("Access tokens are managed by somebody who is logged in, not with a token.")
    return require_actor()


def _token(token: AccessToken) -> dict[str, object]:
    return TokenOut.model_validate(token).model_dump()


def _person(user: User) -> dict[str, object]:
    return {
        "id": user.id,
        "display_name": user.display_name,
        "profession": user.profession,
        "specialty": user.specialty,
        "career_stage": user.career_stage,
        "training_year": user.training_year,
        "is_verified": user.is_verified,
        "bio": user.bio,
        "interests": user.interests,
        "joined_at": user.confirmed_at or user.created_at,
    }


def _me(user: User) -> MeOut:
    private = {
        "email": user.email,
        "time_zone": user.time_zone,
        "site_role": user.site_role,
        "is_confirmed": user.is_confirmed,
    }
    return MeOut.model_validate(_person(user) | private)
