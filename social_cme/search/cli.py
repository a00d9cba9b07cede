"""``flask search …``: care of the search index."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from social_cme.search.services import rebuilding

search_commands = AppGroup("search", help="Care of the search index.", short_help="Care of the search index.")


@search_commands.command("rebuild")
def rebuild() -> None:
    """Read every text into the index again; people can go on working meanwhile."""
    total = rebuilding.count_sources()
    with click.progressbar(length=total, label="Reading", show_pos=True) as bar:
        for step in rebuilding.rebuild():
            bar.update(step)
    click.echo(f"The search knows {rebuilding.count_entries():,} texts of {total:,} rows.")


COMMANDS = (search_commands,)
