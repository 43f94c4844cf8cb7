"""python-telegram-bot's rate limiter, on our send budget (its own has no lanes and no pace per private chat)."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from telegram.error import RetryAfter, TelegramError
from telegram.ext import BaseRateLimiter

from bot.sending.budget import Lane, SendBudget

logger = logging.getLogger(__name__)

_COUNTED = ("send", "edit", "copy", "forward", "stopPoll")
_NOT_COUNTED = ("sendChatAction",)
_TRIES = 5
# Calls on their way: Telegram answers in some 100 ms and takes 30 messages a second.
AT_ONCE = 16

Sent = Callable[[str, str], None]


@dataclass(frozen=True)
class Allowance:
    """In which lane a call waits; `granted`: it has waited already, and its message is counted."""

    lane: Lane = Lane.REPLY
    granted: bool = False


class BudgetRateLimiter(BaseRateLimiter[Allowance]):
    """Draws each message from the budget and obeys `retry_after`, for everything, up to five times."""

    def __init__(self, budget: SendBudget, sent: Sent = lambda _lane, _outcome: None) -> None:
        """`sent(lane, outcome)` is told of each call that counts."""
        self._budget = budget
        self._sent = sent
        self._places = asyncio.Semaphore(AT_ONCE)

    async def initialize(self) -> None:
        pass

    async def shutdown(self) -> None:
        pass

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: Allowance | None,
    ) -> Any:
        """Call Telegram when the budget allows. Raises RetryAfter when it still refuses after five tries."""
        counted = endpoint.startswith(_COUNTED) and endpoint not in _NOT_COUNTED
        allowance = rate_limit_args or Allowance()
        for attempt in range(1, _TRIES + 1):
            if counted and not (allowance.granted and attempt == 1):
                await self._budget.acquire(allowance.lane, _chat(data))
            try:
                return await self._called(callback, args, kwargs, allowance.lane if counted else None)
            except RetryAfter as error:
                seconds = _seconds(error)
                logger.warning("Telegram asks to wait %.0f s (%s, try %d of %d)", seconds, endpoint, attempt, _TRIES)
                if counted:
                    self._budget.pause(seconds, _chat(data))
                if attempt == _TRIES:
                    raise
                if not counted:
                    # Settings and acknowledgements have limits of their own: only this call waits.
                    await asyncio.sleep(seconds)
        raise AssertionError("unreachable")

    async def _called(
        self, callback: Callable[..., Coroutine[Any, Any, Any]], args: Any, kwargs: dict[str, Any], lane: Lane | None
    ) -> Any:
        outcome = "sent"
        try:
            async with self._places:
                return await callback(*args, **kwargs)
        except TelegramError as error:
            outcome = type(error).__name__
            raise
        finally:
            if lane is not None:
                self._sent(lane.name.lower(), outcome)


def _chat(data: dict[str, Any]) -> int | None:
    try:
        return int(data["chat_id"])
    except (KeyError, TypeError, ValueError):
        return None


def _seconds(error: RetryAfter) -> float:
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
