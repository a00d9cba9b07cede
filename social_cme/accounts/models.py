"""Accounts, their open log-ins, mailed links and personal access tokens.

Rule: a secret is stored only as its hash.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from social_cme.accounts.enums import AccountState, SiteRole
from social_cme.persistence.base import Model, PrimaryKey, Timestamped, UtcDateTime, foreign_key


class User(Model, Timestamped):
    """A person with an account; ``email`` is kept lower-case and unique."""

    __tablename__ = "user_account"
    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_lower"),
        # Only a confirmed account holds its name: nobody can reserve the names of others with invented addresses.
        Index(
            "uq_user_account_name_key",
            "name_key",
            unique=True,
            sqlite_where=text("state <> 'unconfirmed'"),
            postgresql_where=text("state <> 'unconfirmed'"),
        ),
    )

    id: Mapped[PrimaryKey]
    email: Mapped[str] = mapped_column(String(254), unique=True)
    display_name: Mapped[str] = mapped_column(String(80))
    name_key: Mapped[str] = mapped_column(String(160))
    password_hash: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(20), default=AccountState.UNCONFIRMED)
    site_role: Mapped[str] = mapped_column(String(20), default=SiteRole.MEMBER)
    profession: Mapped[str | None] = mapped_column(String(40))
    specialty: Mapped[str | None] = mapped_column(String(40), index=True)
    career_stage: Mapped[str | None] = mapped_column(String(20))
    training_year: Mapped[int | None] = mapped_column(Integer)
    verified_profession: Mapped[str | None] = mapped_column(String(40))
    time_zone: Mapped[str] = mapped_column(String(60), default="UTC")
    bio: Mapped[str] = mapped_column(Text, default="")
    interests: Mapped[list[str]] = mapped_column(JSON, default=list)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    password_changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    banned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ban_reason: Mapped[str] = mapped_column(String(500), default="")

    # What Flask-Login asks of a user object.
    is_authenticated = True
    is_anonymous = False

    @property
    def is_active(self) -> bool:
        """Whether the account may be used at all."""
        return self.state in {AccountState.ACTIVE, AccountState.UNCONFIRMED}

    @property
    def is_confirmed(self) -> bool:
        """Whether the e-mail address was confirmed; only then may somebody join and write."""
        return self.state == AccountState.ACTIVE

    @property
    def has_profile(self) -> bool:
        """Whether profession, specialty and career stage were said."""
        return bool(self.profession and self.specialty and self.career_stage)

    @property
    def is_verified(self) -> bool:
        """Whether somebody entitled looked at proof of the profession that the profile says now."""
        return self.verified_profession is not None and self.verified_profession == self.profession

    def get_id(self) -> str:
        """Return the key Flask-Login keeps in the cookie."""
        return str(self.id)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, User) and self.id == other.id if self.id is not None else self is other

    def __hash__(self) -> int:
        return hash((User, self.id)) if self.id is not None else object.__hash__(self)


class LoginSession(Model, Timestamped):
    """One log-in on one device; ending it ends the cookie and the sockets that came from it."""

    __tablename__ = "login_session"

    id: Mapped[PrimaryKey]
    user_id: Mapped[int] = foreign_key("user_account.id", ondelete="CASCADE")
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    user_agent: Mapped[str] = mapped_column(String(300), default="")
    address: Mapped[str] = mapped_column(String(45), default="")

    user: Mapped[User] = relationship(lazy="raise")


class MailedToken(Model, Timestamped):
    """A link sent by mail; good once, for one purpose, for a limited time.

    ``browser_hash`` names the browser that asked for it; ``email`` is the new address of a change of address.
    """

    __tablename__ = "mailed_token"

    id: Mapped[PrimaryKey]
    user_id: Mapped[int] = foreign_key("user_account.id", ondelete="CASCADE")
    purpose: Mapped[str] = mapped_column(String(20))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    browser_hash: Mapped[str | None] = mapped_column(String(64))
    email: Mapped[str | None] = mapped_column(String(254))

    user: Mapped[User] = relationship(lazy="raise")


class ProfessionVerification(Model, Timestamped):
    """Who looked at proof of somebody's profession, when, and at what; nobody stands for the operator.

    ``User.verified_profession`` repeats the profession of the row that is not withdrawn.
    """

    __tablename__ = "profession_verification"

    id: Mapped[PrimaryKey]
    user_id: Mapped[int] = foreign_key("user_account.id")
    profession: Mapped[str] = mapped_column(String(40))
    evidence: Mapped[str] = mapped_column(String(500))
    verified_by_id: Mapped[int | None] = foreign_key("user_account.id", index=False)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_by_id: Mapped[int | None] = foreign_key("user_account.id", index=False)

    verified_by: Mapped[User | None] = relationship(foreign_keys=[verified_by_id], lazy="raise")


class TryCounter(Model):
    """How often something was tried in the current window; the subject is kept as a hash, known or not."""

    __tablename__ = "try_counter"
    __table_args__ = (UniqueConstraint("action", "subject_hash"),)

    id: Mapped[PrimaryKey]
    action: Mapped[str] = mapped_column(String(20))
    subject_hash: Mapped[str] = mapped_column(String(64))
    tries: Mapped[int] = mapped_column(Integer)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class AccessToken(Model, Timestamped):
    """A personal access token for the REST API; the secret is shown once."""

    __tablename__ = "access_token"

    id: Mapped[PrimaryKey]
    user_id: Mapped[int] = foreign_key("user_account.id", ondelete="CASCADE")
    name: Mapped[str] = mapped_column(String(80))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[list[Any]] = mapped_column(JSON, default=list)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    user: Mapped[User] = relationship(lazy="raise")
