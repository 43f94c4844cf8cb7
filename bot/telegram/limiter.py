"""python-telegram-bot's rate limiter, on our send budget (its own has no lanes and no pace per private chat)."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError
from telegram.ext import BaseRateLimiter

from bot.sending.budget import Lane, SendBudget
from bot.telegram.request import Unsent

logger = logging.getLogger(__name__)

_COUNTED = ("send", "edit", "copy", "forward", "stopPoll")
_NOT_COUNTED = ("sendChatAction",)
_TRIES = 5
# Calls on their way: Telegram answers in some 100 ms and takes 30 messages a second.
AT_ONCE = 16
_PAUSE = 1.0  # seconds, doubled from try to try

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
        """Call Telegram when the budget allows, and again when it did not get through.

        Raises RetryAfter or NetworkError when that is still so after five tries, and whatever else Telegram says.
        """
        counted = endpoint.startswith(_COUNTED) and endpoint not in _NOT_COUNTED
        allowance = rate_limit_args or Allowance()
        lost = False
        for attempt in range(1, _TRIES + 1):
            if counted and not (allowance.granted and attempt == 1):
                await self._budget.acquire(allowance.lane, _chat(data))
            try:
                return await self._called(callback, args, kwargs, allowance.lane if counted else None)
            except RetryAfter as error:
                await self._wait_as_told(error, endpoint, attempt, _chat(data) if counted else None, counted=counted)
            except NetworkError as error:
                # A campaign has its ledger, which must know exactly what came of each send.
                again = counted and allowance.lane is Lane.REPLY and _may_repeat(error, lost=lost)
                if attempt == _TRIES or not again:
                    raise
                lost = lost or _may_have_arrived(error)
                logger.warning("%s did not get through (%s), try %d", endpoint, type(error).__name__, attempt)
                await asyncio.sleep(_PAUSE * 2 ** (attempt - 1))
        raise AssertionError("unreachable")

    async def _wait_as_told(
        self, error: RetryAfter, endpoint: str, attempt: int, chat: int | None, *, counted: bool
    ) -> None:
        seconds = _seconds(error)
        logger.warning("Telegram asks to wait %.0f s (%s, try %d of %d)", seconds, endpoint, attempt, _TRIES)
        if counted:
            self._budget.pause(seconds, chat)
        if attempt == _TRIES:
            raise error
        if not counted:
            # Settings and acknowledgements have limits of their own: only this call waits.
            await asyncio.sleep(seconds)

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


def _may_have_arrived(error: NetworkError) -> bool:
    """Whether Telegram may have taken the call: its answer was lost, or did not come in time."""
    # Without a cause of the network's it is an answer of Telegram's own, perhaps unreadable: 5xx, nothing was done.
    return not (error.__cause__ is None or isinstance(error, Unsent) or isinstance(error.__cause__, TelegramError))


def _may_repeat(error: NetworkError, *, lost: bool) -> bool:
    """An answer that a student waits for is sent again: once if it may be there already, for silence is worse."""
    if isinstance(error, BadRequest):  # a NetworkError to python-telegram-bot; the network is fine
        return False
    return not (lost and _may_have_arrived(error))


def _chat(data: dict[str, Any]) -> int | None:
    try:
        return int(data["chat_id"])
    except (KeyError, TypeError, ValueError):
        return None


def _seconds(error: RetryAfter) -> float:
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
