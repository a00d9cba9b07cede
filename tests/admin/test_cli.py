"""The operator's commands: they work without a terminal and say in one sentence what is wrong."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import Result
from flask import Flask

from social_cme.accounts.enums import AccountState, SiteRole
from social_cme.accounts.passwords import verify_password
from social_cme.accounts.queries import find_user_by_email, list_users
from social_cme.extensions import db
from tests.factories import PASSWORD, Factory

ROOT = Path(__file__).parents[2]
OURS = {"citations", "demo", "import", "jobs", "search", "users"}
FLASKS = {"db", "routes", "run", "shell"}


def run(app: Flask, *arguments: str, stdin: str = "", **options: Any) -> Result:
    result = app.test_cli_runner().invoke(args=["users", *arguments], input=stdin, **options)
    db.session.expire_all()
    assert "Traceback" not in result.output
    return result


def test_the_first_administrator_is_created_without_a_terminal(app: Flask) -> None:
    given = ["create-admin", "--email", "Ada@Example.org", "--name", "Ada Root", "--password-stdin"]
    result = run(app, *given, stdin=f"{PASSWORD}\n")
    assert result.exit_code == 0, result.output
    assert result.output == "Ada Root <ada@example.org> is an administrator now.\n"
    user = find_user_by_email("ada@example.org")
    assert user is not None
    assert (user.site_role, user.state) == (SiteRole.ADMINISTRATOR, AccountState.ACTIVE)
    assert verify_password(user.password_hash, PASSWORD)
    assert PASSWORD not in result.output


@pytest.mark.parametrize(
    ("arguments", "stdin", "words"),
    [
        ([], "", "Give --email."),
        (["--email", "a@example.org"], "", "Give --name."),
        (["--email", "a@example.org", "--name", "Ada Root"], "", "Give --password-stdin"),
        (["--email", "a@example.org", "--name", "Ada Root", "--password-stdin"], "", "Standard input was empty"),
        (
            ["--email", "a@example.org", "--name", "Ada Root", "--password-stdin"],
            "short\n",
            "Password: A password needs",
        ),
        (["--email", "nonsense", "--name", "Ada Root", "--password-stdin"], f"{PASSWORD}\n", "Email: Enter an e-mail"),
        (
            ["--email", "taken@example.org", "--name", "Ada Root", "--password-stdin"],
            f"{PASSWORD}\n",
            "There is an account",
        ),
        (
            ["--email", "a@example.org", "--name", "Person One", "--password-stdin"],
            f"{PASSWORD}\n",
            "Display name: Another",
        ),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(
    app: Flask, make: Factory, arguments: list[str], stdin: str, words: str
) -> None:
    make.user("Person One", email="taken@example.org")
    result = run(app, "create-admin", *arguments, stdin=stdin)
    assert result.exit_code != 0
    assert words in result.output
    assert len(list_users()) == 1


def test_accounts_are_listed_and_filtered(app: Flask, make: Factory) -> None:
    make.user("Ada Root", role=SiteRole.ADMINISTRATOR)
    make.user("Eve Moore", state=AccountState.BANNED)
    everybody = run(app, "list").output
    assert "ada root" in everybody.lower()
    assert "Eve Moore" in everybody
    assert "Eve Moore" not in run(app, "list", "--role", "administrator").output
    assert "Ada Root" not in run(app, "list", "--state", "banned").output
    assert run(app, "list", "--state", "closed").output == "No accounts.\n"
    assert len(run(app, "list", "--limit", "1").output.splitlines()) == 2
    assert run(app, "list", "--limit", "0").exit_code != 0


def test_roles_are_changed_by_address(app: Flask, make: Factory) -> None:
    user = make.user(email="eve@example.org")
    assert run(app, "set-role", "EVE@example.org", "moderator").exit_code == 0
    assert user.site_role == SiteRole.MODERATOR
    assert "There is no account" in run(app, "set-role", "x@example.org", "moderator").output
    assert run(app, "set-role", "eve@example.org", "emperor").exit_code != 0


def test_the_last_administrator_keeps_the_role(app: Flask, make: Factory) -> None:
    make.user(email="ada@example.org", role=SiteRole.ADMINISTRATOR)
    result = run(app, "set-role", "ada@example.org", "member")
    assert result.exit_code == 1
    assert result.output == "Error: This is the only administrator. Give somebody else the role first.\n"


def test_somebody_is_banned_and_let_in_again(app: Flask, make: Factory) -> None:
    user = make.user(email="eve@example.org")
    assert "--reason" in run(app, "ban", "eve@example.org").output
    assert run(app, "ban", "eve@example.org", "--reason", "Advertising.").exit_code == 0
    assert (user.state, user.ban_reason) == (AccountState.BANNED, "Advertising.")
    assert "banned already" in run(app, "ban", "eve@example.org", "--reason", "again").output
    assert run(app, "lift-ban", "eve@example.org").exit_code == 0
    assert user.state == AccountState.ACTIVE


def test_the_help_names_the_commands_of_the_product_and_nothing_else(tmp_path: Path) -> None:
    flask = str(Path(sys.executable).parent / "flask")
    environment = {"PATH": os.environ["PATH"], "INSTANCE_PATH": str(tmp_path), "COLUMNS": "100"}
    told = subprocess.run(
        [flask, "--help"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout.startswith("Usage: flask ")
    listed = told.stdout.partition("Commands:\n")[2].splitlines()
    lines = dict(re.split(r"\s{2,}", line.strip(), maxsplit=1) for line in listed if line.strip())
    assert set(lines) == OURS | FLASKS
    assert all(words.endswith(".") and not words.endswith("...") for words in lines.values()), lines


def test_every_command_of_the_product_says_in_a_sentence_what_it_is_for(app: Flask) -> None:
    said: dict[str, str] = {}
    for name in OURS:
        group = app.cli.commands[name]
        assert isinstance(group, click.Group), name
        said[name] = group.get_short_help_str(80)
        said |= {f"{name} {one}": command.get_short_help_str(80) for one, command in group.commands.items()}
    assert [name for name, words in said.items() if not words.endswith(".") or words.endswith("...")] == []
    assert {"demo load", "users create-admin", "import threads"} <= set(said)
