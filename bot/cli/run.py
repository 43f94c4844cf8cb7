"""`cardwise run`: start the bot on Telegram, or in the terminal when there is no token."""

import asyncio
import signal
import sys
from typing import TYPE_CHECKING

import click

from bot.cli import options
from bot.cli.errors import Mistake, told_plainly
from bot.cli.progress import progress_bar

if TYPE_CHECKING:
    from bot.app import App
    from bot.content_in_use import ContentInUse
    from bot.model import Progress
    from bot.settings import Settings

HOW_TO_GET_A_TOKEN = (
    "No TELEGRAM_BOT_TOKEN: get one from @BotFather on Telegram (send it /newbot) "  # noqa: S105
    "and put TELEGRAM_BOT_TOKEN=… into .env."
)


@click.command()
@options.log_format
def run(log_format: str | None) -> None:
    """Start the bot: on Telegram, or in the terminal while there is no token.

    The first start creates the database and trains the model.
    """
    from bot import logs
    from bot.content_in_use import ContentInUse
    from bot.settings import load_settings

    with told_plainly():
        settings = load_settings()
        logs.configure(log_format or settings.log_format)
        if settings.telegram_token is None:
            if not sys.stdin.isatty():
                raise Mistake(
                    f"{HOW_TO_GET_A_TOKEN} (There is no terminal to chat in either; `cardwise chat` reads a pipe.)"
                )
            click.echo(f"{HOW_TO_GET_A_TOKEN} Until then, here is the same bot in the terminal.", err=True)
        asyncio.run(_run(settings, ContentInUse.load()))


async def _run(settings: "Settings", content: "ContentInUse") -> None:
    from bot.adverts.phrases import phrase_book
    from bot.app import open_app
    from bot.model import adverts_trained_beside, or_rest, prepare_adverts

    async with open_app(settings, content) as app:
        with progress_bar("Training the model") as progress:
            async with adverts_trained_beside(settings.data_dir):
                up_to_date = await _prepare_model(app, progress)
            await or_rest(prepare_adverts(app.adverts.load, phrase_book(content()).hints, settings.data_dir, progress))
        swapping = None
        if up_to_date is False:
            click.echo(
                "Something changed since the last training: the older model answers until the new one is ready.",
                err=True,
            )
            swapping = asyncio.create_task(_train_and_swap(app))
        try:
            if settings.telegram_token is None:
                from bot.cli.chat import interactive

                await interactive(app, "me")
            else:
                await _telegram(app)
        finally:
            if swapping is not None:
                swapping.cancel()


async def _prepare_model(app: "App", progress: "Progress | None") -> bool | None:
    """Load the model, training it first if there is none, or ask its server; False when a training is due."""
    from bot.model import or_rest, prepare

    settings = app.settings
    if settings.nlu_url is None:
        return await or_rest(prepare(app.model, settings.data_dir, progress))

    async def changed(away: bool) -> None:
        await app.alerts.about("alert_nlu_away" if away else "alert_nlu_back")

    app.model.ask(settings.nlu_url, changed)
    return True


async def _train_and_swap(app: "App") -> None:
    from bot.model import train_and_swap

    if not await train_and_swap(app.model, app.settings.data_dir):
        await app.alerts.about("alert_training")


async def _telegram(app: "App") -> None:
    from bot.cli.ready import ready_screen
    from bot.online import Listening, Online
    from bot.telegram.receiving import TelegramRefusedToken
    from bot.web.port import PortTaken

    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)

    def listening(now: Listening) -> None:
        click.echo("\n".join(ready_screen(app, now)), err=True)

    try:
        await Online(app).run(stop, listening)
    except TelegramRefusedToken:
        raise Mistake(
            "TELEGRAM_BOT_TOKEN: Telegram does not know this token; get the right one from @BotFather"
        ) from None
    except PortTaken as taken:
        raise Mistake(f"CARDWISE_HTTP: the port for Telegram's webhook cannot be opened: {taken}") from None
    click.echo("Stopped.", err=True)
