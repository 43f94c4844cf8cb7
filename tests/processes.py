"""`cardwise` in processes of its own, as an operator starts it."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.settings import PROJECT


def environment(folder: Path, **settings: str) -> dict[str, str]:
    """This process's environment with settings of a bot in `folder`: nothing of whoever runs the tests leaks in."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CARDWISE_", "TELEGRAM_"))}
    data = folder / "data"
    data.mkdir(exist_ok=True)
    if not (data / "models").exists() and (PROJECT / "var" / "models").exists():
        (data / "models").symlink_to(PROJECT / "var" / "models")
    here = {"CARDWISE_DATA_DIR": str(data), "CARDWISE_KEY_FILE": str(folder / "key" / "key"), "CARDWISE_HTTP": "off"}
    return {**kept, **here, **settings}


@asynccontextmanager
async def started(
    folder: Path, *arguments: str, log: Path | None = None, **settings: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """`cardwise run`, or with other `arguments`; killed when left. With `log` standard error goes to that file."""
    with open(log or os.devnull, "ab") as err:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot.cli.main",
            *(arguments or ("run",)),
            cwd=PROJECT,
            env=environment(folder, **settings),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=err if log is not None else asyncio.subprocess.PIPE,
        )
        try:
            yield process
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


async def cardwise(folder: Path, *arguments: str, code: int = 0, **settings: str) -> tuple[str, str]:
    """Run one command to its end; what it said on standard output and standard error."""
    async with started(folder, *arguments, log=None, **settings) as process:
        out, err = await asyncio.wait_for(process.communicate(), 100)
    assert process.returncode == code, err.decode()
    return out.decode(), err.decode()


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
