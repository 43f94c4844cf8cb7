"""Read the words in a picture, in a process of its own that starts on first use and ends when idle.

The engine takes 750 to 900 MB once it has read a picture (measured); in a process of its own that memory comes back,
and chat never waits for it.
"""

import asyncio
import contextlib
import json
import logging
import struct
import sys
from importlib.util import find_spec
from pathlib import Path

from bot.pictures import made_anew

logger = logging.getLogger(__name__)

IDLE_SECONDS = 120.0
_LONGEST_SECONDS = 60.0
_ENGINE = "rapidocr_onnxruntime"
_CHILD = Path(__file__).with_name("reading_child.py")
HOW_TO_INSTALL = "reading pictures is not installed: `uv sync --extra pictures`"


class CannotRead(Exception):
    """The picture could not be read: the engine is missing, has failed, or took too long."""


def is_installed() -> bool:
    """Whether the engine is there."""
    return find_spec(_ENGINE) is not None


class PictureReader:
    """Reads pictures one after the other."""

    def __init__(self, idle: float = IDLE_SECONDS) -> None:
        self._idle = idle
        self._child: asyncio.subprocess.Process | None = None
        self._one_at_a_time = asyncio.Lock()
        self._ending: asyncio.TimerHandle | None = None

    @property
    def is_running(self) -> bool:
        return self._child is not None and self._child.returncode is None

    async def read(self, data: bytes) -> str:
        """The words in a picture, line by line; empty when there are none.

        Raises NotAPicture or PictureTooLarge (see bot.pictures), and CannotRead.
        """
        clean = await asyncio.to_thread(made_anew, data)
        async with self._one_at_a_time:
            self._stay()
            try:
                answer = await asyncio.wait_for(self._ask(clean), _LONGEST_SECONDS)
            except (TimeoutError, OSError, asyncio.IncompleteReadError, ValueError) as error:
                await self._end()
                raise CannotRead(type(error).__name__) from None
            finally:
                self._ending = asyncio.get_running_loop().call_later(self._idle, self._end_later)
        if "error" in answer:
            raise CannotRead(answer["error"])
        return "\n".join(answer["lines"])

    async def _ask(self, data: bytes) -> dict[str, list[str]]:
        child = await self._started()
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(struct.pack(">I", len(data)) + data)
        await child.stdin.drain()
        line = await child.stdout.readuntil(b"\n")
        answer: dict[str, list[str]] = json.loads(line)
        return answer

    async def _started(self) -> asyncio.subprocess.Process:
        if self._child is None or self._child.returncode is not None:
            if not is_installed():
                raise CannotRead(HOW_TO_INSTALL)
            self._child = await asyncio.create_subprocess_exec(
                sys.executable,
                str(_CHILD),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                limit=1 << 22,
            )
        return self._child

    def _stay(self) -> None:
        if self._ending is not None:
            self._ending.cancel()
            self._ending = None

    def _end_later(self) -> None:
        self._closing = asyncio.ensure_future(self._end())

    async def _end(self) -> None:
        child, self._child = self._child, None
        if child is not None and child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await child.wait()

    async def close(self) -> None:
        """End the process, if it runs."""
        self._stay()
        await self._end()
