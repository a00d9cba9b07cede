"""The operator's commands on accounts: create the first administrator, list, change roles, ban.

Rule: a command never asks a question when nobody sits at the terminal, and no password stands on a command line.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from getpass import getpass

import click
from flask.cli import AppGroup

from social_cme.accounts.enums import AccountState, SiteRole, label
from social_cme.accounts.models import User
from social_cme.accounts.queries import find_user_by_email, list_users
from social_cme.accounts.services import administration, verification
from social_cme.core.errors import AppError

users = AppGroup("users", help="Create, list and manage accounts.")
COMMANDS = (users,)

_ROLES = click.Choice([str(role) for role in SiteRole])
_STATES = click.Choice([str(state) for state in AccountState])


@users.command("create-admin")
@click.option("--email", help="E-mail address to log in with.")
@click.option("--name", help="Name that everybody sees.")
@click.option("--password-stdin", is_flag=True, help="Read the password from the first line of standard input.")
def create_admin(email: str | None, name: str | None, *, password_stdin: bool) -> None:
    """Create a confirmed account with the administrator's role.

    Asks for what is not given, when somebody sits at the terminal.
    """
    email = email or _ask("E-mail address", "--email")
    name = name or _ask("Name", "--name")
    password = _read_password() if password_stdin else _ask_password()
    with _plain_errors():
        user = administration.create_administrator(email=email, display_name=name, password=password)
    click.echo(f"{user.display_name} <{user.email}> is an administrator now.")


@users.command("list")
@click.option("--state", type=_STATES, help="Only accounts in this state.")
@click.option("--role", type=_ROLES, help="Only accounts with this role.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True, help="At most this many.")
def list_accounts(state: str | None, role: str | None, limit: int) -> None:
    """List accounts, the oldest first."""
    found = list_users(state=state, role=role, limit=limit)
    if not found:
        click.echo("No accounts.")
        return
    rows = [
        (str(one.id), one.email, one.display_name, one.site_role, one.state, f"{one.created_at:%Y-%m-%d}")
        for one in found
    ]
    heads = ("ID", "E-MAIL", "NAME", "ROLE", "STATE", "SINCE")
    widths = [max(len(row[at]) for row in [heads, *rows]) for at in range(len(heads))]
    for row in [heads, *rows]:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


@users.command("set-role")
@click.argument("email")
@click.argument("role", type=_ROLES)
def set_role(email: str, role: str) -> None:
    """Give the account with EMAIL the site-wide ROLE."""
    with _plain_errors():
        user = administration.set_site_role(actor=None, user_id=_account(email).id, role=role)
    click.echo(f"{user.display_name} <{user.email}> is {user.site_role} now.")


@users.command("ban")
@click.argument("email")
@click.option("--reason", required=True, help="Shown to the person when they try to log in.")
def ban(email: str, reason: str) -> None:
    """Ban the account with EMAIL; its log-ins and access tokens end at once."""
    with _plain_errors():
        user = administration.ban_user(actor=None, user_id=_account(email).id, reason=reason)
    click.echo(f"{user.display_name} <{user.email}> is banned.")


@users.command("lift-ban")
@click.argument("email")
def lift_ban(email: str) -> None:
    """Let the banned account with EMAIL be used again."""
    with _plain_errors():
        user = administration.lift_ban(actor=None, user_id=_account(email).id)
    click.echo(f"{user.display_name} <{user.email}> can log in again.")


@users.command("verify-profession")
@click.argument("email")
@click.option("--evidence", required=True, help="Which proof was seen: a licence register, a letter of the hospital.")
def verify_profession(email: str, evidence: str) -> None:
    """Mark the profession of the account with EMAIL as verified."""
    with _plain_errors():
        row = verification.verify_profession(actor=None, user_id=_account(email).id, evidence=evidence)
    click.echo(f"{email}: {label(row.profession).lower()} is verified now.")


@users.command("unverify-profession")
@click.argument("email")
def unverify_profession(email: str) -> None:
    """Take the verification of the account with EMAIL back."""
    with _plain_errors():
        verification.unverify_profession(actor=None, user_id=_account(email).id)
    click.echo(f"{email} is no longer verified.")


def _account(email: str) -> User:
    user = find_user_by_email(email)
    if user is None:
        raise click.ClickException(f"There is no account with the address {email}. “flask users list” shows all.")
    return user


def _ask(words: str, option: str, read: Callable[[str], str] = input) -> str:
    if not sys.stdin.isatty():
        raise click.UsageError(f"Nobody is at the terminal to ask. Give {option}.")
    return read(f"{words}: ")


def _ask_password() -> str:
    password = _ask("Password (it is not shown)", "--password-stdin and the password on standard input", getpass)
    if getpass("The same password again: ") != password:
        raise click.ClickException("The two passwords differ. Nothing was created.")
    return password


def _read_password() -> str:
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise click.UsageError("Standard input was empty. Write the password to it.")
    return password


@contextmanager
def _plain_errors() -> Iterator[None]:
    """Turn a refusal into one sentence a line; no trace follows."""
    try:
        yield
    except AppError as error:
        lines = [
            f"{name.replace('_', ' ').capitalize()}: {text}" for name, texts in error.fields.items() for text in texts
        ]
        raise click.ClickException("\n".join(lines) or error.message) from error
