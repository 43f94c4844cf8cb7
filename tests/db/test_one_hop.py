"""The driver under SQLAlchemy: one change of threads for a statement, and all that a driver must do."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import create_async_engine

from db import one_hop
from db.engine import Database


async def test_one_change_of_threads_for_a_statement(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    hops = 0
    real = one_hop.Connection._execute

    async def counted(self: Any, *arguments: Any, **options: Any) -> Any:
        nonlocal hops
        hops += 1
        return await real(self, *arguments, **options)  # type: ignore[no-untyped-call]

    async with sqlite.read() as work:  # a connection is there
        await work.people.count()
    monkeypatch.setattr(one_hop.Connection, "_execute", counted)
    async with sqlite.read() as work:
        for _ in range(5):
            await work.people.count()
    assert hops <= 5 + 3, "begin, five statements, end, and the pool's own look"


async def test_rows_counts_and_errors_are_a_drivers(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'x.db'}"
    engine = create_async_engine(url, connect_args={"async_creator_fn": one_hop.connect})
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT UNIQUE)"))
        await connection.execute(text("INSERT INTO t (name) VALUES (:name)"), [{"name": "a"}, {"name": "b"}])
        made = await connection.execute(text("INSERT INTO t (name) VALUES ('c') RETURNING id"))
        assert made.scalar() == 3
        found = (await connection.execute(text("SELECT name FROM t ORDER BY id"))).scalars().all()
        assert found == ["a", "b", "c"]
        changed = await connection.execute(text("UPDATE t SET name = name || 'x' WHERE id > 1"))
        assert changed.rowcount == 2
        nothing = await connection.execute(text("SELECT * FROM t WHERE id = 99"))
        assert (nothing.keys()._keys, nothing.all()) == (["id", "name"], [])
    async with engine.connect() as connection:
        with pytest.raises(IntegrityError):
            await connection.execute(text("INSERT INTO t (name) VALUES ('a')"))
        with pytest.raises(OperationalError):
            await connection.execute(text("SELECT * FROM nowhere"))
    await engine.dispose()


async def test_many_at_once(sqlite: Database) -> None:
    async def unit(number: int) -> None:
        async with sqlite.write() as work:
            await work.people.find_or_add(f"telegram:{number}")
        async with sqlite.read() as work:
            assert await work.people.find(f"telegram:{number}") is not None

    await asyncio.gather(*map(unit, range(100)))
