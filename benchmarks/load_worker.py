"""The bots that `benchmarks.load` drives, each in a process of its own: ours, and python-telegram-bot's plain echo.

python -m benchmarks.load_worker bot|echo|echo-at-once URL FOLDER
"""

import asyncio
import logging
import signal
import sys
from pathlib import Path
from typing import Any

from telegram import Update
from telegram.ext import ApplicationBuilder, MessageHandler, filters

from tests.fakes.telegram import TOKEN

AT_ONCE = 256


async def ours(url: str, folder: Path) -> None:
    """The whole bot as `cardwise run` starts it, but without Telegram's limits on sending, which the echo has not."""
    from bot.adverts.phrases import phrase_book
    from bot.app import open_app
    from bot.content_in_use import ContentInUse
    from bot.dialogue.pace import Paces
    from bot.logs import configure
    from bot.model import prepare_current
    from bot.online import Online
    from bot.sending.budget import Pace
    from bot.settings import PROJECT, Settings
    from nlu.adverts.files import ensure_advert_model

    configure(level=logging.WARNING)
    given: dict[str, Any] = {
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "TELEGRAM_API_URL": url,
        "CARDWISE_DATA_DIR": folder / "data",
        "CARDWISE_KEY_FILE": folder / "key",
        "CARDWISE_HTTP": "off",
    }
    content = ContentInUse.load()
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    async with open_app(Settings.model_validate(given), content, Paces(10**9)) as app:
        await prepare_current(app.model, PROJECT / "var", None)
        app.adverts.load(ensure_advert_model(PROJECT / "var", phrase_book(content()).hints))
        await Online(app, Pace(1e6, 1e6, 0.0, 0.0)).run(stop)


def echo(url: str, *, at_once: bool) -> None:
    """python-telegram-bot as its examples have it; `at_once`: with updates handled side by side."""

    async def answer(update: Update, _context: Any) -> None:
        assert update.message is not None
        await update.message.reply_text(update.message.text or "")

    builder = ApplicationBuilder().token(TOKEN).base_url(f"{url}/bot")
    if at_once:
        builder = builder.concurrent_updates(AT_ONCE).connection_pool_size(64).pool_timeout(30)
    application = builder.build()
    application.add_handler(MessageHandler(filters.TEXT, answer))
    application.run_polling(allowed_updates=[Update.MESSAGE], close_loop=False)


if __name__ == "__main__":
    kind, where, place = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    if kind == "bot":
        asyncio.run(ours(where, place))
    else:
        echo(where, at_once=kind == "echo-at-once")
