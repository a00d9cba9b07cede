"""``flask demo load``: the demonstration, for a first look and for development."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup

from social_cme.core.errors import AppError
from social_cme.demo.queries import DemoState, find_state, read_world
from social_cme.demo.screen import account_table, show_loading

demo = AppGroup("demo", help="Invented rooms, people and cases for a first look.")
COMMANDS = (demo,)


@demo.command("load")
def load() -> None:
    """Load the demo content into an empty database; never in production."""
    if current_app.extensions["settings"].environment == "production":
        raise click.ClickException("The demo content has accounts with a known password. It is not for production.")
    world = read_world()
    try:
        if find_state(world) == DemoState.COMPLETE:
            click.echo("The demo content is there already.")
        else:
            show_loading(world)
    except AppError as error:
        raise click.ClickException(error.message) from None
    click.echo(account_table(world))
