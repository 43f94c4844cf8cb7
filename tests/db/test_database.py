"""The database: units of work, what is stored of people, migrations, on SQLite and PostgreSQL."""

import asyncio
import uuid
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from db.engine import Database, WriteInReadWork
from db.errors import DatabaseProblem
from db.keys import KEY_BYTES, KeyProblem, KeyRing, SealBroken
from db.models import Consent, Invite, Role
from db.upgrade import MIGRATIONS, NEWEST_REVISION, upgrade

TODAY = date(2026, 11, 23)
SOON = datetime.now(UTC) + timedelta(minutes=30)


async def test_a_hundred_units_at_once(database: Database) -> None:
    async def unit(number: int) -> None:
        async with database.read() as reading:
            await reading.people.find(f"telegram:{number % 10}")
        async with database.write() as work:
            person = await work.people.find(f"telegram:{number % 10}")
            await work.counts.add(TODAY, "ask_penalty", "zh")
            if person is not None:
                await work.conversations.save(person.id, "{}", SOON)

    async with database.write() as work:
        for number in range(10):
            await work.people.find_or_add(f"telegram:{number}")
    await asyncio.gather(*(unit(number) for number in range(100)))
    async with database.read() as reading:
        assert await reading.people.count() == 10
        assert await reading.counts.since(TODAY) == {(TODAY, "ask_penalty", "zh"): 100}


async def test_a_person_is_found_again_by_their_address(database: Database) -> None:
    async with database.write() as work:
        person = await work.people.find_or_add("telegram:77")
        await work.people.set_consent(person, Consent.YES)
    async with database.read() as reading:
        found = await reading.people.find("telegram:77")
        assert found is not None
        assert found.id == person.id
        assert found.address == "telegram:77"
        assert found.consent is Consent.YES
        assert await reading.people.find("telegram:7") is None


async def test_the_same_person_added_many_times_at_once_is_one(database: Database) -> None:
    async def add() -> uuid.UUID:
        async with database.write() as work:
            return (await work.people.find_or_add("telegram:5")).id

    assert len(set(await asyncio.gather(*(add() for _ in range(12))))) == 1
    async with database.read() as reading:
        assert await reading.people.count() == 1


async def test_a_unit_that_raises_changes_nothing(database: Database) -> None:
    with pytest.raises(RuntimeError):
        async with database.write() as work:
            await work.people.find_or_add("telegram:1")
            raise RuntimeError
    async with database.read() as reading:
        assert await reading.people.count() == 0


async def test_a_reading_unit_cannot_write(database: Database) -> None:
    async with database.write() as work:
        await work.people.find_or_add("telegram:1")
    with pytest.raises(WriteInReadWork):
        async with database.read() as reading:
            person = await reading.people.find("telegram:1")
            assert person is not None
            person.language = "zh"
            await reading.people.memberships(person.id)  # a query flushes first


async def test_state_is_encrypted_bound_to_its_row_and_expires(database: Database) -> None:
    async with database.write() as work:
        one = await work.people.find_or_add("telegram:1")
        two = await work.people.find_or_add("telegram:2")
        await work.conversations.save(one.id, '{"topic": "secret"}', SOON)
        await work.conversations.save(two.id, "{}", datetime.now(UTC) - timedelta(seconds=1))
    async with database.read() as reading:
        assert await reading.conversations.state(one.id) == '{"topic": "secret"}'
        assert await reading.conversations.state(two.id) is None
    with pytest.raises(SealBroken):
        async with database.write() as work:
            from db.models import Conversation

            session = work.people._session
            rows = {row.person_id: row for row in [await session.get(Conversation, p.id) for p in (one, two)] if row}
            rows[two.id].state_sealed = rows[one.id].state_sealed
            assert rows[two.id].state
    async with database.write() as work:
        assert await work.conversations.remove_expired() == 1


async def test_erasing_a_person_takes_what_is_theirs(database: Database) -> None:
    async with database.write() as work:
        school = await work.schools.add("一中", "Asia/Shanghai")
        person = await work.people.find_or_add("telegram:1")
        await work.people.add_membership(person.id, Role.STUDENT, school.id, "3班")
        await work.conversations.save(person.id, "{}", SOON)
        await work.audit.record(person.id, "invite claimed", "invite 1")
    async with database.write() as work:
        await work.people.erase(person.id)
    async with database.read() as reading:
        assert await reading.people.count() == 0
        assert await reading.people.memberships(person.id) == []
        assert await reading.conversations.state(person.id) is None
        assert [entry.actor_id for entry in await reading.audit.latest()] == [None]


