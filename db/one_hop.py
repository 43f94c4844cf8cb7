"""aiosqlite with one change of threads for a statement, instead of four.

aiosqlite runs every call in a thread of its own: making a cursor, executing, fetching and closing are a call each, and
a change of threads costs more than most of our statements. Here a statement is run, its rows fetched and its cursor
closed in one call. `benchmarks/load.py` shows what that gives.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import aiosqlite

_ITERATION = 64  # rows; aiosqlite's default, which nothing here uses


@dataclass
class _Done:
    """What a statement gave."""

    description: Any
    rowcount: int
    lastrowid: int
    rows: list[Any] = field(default_factory=list)


class _Cursor:
    """A cursor as SQLAlchemy's adapter uses it. What was fetched is here already."""

    arraysize = 1

    def __init__(self, connection: "Connection") -> None:
        self._connection = connection
        self._done = _Done(None, -1, 0)

    async def __aenter__(self) -> "_Cursor":
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.close()

    @property
    def description(self) -> Any:
        return self._done.description

    @property
    def rowcount(self) -> int:
        return self._done.rowcount

    @property
    def lastrowid(self) -> int:
        return self._done.lastrowid

    async def execute(self, statement: str, parameters: Any = ()) -> None:
        self._done = await self._connection.run(statement, parameters)

    async def executemany(self, statement: str, parameters: Sequence[Any]) -> None:
        self._done = await self._connection.run_many(statement, parameters)

    async def fetchall(self) -> Iterable[Any]:
        rows, self._done.rows = self._done.rows, []
        return rows

    async def close(self) -> None:
        self._done.rows = []


class Connection(aiosqlite.Connection):
    """aiosqlite's connection; only its cursors are others."""

    def cursor(self) -> Any:
        return _Cursor(self)

    async def run(self, statement: str, parameters: Any) -> _Done:
        done: _Done = await self._execute(  # type: ignore[no-untyped-call]
            self._run_now, statement, parameters
        )
        return done

    async def run_many(self, statement: str, parameters: Sequence[Any]) -> _Done:
        done: _Done = await self._execute(  # type: ignore[no-untyped-call]
            self._run_many_now, statement, parameters
        )
        return done

    def _run_now(self, statement: str, parameters: Any) -> _Done:
        cursor = self._conn.cursor()
        try:
            cursor.execute(statement, parameters)
            rows = cursor.fetchall() if cursor.description else []
            return _Done(cursor.description, cursor.rowcount, cursor.lastrowid or 0, rows)
        finally:
            cursor.close()

    def _run_many_now(self, statement: str, parameters: Sequence[Any]) -> _Done:
        cursor = self._conn.cursor()
        try:
            cursor.executemany(statement, parameters)
            return _Done(cursor.description, cursor.rowcount, cursor.lastrowid or 0)
        finally:
            cursor.close()


def connect(database: str, **options: Any) -> Connection:
    """A connection that opens when it is awaited, as aiosqlite's does."""

    def opened() -> sqlite3.Connection:
        made: sqlite3.Connection = sqlite3.connect(database, **options)
        return made

    connection = Connection(opened, _ITERATION)
    connection._thread.daemon = True  # as SQLAlchemy does: a process that ends does not wait for it
    return connection
