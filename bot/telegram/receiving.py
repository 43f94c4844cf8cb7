"""How updates reach us: fetched by long polling, or sent to our address by a webhook."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from telegram import Update
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError, TimedOut
from telegram.ext import ExtBot

from bot.letters import NotStored
from bot.telegram.intake import Intake

logger = logging.getLogger(__name__)

UPDATES = [
    Update.MESSAGE,
    Update.EDITED_MESSAGE,
    Update.CALLBACK_QUERY,
    Update.POLL_ANSWER,
    Update.MY_CHAT_MEMBER,
]

_HOLD = timedelta(seconds=10)  # how long Telegram waits for news before it answers
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 30.0
_BREATH = 0.1  # seconds, while the bot has more than enough in hand
_CONNECTIONS = 40  # Telegram's default: deliveries at once


class TelegramRefusedToken(Exception):
    """Telegram does not know the token."""


class Polling:
    """Fetches updates. What cannot be stored is not acknowledged: Telegram keeps it for a day."""

    def __init__(self, bot: ExtBot[Any], intake: Intake) -> None:
        self._bot = bot
        self._intake = intake

    async def start(self, stop: asyncio.Event) -> None:
        """A webhook that was set before would keep updates from us. Raises TelegramRefusedToken."""
        await persevering(self._bot.delete_webhook, stop)

    async def receive(self, stop: asyncio.Event) -> None:
        """Fetch and take updates until `stop`. Raises TelegramRefusedToken."""
        offset: int | None = None
        pause = _FIRST_PAUSE
        while not stop.is_set():
            if self._intake.full:
                await asyncio.sleep(_BREATH)
                continue
            try:
                updates = await _until(stop, self._fetch(offset))
                if updates:
                    await self._intake.take(updates)
                    offset = updates[-1].update_id + 1
                pause = _FIRST_PAUSE
                continue
            except InvalidToken as error:
                raise TelegramRefusedToken from error
            except NotStored:
                pass  # the store has said why; Telegram keeps them until we ask again
            except TimedOut as error:
                _say(error)  # it has taken long enough already
                continue
            except TelegramError as error:
                _say(error)
                if isinstance(error, RetryAfter):
                    pause = max(pause, _seconds(error))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
        await self._acknowledge(offset)

    async def _fetch(self, offset: int | None) -> tuple[Update, ...]:
        hold = int(_HOLD.total_seconds())
        return await self._bot.get_updates(offset=offset, timeout=hold, allowed_updates=UPDATES)

    async def _acknowledge(self, offset: int | None) -> None:
        """What was taken last need not be delivered again; if it is, it is known."""
        if offset is not None:
            with contextlib.suppress(TelegramError):
                await self._bot.get_updates(offset=offset, timeout=0, limit=1, allowed_updates=UPDATES)


class Webhook:
    """Has Telegram send updates to `url`, signed with `secret`; our port hands them to the intake."""

    def __init__(self, bot: ExtBot[Any], url: str, secret: str) -> None:
        self._bot = bot
        self._url = url
        self._secret = secret

    async def start(self, stop: asyncio.Event) -> None:
        """Tell Telegram our address; another process may have told the same. Raises TelegramRefusedToken."""

        async def tell() -> bool:
            return await self._bot.set_webhook(
                self._url, secret_token=self._secret, allowed_updates=UPDATES, max_connections=_CONNECTIONS
            )

        await persevering(tell, stop)

    async def receive(self, stop: asyncio.Event) -> None:
        """Updates come by themselves, until `stop`. The webhook stays: Telegram keeps what comes while we are away."""
        await stop.wait()


async def persevering(do: Callable[[], Awaitable[Any]], stop: asyncio.Event) -> None:
    """Do it again and again while Telegram cannot be reached: it may come back. Raises TelegramRefusedToken."""
    pause = _FIRST_PAUSE
    while not stop.is_set():
        try:
            await do()
            return
        except InvalidToken as error:
            raise TelegramRefusedToken from error
        except TelegramError as error:
            logger.warning(
                "Telegram cannot be reached (%s); trying again in %.0f s. "
                "Where it is blocked, set TELEGRAM_PROXY_URL; look at TELEGRAM_API_URL if you set it",
                type(error.__cause__ or error).__name__,
                pause,
            )
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), pause)
            pause = min(pause * 2, 2 * _LONGEST_PAUSE)


async def _until(stop: asyncio.Event, fetching: Any) -> tuple[Update, ...]:
    """What `fetching` gives, or nothing when `stop` comes first."""
    fetch = asyncio.ensure_future(fetching)
    stopped = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait((fetch, stopped), return_when=asyncio.FIRST_COMPLETED)
        if not fetch.done():
            return ()
        updates: tuple[Update, ...] = fetch.result()
        return updates
    finally:
        for task in (fetch, stopped):
            if not task.done():
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError, TelegramError):
                    await task


def _say(error: TelegramError) -> None:
    if isinstance(error, Conflict):
        logger.error("another process is polling with this token: stop it, or use another token")
    else:
        logger.warning("fetching updates failed (%s); trying again", type(error.__cause__ or error).__name__)


def _seconds(error: RetryAfter) -> float:
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
