"""The send budget of several processes: each keeps its own order, and all book their places in one book."""

import asyncio
import logging
from typing import Protocol

from bot.sending.budget import Lane, Pace, SendBudget

logger = logging.getLogger(__name__)

_CAMPAIGNS_YIELD = 0.1  # seconds: replies that have booked so far ahead go first


class NoBook(Exception):
    """The book cannot be reached."""


class Book(Protocol):
    """Places in time, shared by all processes. Raises NoBook when it cannot be reached."""

    async def reserve(
        self, *, chat: int | None, every: float, chat_every: float, campaign_every: float | None
    ) -> float:
        """Book the next place over all chats, in `chat`, and of campaigns; in how many seconds it has come."""

    async def behind(self) -> float:
        """For how many seconds all places over all chats are taken."""

    async def hold_back(self, seconds: float, chat: int | None) -> None:
        """Telegram said `retry_after`: to that chat, or (None) to all."""


class SharedBudget(SendBudget):
    """Like SendBudget, and every message also takes its place in the book.

    Without the book each process keeps to its own pace: an unreachable database also means that little is sent.
    """

    def __init__(self, book: Book, pace: Pace | None = None) -> None:
        super().__init__(pace)
        self._book_of_all = book
        self._noting: set[asyncio.Task[None]] = set()

    async def acquire(self, lane: Lane, chat: int | None) -> None:
        await super().acquire(lane, chat)
        try:
            if lane is Lane.CAMPAIGN:
                await self._let_replies_pass()
            wait = await self._book_of_all.reserve(
                chat=chat,
                every=1 / self._pace.per_second,
                chat_every=self._pace.of_chat(chat),
                campaign_every=1 / self._pace.campaign_per_second if lane is Lane.CAMPAIGN else None,
            )
        except NoBook as error:
            logger.warning("the shared pace of sending cannot be kept: %s", error)
            return
        if wait > 0:
            await asyncio.sleep(wait)

    async def _let_replies_pass(self) -> None:
        while (ahead := await self._book_of_all.behind()) > _CAMPAIGNS_YIELD:  # noqa: ASYNC110 - others book too
            await asyncio.sleep(ahead)

    def pause(self, seconds: float, chat: int | None = None) -> None:
        super().pause(seconds, chat)
        everybody = chat is None or self.all_wait
        noting = asyncio.get_running_loop().create_task(self._hold_back(seconds, None if everybody else chat))
        self._noting.add(noting)
        noting.add_done_callback(self._noting.discard)

    async def _hold_back(self, seconds: float, chat: int | None) -> None:
        try:
            await self._book_of_all.hold_back(seconds, chat)
        except NoBook as error:
            logger.warning("other processes cannot be told to wait: %s", error)
