"""Facts about accounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from social_cme.core.events import Event, user_channel


@dataclass(frozen=True, kw_only=True, slots=True)
class LoginEnded(Event):
    """A log-in ended; its sockets are disconnected."""

    kind: ClassVar[str] = "login.ended"

    login_id: int

    @property
    def channel(self) -> str:
        """The person's own inbox."""
        return user_channel(self.actor_id or 0)


@dataclass(frozen=True, kw_only=True, slots=True)
class _AboutAccount(Event):
    """A fact about the account ``user_id``; the actor is the person, an administrator, or nobody at the command line."""

    kind: ClassVar[str] = ""

    user_id: int

    @property
    def channel(self) -> str:
        """The inbox of the person concerned."""
        return user_channel(self.user_id)


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountConfirmed(_AboutAccount):
    """The e-mail address was proven; from now on the person may join and write."""

    kind: ClassVar[str] = "account.confirmed"


@dataclass(frozen=True, kw_only=True, slots=True)
class PasswordChanged(_AboutAccount):
    """A new password was set, by the person or through a mailed link."""

    kind: ClassVar[str] = "account.password_changed"

    by_link: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class EmailChanged(_AboutAccount):
    """The account has another e-mail address."""

    kind: ClassVar[str] = "account.email_changed"


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountBanned(_AboutAccount):
    """An account was closed to its owner; its log-ins and tokens have ended."""

    kind: ClassVar[str] = "account.banned"


@dataclass(frozen=True, kw_only=True, slots=True)
class BanLifted(_AboutAccount):
    """A banned account may be used again."""

    kind: ClassVar[str] = "account.ban_lifted"


@dataclass(frozen=True, kw_only=True, slots=True)
class ProfessionVerified(_AboutAccount):
    """Somebody entitled looked at proof of the person's profession."""

    kind: ClassVar[str] = "account.verified"

    profession: str


@dataclass(frozen=True, kw_only=True, slots=True)
class VerificationWithdrawn(_AboutAccount):
    """The proof no longer counts."""

    kind: ClassVar[str] = "account.verification_withdrawn"


@dataclass(frozen=True, kw_only=True, slots=True)
class SiteRoleChanged(_AboutAccount):
    """Somebody has another role on the whole server."""

    kind: ClassVar[str] = "account.role_changed"

    role: str
