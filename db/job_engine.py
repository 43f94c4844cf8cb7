"""The tables of the job engine (procrastinate) in our PostgreSQL, made and migrated with ours."""

import re
from importlib import import_module, metadata
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, inspect, text

from db.errors import DatabaseProblem

_VERSION_KEPT_AS = "job_engine"


def prepare_job_engine(connection: Connection) -> None:
    """Bring the job engine's tables to the shape of the version that is installed. Raises DatabaseProblem."""
    try:
        schema = import_module("procrastinate.schema").SchemaManager
    except ModuleNotFoundError as error:
        raise DatabaseProblem(f"PostgreSQL needs {error.name}: install it with `uv sync --extra postgresql`") from error
    installed = metadata.version("procrastinate")
    if not inspect(connection).has_table("procrastinate_jobs"):
        _run(connection, schema.get_schema())
    else:
        before = _kept_version(connection) or installed
        if _parts(before) > _parts(installed):
            raise DatabaseProblem(f"the job engine's tables are of procrastinate {before}, installed is {installed}")
        for path in sorted(Path(schema.get_migrations_path()).glob("*.sql")):
            if _parts(before) < _parts(path.name.split("_")[0]) <= _parts(installed):
                _run(connection, path.read_text(encoding="utf-8"))
    _keep_version(connection, installed)


def _kept_version(connection: Connection) -> str | None:
    query = text("SELECT value FROM installation WHERE name = :name")
    value = connection.execute(query, {"name": _VERSION_KEPT_AS}).scalar()
    return bytes(value).decode() if value is not None else None


def _keep_version(connection: Connection, version: str) -> None:
    change = text(
        "INSERT INTO installation (name, value) VALUES (:name, :value) "
        "ON CONFLICT (name) DO UPDATE SET value = excluded.value"
    )
    connection.execute(change, {"name": _VERSION_KEPT_AS, "value": version.encode()})


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


def _run(connection: Connection, statements: str) -> None:
    """Several statements at once, which hold signs that SQLAlchemy and the driver would take for places."""
    driver: Any = connection.connection.dbapi_connection
    with driver.cursor() as cursor:
        cursor.execute(statements)
