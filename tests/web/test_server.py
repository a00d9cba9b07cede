"""Starting: what is wrong is one sentence, what is right is quiet."""

from __future__ import annotations

import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from config import Settings
from tests.conftest import build_settings
from tests.server import ROOT, Server

pytestmark = [pytest.mark.thorough, pytest.mark.sqlite_only]


@pytest.fixture
def elsewhere(tmp_path: Path) -> Settings:
    return build_settings(tmp_path / "instance", database_url=f"sqlite:///{tmp_path / 'a.sqlite3'}")


def start(settings: Settings, **environment: str) -> tuple[int, str]:
    server = Server(settings, **environment)
    status = server.launch().wait(timeout=60)
    return status, server.output().strip()


def test_a_port_in_use_is_one_sentence(elsewhere: Settings) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        status, said = start(elsewhere, PORT=str(port))
    assert (status, said) == (2, f"Port {port} on 127.0.0.1 is in use. Stop what runs there or set PORT.")


def test_a_host_that_is_not_ours_is_one_sentence(elsewhere: Settings) -> None:
    status, said = start(elsewhere, HOST="203.0.113.7")
    assert status == 2
    assert said.startswith("Port ")
    assert said.endswith("Check HOST and PORT.")
    assert "\n" not in said


def test_a_database_that_is_away_is_one_sentence(elsewhere: Settings) -> None:
    status, said = start(elsewhere, DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing")
    assert (status, said) == (2, "The database cannot be reached. Check DATABASE_URL and that it runs.")


def test_a_database_file_that_cannot_be_opened_is_one_sentence(elsewhere: Settings, tmp_path: Path) -> None:
    status, said = start(elsewhere, DATABASE_URL=f"sqlite:///{tmp_path}/no/such/folder/a.sqlite3")
    assert (status, said) == (2, "The database cannot be reached. Check DATABASE_URL and that it runs.")


def test_production_does_not_start_on_an_old_database(elsewhere: Settings) -> None:
    status, said = start(elsewhere, ENVIRONMENT="production", PUBLIC_URL="https://cme.example.org")
    assert (status, said) == (
        2, "The database is not up to date with this version. Run 'flask db upgrade' first.",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value"), [("PORT", "x"), ("PORT", "70000"), ("DATABASE_URL", "mysql://x"), ("SOCKETS_PER_USER", "0")]
)
def test_a_wrong_setting_is_one_sentence_that_names_it(elsewhere: Settings, name: str, value: str) -> None:
    status, said = start(elsewhere, **{name: value})
    assert status == 2
    assert said.startswith(f"Setting {name}: ")
    assert "\n" not in said


def test_the_command_line_names_a_wrong_setting_too(elsewhere: Settings) -> None:
    environment = {**Server(elsewhere).environment, "PORT": "x"}
    flask = [str(Path(sys.executable).parent / "flask"), "jobs", "list"]
    done = subprocess.run(flask, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert "Setting PORT: " in done.stderr
    assert "Traceback" not in done.stderr


def test_the_command_line_is_quiet_and_knows_the_jobs(elsewhere: Settings) -> None:
    flask = [str(Path(sys.executable).parent / "flask"), "jobs", "list"]
    environment = Server(elsewhere).environment
    done = subprocess.run(flask, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0
    assert done.stderr == ""
    assert "jobs.send_mail                 every 30 s" in done.stdout


def test_the_secret_of_a_try_out_is_readable_by_its_owner_alone(elsewhere: Settings) -> None:
    environment = {**Server(elsewhere).environment, "SECRET_KEY": ""}
    flask = [str(Path(sys.executable).parent / "flask"), "jobs", "list"]
    subprocess.run(flask, cwd=ROOT, env=environment, capture_output=True, check=True, timeout=60)
    mode = (elsewhere.instance_path / "secret_key").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600
