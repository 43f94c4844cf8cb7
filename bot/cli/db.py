"""`cardwise db`: the database."""

import asyncio
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.errors import Mistake, told_plainly
from bot.cli.progress import progress_bar

if TYPE_CHECKING:
    from bot.settings import Settings

_NAME = "cardwise-%Y%m%d-%H%M%S"
_KEPT_DAYS = 30


@click.group()
def db() -> None:
    """The database."""


@db.command()
def upgrade() -> None:
    """Create the database, or bring it to the shape this version needs. `cardwise run` does it too."""
    from bot.app import open_database
    from bot.settings import load_settings

    async def opened() -> None:
        async with open_database(load_settings()):
            pass

    with told_plainly():
        asyncio.run(opened())


@db.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
@click.option(
    "--keep-days",
    type=click.IntRange(1, 3650),
    default=_KEPT_DAYS,
    show_default=True,
    help="Without FILE: delete backups of this command that are older.",
)
def backup(file: Path | None, keep_days: int) -> None:
    """Back up the database, while the bot runs or not; without FILE into the data folder's `backups`.

    The key is never part of it: keep a copy of the key in another place. Prints the file's path.
    """
    from bot.settings import load_settings
    from db.backup import BackupProblem, back_up
    from db.upgrade import address_of

    with told_plainly():
        settings = load_settings()
        url = address_of(settings.database)
        if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
            raise Mistake(f"there is no database at {url.database} yet")
        target = file or _next_name(settings, url.get_backend_name())
        try:
            with progress_bar("Backing up") as progress:
                size = back_up(url, target, lambda share: progress(target.name, share))
        except BackupProblem as problem:
            raise Mistake(str(problem)) from None
        if file is None:
            _delete_old(target.parent, keep_days)
    click.echo(target)
    click.echo(f"{size / 1024**2:.1f} MB. It does not hold the key.", err=True)


def _next_name(settings: "Settings", kind: str) -> Path:
    folder = settings.data_dir / "backups"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    suffix = ".db" if kind == "sqlite" else ".dump"
    return folder / f"{datetime.now(UTC).strftime(_NAME)}{suffix}"


def _delete_old(folder: Path, keep_days: int) -> None:
    """Delete what this command has made and nobody may keep any longer; other files are nobody's business here."""
    oldest = datetime.now(UTC) - timedelta(days=keep_days)
    for path in [*folder.glob("cardwise-*.db"), *folder.glob("cardwise-*.dump")]:
        try:
            made = datetime.strptime(path.stem, _NAME).replace(tzinfo=UTC)
        except ValueError:
            continue
        if made < oldest:
            path.unlink()
            click.echo(f"{path.name} is older than {keep_days} days: deleted", err=True)


@db.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--yes", is_flag=True, help="Do not ask, on a terminal.")
def restore(file: Path, yes: bool) -> None:
    """Put a backup in the database's place. Stop the bot first; what was there before is kept.

    Campaigns that were being sent are paused: resume them when you know who has got them since.
    """
    from bot.key import open_keyring
    from bot.settings import load_settings
    from db.backup import BackupProblem
    from db.backup import restore as put_back
    from db.upgrade import address_of

    with told_plainly():
        settings = load_settings()
        keyring = open_keyring(settings, may_create=False)
        url = address_of(settings.database)
        if url.get_backend_name() != "sqlite" or Path(url.database or "").exists():
            asyncio.run(_require_no_bot(settings))
        if not yes and sys.stdin.isatty():
            click.confirm("The database is replaced by the backup. Go on?", abort=True, err=True)
        try:
            with progress_bar("Restoring") as progress:
                kept = put_back(url, file, keyring, settings.data_dir, lambda share: progress(file.name, share))
        except BackupProblem as problem:
            raise Mistake(str(problem)) from None
        upgrade.callback()  # type: ignore[misc]
    if kept is not None:
        click.echo(f"What was there before: {kept} (delete it when all is well)", err=True)
    click.echo(
        "Whoever erased themselves or said /stop since the backup is as before it: ask them to do so again, or use "
        "`cardwise forget`.",
        err=True,
    )


async def _require_no_bot(settings: "Settings") -> None:
    """Raises Mistake when a bot uses the database. One that cannot be read is used by nobody."""
    from bot.app import open_database
    from db.errors import DatabaseProblem
    from db.keys import KeyProblem

    try:
        async with open_database(settings) as database, database.read() as work:
            running = len(await work.operation.processes())
    except (DatabaseProblem, KeyProblem):
        return
    if running:
        raise Mistake(f"{running} bot process(es) use the database: stop them first")
