"""In order within a chat, side by side across chats: one slow student delays nobody else."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any

from telegram import Update
from telegram.ext import BaseUpdateProcessor

AT_ONCE = 256
# python-telegram-bot takes a place before it asks us whose turn it is. So that the waiting messages of one chat do not
# fill all places, its own limit is out of reach, and ours counts only those whose turn it is.
_OUT_OF_REACH = 1_000_000


_arrived: ContextVar[float] = ContextVar("arrived")


def waited() -> float:
    """How many seconds the update that is being handled waited for its turn."""
    now = time.monotonic()
    return now - _arrived.get(now)


class OrderedPerChat(BaseUpdateProcessor):
    """Handles updates of one chat one after another, in the order they came, and those of `at_once` chats at once.

    `after` is told the number of each update that has been handled.
    """

    def __init__(self, at_once: int = AT_ONCE) -> None:
        super().__init__(_OUT_OF_REACH)
        self._places = asyncio.Semaphore(at_once)
        self._locks: dict[int, asyncio.Lock] = {}
        self._waiting: dict[int, int] = {}
        self.after: Callable[[int], None] | None = None

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        _arrived.set(time.monotonic())
        try:
            await self._in_order(update, coroutine)
        except Exception:
            self._tell(update)  # whatever failed is told and logged; it would fail again
            raise
        self._tell(update)  # not when cancelled: the next start takes it up

    def _tell(self, update: object) -> None:
        if self.after is not None and isinstance(update, Update):
            self.after(update.update_id)

    async def _in_order(self, update: object, coroutine: Awaitable[Any]) -> None:
        key = chat_of(update)
        if key is None:
            await coroutine
            return
        # asyncio.Lock lets waiters in first come, first served.
        lock = self._locks.setdefault(key, asyncio.Lock())
        self._waiting[key] = self._waiting.get(key, 0) + 1
        try:
            async with lock, self._places:
                await coroutine
        finally:
            self._waiting[key] -= 1
            if not self._waiting[key]:
                del self._waiting[key], self._locks[key]

    async def initialize(self) -> None:
        pass

    async def shutdown(self) -> None:
        pass


def chat_of(update: object) -> int | None:
    """Whose update it is: the chat's id, or the person's where there is no chat."""
    if not isinstance(update, Update):
        return None
    if update.effective_chat is not None:
        return update.effective_chat.id
    return update.effective_user.id if update.effective_user is not None else None
