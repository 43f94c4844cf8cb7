"""A migration that is cut off, reading units, and what is stored for how long."""

import asyncio

import pytest
from alembic import op

from db.engine import Database
from db.errors import DatabaseProblem
from db.keys import KeyRing
from db.models import Person
from db.upgrade import upgrade


async def test_a_migration_cut_off_in_the_middle_can_be_run_again(
    database_url: str, keyring: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = Database(database_url, keyring).url
    real = op.create_table

    def power_cut(name: str, *args: object, **options: object) -> object:
        if name == "topic_count":
            raise RuntimeError("power cut")
        return real(name, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(op, "create_table", power_cut)
    with pytest.raises(DatabaseProblem):
        await upgrade(url, keyring)
    monkeypatch.setattr(op, "create_table", real)
    await upgrade(url, keyring)


async def test_a_reading_unit_sees_one_moment(database: Database) -> None:
    async with database.write() as work:
        await work.people.find_or_add("telegram:1")
    async with database.read() as reading:
        before = await reading.people.count()
        async with database.write() as work:
            await work.people.find_or_add("telegram:2")
        assert await reading.people.count() == before


async def test_a_change_in_a_reading_unit_is_never_lost_in_silence(database: Database) -> None:
    from db.engine import WriteInReadWork

    async with database.write() as work:
        await work.people.find_or_add("telegram:1")
    with pytest.raises(WriteInReadWork):
        async with database.read() as reading:
            person = await reading.people.find("telegram:1")
            assert isinstance(person, Person)
            person.language = "zh"


async def test_units_cancelled_at_any_moment_leave_the_database_usable(database: Database) -> None:
    async def unit(number: int) -> None:
        async with database.write() as work:
            await work.people.find_or_add(f"telegram:{number}")

    for pause in (0, 0.0005, 0.001, 0.002, 0.004, 0.008):
        tasks = [asyncio.create_task(unit(number)) for number in range(20)]
        await asyncio.sleep(pause)
        for task in tasks[::2]:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    async with asyncio.timeout(5):
        await unit(999)


def test_an_in_memory_database_is_refused_in_one_line(keyring: KeyRing) -> None:
    for url in ("sqlite+aiosqlite://", "sqlite+aiosqlite:///:memory:"):
        with pytest.raises(DatabaseProblem, match="name a file"):
            Database(url, keyring)
