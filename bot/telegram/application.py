"""Build python-telegram-bot's application, and let it answer what is received."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Protocol

from telegram import Bot as TelegramBot
from telegram import BotCommand
from telegram.error import InvalidToken, TelegramError
from telegram.ext import Application, ApplicationBuilder, ExtBot

from bot.sending.budget import SendBudget
from bot.telegram.front import Front
from bot.telegram.limiter import AT_ONCE, BudgetRateLimiter, Sent
from bot.telegram.processor import OrderedPerChat
from bot.telegram.receiving import TelegramRefusedToken, persevering
from bot.telegram.request import request
from bot.telegram.sending import Text
from bot.turns import COMMANDS

logger = logging.getLogger(__name__)

TELEGRAM = "https://api.telegram.org"

Bot = Application[Any, Any, Any, Any, Any, Any]


def build(
    token: str,
    budget: SendBudget,
    front: Front,
    *,
    api_url: str | None,
    proxy_url: str | None,
    sent: Sent = lambda _lane, _outcome: None,
) -> Bot:
    """The application for `token`, reaching Telegram (or the Bot API server at `api_url`), by the proxy if given.

    `sent(lane, outcome)` is told of every message that is sent or refused.
    """
    builder = (
        ApplicationBuilder()
        .token(token)
        .rate_limiter(BudgetRateLimiter(budget, sent))
        .concurrent_updates(OrderedPerChat())
        .request(request(AT_ONCE, proxy_url))
        .get_updates_request(request(1, proxy_url))
        .job_queue(None)  # our jobs are in bot.jobs
        .updater(None)  # updates are stored before they are acknowledged: see bot.telegram.receiving
    )
    if api_url is not None:
        builder = builder.base_url(f"{api_url}/bot").base_file_url(f"{api_url}/file/bot")
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


class Receiver(Protocol):
    """Where updates come from."""

    async def start(self, stop: asyncio.Event) -> None: ...

    async def receive(self, stop: asyncio.Event) -> None: ...


async def answer(
    application: Bot,
    receiver: Receiver,
    text: Text,
    stop: asyncio.Event,
    ready: Callable[[str], Awaitable[None]],
    leaving: Callable[[], Awaitable[None]],
) -> None:
    """Receive and answer updates until `stop` is set; what is in hand is finished first.

    `ready` is called with the bot's user name when it can send and before anything is received, `leaving` while it can
    still send. Raises TelegramRefusedToken.
    """
    try:
        await persevering(application.initialize, stop)
    except TelegramRefusedToken:
        await application.bot.request.shutdown()
        raise
    if stop.is_set():
        await application.bot.request.shutdown()
        return
    introducing = None
    try:
        await application.start()
        await ready(application.bot.username)
        introducing = asyncio.create_task(introduce(application, text))
        await receiver.start(stop)
        await receiver.receive(stop)
        await leaving()
    finally:
        if introducing is not None:
            introducing.cancel()
        if application.running:
            await application.stop()
        await application.shutdown()


@contextlib.asynccontextmanager
async def sending_bot(
    token: str, budget: SendBudget, *, api_url: str | None, proxy_url: str | None
) -> AsyncIterator[ExtBot[Any]]:
    """A bot that only sends: it fetches no updates, so another process may. Raises TelegramRefusedToken."""
    bot = ExtBot(
        token,
        base_url=f"{api_url or TELEGRAM}/bot",
        request=request(AT_ONCE, proxy_url),
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
    asking = request(1, proxy_url)
    bot = TelegramBot(token, base_url=f"{api_url or TELEGRAM}/bot", request=asking)
    try:
        return (await bot.get_me()).username
    except TelegramError:
        return None
    finally:
        await asking.shutdown()
