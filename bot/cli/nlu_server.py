"""`cardwise nlu`: the model as a server of its own."""

import asyncio
import signal
from typing import TYPE_CHECKING, Any

import click

from bot.cli import options
from bot.cli.errors import Mistake, told_plainly
from bot.cli.progress import progress_bar

if TYPE_CHECKING:
    from bot.settings import Settings


@click.group()
def nlu() -> None:
    """The model as a server of its own."""


@nlu.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="It asks nobody who they are.")
@click.option("-p", "--port", type=click.IntRange(0, 65535), default=5005, show_default=True)
@options.log_format
def serve(host: str, port: int, log_format: str | None) -> None:
    """Answer POST /model/parse as Rasa's own server does. Bots ask it by CARDWISE_NLU_URL."""
    from bot import logs
    from bot.settings import load_settings
    from bot.web.port import PortTaken

    try:
        with told_plainly():
            settings = load_settings()
            logs.configure(log_format or settings.log_format)
            asyncio.run(_serve(settings, host, port))
    except PortTaken as taken:
        raise Mistake(f"the port cannot be opened: {taken}") from None


async def _serve(settings: "Settings", host: str, port: int) -> None:
    from bot.model import ModelInUse, current_model, prepare_current
    from bot.web.nlu import serving_model
    from nlu.remote import as_rasa

    model = ModelInUse()
    with progress_bar("Training the model") as progress:
        await prepare_current(model, settings.data_dir, progress)
    interpreter, path = model(), current_model(settings.data_dir)
    assert interpreter is not None

    async def parse(text: str) -> dict[str, Any]:
        return as_rasa(await interpreter.parse(text))

    stop = asyncio.Event()
    for one in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(one, stop.set)
    try:
        async with serving_model(host, port, path.name if path is not None else "", parse) as number:
            click.echo(f"The model answers at http://{host}:{number}/model/parse. Stop with Ctrl+C.", err=True)
            await stop.wait()
    finally:
        await model.close()
    click.echo("Stopped.", err=True)
