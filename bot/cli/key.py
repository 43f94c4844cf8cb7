"""`cardwise key`: the key to everything that is stored about people."""

import asyncio
import json
import sys
from typing import TYPE_CHECKING

import click

from bot.cli.errors import Mistake, told_plainly
from bot.cli.progress import progress_bar

if TYPE_CHECKING:
    from bot.operation.key_rotation import KeyInUse


@click.group()
def key() -> None:
    """The key to everything that is stored about people."""


@key.command()
def rotate() -> None:
    """Put everything under a new key, while the bot runs. If it is stopped, run it again: it goes on."""
    from bot.app import open_database
    from bot.operation.key_rotation import NotNow
    from bot.operation.key_rotation import rotate as rotating
    from bot.settings import load_settings

    async def rotated() -> "tuple[str, list[KeyInUse]]":
        from bot.operation.key_rotation import keys_in_use

        settings = load_settings()
        async with open_database(settings) as database:
            with progress_bar("Changing the key") as progress:
                chosen = await rotating(database, settings, progress)
            return chosen, await keys_in_use(database)

    try:
        with told_plainly():
            chosen, keys = asyncio.run(rotated())
    except NotNow as error:
        raise Mistake(str(error)) from None
    click.echo(f"Everything is under the key {chosen} now. Copy the key file to its safe place again.")
    for one in keys[1:]:
        click.echo(_told(one))
    if len(keys) > 1:
        click.echo("Backups made before can be read with the old key only: keep it as long as you keep them.", err=True)


@key.command("list")
@click.option("--json", "as_json", is_flag=True, help="One object a line.")
def list_(as_json: bool) -> None:
    """List the keys by their ids, and what still needs each. Never shows a key."""
    from bot.app import open_database
    from bot.operation.key_rotation import keys_in_use
    from bot.settings import load_settings

    async def listed() -> "list[KeyInUse]":
        async with open_database(load_settings()) as database:
            return await keys_in_use(database)

    with told_plainly():
        keys = asyncio.run(listed())
    for one in keys:
        until = one.until.isoformat(timespec="minutes") if one.until is not None else None
        as_object = {"id": one.key_id, "writes": one.writes, "needed": one.needed, "links": one.links, "until": until}
        click.echo(json.dumps(as_object) if as_json else _told(one))


@key.command()
@click.option("--yes", is_flag=True, help="Do not ask, on a terminal.")
def drop(yes: bool) -> None:
    """Take keys that nothing in the database needs any more out of the key file."""
    from bot.app import open_database
    from bot.operation.key_rotation import NotNow, drop_unneeded
    from bot.settings import load_settings

    if not yes and sys.stdin.isatty():
        click.confirm("Backups made under an old key can never be read again without it. Go on?", abort=True, err=True)

    async def dropped() -> list[str]:
        settings = load_settings()
        async with open_database(settings) as database:
            return await drop_unneeded(database, settings)

    try:
        with told_plainly():
            gone = asyncio.run(dropped())
    except NotNow as error:
        raise Mistake(str(error)) from None
    click.echo(f"Dropped: {', '.join(gone)}" if gone else "Every key is still needed (see `cardwise key list`).")


def _told(one: "KeyInUse") -> str:
    if one.writes:
        return f"{one.key_id}  writes"
    if one.values:
        return f"{one.key_id}  needed: values are still under it (`cardwise key rotate` goes on)"
    if one.links:
        until = f"{one.until:%Y-%m-%d}" if one.until is not None else "?"
        return f"{one.key_id}  needed for {one.links} links that were given out, until {until} at the latest"
    return f"{one.key_id}  not needed any more (`cardwise key drop`)"
