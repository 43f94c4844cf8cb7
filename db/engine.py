"""The database: one engine, and two kinds of work on it, reading and writing, which are different types."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext, suppress
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import Session

from db import one_hop
from db.columns import KEYRING
from db.errors import DatabaseProblem, as_database_problem
from db.keys import KeyRing
from db.work import ReadWork, WriteWork

_WRITES = "cardwise_writes"
_BUSY_TIMEOUT_MS = 15_000


class WriteInReadWork(Exception):
    """A reading unit of work tried to change the database."""


class _ReadOnlySession(Session):
    def flush(self, objects: Any = None) -> None:
        if self.new or self.dirty or self.deleted:
            raise WriteInReadWork
        super().flush(objects)


class Database:
    """Gives out units of work. `read()` sees one consistent moment; `write()` commits when left without an error."""

    def __init__(self, url: str, keyring: KeyRing) -> None:
        self.url = make_url(url)
        self.keyring = keyring
        self._engine = _engine(url)
        self._reading = self._engine
        if not self.is_sqlite:
            # SQLite's readers see one moment by themselves.
            self._reading = self._engine.execution_options(postgresql_readonly=True, isolation_level="REPEATABLE READ")
        self._writing = self._engine.execution_options(**{_WRITES: True})
        # SQLite takes one writer at a time. Waiting here, in order, beats polling the file's lock.
        self._one_writer = asyncio.Lock() if self.is_sqlite else None

    @property
    def is_sqlite(self) -> bool:
        return self.url.get_backend_name() == "sqlite"

    @asynccontextmanager
    async def read(self) -> AsyncIterator[ReadWork]:
        """A unit that only reads. Raises WriteInReadWork if it tries to change anything."""
        with as_database_problem():
            async with self._read_session() as session:
                yield ReadWork(session, self.keyring)
                if session.new or session.dirty or session.deleted:
                    raise WriteInReadWork

    def _read_session(self) -> AsyncSession:
        return AsyncSession(
            self._reading,
            sync_session_class=_ReadOnlySession,
            info={KEYRING: self.keyring},
            expire_on_commit=False,
        )

    @asynccontextmanager
    async def write(self) -> AsyncIterator[WriteWork]:
        """A unit that commits when it ends well and changes nothing when it raises."""
        with as_database_problem():
            if self._one_writer is None:
                async with self._written() as work:
                    yield work
            else:
                async with self._one_writer, self._written() as work:
                    yield work

    @asynccontextmanager
    async def _written(self) -> AsyncIterator[WriteWork]:
        async with (
            AsyncSession(self._writing, info={KEYRING: self.keyring}, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield WriteWork(session, self.keyring)

    async def scrub(self) -> None:
        """Leave nothing of what was deleted in the write-ahead log of SQLite, which holds earlier pages.

        Deleted rows themselves are overwritten (`secure_delete`). PostgreSQL's log and dead rows are its own affair:
        docs/data.md says how long they stay.
        """
        if not self.is_sqlite:
            return
        async with self._one_writer or nullcontext(), self._engine.connect() as connection:
            # Past SQLAlchemy, which would begin a transaction: this cannot be inside one.
            driver: Any = (await connection.get_raw_connection()).driver_connection
            with suppress(sqlite3.OperationalError):  # somebody is at it: the hourly housekeeping comes again
                await driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    async def close(self) -> None:
        await self._engine.dispose()


def _engine(url: str) -> AsyncEngine:
    parts = make_url(url)
    if parts.get_backend_name() == "sqlite" and parts.database in (None, "", ":memory:"):
        raise DatabaseProblem("name a file for the SQLite database: sqlite+aiosqlite:////path/to/cardwise.db")
    # Parameters hold what people told us: they must not appear in an error's text.
    if parts.get_backend_name() != "sqlite":
        try:
            return create_async_engine(url, hide_parameters=True, pool_pre_ping=True, pool_size=10, max_overflow=10)
        except ModuleNotFoundError as error:
            raise DatabaseProblem(
                f"PostgreSQL needs {error.name}: install it with `uv sync --extra postgresql`"
            ) from error
    engine = create_async_engine(
        url,
        hide_parameters=True,
        pool_size=8,
        max_overflow=0,
        pool_timeout=60,
        connect_args={"async_creator_fn": one_hop.connect},
    )
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver must not begin transactions by itself: an upgrade from reading to writing fails at once under load.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout = {_BUSY_TIMEOUT_MS}",
        "journal_mode = WAL",
        "synchronous = NORMAL",
        "foreign_keys = ON",
        # What is deleted is overwritten, not left in free pages.
        "secure_delete = ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
