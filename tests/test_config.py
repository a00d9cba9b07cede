"""A wrong setting stops the start with one sentence that names it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from config import ConfigurationError, Settings, load_settings


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("INSTANCE_PATH", str(tmp_path / "instance"))
    monkeypatch.setitem(Settings.model_config, "env_file", None)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "70000"),
        ("DATABASE_URL", "mysql://localhost/x"),
        ("REDIS_URL", "localhost:6379"),
        ("PUBLIC_URL", "cme.example.org"),
        ("ENVIRONMENT", "staging"),
        ("MAX_CONNECTIONS", "1"),
    ],
)
def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError, match=rf"^Setting {name}: .+\.$") as caught:
        load_settings()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({"ENVIRONMENT": "production", "PUBLIC_URL": "https://cme.example.org"}, "SECRET_KEY"),
        ({"ENVIRONMENT": "production", "SECRET_KEY": "short", "PUBLIC_URL": "https://cme.example.org"}, "SECRET_KEY"),
        ({"ENVIRONMENT": "production", "SECRET_KEY": "x" * 40}, "PUBLIC_URL"),
        ({"MAIL_DELIVERY": "smtp"}, "SMTP_HOST"),
        ({"JOBS": "worker"}, "REDIS_URL"),
    ],
)
def test_settings_that_need_each_other_say_so(
    monkeypatch: pytest.MonkeyPatch, values: dict[str, str], word: str
) -> None:
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError, match=word):
        load_settings()


def test_development_keeps_one_secret_across_restarts() -> None:
    first = load_settings()
    assert len(first.secret_key) >= 32
    assert load_settings().secret_key == first.secret_key
    assert (first.instance_path / "secret_key").stat().st_mode & 0o077 == 0


def test_an_instance_folder_that_cannot_be_written_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("INSTANCE_PATH", str(tmp_path / "file" / "below"))
    with pytest.raises(ConfigurationError, match="INSTANCE_PATH"):
        load_settings()


@pytest.mark.parametrize(
    ("public_url", "secure"), [("https://cme.example.org/", True), ("http://cme.example.org", False), ("", False)]
)
def test_cookies_are_secure_exactly_under_https(public_url: str, secure: bool) -> None:
    values: dict[str, Any] = {"public_url": public_url}
    settings = load_settings(**values)
    assert settings.secure_cookies is secure
    assert not settings.site_url.endswith("/")


def test_a_postgresql_address_gets_its_driver() -> None:
    assert load_settings(database_url="postgres://u@h/d").database_uri == "postgresql+psycopg://u@h/d"
