"""`cardwise db`: the database."""

import asyncio

import click

from bot.cli.errors import told_plainly


@click.group()
def db() -> None:
    """The database."""


@db.command()
def upgrade() -> None:
    """Create the database, or bring it to the shape this version needs. `cardwise run` does it too."""
    from bot.app import open_database
    from bot.settings import load_settings

    async def opened() -> None:
        async with open_database(load_settings()):
            pass

    with told_plainly():
        asyncio.run(opened())
