"""The places in time that processes share, in PostgreSQL (`bot.sending.shared.Book`)."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from bot.sending.shared import NoBook
from db.engine import Database
from db.errors import DatabaseProblem
from db.keys import Pseudonyms
from db.repositories.operation import SlotsMissing

_ALL, _CAMPAIGNS = 0, 1  # slots; those of chats are larger


class SendBook:
    """Books places. A chat is known in it by a keyed number only."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._pseudonyms: Pseudonyms | None = None

    async def reserve(
        self, *, chat: int | None, every: float, chat_every: float, campaign_every: float | None
    ) -> float:
        gaps = {_ALL: every}
        if campaign_every is not None:
            gaps[_CAMPAIGNS] = campaign_every
        if chat is not None and chat_every > 0:
            gaps[await self._slot(chat)] = chat_every
        with _told_as_no_book():
            while True:
                with suppress(SlotsMissing):
                    async with self._database.write() as work:
                        return await work.operation.reserve(gaps)
                async with self._database.write() as work:
                    await work.operation.open_slots(gaps)

    async def behind(self) -> float:
        with _told_as_no_book():
            async with self._database.read() as work:
                return await work.operation.behind(_ALL)

    async def hold_back(self, seconds: float, chat: int | None) -> None:
        slot = _ALL if chat is None else await self._slot(chat)
        with _told_as_no_book():
            async with self._database.write() as work:
                await work.operation.hold_back(slot, seconds)

    async def _slot(self, chat: int) -> int:
        if self._pseudonyms is None:
            with _told_as_no_book():
                async with self._database.read() as work:
                    self._pseudonyms = await work.operation.pseudonyms()
        return self._pseudonyms.number(f"chat:{chat}")


@contextmanager
def _told_as_no_book() -> Iterator[None]:
    try:
        yield
    except DatabaseProblem as problem:
        raise NoBook(str(problem)) from problem