async def test_a_role_is_held_once_even_without_a_school(database: Database) -> None:
    async with database.write() as work:
        person = await work.people.find_or_add("telegram:1")
        assert await work.people.add_membership(person.id, Role.ADMIN, None, None)
        assert not await work.people.add_membership(person.id, Role.ADMIN, None, None)
    from db.models import Membership

    with pytest.raises(IntegrityError):
        async with database.write() as work:
            work.people._session.add(Membership(person_id=person.id, role=Role.ADMIN, school_id=None))
    with pytest.raises(IntegrityError):
        async with database.write() as work:
            work.people._session.add(Membership(person_id=person.id, role=Role.STUDENT, school_id=None))


async def test_an_invite_is_used_no_more_often_than_allowed(database: Database) -> None:
    async with database.write() as work:
        await work.invites.add("token", Role.ADMIN, expires_at=SOON, uses_allowed=1)

    async def claim() -> bool:
        async with database.write() as work:
            invite = await work.invites.find("token")
            assert isinstance(invite, Invite)
            return await work.invites.use(invite)

    assert sorted(await asyncio.gather(*(claim() for _ in range(5)))) == [False, False, False, False, True]


async def test_the_wrong_key_is_one_clear_line(database_url: str, keyring: KeyRing) -> None:
    url = Database(database_url, keyring).url
    await upgrade(url, keyring)
    with pytest.raises(KeyProblem, match="not the one the database was made with"):
        await upgrade(url, KeyRing([bytes(KEY_BYTES)]))
    await upgrade(url, keyring)


async def test_a_database_of_a_newer_version_is_refused(database: Database) -> None:
    from sqlalchemy import text

    async with database.write() as work:
        await work.people._session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseProblem, match="newer version"):
        await upgrade(database.url, database.keyring)


async def test_a_broken_file_is_one_clear_line(tmp_path: Path, keyring: KeyRing) -> None:
    path = tmp_path / "broken.db"
    path.write_bytes(b"this is not a database at all" * 100)
    with pytest.raises(DatabaseProblem, match="not a database"):
        await upgrade(Database(f"sqlite+aiosqlite:///{path}", keyring).url, keyring)


async def test_migrations_build_what_the_models_say(database: Database) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.config import Config
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory
    from sqlalchemy import create_engine

    from db.models import Base

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_current_head() == NEWEST_REVISION

    engine = create_engine(database.url.set(drivername="sqlite") if database.is_sqlite else database.url)
    with engine.connect() as connection:
        import warnings

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # indexes over expressions cannot be compared
            # The job engine makes its own tables.
            options = {"compare_type": True, "include_name": lambda name, *_: not str(name).startswith("procrastinate")}
            context = MigrationContext.configure(connection, opts=options)
            differences = compare_metadata(context, Base.metadata)
    engine.dispose()
    assert [d for d in differences if "uq_membership_person_role_school" not in str(d)] == []


async def test_the_raw_file_holds_no_id_and_no_state(sqlite: Database, tmp_path: Path) -> None:
    async with sqlite.write() as work:
        person = await work.people.find_or_add("telegram:918273645")
        await work.conversations.save(person.id, '{"topic": "report_provided_item"}', SOON)
    await sqlite.close()
    raw = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"918273645" not in raw
    assert b"report_provided_item" not in raw


async def test_the_database_file_is_private(sqlite: Database, tmp_path: Path) -> None:
    assert (tmp_path / "cardwise.db").stat().st_mode & 0o777 == 0o600


def test_errors_do_not_show_what_was_stored(database_url: str, keyring: KeyRing) -> None:
    async def provoke() -> None:
        database = Database(database_url, keyring)
        await upgrade(database.url, keyring)
        try:
            async with database.write() as work:
                from db.models import Membership

                work.people._session.add(
                    Membership(person_id=uuid.uuid4(), role=Role.STUDENT, school_id=1, class_name="secret class")
                )
        finally:
            await database.close()

    with pytest.raises(IntegrityError) as caught:
        asyncio.run(provoke())
    shown = str(caught.value)
    assert "SQL parameters hidden" in shown or "hide_parameters" in shown
    assert "secret class" not in shown.partition("DETAIL")[0]
