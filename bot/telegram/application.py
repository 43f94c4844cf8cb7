"""Build python-telegram-bot's application and run it by long polling."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from telegram import Bot as TelegramBot
from telegram import BotCommand, Update
from telegram.error import Conflict, InvalidToken, TelegramError
from telegram.ext import Application, ApplicationBuilder, ExtBot
from telegram.request import HTTPXRequest

from bot.sending.budget import SendBudget
from bot.telegram.front import Front
from bot.telegram.limiter import BudgetRateLimiter
from bot.telegram.processor import OrderedPerChat
from bot.telegram.sending import Text
from bot.turns import COMMANDS

logger = logging.getLogger(__name__)

TELEGRAM = "https://api.telegram.org"

Bot = Application[Any, Any, Any, Any, Any, Any]

UPDATES = [
    Update.MESSAGE,
    Update.EDITED_MESSAGE,
    Update.CALLBACK_QUERY,
    Update.POLL_ANSWER,
    Update.MY_CHAT_MEMBER,
]


class TelegramRefusedToken(Exception):
    """Telegram does not know the token."""


def build(token: str, budget: SendBudget, front: Front, *, api_url: str | None, proxy_url: str | None) -> Bot:
    """The application for `token`, reaching Telegram (or the Bot API server at `api_url`), by the proxy if given."""
    builder = (
        ApplicationBuilder()
        .token(token)
        .rate_limiter(BudgetRateLimiter(budget))
        .concurrent_updates(OrderedPerChat())
        .connection_pool_size(64)
        .pool_timeout(30)
    )
    if api_url is not None:
        builder = builder.base_url(f"{api_url}/bot").base_file_url(f"{api_url}/file/bot")
    if proxy_url is not None:
        builder = builder.proxy(proxy_url).get_updates_proxy(proxy_url)
    application: Bot = builder.build()
    front.register(application)
    return application


async def introduce(application: Bot, text: Text) -> None:
    """Tell Telegram our commands and descriptions in both languages. Failing at this never stops the bot."""
    bot = application.bot
    try:
        for language, code in (("en", None), ("zh", "zh")):
            commands = [BotCommand(name, text(f"command_{name}", language)) for name in COMMANDS]
            await bot.set_my_commands(commands, language_code=code)
            await bot.set_my_description(text("telegram_description", language), language_code=code)
            await bot.set_my_short_description(text("telegram_short_description", language), language_code=code)
    except TelegramError as error:
        logger.warning("commands and descriptions could not be set: %s", type(error).__name__)


async def poll(
    application: Bot,
    text: Text,
    stop: asyncio.Event,
    ready: Callable[[str], None],
    leaving: Callable[[], Awaitable[None]],
) -> None:
    """Fetch and answer updates until `stop` is set; what is in hand is finished first.

    `ready` is called with the bot's user name once it listens, `leaving` while it can still send. Raises
    TelegramRefusedToken.
    """
    await _connect(application, stop)
    if stop.is_set():
        return
    assert application.updater is not None
    introducing = None
    try:
        await application.start()
        await application.updater.start_polling(
            allowed_updates=UPDATES, bootstrap_retries=-1, error_callback=_polling_failed
        )
        ready(application.bot.username)
        introducing = asyncio.create_task(introduce(application, text))
        await stop.wait()
        await leaving()
    finally:
        if introducing is not None:
            introducing.cancel()
        if application.updater.running:
            await application.updater.stop()
        if application.running:
            await application.stop()
        await application.shutdown()


async def _connect(application: Bot, stop: asyncio.Event) -> None:
    """Say hello to Telegram, again and again while it cannot be reached: the network may come back."""
    wait = 1.0
    while not stop.is_set():
        try:
            await application.initialize()
            return
        except InvalidToken as error:
            raise TelegramRefusedToken from error
        except TelegramError as error:
            logger.warning(
                "Telegram cannot be reached (%s); trying again in %.0f s. "
                "Where it is blocked, set TELEGRAM_PROXY_URL; look at TELEGRAM_API_URL if you set it",
                type(error).__name__,
                wait,
            )
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), wait)
            wait = min(wait * 2, 60.0)


def _polling_failed(error: TelegramError) -> None:
    """Called by the updater, which goes on by itself."""
    if isinstance(error, Conflict):
        logger.error("another process is polling with this token: stop it, or use another token")
    else:
        logger.warning("fetching updates failed (%s); trying again", type(error).__name__)


@contextlib.asynccontextmanager
async def sending_bot(
    token: str, budget: SendBudget, *, api_url: str | None, proxy_url: str | None
) -> AsyncIterator[ExtBot[Any]]:
    """A bot that only sends: it fetches no updates, so another process may. Raises TelegramRefusedToken."""
    bot = ExtBot(
        token,
        base_url=f"{api_url or TELEGRAM}/bot",
        request=HTTPXRequest(connection_pool_size=64, proxy=proxy_url, pool_timeout=30),
        rate_limiter=BudgetRateLimiter(budget),
    )
    try:
        await bot.initialize()
    except InvalidToken as error:
        raise TelegramRefusedToken from error
    try:
        yield bot
    finally:
        await bot.shutdown()


async def bot_username(token: str, *, api_url: str | None, proxy_url: str | None) -> str | None:
    """The bot's user name, asked once; None when Telegram cannot be reached or does not know the token."""
    request = HTTPXRequest(proxy=proxy_url)
    bot = TelegramBot(token, base_url=f"{api_url or TELEGRAM}/bot", request=request)
    try:
        return (await bot.get_me()).username
    except TelegramError:
        return None
    finally:
        await request.shutdown()
