"""``flask demo load`` where it must not do anything."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from social_cme.accounts.models import User
from social_cme.app import create_app
from social_cme.extensions import db
from tests.conftest import build_settings
from tests.factories import Factory


def test_production_refuses_accounts_with_a_known_password(database_url: str, tmp_path: Path) -> None:
    settings = build_settings(
        tmp_path / "production",
        environment="production",
        public_url="https://cme.example.org",
        database_url=database_url,
    )
    production = create_app(settings)
    result = production.test_cli_runner().invoke(args=["demo", "load"])
    assert result.exit_code == 1
    assert "not for production" in result.output
    with production.app_context():
        assert db.session.scalar(select(func.count(User.id))) == 0
        db.session.remove()
        db.engine.dispose()


def test_a_database_in_use_is_refused_in_one_sentence(app: Flask, make: Factory) -> None:
    make.user()
    result = app.test_cli_runner().invoke(args=["demo", "load"])
    assert result.exit_code == 1
    assert "This database is in use" in result.output
    assert "Traceback" not in result.output
