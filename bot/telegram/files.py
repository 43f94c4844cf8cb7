"""Files that lie at Telegram: fetched only when something is to be done with them."""

from collections.abc import Awaitable, Callable
from typing import Any

from telegram.ext import ExtBot


def fetcher(bot: ExtBot[Any]) -> Callable[[str], Awaitable[bytes]]:
    """Gives the bytes of a file by its id. Raises TelegramError when Telegram does not hand it out."""

    async def fetch(file_id: str) -> bytes:
        file = await bot.get_file(file_id)
        return bytes(await file.download_as_bytearray())

    return fetch
