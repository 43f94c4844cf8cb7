"""The key is changed while the bot runs: nobody is doubled, nothing is lost, links go on working, and it can be stopped."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from bot.operation import key_rotation
from bot.operation.heartbeat import Heartbeat
from bot.operation.key_rotation import NotNow, drop_unneeded, keys_in_use, rotate
from bot.settings import Settings
from db.columns import sealed_in
from db.engine import Database
from db.key_file import create_key_file, read_key_file
from db.keys import KeyRing, from_text, new_key_text, sealed_with
from db.models import Base, Installation, Invite, Person, Role
from db.upgrade import upgrade
from tests.db.everything import ADDRESS, SAID, store_everything

SOON = datetime.now(UTC) + timedelta(days=3)


def silent(_what: str, _share: float) -> None: ...


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    create_key_file(tmp_path / "key" / "key")
    return Settings.model_validate(
        {"CARDWISE_DATA_DIR": tmp_path / "data", "CARDWISE_KEY_FILE": tmp_path / "key" / "key"}
    )


@asynccontextmanager
async def opened(url: str, keyring: KeyRing) -> AsyncIterator[Database]:
    database = Database(url, keyring)
    try:
        yield database
    finally:
        await database.close()


@pytest.fixture
async def used(database_url: str, settings: Settings) -> AsyncIterator[Database]:
    """A database as the bot uses it, its key ring following the key file."""
    async with opened(database_url, read_key_file(settings.key_path)) as database:
        await upgrade(database.url, database.keyring)
        await store_everything(database)
        yield database


@asynccontextmanager
async def a_bot(database: Database, folder: Path) -> AsyncIterator[None]:
    """What a running bot does about keys."""

    async def nothing(*_: object) -> None: ...

    async with Heartbeat(database, folder, nothing, nothing).beating():
        await asyncio.sleep(0.2)
        yield


async def keys_of_everything(database: Database) -> set[str]:
    """The ids of the keys under which anything is stored."""
    found = set()
    async with database.read() as work:
        session = work.people._session
        for mapper in Base.registry.mappers:
            for name in sealed_in(mapper.class_):
                table = mapper.class_.__tablename__
                rows = await session.execute(text(f"SELECT {name}_sealed FROM {table} WHERE {name}_sealed IS NOT NULL"))
                found |= {sealed_with(bytes(box)) for (box,) in rows}
        for fact in (await session.scalars(select(Installation))).all():
            if fact.name in ("key_check", "pseudonyms"):
                found.add(sealed_with(fact.value))
    return found


async def test_everything_is_under_the_new_key_and_reads_as_before(used: Database, settings: Settings) -> None:
    old = used.keyring.key_ids[0]
    before = (await used_numbers(used), await count(used))
    async with opened(used.url.render_as_string(hide_password=False), read_key_file(settings.key_path)) as shell:
        chosen = await rotate(shell, settings, silent)
    assert chosen != old
    assert await keys_of_everything(used) == {chosen}
    used.keyring.refresh()
    assert used.keyring.key_ids == (chosen, old)
    async with used.read() as work:
        person = await work.people.find(ADDRESS)
        assert person is not None
        assert person.address == ADDRESS
        (thread,) = await work.threads.of(person.id)
        assert thread.name == SAID["name"]
    assert (await used_numbers(used), await count(used)) == before, "chats keep their numbers, nobody is doubled"


async def used_numbers(database: Database) -> int:
    async with database.read() as work:
        return (await work.operation.pseudonyms()).number("chat:1")


async def count(database: Database) -> int:
    async with database.read() as work:
        return await work.people.count()


async def test_links_go_on_working_and_keep_their_key(used: Database, settings: Settings) -> None:
    async with used.write() as work:
        await work.invites.add("printed", Role.STUDENT, expires_at=SOON, uses_allowed=100, school_id=1)
    await rotate(used, settings, silent)
    async with used.read() as work:
        assert await work.invites.find("printed") is not None
    new, old = await keys_in_use(used)
    assert (new.writes, old.values, old.links) == (True, False, 2)
    assert await drop_unneeded(used, settings) == [], "a key that links need stays"
    async with used.write() as work:
        for link in (await work.people._session.scalars(select(Invite))).all():
            link.expires_at = datetime.now(UTC) - timedelta(seconds=1)
    assert await drop_unneeded(used, settings) == [old.key_id]
    assert read_key_file(settings.key_path).key_ids == (new.key_id,)


async def test_a_running_bot_takes_part(used: Database, settings: Settings, tmp_path: Path) -> None:
    """People write all the while; none of them is stored twice, and the bot never meets a value it cannot read."""
    url = used.url.render_as_string(hide_password=False)
    stop = asyncio.Event()

    async def people_write() -> int:
        rounds = 0
        while not stop.is_set():
            for number in range(1, 40):
                async with used.write() as work:
                    person = await work.people.find_or_add(f"telegram:{number}")
                    assert person.address == f"telegram:{number}"
                    await work.conversations.save(person.id, "{}", SOON)
            rounds += 1
        return rounds

    async with a_bot(used, tmp_path), opened(url, read_key_file(settings.key_path)) as shell:
        writing = asyncio.create_task(people_write())
        chosen = await rotate(shell, settings, silent)
        stop.set()
        assert await writing > 1
    assert await count(used) == 2 + 39
    assert await keys_of_everything(used) == {chosen}
    async with used.read() as work:
        hashes = [person.address_hash for person in (await work.people._session.scalars(select(Person))).all()]
    assert len(hashes) == len(set(hashes)) == 41


class PowerCut(BaseException):
    """The rotation is cut off."""


@pytest.mark.parametrize("after", [0, 1, 2, 5, 9])
async def test_cut_off_anywhere_it_goes_on(
    used: Database, settings: Settings, after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_rotation, "_ROWS", 1)
    steps = 0

    def cut(_what: str, _share: float) -> None:
        nonlocal steps
        steps += 1
        if steps > after:
            raise PowerCut

    with pytest.raises(PowerCut):
        await rotate(used, settings, cut)
    async with used.read() as work:  # whatever happened so far, everything reads
        person = await work.people.find(ADDRESS)
        assert person is not None
        assert person.address == ADDRESS
    begun = read_key_file(settings.key_path).key_ids
    assert await rotate(used, settings, silent) in begun, "no third key is made"
    assert len(await keys_of_everything(used)) == 1
    assert await count(used) == 2


async def test_a_key_from_the_environment_is_changed_by_the_operator(
    used: Database, settings: Settings, tmp_path: Path
) -> None:
    url = used.url.render_as_string(hide_password=False)
    line = settings.key_path.read_text().splitlines()[-1]
    given = Settings.model_validate({"CARDWISE_DATA_DIR": tmp_path / "data", "CARDWISE_SECRET_KEY": line})
    with pytest.raises(NotNow, match="CARDWISE_SECRET_KEY=old,new"):
        await rotate(used, given, silent)
    other = new_key_text()
    both = KeyRing([from_text(other), from_text(line)])
    async with opened(url, both) as database:
        assert await rotate(database, given, silent) == both.key_ids[0]
        assert await keys_of_everything(database) == {both.key_ids[0]}


async def test_values_of_a_key_that_is_missing_are_told_not_lost(used: Database, settings: Settings) -> None:
    """A process that has not heard of the new key yet reads the key file again by itself."""
    url = used.url.render_as_string(hide_password=False)
    stale = read_key_file(settings.key_path)
    await rotate(used, settings, silent)
    async with opened(url, stale) as late, late.read() as work:
        person = (await work.people._session.scalars(select(Person).order_by(Person.created_at))).first()
        assert person is not None
        assert person.address == ADDRESS
