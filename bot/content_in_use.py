"""The content in use: changed files are checked as a whole and swapped in at once, or the old ones stay."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from watchfiles import awatch

from bot.background import beside
from bot.content_check import load_checked
from content.library import Library
from content.loading import CONTENT_FOLDER, ContentIsBroken, left_behind
from content.problems import Problem

logger = logging.getLogger(__name__)

# An editor that saves several files, or a copy of a folder, is given time to finish.
_SETTLED_MS = 600
# The operating system tells at once of most changes; of a folder put in another's place it does not.
_LOOK_AGAIN_MS = 3000
# Whoever mends a file saves it again and again: that it is still wrong is told when they have stopped.
_TELL_AGAIN_SECONDS = 60.0

Tell = Callable[[list[Problem]], Awaitable[None]]
_Print = dict[Path, tuple[int, int]]


class ContentInUse:
    """Gives the library that answers now. Whoever took it keeps it whole until their answer is done."""

    def __init__(self, library: Library, folder: Path = CONTENT_FOLDER, files: _Print | None = None) -> None:
        """`files`: what the folder held when `library` was read; what it holds now, if not given."""
        self._library = library
        self._folder = folder
        self._files = _fingerprint(folder) if files is None else files
        self.refused: list[Problem] = []
        """What is wrong with the files on disk, so that an older content answers; empty when they are in use."""

    @classmethod
    def load(cls, folder: Path = CONTENT_FOLDER) -> "ContentInUse":
        """The content of `folder`, checked. Raises ContentIsBroken."""
        files = _fingerprint(folder)
        return cls(load_checked(folder), folder, files)

    def __call__(self) -> Library:
        return self._library

    async def reload(self) -> bool:
        """Check the files on disk and use them. When something is wrong, False: the content of before stays in use."""
        self._files = await asyncio.to_thread(_fingerprint, self._folder)
        try:
            self._library = await asyncio.to_thread(load_checked, self._folder)
        except ContentIsBroken as error:
            self.refused = [problem for problem in error.problems if not problem.warning]
            return False
        except Exception as error:  # noqa: BLE001 - whatever a file on disk does, the bot goes on with what it has
            told = getattr(error, "strerror", None) or type(error).__name__
            self.refused = [Problem(self._folder, 1, "", f"cannot be checked: {told}")]
            return False
        self.refused = []
        return True

    @asynccontextmanager
    async def watching(self, tell: Tell) -> AsyncIterator[None]:
        """Reload whenever a file changes, until left. `tell` is given what is wrong: nothing when all is well again."""
        news = asyncio.Event()
        async with beside(self._watch(news), self._report(news, tell)):
            yield

    async def _watch(self, news: asyncio.Event) -> None:
        while True:
            try:
                await self._look(news)
                async for _ in awatch(
                    self._folder,
                    watch_filter=None,
                    debounce=_SETTLED_MS,
                    step=_SETTLED_MS // 2,
                    rust_timeout=_LOOK_AGAIN_MS,
                    yield_on_timeout=True,
                ):
                    await self._look(news)
            except Exception as error:  # noqa: BLE001 - the folder is gone for a moment, or cannot be watched at all
                logger.debug("the content folder cannot be watched (%s): looking now and then", type(error).__name__)
            await asyncio.sleep(_LOOK_AGAIN_MS / 1000)

    async def _look(self, news: asyncio.Event) -> None:
        """Reload if the folder holds anything else than what was read last."""
        if await asyncio.to_thread(_fingerprint, self._folder) == self._files:
            return
        if await self.reload():
            logger.info("the content has changed and is in use")
        else:
            first = "; ".join(map(str, self.refused[:3]))
            logger.warning("the content has changed and is wrong; what was there before stays in use: %s", first)
        news.set()

    async def _report(self, news: asyncio.Event, tell: Tell) -> None:
        """Tell what is wrong at once, that it is still wrong after a while, and that it is mended at once."""
        told: list[Problem] = []
        while True:
            await news.wait()
            news.clear()
            while told and self.refused and await _more(news):
                news.clear()
            if self.refused != told:
                told = list(self.refused)
                await _told(tell, told)


async def _more(news: asyncio.Event) -> bool:
    """Whether there is other news before long."""
    try:
        await asyncio.wait_for(news.wait(), _TELL_AGAIN_SECONDS)
    except TimeoutError:
        return False
    return True


async def _told(tell: Tell, problems: list[Problem]) -> None:
    try:
        await tell(problems)
    except Exception as error:  # noqa: BLE001 - whatever keeps a message from an admin must not end the watching
        logger.warning("the admins could not be told (%s)", type(error).__name__)


def _fingerprint(folder: Path) -> _Print:
    """When each file that is read was changed and how large it is: costs a few milliseconds."""
    found: _Print = {}
    with suppress(OSError):  # gone while we look: the next look tells
        for path in folder.rglob("*.yml"):
            if not left_behind(path):
                with suppress(OSError):
                    status = path.stat()
                    found[path] = (status.st_mtime_ns, status.st_size)
    return found
