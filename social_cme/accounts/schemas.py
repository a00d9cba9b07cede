"""Shapes of people, oneself and access tokens in the API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from social_cme.accounts.enums import TRAINING_YEARS, CareerStage, Profession, SiteRole, Specialty, TokenScope
from social_cme.accounts.rules.names import BIO_LIMIT, INTEREST_LIMIT, MAX_INTERESTS, NAME_LIMIT
from social_cme.web.api import ClientBody, Schema


class PersonRef(Schema):
    """Who wrote or did something."""

    id: int
    display_name: str
    profession: Profession | None
    specialty: Specialty | None
    career_stage: CareerStage | None


class PersonOut(PersonRef):
    """What everybody may know of a member."""

    training_year: int | None
    is_verified: bool = Field(description="Whether somebody entitled has seen proof of the profession.")
    bio: str
    interests: list[str]
    joined_at: datetime


class MeOut(PersonOut):
    """One's own account."""

    email: str
    time_zone: str
    site_role: SiteRole
    is_confirmed: bool


class LoginOut(Schema):
    """The log-in of the browser that asks."""

    ends_at: datetime = Field(description="When it ends unless somebody does something before.")


class MeIn(Schema):
    """What to change; what is left out stays as it is, null takes a choice away."""

    display_name: Annotated[str, Field(min_length=2, max_length=NAME_LIMIT)] = ""
    profession: Profession | None = None
    specialty: Specialty | None = None
    career_stage: CareerStage | None = None
    training_year: Annotated[int, Field(ge=1, le=TRAINING_YEARS)] | None = None
    time_zone: Annotated[str, Field(max_length=60, description="A name of the IANA time zone database.")] = ""
    bio: Annotated[str, Field(max_length=BIO_LIMIT)] = ""
    interests: Annotated[list[Annotated[str, Field(max_length=INTEREST_LIMIT)]], Field(max_length=MAX_INTERESTS)] = []


class TokenIn(ClientBody):
    """A token to make."""

    name: str = Field(min_length=1, max_length=80)
    scopes: list[TokenScope] = Field(min_length=1, max_length=2)
    days: Literal[30, 90, 365] = 90


class TokenOut(Schema):
    """A token without its secret."""

    id: int
    name: str
    scopes: list[TokenScope]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


class NewTokenOut(TokenOut):
    """A token with its secret, which is not shown again."""

    secret: str


class TokensOut(Schema):
    """The tokens that are still good; there are at most twenty, so there is one page."""

    items: list[TokenOut]
    next_cursor: str | None = None
