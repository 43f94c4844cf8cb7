"""Writes to the ledger for many deliveries at once: what is waiting is written together, and each waits for its own."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.background import beside
from db.engine import Database
from db.errors import DatabaseProblem
from db.repositories.ledger import Mark

logger = logging.getLogger(__name__)

_GATHER = 0.015  # seconds in which more marks may come: one transaction for all of them
_PAUSE = 1.0
_LONGEST_PAUSE = 30.0


class Book:
    """`mark` returns once the mark is on disk: before that, nothing may be sent. A failing database is waited for."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: list[tuple[Mark, asyncio.Future[None]]] = []
        self._news = asyncio.Event()

    async def mark(self, mark: Mark) -> None:
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((mark, written))
        self._news.set()
        await written

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Write what comes, until left; what is waiting then is written first."""
        async with beside(self._keep_writing()):
            yield
            while self._waiting:
                self._news.set()
                await asyncio.sleep(0.005)

    async def _keep_writing(self) -> None:
        while True:
            await self._news.wait()
            await asyncio.sleep(_GATHER)
            self._news.clear()
            taken, self._waiting = self._waiting, []
            pause = _PAUSE
            while taken:
                try:
                    async with self._database.write() as work:
                        await work.ledger.mark([mark for mark, _ in taken])
                    break
                except DatabaseProblem as problem:
                    logger.error("the ledger could not be written, nothing is sent meanwhile: %s", problem)
                    await asyncio.sleep(pause)
                    pause = min(pause * 2, _LONGEST_PAUSE)
            for _, written in taken:
                if not written.done():
                    written.set_result(None)
