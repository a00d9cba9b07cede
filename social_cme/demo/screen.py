"""What somebody who loads the demonstration sees in the terminal."""

from __future__ import annotations

from collections.abc import Iterator

import click

from social_cme.demo.queries import DemoState, find_state, read_world
from social_cme.demo.schemas import World
from social_cme.demo.services.loading import deliver_demo, load_demo
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
    _show("Loading the demo content ", load_demo(world))
    _show("Filling ledgers and search", deliver_demo())


def account_table(world: World) -> str:
    """Return the demo accounts as lines for the screen."""
    people = [one for one in world.people if one.account is not None]
    width = max(len(one.email) for one in people)
    lines = [f"  {one.account or '':<14} {one.email:<{width}}  {one.display_name}" for one in people]
    return "\n".join([f"Demo accounts, all with the password {PASSWORD}:", *lines])


def _show(label: str, steps: Iterator[tuple[int, int]]) -> None:
    first = next(steps, None)
    if first is None:
        return
    with click.progressbar(length=first[1], label=label, show_eta=False) as bar:
        bar.update(first[0])
        for done, _ in steps:
            bar.update(done - bar.pos)
