"""Bring a database to the shape this version needs, and make sure that the key belongs to it."""

import asyncio
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock
from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url

from db.errors import DatabaseProblem, first_line
from db.job_engine import prepare_job_engine
from db.keys import KEY_BYTES, KeyProblem, KeyRing, SealBroken
from db.models import PSEUDONYMS, Installation

MIGRATIONS = Path(__file__).parent / "migrations"
# The newest revision in migrations/versions; a test holds it against Alembic's own idea. Knowing it here lets a
# database that is up to date start without importing Alembic.
NEWEST_REVISION = "0005"

_KEY_CHECK = "key_check"
_KEY_CHECK_PLACE = "installation.value.key_check"  # facts are sealed for their name
_KEY_CHECK_WORD = b"cardwise"
_ADVISORY_LOCK = 0x6361726477697365  # "cardwise"


async def upgrade(url: URL, keyring: KeyRing) -> None:
    """Create or migrate the database at `url` and check the key. Raises DatabaseProblem or KeyProblem."""
    await asyncio.to_thread(_upgrade, url, keyring)


def _upgrade(url: URL, keyring: KeyRing) -> None:
    if url.get_backend_name() == "sqlite":
        assert url.database
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        _create_private(Path(url.database))
        with FileLock(f"{url.database}.lock"):
            _upgrade_locked(url.set(drivername="sqlite"), keyring)
    else:
        _upgrade_locked(url, keyring)


def address_of(address: str) -> URL:
    """A database's address, taken apart."""
    return make_url(address)


def up_to_date(address: str, keyring: KeyRing) -> bool | None:
    """Whether the database at `address` has today's shape, None when there is none yet; changes nothing.

    Raises DatabaseProblem or KeyProblem.
    """
    url = make_url(address)
    if url.get_backend_name() == "sqlite":
        if not Path(url.database or "").exists():
            return None
        url = url.set(drivername="sqlite")
    with _engine(url) as engine, engine.connect() as connection:
        revision = _revision(connection)
        if revision is not None and revision > NEWEST_REVISION:  # numbered in order
            raise DatabaseProblem("the database was made by a newer version of Cardwise: install that version")
        if revision != NEWEST_REVISION:
            return False
        _check_key(connection, keyring)
        connection.rollback()
        return True


def check_copy(url: URL, keyring: KeyRing) -> None:
    """Whether a copy of a database can take its place: ours, no newer than this version, with this key.

    Raises DatabaseProblem or KeyProblem.
    """
    with _engine(url) as engine, engine.connect() as connection:
        revision = _revision(connection)
        if revision is None:
            raise DatabaseProblem("this is no database of Cardwise")
        if revision > NEWEST_REVISION:
            raise DatabaseProblem("the backup was made by a newer version of Cardwise: install that version")
        _check_key(connection, keyring)
        connection.rollback()


@contextmanager
def _engine(url: URL) -> Iterator[Engine]:
    """An engine for a moment; whatever goes wrong with it is a DatabaseProblem."""
    engine = create_engine(url, hide_parameters=True)
    try:
        yield engine
    except (KeyProblem, DatabaseProblem):
        raise
    except Exception as error:
        raise DatabaseProblem(f"the database cannot be used: {first_line(error)}") from error
    finally:
        engine.dispose()


def _create_private(path: Path) -> None:
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))


def _upgrade_locked(url: URL, keyring: KeyRing) -> None:
    with _engine(url) as engine:
        if url.get_backend_name() == "sqlite":
            _make_changes_of_shape_atomic(engine)
        with engine.connect() as connection:
            if url.get_backend_name() == "postgresql":
                connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _ADVISORY_LOCK})
            if _revision(connection) != NEWEST_REVISION:
                _migrate(connection)
            if url.get_backend_name() == "postgresql":
                prepare_job_engine(connection)
            connection.commit()
            _check_key(connection, keyring)
            _make_pseudonyms(connection, keyring)
            connection.commit()


def _make_changes_of_shape_atomic(engine: Engine) -> None:
    """Python's driver commits before a change of shape; begun by us, a migration cut off leaves nothing behind."""

    @event.listens_for(engine, "connect")
    def _no_commits_of_its_own(connection: Any, _record: Any) -> None:
        connection.isolation_level = None

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return revision


def _migrate(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise DatabaseProblem(
            f"the database was made by a newer version of Cardwise ({error}): install that version"
        ) from error


def _make_pseudonyms(connection: Connection, keyring: KeyRing) -> None:
    """The secret behind the numbers by which chats are told apart: drawn once, it outlives every key."""
    table = Installation.__table__
    if connection.execute(table.select().where(table.c.name == PSEUDONYMS)).first() is None:
        value = keyring.seal(secrets.token_bytes(KEY_BYTES), f"installation.value.{PSEUDONYMS}")
        connection.execute(table.insert().values(name=PSEUDONYMS, value=value))  # type: ignore[attr-defined]


def _check_key(connection: Connection, keyring: KeyRing) -> None:
    table = Installation.__table__
    row = connection.execute(table.select().where(table.c.name == _KEY_CHECK)).first()
    if row is None:
        value = keyring.seal(_KEY_CHECK_WORD, _KEY_CHECK_PLACE)
        connection.execute(table.insert().values(name=_KEY_CHECK, value=value))  # type: ignore[attr-defined]
        return
    try:
        keyring.open(row.value, _KEY_CHECK_PLACE)
    except SealBroken:
        raise KeyProblem(
            "this key is not the one the database was made with: put the right key file back "
            "(CARDWISE_KEY_FILE or CARDWISE_SECRET_KEY); nothing was changed"
        ) from None
