"""Keeps what arrives until it is handled, in the database: many letters, one transaction."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from bot.background import beside
from bot.letters import Letter, NotStored
from db.engine import Database
from db.errors import DatabaseProblem
from db.keys import Pseudonyms
from db.repositories.arrivals import Arrived

logger = logging.getLogger(__name__)

_GATHER = 0.25  # seconds in which more handled ones may come; whatever arrives is stored at once
_PAUSE = 1.0


@dataclass(frozen=True)
class _Arriving:
    letters: Sequence[Arrived]
    stored: "asyncio.Future[set[int]]"


_Handled = tuple[int, "asyncio.Future[None]"]


class Mailroom:
    """The store of letters (`bot.letters.Store`); works while it is `open`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._pseudonyms: Pseudonyms | None = None
        self._arriving: list[_Arriving] = []
        self._handled: list[_Handled] = []
        self._noting: set[asyncio.Future[None]] = set()  # also those that are being written now
        self._closing = False
        self._news = asyncio.Event()
        self._arrival = asyncio.Event()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Store what comes, until left; what is handled by then is noted first."""
        async with self._database.read() as work:
            self._pseudonyms = await work.operation.pseudonyms()
        async with beside(self._keep_writing()):
            try:
                yield
            finally:
                self._closing = True
                self._news.set()
                self._arrival.set()  # no gathering any more
                if self._noting:
                    await asyncio.wait(set(self._noting), timeout=5.0)

    async def add(self, letters: Sequence[Letter]) -> list[tuple[Letter, int]]:
        assert self._pseudonyms is not None
        number_of = self._pseudonyms.number
        chats = {letter.number: number_of(f"chat:{letter.chat}") for letter in letters}
        arrived = [Arrived(letter.number, chats[letter.number], letter.body) for letter in letters]
        stored: asyncio.Future[set[int]] = asyncio.get_running_loop().create_future()
        self._arriving.append(_Arriving(arrived, stored))
        self._news.set()
        self._arrival.set()
        new = await stored
        by_number = {letter.number: letter for letter in letters if letter.number in new}
        return [(letter, chats[number]) for number, letter in by_number.items()]

    async def waiting(self, chat: int | None = None) -> list[Letter]:
        async with self._database.read() as work:
            found = await work.arrivals.waiting(chat)
        return [Letter(one.number, str(one.chat), one.body, one.tries) for one in found]

    async def tried(self, letters: Sequence[Letter]) -> None:
        async with self._database.write() as work:
            await work.arrivals.tried([letter.number for letter in letters])

    def handled(self, number: int, *, at_once: bool = False) -> "asyncio.Future[None]":
        noted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._handled.append((number, noted))
        self._noting.add(noted)
        noted.add_done_callback(self._noting.discard)
        self._news.set()
        if at_once:
            self._arrival.set()
        return noted

    async def _keep_writing(self) -> None:
        # `wait_for` of Python 3.11 may swallow a cancellation: closing is told in another way too.
        while self._handled or self._arriving or not self._closing:
            await self._news.wait()
            if not self._arriving:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._arrival.wait(), _GATHER)
            self._news.clear()
            self._arrival.clear()
            arriving, self._arriving = self._arriving, []
            handled, self._handled = self._handled, []
            try:
                await self._write(arriving, handled)
            except Exception as problem:  # noqa: BLE001 - whatever it is, what arrives later must be stored
                for one in arriving:
                    _fail(one.stored, NotStored(type(problem).__name__))
                self._handled = handled + self._handled
                logger.error("what arrives cannot be stored, and is not acknowledged meanwhile: %s", _told(problem))
                await asyncio.sleep(_PAUSE)
                self._news.set()

    async def _write(self, arriving: Sequence[_Arriving], handled: Sequence[_Handled]) -> None:
        new: list[set[int]] = []
        async with self._database.write() as work:
            if handled:
                await work.arrivals.handled([number for number, _ in handled])
            for one in arriving:
                new.append(await work.arrivals.add(one.letters))
        for one, numbers in zip(arriving, new, strict=True):
            if not one.stored.done():
                one.stored.set_result(numbers)
        for _, noted in handled:
            if not noted.done():
                noted.set_result(None)


def _told(problem: Exception) -> str:
    """A problem of the database in its own words; of anything else only the kind, for it may quote what was written."""
    return str(problem) if isinstance(problem, DatabaseProblem) else type(problem).__name__


def _fail(future: "asyncio.Future[set[int]]", error: NotStored) -> None:
    if not future.done():
        future.set_exception(error)
