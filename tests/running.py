"""Start the whole bot in this process, on the stand-in for Telegram: everything in it is real."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.app import App, open_app
from bot.content_in_use import ContentInUse
from bot.dialogue.pace import Paces
from bot.online import Online
from bot.sending.budget import Pace
from bot.settings import Settings
from content.library import Library
from content.loading import CONTENT_FOLDER
from db.keys import new_key_text
from tests.fakes.telegram import TOKEN, FakeTelegram

# Conversations in tests need not wait for Telegram's pace; the tests of the pace itself do.
HURRIED = Pace(per_second=1000, campaign_per_second=1000, private_chat_seconds=0.0, group_seconds=0.0)


def settings_in(folder: Path, **values: object) -> Settings:
    """Settings for a bot of its own in `folder`."""
    return Settings.model_validate(
        {"CARDWISE_DATA_DIR": folder / "data", "CARDWISE_SECRET_KEY": new_key_text(), **values}
    )


@asynccontextmanager
async def running_bot(
    telegram: FakeTelegram,
    library: Library,
    model: Path | None,
    folder: Path,
    pace: Pace | None = HURRIED,
    content_folder: Path = CONTENT_FOLDER,
    settings: Settings | None = None,
    paces: Paces | None = None,
) -> AsyncIterator[App]:
    """The bot, polling `telegram`; it answers text only with a `model`. It follows changes in `content_folder`."""
    telegram.flood.enforced = pace is not HURRIED
    where = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": telegram.url, "CARDWISE_HTTP": "off"}
    reached = where | (settings or settings_in(folder)).model_dump(by_alias=True, exclude_unset=True)
    app_settings = Settings.model_validate(reached)
    async with open_app(app_settings, ContentInUse(library, content_folder), paces) as app:
        if model is not None:
            await app.model.load(model)
        stop, listening = asyncio.Event(), asyncio.Event()
        running = asyncio.create_task(Online(app, pace).run(stop, lambda _: listening.set()))
        started = asyncio.create_task(listening.wait())
        await asyncio.wait([running, started], return_when=asyncio.FIRST_COMPLETED)
        try:
            yield app
        finally:
            stop.set()
            started.cancel()
            await running
