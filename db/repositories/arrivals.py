"""What has arrived and is not answered yet."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from db.keys import KeyRing
from db.models import now
from db.operation_models import Arrival


@dataclass(frozen=True)
class Arrived:
    """An update as it came: its number, the keyed number of its chat, and its body."""

    number: int
    chat: int
    body: bytes = field(repr=False)
    tries: int = 0


class Arrivals:
    def __init__(self, session: AsyncSession, keyring: KeyRing) -> None:
        self._session = session
        self._keyring = keyring

    async def waiting(self, chat: int | None = None, limit: int = 1000) -> list[Arrived]:
        """What is not handled yet, of that chat or of all, in the order of its numbers."""
        query = select(Arrival).where(Arrival.handled_at.is_(None)).order_by(Arrival.number).limit(limit)
        if chat is not None:
            query = query.where(Arrival.chat == chat)
        rows = (await self._session.scalars(query)).all()
        return [Arrived(row.number, row.chat or 0, row.body or b"", row.tries) for row in rows]

    async def chats(self, before: datetime) -> Sequence[int]:
        """The chats with something that came before that moment and is not handled yet."""
        query = select(Arrival.chat).where(Arrival.handled_at.is_(None), Arrival.arrived_at < before).distinct()
        return [chat for chat in (await self._session.scalars(query)).all() if chat is not None]

    async def queue(self) -> tuple[int, datetime | None]:
        """How many wait, and since when the oldest."""
        query = select(func.count(), func.min(Arrival.arrived_at)).where(Arrival.handled_at.is_(None))
        count, oldest = (await self._session.execute(query)).one()
        return int(count), oldest


class ArrivalsWriter(Arrivals):
    async def add(self, arrived: Sequence[Arrived]) -> set[int]:
        """Store what is new; the numbers of what was not there before."""
        rows = [
            {
                "number": one.number,
                "chat": one.chat,
                "body_sealed": self._keyring.seal(one.body, f"arrival.body.{one.number}"),
                "arrived_at": now(),
                "tries": 0,
            }
            for one in {one.number: one for one in arrived}.values()
        ]
        if not rows:
            return set()
        connection = await self._session.connection()
        table: Any = Arrival.__table__
        insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table)
        # Rows beside the statement, not in it: then it is put together once, however many there are.
        new = await connection.execute(insert.on_conflict_do_nothing().returning(table.c.number), rows)
        return set(new.scalars().all())

    async def handled(self, numbers: Sequence[int]) -> None:
        """Their bodies go; their numbers stay, so that nothing is handled twice."""
        await self._session.execute(
            update(Arrival)
            .where(Arrival.number.in_(numbers))
            .values(handled_at=now(), body_sealed=None, chat=None)
            .execution_options(synchronize_session=False)
        )

    async def tried(self, numbers: Sequence[int]) -> None:
        """Count that a process ended while it handled them."""
        change = update(Arrival).where(Arrival.number.in_(numbers)).values(tries=Arrival.tries + 1)
        await self._session.execute(change.execution_options(synchronize_session=False))

    async def remove_handled_before(self, moment: datetime) -> int:
        gone = await self._session.execute(delete(Arrival).where(Arrival.handled_at < moment))
        return int(gone.rowcount)  # type: ignore[attr-defined]
