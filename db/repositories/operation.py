"""Who runs, what this installation knows of itself, and the pace of sending that processes share."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from db.keys import KeyRing, Pseudonyms
from db.models import PSEUDONYMS, Installation, now
from db.operation_models import RunningProcess, SendPace

ALIVE_FOR = timedelta(seconds=30)
"""A process that has not been heard of for so long has died."""


class Operation:
    def __init__(self, session: AsyncSession, keyring: KeyRing) -> None:
        self._session = session
        self._keyring = keyring

    async def pseudonyms(self) -> Pseudonyms:
        """How chats are numbered."""
        row = await self._session.get_one(Installation, PSEUDONYMS)
        return Pseudonyms(self._keyring.open(row.value, f"installation.value.{PSEUDONYMS}"))

    async def processes(self) -> Sequence[RunningProcess]:
        """Every bot process that was heard of a moment ago."""
        query = select(RunningProcess).where(RunningProcess.heard_at > now() - ALIVE_FOR)
        return (await self._session.scalars(query.order_by(RunningProcess.started_at))).all()

    async def fact(self, name: str) -> bytes | None:
        """What was noted under that name, as it stands there."""
        row = await self._session.get(Installation, name)
        return row.value if row is not None else None

    async def behind(self, slot: int) -> float:
        """For how many seconds the places in that slot are taken already. PostgreSQL only."""
        query = text("SELECT extract(epoch FROM next_at - clock_timestamp()) FROM send_pace WHERE slot = :slot")
        return float(await self._session.scalar(query, {"slot": slot}) or 0.0)


# Rows are held in the order of their slots, so that two processes never wait for each other; what they hold is read
# after that, and so is the clock: waiting for another process costs nobody their place, and gives nobody a better one.
_RESERVE = text(
    """
    WITH wanted AS (
        SELECT * FROM unnest(CAST(:slots AS bigint[]), CAST(:gaps AS double precision[])) AS wanted (slot, gap)
    ), held AS MATERIALIZED (
        SELECT slot, next_at FROM send_pace WHERE slot = ANY(CAST(:slots AS bigint[])) ORDER BY slot FOR UPDATE
    )
    UPDATE send_pace
       SET next_at = greatest(held.next_at, clock_timestamp()) + wanted.gap * interval '1 second'
      FROM held JOIN wanted USING (slot)
     WHERE send_pace.slot = held.slot
    RETURNING send_pace.slot, extract(epoch FROM send_pace.next_at - clock_timestamp()) - wanted.gap
    """
)
_OPEN_SLOTS = text(
    """
    INSERT INTO send_pace (slot, next_at)
    SELECT slot, clock_timestamp() FROM unnest(CAST(:slots AS bigint[])) AS wanted (slot) ORDER BY slot
    ON CONFLICT (slot) DO NOTHING
    """
)


class SlotsMissing(Exception):
    """Nobody has used one of the slots yet; nothing was booked."""


class OperationWriter(Operation):
    async def beat(self, process_id: uuid.UUID) -> None:
        """This process is there, with these keys."""
        keys = ",".join(self._keyring.key_ids)
        row = await self._session.get(RunningProcess, process_id)
        if row is None:
            self._session.add(RunningProcess(id=process_id, keys=keys))
        else:
            row.heard_at, row.keys = now(), keys

    async def ended(self, process_id: uuid.UUID) -> None:
        await self._session.execute(delete(RunningProcess).where(RunningProcess.id == process_id))

    async def remove_dead(self) -> None:
        """Forget processes of which nothing has been heard for a day."""
        await self._session.execute(delete(RunningProcess).where(RunningProcess.heard_at < now() - timedelta(days=1)))

    async def note(self, name: str, value: bytes | None) -> None:
        """Note a fact under a name; None takes it away."""
        await self._session.execute(delete(Installation).where(Installation.name == name))
        if value is not None:
            self._session.add(Installation(name=name, value=value))

    async def reserve(self, gaps: Mapping[int, float]) -> float:
        """Book the next place in each of these slots, `gaps` seconds long; in how many seconds the place has come.

        Raises SlotsMissing.

        PostgreSQL only, by its clock: whatever the clocks of the processes say, nobody gets the same place.
        """
        slots = sorted(gaps)
        wanted = {"slots": slots, "gaps": [gaps[slot] for slot in slots]}
        found = (await self._session.execute(_RESERVE, wanted)).all()
        if len(found) < len(slots):
            raise SlotsMissing
        return max(float(wait) for _, wait in found)

    async def open_slots(self, slots: Collection[int]) -> None:
        """Make slots that nobody has used yet. In a unit of its own: whoever holds a slot must not wait for a new one.

        PostgreSQL only.
        """
        await self._session.execute(_OPEN_SLOTS, {"slots": sorted(slots)})

    async def hold_back(self, slot: int, seconds: float) -> None:
        """Nothing in that slot for so long: Telegram said so. PostgreSQL only."""
        query = text(
            """
            INSERT INTO send_pace (slot, next_at) VALUES (:slot, clock_timestamp() + :seconds * interval '1 second')
            ON CONFLICT (slot) DO UPDATE SET next_at = greatest(send_pace.next_at, excluded.next_at)
            """
        )
        await self._session.execute(query, {"slot": slot, "seconds": seconds})

    async def remove_old_places(self, before: datetime) -> None:
        await self._session.execute(delete(SendPace).where(SendPace.next_at < before))
