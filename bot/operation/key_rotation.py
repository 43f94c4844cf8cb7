"""Change the key while the bot runs. It can be stopped at any moment: the next run goes on where it was.

First every process learns to read with the new key, then all write with it, then what is stored is put under it row by
row. Look-ups try every key meanwhile, so nobody is stored twice. Links that were printed are known by a keyed hash of
their text, which is nowhere stored: they need the key they were made with for as long as they work.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.settings import Settings
from db.engine import Database
from db.key_file import add_key, drop_keys, write_with
from db.keys import from_text, key_id, new_key_text

# The name of the fact in `installation` that a rotation is under way; its value is the new key's id.
_UNDER_WAY = "rotation"
_ROWS = 200  # in one transaction: answers wait for it
_LOOK_EVERY = 0.5

# What is being done, how far it has come from 0 to 1.
Progress = Callable[[str, float], None]


class NotNow(Exception):
    """The key cannot be changed like this; the message says what to do."""


@dataclass(frozen=True)
class KeyInUse:
    """A key and what needs it; `until`: when the last link that needs it expires."""

    key_id: str
    writes: bool
    values: bool
    links: int
    until: datetime | None

    @property
    def needed(self) -> bool:
        return self.writes or self.values or self.links > 0


async def rotate(database: Database, settings: Settings, progress: Progress) -> str:
    """Put everything under a new key, or go on doing so; the key's id. Raises NotNow, KeyProblem, DatabaseProblem."""
    chosen = await _begin(database, settings)
    progress("Every process learns the new key", 0.0)
    await _wait_for_all(database, lambda keys: chosen in keys)
    if settings.secret_key is None:
        write_with(settings.key_path, chosen)
        database.keyring.refresh()
    progress("Every process writes with it", 0.1)
    await _wait_for_all(database, lambda keys: keys[:1] == [chosen])
    await _seal_all_anew(database, progress)
    async with database.write() as work:
        await work.operation.note(_UNDER_WAY, None)
        await work.audit.record(None, "key rotated", chosen)
    progress("Done", 1.0)
    return chosen


async def _begin(database: Database, settings: Settings) -> str:
    """The key that is to write: of the rotation under way, or a new one."""
    async with database.read() as work:
        noted = await work.operation.fact(_UNDER_WAY)
        old = await work.sealing.old()
    under_way = noted.decode() if noted is not None else None
    if settings.secret_key is not None:
        return await _begin_with_given(database, begun=under_way is not None or old > 0)
    if under_way is not None and under_way in database.keyring.key_ids:
        return under_way
    text = new_key_text()
    chosen = key_id(from_text(text))
    await _note(database, chosen)
    add_key(settings.key_path, text)
    database.keyring.refresh()
    return chosen


async def _begin_with_given(database: Database, *, begun: bool) -> str:
    """The first of the keys that the environment gives. Raises NotNow when there is nothing to change to."""
    ids = database.keyring.key_ids
    if len(ids) == 1 or not begun:
        raise NotNow(
            "the key is given by CARDWISE_SECRET_KEY: put a new one behind it (CARDWISE_SECRET_KEY=old,new) and "
            "restart every process, then in front (new,old) and restart them again, then run this command"
        )
    await _note(database, ids[0])
    return ids[0]


async def _note(database: Database, chosen: str) -> None:
    async with database.write() as work:
        await work.operation.note(_UNDER_WAY, chosen.encode())


async def _wait_for_all(database: Database, ready: Callable[[list[str]], bool]) -> None:
    """Wait until every bot process that is alive has told that it is."""
    while True:
        async with database.read() as work:
            if all(ready(one.keys.split(",")) for one in await work.operation.processes()):
                return
        await asyncio.sleep(_LOOK_EVERY)


async def _seal_all_anew(database: Database, progress: Progress) -> None:
    async with database.read() as work:
        total = max(await work.sealing.old(), 1)
    done = 0
    # Again until nothing is left: what a process was writing in this very moment may have been missed.
    while True:
        async with database.write() as work:
            await work.sealing.seal_facts_anew()
            tables = work.sealing.tables()
        for table in range(tables):
            after: object | None = None
            while True:
                async with database.write() as work:
                    count, after = await work.sealing.seal_anew(table, after, _ROWS)
                done += count
                progress("Putting what is stored under the new key", 0.1 + 0.9 * min(done / total, 1.0))
                await asyncio.sleep(0)
                if after is None:
                    break
        async with database.read() as work:
            if await work.sealing.old() == 0:
                return


async def keys_in_use(database: Database) -> list[KeyInUse]:
    """Every key there is, the one that writes first, and what still needs it."""
    async with database.read() as work:
        old = await work.sealing.old()
        links = await work.sealing.open_links()
    newest, *others = database.keyring.key_ids
    found = [KeyInUse(newest, writes=True, values=True, links=0, until=None)]
    for one in others:
        # A link of before the key was noted with it may be of any key.
        own = [link for link in links if link.key_id in (None, one)]
        until = max((link.expires_at for link in own), default=None)
        found.append(KeyInUse(one, writes=False, values=old > 0, links=len(own), until=until))
    return found


async def drop_unneeded(database: Database, settings: Settings) -> list[str]:
    """Take the keys that nothing needs any more out of the key file; their ids. Raises NotNow and KeyProblem."""
    if settings.secret_key is not None:
        raise NotNow("the keys are given by CARDWISE_SECRET_KEY: take the old one out there")
    unneeded = [one.key_id for one in await keys_in_use(database) if not one.needed]
    if unneeded:
        drop_keys(settings.key_path, unneeded)
        async with database.write() as work:
            await work.audit.record(None, "key dropped", ", ".join(unneeded)[:120])
    return unneeded
