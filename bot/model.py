"""The model in use: loaded once, replaced without losing a message."""

import asyncio
import logging
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from nlu.adverts.features import Hints
from nlu.adverts.files import advert_model_path, ensure_advert_model
from nlu.adverts.model import AdvertModel
from nlu.interpreter import Interpreter
from nlu.model_files import archive_path, model_name, newest_model, whole_model
from nlu.rasa_interpreter import ModelUnusable, RasaInterpreter
from nlu.remote import Changed, RemoteInterpreter
from nlu.training import TrainingFailed, ensure_model
from nlu.training_data import BadTrainingData

logger = logging.getLogger(__name__)

Progress = Callable[[str, float], None]
Ready = TypeVar("Ready")


class ModelInUse:
    """Holds the interpreter that answers now, or none while there is no model."""

    def __init__(self) -> None:
        self._interpreter: RasaInterpreter | None = None
        self._remote: RemoteInterpreter | None = None

    @property
    def ready(self) -> bool:
        """Whether free text can be understood now."""
        return not self._remote.away if self._remote is not None else self._interpreter is not None

    def ask(self, url: str, changed: Changed) -> None:
        """Ask the model's server at `url` from now on; `changed(away)` is told when it is away, and when it is back."""
        self._remote = RemoteInterpreter(url, changed)

    def __call__(self) -> Interpreter | None:
        return self._remote or self._interpreter

    async def load(self, path: Path) -> None:
        """Load the model at `path` off the event loop and answer with it from now on."""
        loaded = await asyncio.to_thread(RasaInterpreter.load, path)
        previous, self._interpreter = self._interpreter, loaded
        if previous is not None:
            # A parse under way finishes first: close() waits for the model's one worker thread.
            await asyncio.to_thread(previous.close)

    async def close(self) -> None:
        if self._remote is not None:
            await self._remote.close()
        if self._interpreter is not None:
            self._interpreter.close()
            self._interpreter = None


def current_model(data_dir: Path) -> Path | None:
    """The model of today's data, pipeline and components, when it is there and whole."""
    path = archive_path(data_dir, model_name())
    return path if whole_model(path) else None


async def prepare(model: ModelInUse, data_dir: Path, progress: Progress | None) -> bool:
    """Make the bot able to answer as soon as possible.

    The model of this very data: load it. An older one: load that, and return False to say that training is due.
    None at all: train first.
    """
    older = newest_model(data_dir)
    if current_model(data_dir) is None and older is not None:
        try:
            await model.load(older)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with an old model, a new one mends it
            logger.warning("the older model cannot be loaded (%s): training a new one", type(error).__name__)
        else:
            return False
    trained = await asyncio.to_thread(ensure_model, data_dir, progress=progress)
    await model.load(trained.path)
    return True


async def prepare_current(model: ModelInUse, data_dir: Path, progress: Progress | None) -> None:
    """Load the model of this very data, training it first when there is none."""
    trained = await asyncio.to_thread(ensure_model, data_dir, progress=progress)
    await model.load(trained.path)


async def prepare_adverts(
    load: Callable[[AdvertModel], None], hints: Hints, data_dir: Path, progress: Progress | None
) -> None:
    """Load the model of today's adverts, training it first (some seconds) when there is none."""
    load(await asyncio.to_thread(ensure_advert_model, data_dir, hints, progress))


@asynccontextmanager
async def adverts_trained_beside(data_dir: Path) -> AsyncIterator[None]:
    """On a first start, train the advert model in a process of its own while the block trains the other one.

    `prepare_adverts` then finds it, waits for it, or trains it if that process has failed.
    """
    if newest_model(data_dir) is not None or advert_model_path(data_dir).exists():
        yield
        return
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot.adverts.training_child",
        str(data_dir),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield
        await child.wait()
    finally:
        if child.returncode is None:
            child.kill()


async def or_rest(preparing: Awaitable[Ready]) -> Ready | None:
    """What `preparing` gives; None when no model can be had. Commands and buttons work without one.

    Why there is none is logged in one line: sentences, lexicons, settings, the disk, whatever it is.
    """
    try:
        return await preparing
    except Exception as error:  # noqa: BLE001 - whoever sends /help or presses a button must be answered all the same
        logger.error("no model can be had, so free text rests until this is mended: %s", _in_one_line(error))
        return None


def _in_one_line(error: Exception) -> str:
    told = " ".join(str(error).split())
    return (
        told
        if isinstance(error, BadTrainingData | TrainingFailed | ModelUnusable)
        else f"{type(error).__name__}: {told}"
    )


async def train_and_swap(model: ModelInUse, data_dir: Path) -> bool:
    """Train in a child process, so that answers are not slowed down, then answer with the new model; whether it did."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot.cli.main",
        "train",
        env={**os.environ, "CARDWISE_DATA_DIR": str(data_dir)},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        code = await child.wait()
    finally:
        if child.returncode is None:
            child.kill()  # the bot stops: nobody waits for this training any more
    if code != 0:
        logger.error("training failed; the older model goes on answering. Run `cardwise train` to see why")
        return False
    trained = current_model(data_dir)
    if trained is None:
        return False
    await model.load(trained)
    logger.info("now answering with model %s", trained.name)
    return True
