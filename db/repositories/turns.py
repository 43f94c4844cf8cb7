"""What every message reads and writes, in as few statements as can be: the bot is as fast as this."""

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, exists, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from db.campaign_models import LawReceived
from db.keys import KeyRing
from db.models import Conversation, Person, TopicCount, now
from db.thread_models import Seat, Thread, ThreadState


class PersonGone(Exception):
    """One of several people is not there any more; nothing was written."""


@dataclass(frozen=True)
class Kept:
    """What is kept of one turn of somebody who is known."""

    person_id: uuid.UUID
    state: str = field(repr=False)
    expires_at: datetime
    day: date
    seen: bool  # whether it is noted already that they wrote on that day
    topic: str
    language: str
    laws: tuple[str, ...]
    fragment: bytes | None = field(default=None, repr=False)


class Found(NamedTuple):
    """What `known` finds."""

    person: Person
    state: str | None
    fragment: bytes | None
    takes_part: bool


def _known() -> Select[Person, Conversation, bool]:
    listens = exists().where(Thread.student_id == Person.id, Thread.state != ThreadState.CLOSED, Thread.listening)
    takes_part = or_(listens, exists().where(Seat.person_id == Person.id))
    return (
        select(Person, Conversation, takes_part)
        .outerjoin(Conversation, Conversation.person_id == Person.id)
        .where(Person.address_hash.in_(bindparam("hashes", expanding=True)))
    )


_KNOWN = _known()  # put together once: that takes longer than running it


class Turns:
    def __init__(self, session: AsyncSession, keyring: KeyRing) -> None:
        self._session = session
        self._keyring = keyring

    async def known(self, address: str) -> Found | None:
        """Whoever is at `address`: their conversation's state, the piece of a message that may go on, and whether what
        they type may be for somebody else.
        """
        row = (await self._session.execute(_KNOWN, {"hashes": self._keyring.lookups(address)})).first()
        if row is None:
            return None
        person, conversation, taking_part = row
        fresh = conversation is not None and conversation.expires_at > now()
        if not fresh:
            return Found(person, None, None, bool(taking_part))
        return Found(person, conversation.state, conversation.fragment, bool(taking_part))


class TurnsWriter(Turns):
    async def keep(self, turns: Sequence[Kept]) -> None:
        """Keep what is to be kept of several turns, the later one of the same person last.

        Rows are written in the order of their keys: two processes that do so at once never wait for each other.
        Raises PersonGone.
        """
        try:
            await self._keep(turns)
        except IntegrityError as error:  # what belongs to a person cannot be without them
            raise PersonGone from error

    async def _keep(self, turns: Sequence[Kept]) -> None:
        last = {turn.person_id: turn for turn in turns}
        await self._many(
            Conversation,
            ("person_id",),
            ("state_sealed", "fragment", "expires_at"),
            [
                {
                    "person_id": turn.person_id,
                    "state_sealed": self._keyring.seal(turn.state.encode(), f"conversation.state.{turn.person_id}"),
                    "fragment": turn.fragment,
                    "expires_at": turn.expires_at,
                }
                for turn in sorted(last.values(), key=lambda one: one.person_id)
            ],
        )
        laws = sorted({(turn.person_id, law, turn.day) for turn in turns for law in turn.laws})
        await self._many(
            LawReceived,
            ("person_id", "law"),
            ("last_on",),
            [{"person_id": person, "law": law, "last_on": day} for person, law, day in laws],
        )
        counted = Counter((turn.day, turn.topic, turn.language) for turn in turns if turn.topic)
        await self._many(
            TopicCount,
            ("day", "topic", "language"),
            ("count",),
            [
                {"day": day, "topic": topic, "language": language, "count": count}
                for (day, topic, language), count in sorted(counted.items())
            ],
            add=True,
        )
        unseen = {turn.person_id: turn.day for turn in turns if not turn.seen}
        if unseen:
            day = max(unseen.values())
            change = update(Person).where(Person.id.in_(sorted(unseen))).values(seen_on=day)
            await self._session.execute(change.execution_options(synchronize_session=False))

    async def _many(
        self, kind: Any, key: tuple[str, ...], values: tuple[str, ...], rows: list[dict[str, Any]], *, add: bool = False
    ) -> None:
        """Insert rows, or bring those that are there up to date (`add`: raise their numbers)."""
        if not rows:
            return
        table = kind.__table__
        connection = await self._session.connection()
        insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table)
        new = {name: table.c[name] + insert.excluded[name] if add else insert.excluded[name] for name in values}
        await connection.execute(insert.on_conflict_do_update(index_elements=list(key), set_=new), rows)
