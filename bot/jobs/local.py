"""Jobs of one process: each has a loop of its own."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

from bot.background import beside
from bot.jobs.jobs import Job, done


class LocalJobs:
    """Runs jobs on this process's event loop: with SQLite there is no other process."""

    def __init__(self) -> None:
        self._news: dict[str, asyncio.Event] = {}

    def wake(self, name: str) -> None:
        self._event(name).set()

    @asynccontextmanager
    async def running(self, jobs: Sequence[Job]) -> AsyncIterator[None]:
        async with beside(*map(self._keep_doing, jobs)):
            yield

    async def _keep_doing(self, job: Job) -> None:
        news = self._event(job.name)
        while True:
            news.clear()
            await done(job)
            with suppress(TimeoutError):
                await asyncio.wait_for(news.wait(), job.every)

    def _event(self, name: str) -> asyncio.Event:
        return self._news.setdefault(name, asyncio.Event())
