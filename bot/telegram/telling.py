"""Tell people that their message waits, when it can be neither stored nor answered."""

import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from telegram import Update
from telegram.constants import ChatType
from telegram.error import TelegramError
from telegram.ext import ExtBot

from bot.telegram.sending import Text

logger = logging.getLogger(__name__)

_AGAIN_AFTER = 900.0  # seconds
_REMEMBERED = 10_000


class WaitingTold:
    """Says it once in each private chat, not for every message and not for every try; then calls `also`."""

    def __init__(self, bot: ExtBot[Any], text: Text, also: Callable[[], Awaitable[None]]) -> None:
        self._bot = bot
        self._text = text
        self._also = also
        self._told: dict[int, float] = {}

    async def __call__(self, updates: Sequence[Update]) -> None:
        now = time.monotonic()
        for update in updates:
            chat, user = update.effective_chat, update.effective_user
            if chat is None or chat.type != ChatType.PRIVATE or not self._due(chat.id, now):
                continue
            if len(self._told) >= _REMEMBERED:
                self._told.clear()
            self._told[chat.id] = now
            language = "zh" if user is None or (user.language_code or "zh").startswith("zh") else "en"
            try:
                await self._bot.send_message(chat.id, self._text("waits_for_us", language))
            except TelegramError as error:
                logger.warning("somebody could not be told that their message waits (%s)", type(error).__name__)
        await self._also()

    def _due(self, chat: int, now: float) -> bool:
        told_at = self._told.get(chat)
        return told_at is None or now - told_at >= _AGAIN_AFTER
