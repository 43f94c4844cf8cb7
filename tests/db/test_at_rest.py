"""What can be read from the database by somebody who has it and not the key, and what is left of who was erased."""

import sqlite3
import uuid
from pathlib import Path
from typing import Any

from sqlalchemy import text

from bot.dialogue.own_data import erase, export
from db.columns import sealed_in
from db.engine import Database
from db.models import Base
from tests.db.everything import ADDRESS, SAID, store_everything


def raw(folder: Path) -> bytes:
    """Every byte of the database's files: main file with its free pages, write-ahead log, shared memory."""
    return b"".join(path.read_bytes() for path in sorted(folder.glob("cardwise.db*")))


async def values(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, as the database gives it to whoever has no key."""
    found = {}
    async with database.read() as work:
        for table in Base.metadata.sorted_tables:
            rows = await work.people._session.execute(text(f'SELECT * FROM "{table.name}"'))
            found[table.name] = [tuple(row) for row in rows]
    return found


def as_bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


async def test_no_id_no_name_and_no_word_is_readable(database: Database, tmp_path: Path) -> None:
    await store_everything(database)
    secrets = [ADDRESS.encode(), b"918273645", b"geheim", *(said.encode() for said in SAID.values())]
    everything = b"\n".join(
        as_bytes(value) for rows in (await values(database)).values() for row in rows for value in row
    )
    if database.is_sqlite:
        assert (tmp_path / "cardwise.db-wal").stat().st_size > 0, "the log is looked at too"
        everything += raw(tmp_path)
    for secret in secrets:
        assert secret not in everything
        assert secret.hex().encode() not in everything


async def test_export_shows_everything_that_was_given(database: Database) -> None:
    await store_everything(database)
    shown = await export(database, ADDRESS)
    for what in ("question", "name", "text", "seat"):
        assert SAID[what] in shown
    for told in (ADDRESS, "示范大学", "一班", "geheim-state", "cl-287b", "campaign", "something", "message"):
        assert told in shown


async def test_erasing_leaves_nothing_of_the_person_in_any_table(database: Database) -> None:
    person = await store_everything(database)
    before = await values(database)
    assert await erase(database, ADDRESS)
    after = await values(database)
    for table, rows in after.items():
        for row in rows:
            assert person not in row, table
            assert not any(person.hex in str(value).replace("-", "") for value in row), table
    gone = {name for name in before if before[name] and not after[name]}
    # An update that arrived and is not handled yet is handled next; everybody's rows stay.
    assert {"conversation", "quiz_progress", "kept_question", "thread", "thread_message", "law_received"} <= gone
    for counted in ("delivery", "campaign", "audit", "topic_count", "campaign_press", "campaign_answer", "invite"):
        assert len(after[counted]) == len(before[counted]), f"{counted}: counters must agree after somebody is erased"


async def test_erasing_leaves_nothing_in_the_raw_file(sqlite: Database, tmp_path: Path) -> None:
    person = await store_everything(sqlite)
    traces = await _traces(sqlite, person)
    assert all(trace in raw(tmp_path) for trace in traces), "what is looked for can be found"
    async with sqlite.write() as work:  # handled, as it is a moment after it arrived
        await work.arrivals.handled([7])
    assert await erase(sqlite, ADDRESS)
    left = [trace for trace in traces if trace in raw(tmp_path)]
    assert left == []


async def _traces(database: Database, person: uuid.UUID) -> list[bytes]:
    """What lies in the file because of this person, encrypted or not: their id, hash and every sealed value."""
    traces = [person.hex.encode()]
    async with database.read() as work:
        session = work.people._session
        row = await work.people.get(person)
        assert row is not None
        traces += [row.address_hash, row.address_sealed or b""]
        for mapper in Base.registry.mappers:
            for name in sealed_in(mapper.class_):
                if mapper.class_.__tablename__ == "person":
                    continue
                for (box,) in await session.execute(
                    text(f"SELECT {name}_sealed FROM {mapper.class_.__tablename__} WHERE {name}_sealed IS NOT NULL")
                ):
                    traces.append(bytes(box))
    assert len(traces) > 8
    return traces


async def test_secure_delete_is_on(sqlite: Database, tmp_path: Path) -> None:
    async with sqlite.read() as work:
        assert await work.people._session.scalar(text("PRAGMA secure_delete")) == 1
    await sqlite.close()
    with sqlite3.connect(tmp_path / "cardwise.db") as other:
        assert other.execute("PRAGMA integrity_check").fetchone() == ("ok",)
