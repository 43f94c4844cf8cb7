"""The content in use: changed files are checked as a whole and swapped in at once, or the old ones stay."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from watchfiles import Change, DefaultFilter, awatch

from bot.content_check import load_checked
from content.library import Library
from content.loading import CONTENT_FOLDER, ContentIsBroken
from content.problems import Problem

logger = logging.getLogger(__name__)

# An editor that saves several files, or a copy of a folder, is given time to finish.
SETTLED_MS = 600

Tell = Callable[[list[Problem]], Awaitable[None]]


class ContentInUse:
    """Gives the library that answers now. Whoever took it keeps it whole until their answer is done."""

    def __init__(self, library: Library, folder: Path = CONTENT_FOLDER) -> None:
        self._library = library
        self._folder = folder
        self.refused: list[Problem] = []
        """What is wrong with the files on disk, so that an older content answers; empty when they are in use."""

    def __call__(self) -> Library:
        return self._library

    async def reload(self) -> bool:
        """Check the files on disk and use them. When something is wrong, False: the content of before stays in use."""
        try:
            self._library = await asyncio.to_thread(load_checked, self._folder)
        except ContentIsBroken as error:
            self.refused = [problem for problem in error.problems if not problem.warning]
            return False
        except OSError as error:  # a folder moved away in the middle of a copy, a disk that fails
            self.refused = [Problem(self._folder, 1, "", f"cannot be read: {error.strerror}")]
            return False
        self.refused = []
        return True

    @asynccontextmanager
    async def watching(self, tell: Tell) -> AsyncIterator[None]:
        """Reload whenever a file changes, until left. `tell` is given what is wrong: nothing when all is well again."""
        task = asyncio.create_task(self._watch(tell))
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _watch(self, tell: Tell) -> None:
        async for _ in awatch(self._folder, watch_filter=_ContentFiles(), debounce=SETTLED_MS, step=SETTLED_MS // 2):
            before = [str(problem) for problem in self.refused]
            if await self.reload():
                logger.info("the content has changed and is in use")
            else:
                logger.warning(
                    "the content has changed and is wrong; what was there before stays in use: %s", _few(self)
                )
            if before != [str(problem) for problem in self.refused]:
                await _told(tell, self.refused)


async def _told(tell: Tell, problems: list[Problem]) -> None:
    try:
        await tell(problems)
    except Exception as error:  # noqa: BLE001 - whatever keeps a message from an admin must not end the watching
        logger.warning("the admins could not be told (%s)", type(error).__name__)


def _few(content: ContentInUse) -> str:
    return "; ".join(map(str, content.refused[:3]))


class _ContentFiles(DefaultFilter):
    """Only what is read as content: no code, no half-written files of editors."""

    def __call__(self, change: Change, path: str) -> bool:
        return path.endswith(".yml") and super().__call__(change, path)
