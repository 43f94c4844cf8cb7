"""Each process says that it is there, takes over new keys, and looks at what an operator would want to know."""

import asyncio
import logging
import shutil
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from bot.background import beside
from db.engine import Database
from db.errors import DatabaseProblem
from db.keys import KeyProblem

logger = logging.getLogger(__name__)

BEAT_EVERY = 10.0
_LOOK_EVERY = 1.0  # at the key file: a rotation waits until every process knows the new key
LITTLE_ROOM_MB = 200
"""With less the disk is nearly full."""

# queue, seconds the oldest has waited, processes
Seen = Callable[[int, float, int], Awaitable[None]]


class Heartbeat:
    """Beats while it is left running. `little_room(megabytes)` is called when the disk of `folder` is nearly full."""

    def __init__(
        self, database: Database, folder: Path, seen: Seen, little_room: Callable[[int], Awaitable[None]]
    ) -> None:
        self._database = database
        self._folder = folder
        self._seen = seen
        self._little_room = little_room
        self._id = uuid.uuid4()
        self._has_little_room = False
        self.well = True  # whether the database answered at the last beat

    @asynccontextmanager
    async def beating(self) -> AsyncIterator[None]:
        """Beat until left, then say that the process has ended."""
        async with beside(self._keep_beating()):
            yield
        with suppress(DatabaseProblem):
            async with self._database.write() as work:
                await work.operation.ended(self._id)

    async def _keep_beating(self) -> None:
        loop = asyncio.get_running_loop()
        next_beat = 0.0
        while True:
            if self._new_keys() or loop.time() >= next_beat:
                await self._beat()
                next_beat = loop.time() + BEAT_EVERY
            await asyncio.sleep(_LOOK_EVERY)

    def _new_keys(self) -> bool:
        try:
            return self._database.keyring.refresh()
        except KeyProblem as problem:
            logger.error("the key file has changed and cannot be used, going on with the keys of before: %s", problem)
            return False

    async def _beat(self) -> None:
        try:
            async with self._database.write() as work:
                await work.operation.beat(self._id)
                queue, since = await work.arrivals.queue()
                processes = len(await work.operation.processes())
            waited = (datetime.now(UTC) - since).total_seconds() if since is not None else 0.0
            self.well = True
            await self._seen(queue, max(waited, 0.0), processes)
        except DatabaseProblem as problem:
            self.well = False
            logger.error("no heartbeat: %s", problem)
        await self._look_for_room()

    async def _look_for_room(self) -> None:
        with suppress(OSError):
            free = shutil.disk_usage(self._folder).free // 1024**2
            little, was_little = free < LITTLE_ROOM_MB, self._has_little_room
            self._has_little_room = little
            if little and not was_little:
                logger.error("the disk of %s is nearly full: %d MB are free", self._folder, free)
            if little:
                await self._little_room(free)
