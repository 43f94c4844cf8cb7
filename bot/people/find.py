"""Find a person that somebody at the command line names."""

from bot.people.rights import Actor
from db.engine import Database
from db.models import Membership


class UnknownPerson(Exception):
    """Nobody is meant by that."""


async def find_actor(database: Database, named: str) -> Actor:
    """Whoever is named by a number of `cardwise people list` or an address such as telegram:1234.

    Raises UnknownPerson.
    """
    async with database.read() as work:
        if named.isascii() and named.isdigit() and len(named) < 10:
            held: Membership | None = await work.people.membership(int(named))
            if held is None:
                raise UnknownPerson(named)
            return Actor(held.person_id, tuple(await work.people.memberships(held.person_id)))
        person = await work.people.find(named)
        if person is None:
            raise UnknownPerson(named)
        return Actor(person.id, tuple(await work.people.memberships(person.id)))
