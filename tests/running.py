"""Start the whole bot in this process, on the stand-in for Telegram: everything in it is real."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.app import App, open_app
from bot.content_in_use import ContentInUse
from bot.dialogue.pace import Paces
from bot.sending.budget import Pace, SendBudget
from bot.settings import Settings
from bot.telegram.application import build, poll
from bot.telegram.files import fetcher
from bot.telegram.front import Front
from bot.telegram.post import Post
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
    async with open_app(settings or settings_in(folder), ContentInUse(library, content_folder), paces) as app:
        if model is not None:
            await app.model.load(model)
        front = Front(app.dialogue.answer, app.text, app.blocked, app.poll_sent)
        budget = SendBudget(pace)
        application = build(TOKEN, budget, front, api_url=telegram.url, proxy_url=None)
        stop, listening = asyncio.Event(), asyncio.Event()

        def ready(username: str) -> None:
            app.links.username = username
            bot = application.bot
            app.connect(
                front.sender.to_address(bot), front.sender.deliverer(bot), fetcher(bot), Post(bot, budget, app.blocked)
            )
            listening.set()

        polling = asyncio.create_task(poll(application, app.text, stop, ready, app.sender.stop))
        started = asyncio.create_task(listening.wait())
        await asyncio.wait([polling, started], return_when=asyncio.FIRST_COMPLETED)
        try:
            yield app
        finally:
            stop.set()
            started.cancel()
            await polling
