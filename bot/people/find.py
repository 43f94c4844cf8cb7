"""Find a person that somebody at the command line names."""

from bot.people.rights import Actor
from db.engine import Database
from db.models import Membership


class UnknownPerson(Exception):
    """Nobody is meant by that."""


async def find_actor(database: Database, named: str) -> Actor:
    """Whoever is named by a number of `cardwise people list`, an address such as telegram:1234, or its number alone.

    Raises UnknownPerson.
    """
    async with database.read() as work:
        if named.isascii() and named.isdigit() and len(named) < 10:
            held: Membership | None = await work.people.membership(int(named))
            if held is not None:
                return Actor(held.person_id, tuple(await work.people.memberships(held.person_id)))
        person = await work.people.find(f"telegram:{named}" if named.isascii() and named.isdigit() else named)
        if person is None:
            raise UnknownPerson(named)
        return Actor(person.id, tuple(await work.people.memberships(person.id)))
