"""`cardwise chat`: the bot in the terminal or over a pipe."""

import asyncio
import contextlib
import sys
import threading
from typing import TYPE_CHECKING

import click

from bot.cli import options
from bot.cli.errors import told_plainly
from bot.cli.progress import progress_bar

if TYPE_CHECKING:
    from bot.app import App
    from bot.content_in_use import ContentInUse
    from bot.settings import Settings


@click.command()
@click.option("--as", "person", default="me", metavar="ID", help="Talk as a separate person.")
@click.option("--jsonl", is_flag=True, help='Read {"text": …} or {"press": n}, write {"replies": […]}, one a line.')
@options.log_format
def chat(person: str, jsonl: bool, log_format: str | None) -> None:
    """Talk to the bot here. Numbers press buttons; input that is not a terminal is one message a line."""
    from bot import logs
    from bot.content_in_use import ContentInUse
    from bot.settings import load_settings

    with told_plainly():
        settings = load_settings()
        logs.configure(log_format or settings.log_format)
        asyncio.run(_chat(settings, ContentInUse.load(), person, jsonl))


async def _chat(settings: "Settings", content: "ContentInUse", person: str, jsonl: bool) -> None:
    from bot.adverts.phrases import phrase_book
    from bot.app import open_app
    from bot.console.chat import Chat, json_lines, piped
    from bot.model import adverts_trained_beside, or_rest, prepare_adverts, prepare_current

    async with open_app(settings, content) as app:
        with progress_bar("Training the model") as progress:
            async with adverts_trained_beside(settings.data_dir):
                await or_rest(prepare_current(app.model, settings.data_dir, progress))
            await or_rest(prepare_adverts(app.adverts.load, phrase_book(content()).hints, settings.data_dir, progress))
        if not jsonl and sys.stdin.isatty():
            await interactive(app, person)
            return
        conversation = Chat(app.dialogue.answer, person, app.notices.pull)
        talk = json_lines if jsonl else piped
        await talk(conversation, sys.stdin, sys.stdout)


async def interactive(app: "App", person: str) -> None:
    """Ask, answer, until the person leaves with Ctrl+D."""
    from bot.console.chat import Chat, line, rendered

    conversation = Chat(app.dialogue.answer, person, app.notices.pull)
    click.echo(rendered(await conversation.say("/start")) + "\n")
    while (typed := await _typed()) is not None:
        if typed.strip():
            click.echo("\n" + rendered(await line(conversation, typed.strip())) + "\n")
    click.echo("")


async def _typed() -> str | None:
    """One line from the terminal; None at its end. The thread is a daemon, so that Ctrl+C can leave it behind."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[str | None] = loop.create_future()

    def ask() -> None:
        try:
            text: str | None = input("> ")
        except (EOFError, UnicodeDecodeError):
            text = None
        with contextlib.suppress(RuntimeError):  # the loop is closed: the person left with Ctrl+C
            loop.call_soon_threadsafe(_settle, answer, text)

    threading.Thread(target=ask, daemon=True).start()
    return await answer


def _settle(answer: "asyncio.Future[str | None]", text: str | None) -> None:
    if not answer.done():
        answer.set_result(text)
