"""`cardwise campaign send --here`: send in this process, when no bot is running."""

import asyncio
import signal
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from bot.cli.campaign_doors import advance, sending_bar
from bot.cli.errors import Mistake

if TYPE_CHECKING:
    from bot.campaigns.service import CampaignService
    from bot.people.rights import Actor
    from bot.settings import Settings
    from db.engine import Database


_RUNNING = "a bot is running and sends it: use `cardwise campaign send --wait` to follow"


async def send_here(
    service: "CampaignService", by: "Actor", database: "Database", settings: "Settings", name: str
) -> None:
    """Send everything that is due, with a progress bar for the campaign `name`."""
    from bot.campaigns.clock import is_quiet
    from bot.campaigns.sender import Sender
    from bot.people.blocked import note_blocked
    from bot.sending.budget import SendBudget
    from bot.telegram.application import sending_bot
    from bot.telegram.post import Post
    from bot.telegram.receiving import TelegramRefusedToken
    from db.leader import SomebodyElseLeads

    if settings.telegram_token is None:
        raise Mistake("TELEGRAM_BOT_TOKEN: without it nothing can be sent")
    budget, zone = SendBudget(), ZoneInfo(settings.timezone)
    sender = Sender(database, lambda: service.library, zone, approve_from=settings.approve_from)
    proxy = settings.telegram_proxy_url
    stop = asyncio.Event()
    for one in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(one, stop.set)
    if is_quiet(datetime.now(UTC), zone):
        click.echo("In the quiet hours (22:00 to 08:00) only urgent campaigns go out; the others wait.", err=True)
    await _require_no_bot(database)
    try:
        async with sending_bot(
            settings.telegram_token.get_secret_value(),
            budget,
            api_url=settings.telegram_api_url,
            proxy_url=proxy.get_secret_value() if proxy else None,
        ) as bot:
            sender.connect(Post(bot, budget, partial(note_blocked, database)))
            with sending_bar() as bar:

                async def show() -> None:
                    while True:
                        advance(bar, (await service.see(name, by)).tally)
                        await asyncio.sleep(0.5)

                showing = asyncio.create_task(show())
                try:
                    await sender.send_all(stop.is_set)
                finally:
                    showing.cancel()
    except TelegramRefusedToken:
        raise Mistake("TELEGRAM_BOT_TOKEN: Telegram does not know this token") from None
    except SomebodyElseLeads:
        raise Mistake(_RUNNING) from None


async def _require_no_bot(database: "Database") -> None:
    """A running bot answers meanwhile: the two would send more together than Telegram takes."""
    async with database.read() as work:
        if await work.operation.processes():
            raise Mistake(_RUNNING)
