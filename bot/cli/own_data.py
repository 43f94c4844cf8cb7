"""`cardwise export` and `cardwise forget`: what is stored about a person who asks outside Telegram."""

import asyncio
import sys
from typing import TYPE_CHECKING

import click

from bot.cli.errors import Mistake, told_plainly

if TYPE_CHECKING:
    from db.engine import Database

PERSON = "PERSON is an address such as telegram:1234, or a number of `cardwise people list`."


@click.command(epilog=PERSON)
@click.argument("person")
def export(person: str) -> None:
    """Print all that is stored about a person, as JSON: the same as /export gives them."""
    from bot.app import open_database
    from bot.dialogue.own_data import export as exported
    from bot.settings import load_settings

    async def found() -> str:
        async with open_database(load_settings()) as database:
            return await exported(database, await _address(database, person))

    with told_plainly():
        sys.stdout.write(asyncio.run(found()))


@click.command(epilog=PERSON)
@click.argument("person")
@click.option("--yes", is_flag=True, help="Do not ask, on a terminal.")
def forget(person: str, yes: bool) -> None:
    """Erase a person with all that belongs to them: the same as /forget does."""
    from bot.app import open_database
    from bot.dialogue.own_data import OnlyAdmin, erase
    from bot.settings import load_settings

    async def erased() -> bool:
        async with open_database(load_settings()) as database:
            address = await _address(database, person)
            if not yes and sys.stdin.isatty():
                click.confirm("Erase this person? It cannot be undone.", abort=True, err=True)
            gone = await erase(database, address)
            async with database.write() as work:
                await work.audit.record(None, "person erased", "on request")
            return gone

    try:
        with told_plainly():
            gone = asyncio.run(erased())
    except OnlyAdmin:
        raise Mistake("this is the only admin: invite another one first") from None
    if not gone:
        raise Mistake("something is left of them: run it again")
    click.echo("Erased. Backups hold them until they are deleted (see docs/data.md).", err=True)


async def _address(database: "Database", named: str) -> str:
    """The address of whoever is named. Raises Mistake."""
    from bot.people.find import UnknownPerson, find_actor

    try:
        actor = await find_actor(database, named)
        async with database.read() as work:
            person = await work.people.get(actor.person_id) if actor.person_id is not None else None
            address = person.address if person is not None else None
    except UnknownPerson:
        address = None
    if address is None:
        raise Mistake("nothing is stored about anybody named like that (telegram:NUMBER, or a number of people list)")
    return address
