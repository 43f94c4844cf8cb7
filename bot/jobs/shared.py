"""Jobs of several processes on one PostgreSQL, by procrastinate: each is done once, whoever does it.

procrastinate is an established job engine that lives in PostgreSQL itself: locks, queues, schedules and heartbeats, on
the driver that is here already. What it leaves to us is to give the work of a dead process to another.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any

import procrastinate
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException, UniqueViolation
from procrastinate.jobs import Status

from bot.background import beside
from bot.jobs.jobs import Job, done
from db.engine import Database
from db.errors import DatabaseProblem
from db.leader import TAKING_OVER, SomebodyElseLeads, leading

logger = logging.getLogger(__name__)

_CHAT = "chat"
AT_ONCE = 64  # chats and jobs in hand
_HEARTBEAT = 5.0
_DEAD_AFTER = 20.0  # seconds without a heartbeat
_TAKE_OVER_EVERY = 5.0
_LOOK_EVERY = 1.0  # the engine is told of new jobs at once, but not of jobs whose lock has become free
_LONGEST_STOP = 20.0
_OFTEN = 5  # whoever has something new for a job wakes it anyway
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 30.0

# Does something about what has arrived in a chat.
Mail = Callable[[int], Awaitable[None]]


class SharedJobs:
    """Runs jobs, and handles what arrives in chats, one process at a time for each."""

    def __init__(self, database: Database) -> None:
        self._database = database
        address = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
        connector = procrastinate.PsycopgConnector(conninfo=address, min_size=1, max_size=8)
        self._app = procrastinate.App(connector=connector)
        self._mail: Mail | None = None
        self._died: Mail | None = None
        self._waking: set[asyncio.Task[None]] = set()
        self._tasks: dict[str, Any] = {}
        self._chat: Any = None

    def handle_mail(self, mail: Mail, died: Mail) -> None:
        """From now on what arrives in a chat is handled by `mail(chat)`; before `running`.

        `died(chat)` is told when a process has died while it did so: it will be handled again.
        """
        self._mail, self._died = mail, died

    def wake(self, name: str) -> None:
        task = self._tasks.get(name)
        if task is None:
            return
        waking = asyncio.get_running_loop().create_task(self._defer(task))
        self._waking.add(waking)
        waking.add_done_callback(self._waking.discard)

    async def mail(self, chats: Sequence[int]) -> None:
        """Something has arrived in these chats. If the database fails now, a sweep finds them later."""
        for chat in chats:
            lock = f"chat-{chat}"
            await self._defer(self._chat.configure(lock=lock, queueing_lock=lock), chat=chat)

    async def _defer(self, task: Any, **arguments: int) -> None:
        try:
            await task.defer_async(**arguments)
        except AlreadyEnqueued:
            pass  # it waits to be done already
        except ConnectorException as error:
            logger.warning("a job could not be handed on (%s): it is looked for again", type(error).__name__)

    @asynccontextmanager
    async def running(self, jobs: Sequence[Job]) -> AsyncIterator[None]:
        for job in jobs:
            self._register(job)
        self._chat = self._app.task(name=_CHAT)(self._handle_chat)
        async with self._app.open_async():
            async with beside(self._keep_working(), self._keep_taking_over()):
                for job in jobs:
                    self.wake(job.name)
                yield
            if self._waking:
                await asyncio.wait(self._waking, timeout=1.0)

    def _register(self, job: Job) -> None:
        async def work(timestamp: int | None = None) -> None:
            await done(job)

        task = self._app.task(name=job.name, lock=job.name, queueing_lock=job.name)(work)
        self._app.periodic(cron=_cron(max(job.every, _OFTEN)))(task)
        self._tasks[job.name] = task

    async def _handle_chat(self, chat: int) -> None:
        if self._mail is not None:
            await done(Job("messages", partial(self._mail, chat), 0))

    async def _keep_working(self) -> None:
        """Work, and begin anew when the database was away: the engine stops then."""
        pause = _FIRST_PAUSE
        while True:
            try:
                await self._app.run_worker_async(
                    concurrency=AT_ONCE,
                    install_signal_handlers=False,
                    fetch_job_polling_interval=_LOOK_EVERY,
                    update_heartbeat_interval=_HEARTBEAT,
                    shutdown_graceful_timeout=_LONGEST_STOP,
                    delete_jobs="always",
                )
                pause = _FIRST_PAUSE
            except Exception as error:  # noqa: BLE001 - whatever ended it, messages must be handled again
                logger.warning("jobs rest (%s); trying again in %.0f s", type(error).__name__, pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def _keep_taking_over(self) -> None:
        """Let others do what a dead process had in hand: the engine notices such jobs and leaves them to us."""
        while True:
            await asyncio.sleep(_TAKE_OVER_EVERY)
            with suppress(SomebodyElseLeads):
                try:
                    async with leading(self._database, TAKING_OVER):
                        await self._take_over()
                except (ConnectorException, DatabaseProblem) as error:
                    logger.warning("dead processes could not be looked for (%s)", type(error).__name__)

    async def _take_over(self) -> None:
        manager = self._app.job_manager
        stalled = list(await manager.get_stalled_jobs(seconds_since_heartbeat=_DEAD_AFTER))
        for job in stalled:
            if job.task_name == _CHAT and self._died is not None:
                await self._died(int(str(job.task_kwargs["chat"])))
            try:
                await manager.retry_job(job)
            except UniqueViolation:
                # The same is waiting to be done already: what the dead process held only stands in its way.
                await manager.finish_job(job, Status.FAILED, delete_job=True)
        if stalled:
            logger.warning("a process has died: %d of its jobs are done by others", len(stalled))


def _cron(seconds: int) -> str:
    """Every so many seconds, as croniter reads it: the sixth field is seconds."""
    if seconds < 60:
        return f"* * * * * */{seconds}"
    if seconds < 3600:
        return f"*/{seconds // 60} * * * *"
    return f"0 */{seconds // 3600} * * *"
