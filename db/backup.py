"""Back up a database that is in use, and put a backup in its place. The key is never part of it.

SQLite by its own online backup, PostgreSQL by pg_dump and pg_restore: the tools their users trust.
"""

import os
import secrets
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import create_engine, inspect, text
from sqlalchemy.engine import URL

from db.keys import KeyRing
from db.upgrade import check_copy

_PAGES_AT_ONCE = 500  # the bot writes in between
_SQLITE = b"SQLite format 3\x00"
_POSTGRESQL = b"PGDMP"
_MINUTES = 60

Progress = Callable[[float], None]


class BackupProblem(Exception):
    """It cannot be backed up or restored; the message says why and what to do."""


def back_up(url: URL, target: Path, progress: Progress) -> int:
    """Write everything that is in the database at this moment to `target`, readable by its owner; its size in bytes.

    Whoever writes meanwhile is not kept waiting. Raises BackupProblem.
    """
    if not target.parent.is_dir():
        raise BackupProblem(f"there is no folder {target.parent}")
    if target.exists():
        raise BackupProblem(f"{target} is there already: name another file")
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        if url.get_backend_name() == "sqlite":
            _copy_sqlite(Path(url.database or ""), temporary, progress)
        else:
            _run("pg_dump", url, "--format=custom", "--no-owner", "--no-privileges", f"--file={temporary}")
        progress(1.0)
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)
    return target.stat().st_size


def restore(url: URL, source: Path, keyring: KeyRing, keep_in: Path, progress: Progress) -> Path | None:
    """Put the backup `source` in the database's place; where what was there before is kept, None if there was nothing.

    Nothing may use the database meanwhile. What was under way when the backup was made rests afterwards: campaigns
    wait for somebody to resume them, messages that were answered since are not answered again. Raises BackupProblem,
    KeyProblem and DatabaseProblem; then nothing has changed, but for a wrong key on PostgreSQL, which the message says.
    """
    kind = _SQLITE if url.get_backend_name() == "sqlite" else _POSTGRESQL
    with source.open("rb") as file:
        if file.read(len(kind)) != kind:
            raise BackupProblem(f"{source} is no backup of a {url.get_backend_name()} database by `cardwise db backup`")
    moment = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    if url.get_backend_name() == "sqlite":
        return _restore_sqlite(Path(url.database or ""), source, keyring, moment, progress)
    kept = keep_in / f"before-restore-{moment}.dump"
    keep_in.mkdir(parents=True, exist_ok=True)
    back_up(url, kept, lambda _: None)
    progress(0.3)
    _run(
        "pg_restore",
        url,
        "--clean",
        "--if-exists",
        "--single-transaction",
        "--no-owner",
        "--no-privileges",
        str(source),
    )
    _let_rest(url)
    progress(1.0)
    return kept


def _restore_sqlite(path: Path, source: Path, keyring: KeyRing, moment: str, progress: Progress) -> Path | None:
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    os.close(os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        _copy_sqlite(source, new, progress)
        copy = URL.create("sqlite", database=str(new))
        check_copy(copy, keyring)
        _let_rest(copy)
        kept = None
        if path.exists():
            kept = path.with_name(f"{path.name}.before-restore-{moment}")
            _copy_sqlite(path, kept, lambda _: None)
        for name in (path.name + "-wal", path.name + "-shm"):
            path.with_name(name).unlink(missing_ok=True)
        os.replace(new, path)
        return kept
    finally:
        new.unlink(missing_ok=True)


def _let_rest(url: URL) -> None:
    """What was under way then must not go on by itself: it may have been done since."""
    engine = create_engine(url, hide_parameters=True)
    try:
        with engine.begin() as connection:
            tables = set(inspect(connection).get_table_names())
            if "campaign" in tables:
                connection.execute(
                    text(
                        "UPDATE campaign SET state = 'paused', paused_why = 'restored' "
                        "WHERE state IN ('scheduled', 'sending')"
                    )
                )
            if "process" in tables:
                connection.execute(text("DELETE FROM process"))
            if "arrival" in tables:
                connection.execute(
                    text(
                        "UPDATE arrival SET handled_at = arrived_at, body_sealed = NULL, chat = NULL "
                        "WHERE handled_at IS NULL"
                    )
                )
    finally:
        engine.dispose()


def _copy_sqlite(source: Path, target: Path, progress: Progress) -> None:
    """Copy a database that may be in use, and look whether the copy is whole."""

    def told(_status: int, remaining: int, total: int) -> None:
        progress(1.0 - remaining / max(total, 1))

    try:
        came, gone = sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True), sqlite3.connect(target)
        try:
            came.backup(gone, pages=_PAGES_AT_ONCE, progress=told, sleep=0.01)
            gone.execute("PRAGMA journal_mode = DELETE")  # one file, nothing beside it
            found = gone.execute("PRAGMA integrity_check").fetchone()[0]
        finally:
            came.close()
            gone.close()
    except sqlite3.Error as error:
        raise BackupProblem(f"{source} cannot be copied: {error}") from error
    os.chmod(target, 0o600)
    if found != "ok":
        raise BackupProblem(f"{source} is damaged: {str(found).splitlines()[0]}")


def _run(program: str, url: URL, *arguments: str) -> None:
    """A program of PostgreSQL's; how to reach the database goes by the environment, which others cannot see."""
    found = shutil.which(program)
    if found is None:
        raise BackupProblem(f"{program} is not installed: it comes with PostgreSQL's client (postgresql-client)")
    host = url.host or url.query.get("host")
    reached = {
        "PGHOST": host,
        "PGPORT": url.port,
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
    }
    environment = os.environ | {name: str(value) for name, value in reached.items() if value is not None}
    database = ("--dbname", url.database or "") if program == "pg_restore" else ()
    try:
        done = subprocess.run(  # noqa: S603 - a program of PostgreSQL's, and arguments of ours
            [found, "--no-password", *database, *arguments],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60 * _MINUTES,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise BackupProblem(f"{program} did not end within {_MINUTES} minutes") from None
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        raise BackupProblem("; ".join(lines[:3]) or f"{program}: exit {done.returncode}")
