"""A database of the first released version, with everything in it that it could hold, is migrated without loss."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import create_engine, text

from db.engine import Database
from db.keys import KeyRing
from db.upgrade import MIGRATIONS, NEWEST_REVISION, upgrade

ADDRESS = "telegram:918273645"
PERSON = "0123456789abcdef0123456789abcdef"


def first_version(database: Database) -> None:
    """The first schema by its own migration, filled as that version filled it: without what came later."""
    from alembic import command
    from alembic.config import Config

    url = database.url.set(drivername="sqlite") if database.is_sqlite else database.url
    engine = create_engine(url)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    ring = database.keyring
    moment = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    person: object = PERSON if database.is_sqlite else __import__("uuid").UUID(PERSON)
    dashed = "01234567-89ab-cdef-0123-456789abcdef"
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for statement, values in (
            (
                "INSERT INTO installation (name, value) VALUES ('key_check', :value)",
                {"value": ring.seal(b"cardwise", "installation.value.key_check")},
            ),
            (
                "INSERT INTO school (name, timezone, created_at) VALUES ('一中', 'Asia/Shanghai', :at)",
                {"at": moment},
            ),
            (
                "INSERT INTO person (id, address_hash, address_sealed, language, consent, created_at) "
                "VALUES (:id, :hash, :sealed, 'zh', 'yes', :at)",
                {
                    "id": person,
                    "hash": ring.lookup(ADDRESS),
                    "sealed": ring.seal(ADDRESS.encode(), f"person.address.{dashed}"),
                    "at": moment,
                },
            ),
            (
                "INSERT INTO membership (person_id, school_id, role, class_name, since) "
                "VALUES (:id, 1, 'student', '一班', :at)",
                {"id": person, "at": moment},
            ),
            (
                "INSERT INTO invite (token_hash, role, school_id, uses_allowed, uses, created_at, expires_at) "
                "VALUES (:hash, 'student', 1, 500, 7, :at, :until)",
                {"hash": ring.link_hash("printed"), "at": moment, "until": datetime.now(UTC) + timedelta(days=9)},
            ),
            (
                "INSERT INTO conversation (person_id, state_sealed, expires_at) VALUES (:id, :sealed, :until)",
                {
                    "id": person,
                    "sealed": ring.seal(b"{}", f"conversation.state.{dashed}"),
                    "until": datetime.now(UTC) + timedelta(minutes=20),
                },
            ),
            ("INSERT INTO topic_count (day, topic, language, count) VALUES ('2026-01-02', 't', 'zh', 41)", {}),
            (
                "INSERT INTO audit (at, by_operator, actor_id, action, subject) "
                "VALUES (:at, :no, :id, 'invite claimed', 'invite 1')",
                {"at": moment, "no": False, "id": person},
            ),
        ):
            connection.execute(text(statement), values)
    engine.dispose()


@pytest.mark.parametrize("times", [1, 2])
async def test_from_the_first_version_to_this_one(database_url: str, keyring: KeyRing, times: int) -> None:
    database = Database(database_url, keyring)
    first_version(database)
    for _ in range(times):
        await upgrade(database.url, keyring)
    async with database.read() as work:
        session = work.people._session
        assert await session.scalar(text("SELECT version_num FROM alembic_version")) == NEWEST_REVISION
        person = await work.people.find(ADDRESS)
        assert person is not None
        assert (person.address, person.language, person.consent.value) == (ADDRESS, "zh", "yes")
        assert await work.conversations.state(person.id) == "{}"
        (held,) = await work.people.memberships(person.id)
        assert (held.class_name, held.role.value) == ("一班", "student")
        invite = await work.invites.find("printed")
        assert invite is not None
        assert (invite.uses, invite.uses_allowed, invite.key_id) == (7, 500, None)
        (entry,) = await work.audit.of(person.id)
        assert entry.action == "invite claimed"
        assert await session.scalar(text("SELECT count FROM topic_count")) == 41
        assert (await work.operation.pseudonyms()).number("x") > 2**32
    async with database.write() as work:  # and it is used as any other
        assert (await work.people.find_or_add(ADDRESS)).id == person.id
        await work.people.find_or_add("telegram:2")
        await work.audit.record(None, "test", "test")
    await database.close()
