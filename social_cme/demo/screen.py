"""What somebody who loads the demonstration sees in the terminal."""

from __future__ import annotations

import click

from social_cme.demo.queries import DemoState, find_state, read_world
from social_cme.demo.schemas import World
from social_cme.demo.services.loading import load_demo
from social_cme.demo.services.people import PASSWORD


def offer_demo() -> str:
    """Load the demonstration into an empty database, or finish a load that was cut off; return the accounts to show.

    A database with other people's work is left alone, and nothing is shown.
    """
    world = read_world()
    state = find_state(world)
    if state == DemoState.FOREIGN:
        return ""
    if state != DemoState.COMPLETE:
        show_loading(world)
    return account_table(world)


def show_loading(world: World) -> None:
    """Load with a progress bar."""
    steps = load_demo(world)
    done, total = next(steps)
    with click.progressbar(length=total, label="Loading the demo content", show_eta=False) as bar:
        bar.update(done)
        for done, _ in steps:
            bar.update(done - bar.pos)


def account_table(world: World) -> str:
    """Return the demo accounts as lines for the screen."""
    people = [one for one in world.people if one.account is not None]
    width = max(len(one.email) for one in people)
    lines = [f"  {one.account or '':<14} {one.email:<{width}}  {one.display_name}" for one in people]
    return "\n".join([f"Demo accounts, all with the password {PASSWORD}:", *lines])
