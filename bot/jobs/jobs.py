"""What a job is, and what runs jobs: `bot.jobs.local` in one process, `bot.jobs.shared` across several."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from db.errors import DatabaseProblem

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Job:
    """Work that is done every so many seconds, and at once when somebody wakes it; never twice at the same time."""

    name: str
    work: Callable[[], Awaitable[None]]
    every: int


class Jobs(Protocol):
    """Runs jobs."""

    def wake(self, name: str) -> None:
        """Do the job of that name soon: there is something new for it."""

    def running(self, jobs: Sequence[Job]) -> AbstractAsyncContextManager[None]:
        """Run the jobs until left; what is in hand then is finished or given up by the job itself."""


async def done(job: Job) -> None:
    """Do the job once. Nothing it stumbles over ends what runs it: the next time may go well."""
    try:
        await job.work()
    except DatabaseProblem as problem:
        logger.warning("%s: waiting for the database: %s", job.name, problem)
    except Exception as error:  # noqa: BLE001 - one bad campaign or notice must not end the work on all others
        logger.error("%s stumbled (%s)", job.name, type(error).__name__)
