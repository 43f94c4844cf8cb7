"""One of several processes does what must be done once; when it dies, another can at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from filelock import FileLock, Timeout
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from db.engine import Database

SENDING = "sending"
TAKING_OVER = "taking over"
_ADVISORY_LOCKS = {SENDING: 0x63617264, TAKING_OVER: 0x63617265}  # "card" and the next


class SomebodyElseLeads(Exception):
    """Another process leads."""


@asynccontextmanager
async def leading(database: Database, what: str = SENDING) -> AsyncIterator["Leader"]:
    """Lead in `what` until left; whoever dies leads no more, at once. Raises SomebodyElseLeads."""
    if database.is_sqlite:
        lock = FileLock(f"{database.url.database}.{what}.lock", thread_local=False)
        try:
            await asyncio.to_thread(lock.acquire, 0)
        except Timeout:
            raise SomebodyElseLeads from None
        try:
            yield Leader(None)
        finally:
            lock.release()
        return
    engine = create_async_engine(database.url, poolclass=NullPool, isolation_level="AUTOCOMMIT", hide_parameters=True)
    try:
        async with engine.connect() as connection:
            taken = await connection.scalar(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": _ADVISORY_LOCKS[what]})
            if not taken:
                raise SomebodyElseLeads
            yield Leader(connection)
    finally:
        await engine.dispose()


class Leader:
    """Whoever leads."""

    def __init__(self, connection: AsyncConnection | None) -> None:
        self._connection = connection

    async def still_leads(self) -> bool:
        """Whether nobody else can have taken the lead: on PostgreSQL it goes with the connection."""
        if self._connection is None:
            return True
        try:
            await self._connection.execute(text("SELECT 1"))
        except SQLAlchemyError:
            return False
        return True
