"""Which keys the stored values are under, and putting them under the one that writes now."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, inspect, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.columns import sealed_in
from db.keys import KeyRing, sealed_with
from db.models import Base, Installation, Invite, Person, now

_PLAIN_FACTS = ("job_engine", "rotation")  # facts of the installation that are not sealed


def _tables() -> list[type[Any]]:
    """Every table with encrypted values, in the order of their names."""
    mapped = [mapper.class_ for mapper in Base.registry.mappers]
    return sorted((table for table in mapped if sealed_in(table)), key=lambda table: str(table.__tablename__))


class Sealing:
    """Looks at the keys of what is stored. Each sealed value names its key in its first bytes (`db.keys`)."""

    def __init__(self, session: AsyncSession, keyring: KeyRing) -> None:
        self._session = session
        self._keyring = keyring

    async def old(self) -> int:
        """How many of them are not under the key that writes now."""
        total = 0
        for table in _tables():
            query = select(func.count()).select_from(table).where(self._is_old(table))
            total += await self._session.scalar(query) or 0
        facts = (await self._session.scalars(select(Installation))).all()
        return total + sum(fact.name not in _PLAIN_FACTS and self._old_box(fact.value) for fact in facts)

    async def open_links(self) -> Sequence[Invite]:
        """Links that still work and were made under another key: whoever was given one shows us only its text."""
        query = select(Invite).where(
            Invite.revoked_at.is_(None),
            Invite.expires_at > now(),
            Invite.uses < Invite.uses_allowed,
            or_(Invite.key_id.is_(None), Invite.key_id != self._newest),
        )
        return (await self._session.scalars(query.order_by(Invite.expires_at))).all()

    @property
    def _newest(self) -> str:
        return self._keyring.key_ids[0]

    def _old_box(self, box: bytes) -> bool:
        return sealed_with(box) != self._newest

    def _is_old(self, table: type[Any]) -> ColumnElement[bool]:
        newest = bytes.fromhex(self._newest)
        return or_(*(func.substr(column, 2, len(newest)) != newest for column in _columns(table)))


class SealingWriter(Sealing):
    async def seal_anew(self, table: int, after: Any, limit: int) -> tuple[int, Any]:
        """Put rows of the table with that number, after the key `after`, under the key that writes now.

        Gives how many there were and the last one's key, None when there are no more.
        """
        kind = _tables()[table]
        key = inspect(kind).primary_key[0]
        query = select(kind).where(self._is_old(kind)).order_by(key).limit(limit).with_for_update()
        if after is not None:
            query = query.where(key > after)
        rows = (await self._session.scalars(query)).all()
        for row in rows:
            self._seal_row_anew(row)
        await self._session.flush()
        last = inspect(kind).primary_key_from_instance(rows[-1])[0] if len(rows) == limit else None
        return len(rows), last

    async def seal_facts_anew(self) -> None:
        """The same for what the installation knows of itself."""
        for fact in (await self._session.scalars(select(Installation))).all():
            if fact.name not in _PLAIN_FACTS and self._old_box(fact.value):
                place = f"installation.value.{fact.name}"
                fact.value = self._keyring.seal(self._keyring.open(fact.value, place), place)

    @staticmethod
    def tables() -> int:
        """How many tables there are to go through."""
        return len(_tables())

    def _seal_row_anew(self, row: Any) -> None:
        for name in sealed_in(type(row)):
            setattr(row, name, getattr(row, name))
        if isinstance(row, Person) and row.address is not None:
            row.address_hash = self._keyring.lookup(row.address)


def _columns(table: type[Any]) -> list[Any]:
    return [getattr(table, f"{name}_sealed") for name in sealed_in(table)]
