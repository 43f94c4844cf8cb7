"""Files that lie at Telegram: fetched only when something is to be done with them."""

from collections.abc import Awaitable, Callable
from typing import Any

from telegram.error import TelegramError
from telegram.ext import ExtBot

from bot.turns import FileUnavailable


def fetcher(bot: ExtBot[Any]) -> Callable[[str], Awaitable[bytes]]:
    """Gives the bytes of a file by its id. Raises FileUnavailable when Telegram does not hand it out."""

    async def fetch(file_id: str) -> bytes:
        try:
            file = await bot.get_file(file_id)
            return bytes(await file.download_as_bytearray())
        except TelegramError as error:
            raise FileUnavailable(type(error).__name__) from None  # its message names the file

    return fetch
