"""`cardwise run`: start the bot on Telegram, or in the terminal when there is no token."""

import asyncio
import signal
import sys
from typing import TYPE_CHECKING

import click

from bot.cli.errors import Mistake, told_plainly
from bot.cli.progress import progress_bar

if TYPE_CHECKING:
    from bot.app import App
    from bot.content_in_use import ContentInUse
    from bot.settings import Settings

HOW_TO_GET_A_TOKEN = (
    "No TELEGRAM_BOT_TOKEN: get one from @BotFather on Telegram (send it /newbot) "  # noqa: S105
    "and put TELEGRAM_BOT_TOKEN=… into .env."
)


@click.command()
def run() -> None:
    """Start the bot: on Telegram, or in the terminal while there is no token.

    The first start creates the database and trains the model.
    """
    from bot import logs
    from bot.content_in_use import ContentInUse
    from bot.settings import load_settings

    with told_plainly():
        settings = load_settings()
        logs.configure(settings.log_format)
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
    from bot.model import or_rest, prepare, prepare_adverts, train_and_swap

    async with open_app(settings, content) as app:
        with progress_bar("Training the model") as progress:
            up_to_date = await or_rest(prepare(app.model, settings.data_dir, progress))
            await or_rest(prepare_adverts(app.adverts.load, phrase_book(content()).hints, settings.data_dir, progress))
        swapping = None
        if up_to_date is False:
            click.echo(
                "Something changed since the last training: the older model answers until the new one is ready.",
                err=True,
            )
            swapping = asyncio.create_task(train_and_swap(app.model, settings.data_dir))
        try:
            if settings.telegram_token is None:
                from bot.cli.chat import interactive

                await interactive(app, "me")
            else:
                await _telegram(app)
        finally:
            if swapping is not None:
                swapping.cancel()


async def _telegram(app: "App") -> None:
    from bot.sending.budget import SendBudget
    from bot.telegram.application import TelegramRefusedToken, build, poll
    from bot.telegram.files import fetcher
    from bot.telegram.front import Front
    from bot.telegram.post import Post

    settings = app.settings
    assert settings.telegram_token is not None
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    proxy = settings.telegram_proxy_url
    front = Front(app.dialogue.answer, app.text, app.blocked, app.poll_sent)
    budget = SendBudget()
    application = build(
        settings.telegram_token.get_secret_value(),
        budget,
        front,
        api_url=settings.telegram_api_url,
        proxy_url=proxy.get_secret_value() if proxy else None,
    )

    def ready(username: str) -> None:
        app.links.username = username
        app.connect(
            front.sender.to_address(application.bot),
            front.sender.deliverer(application.bot),
            fetcher(application.bot),
            Post(application.bot, budget, app.blocked),
        )
        click.echo(f"Cardwise is on Telegram as @{username}. Stop with Ctrl+C.", err=True)

    try:
        await poll(application, app.text, stop, ready, app.sender.stop)
    except TelegramRefusedToken:
        raise Mistake(
            "TELEGRAM_BOT_TOKEN: Telegram does not know this token; get the right one from @BotFather"
        ) from None
    click.echo("Stopped.", err=True)
