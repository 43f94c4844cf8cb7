"""Send campaigns by Telegram, and say exactly what came of each send."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import httpx
from telegram import InputFile, LinkPreviewOptions, Message
from telegram.constants import ParseMode
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError, TimedOut
from telegram.ext import ExtBot

from bot.replies import Reply
from bot.sending.budget import Lane, SendBudget
from bot.sending.outcome import Posted, Went
from bot.telegram.limiter import Allowance
from bot.telegram.messages import html_pieces, keyboard
from bot.telegram.polls import quiz_fields
from bot.telegram.request import Unsent

logger = logging.getLogger(__name__)

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_GRANTED = Allowance(Lane.CAMPAIGN, granted=True)
# What httpx, which reaches SOCKS proxies, raises before anything has left. Whatever else it raises may have come after
# Telegram took the message.
_NOTHING_LEFT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
_UNKNOWN_PERSON = ("chat not found", "user not found", "peer_id_invalid", "chat_id is empty")


class Post:
    """Takes campaign messages to Telegram. `blocked(address, True)` is told who will hear nothing any more."""

    def __init__(self, bot: ExtBot[Any], budget: SendBudget, blocked: Callable[[str, bool], Awaitable[None]]) -> None:
        self._bot = bot
        self._budget = budget
        self._blocked = blocked

    @staticmethod
    def reaches(address: str) -> bool:
        """Whether this is where such an address is."""
        return address.startswith("telegram:")

    async def turn(self, address: str) -> None:
        """Wait until one message may go to that address: replies go first."""
        await self._budget.acquire(Lane.CAMPAIGN, _chat(address))

    async def send(self, address: str, reply: Reply, picture: bytes | str | None = None) -> Posted:
        """Send one message or question, whose turn it is. `picture`: its bytes, or the id it has already."""
        try:
            return _posted(await self._send(_chat(address), reply, picture))
        except TelegramError as error:
            posted = _failed(error)
        if posted.went in (Went.BLOCKED, Went.DEACTIVATED):
            await self._blocked(address, True)
        elif posted.went is not Went.NOT_FOUND:
            logger.warning("a campaign message was not sent: %s (%s)", posted.went, posted.why)
        return posted

    async def show(self, address: str, reply: Reply, message: int | None) -> int | None:
        """Show how something goes: change that message of ours, or send a new one; its id, None if it did not work."""
        pieces = html_pieces(reply, self._bot.username)
        shown: dict[str, Any] = {
            "parse_mode": ParseMode.HTML,
            "reply_markup": keyboard(reply, self._bot.username),
            "link_preview_options": _NO_PREVIEW,
        }
        try:
            if message is not None:
                await self._bot.edit_message_text(pieces[0], _chat(address), message, **shown)
                return message
        except BadRequest as error:
            if "not modified" in str(error):
                return message
        except TelegramError:
            return message
        try:
            return (await self._bot.send_message(_chat(address), pieces[0], **shown)).message_id
        except TelegramError as error:
            logger.info("progress could not be shown (%s)", type(error).__name__)
            return None

    async def _send(self, chat: int, reply: Reply, picture: bytes | str | None) -> Message:
        if reply.quiz is not None:
            return await self._bot.send_poll(chat, **quiz_fields(reply.quiz), rate_limit_args=_GRANTED)
        username = self._bot.username
        markup = keyboard(reply, username)
        text = html_pieces(reply, username)[0]
        common: dict[str, Any] = {"parse_mode": ParseMode.HTML, "reply_markup": markup, "rate_limit_args": _GRANTED}
        if picture is not None:
            shown = picture if isinstance(picture, str) else InputFile(picture, filename="picture.jpg")
            return await self._bot.send_photo(chat, shown, caption=text, **common)
        return await self._bot.send_message(chat, text, link_preview_options=_NO_PREVIEW, **common)


def _chat(address: str) -> int:
    return int(address.removeprefix("telegram:"))


def _posted(message: Message) -> Posted:
    posted = Posted(Went.SENT)
    if message.photo:
        posted = replace(posted, file_id=message.photo[-1].file_id)
    return replace(posted, poll_id=message.poll.id) if message.poll is not None else posted


def _failed(error: TelegramError) -> Posted:
    """What an error means. Sources: the Bot API server's own texts, and python-telegram-bot's errors around them."""
    why, text = type(error).__name__, str(error).lower()
    if isinstance(error, InvalidToken):
        return Posted(Went.NO_ENTRY, why=why)
    if isinstance(error, Forbidden):
        return Posted(Went.DEACTIVATED if "deactivated" in text else Went.BLOCKED, why=why)
    if isinstance(error, BadRequest):
        gone = any(words in text for words in _UNKNOWN_PERSON)
        return Posted(Went.NOT_FOUND if gone else Went.CONTENT_ERROR, why=why)
    if isinstance(error, RetryAfter):
        return Posted(Went.RETRY, why=why)
    if isinstance(error, Unsent):
        return Posted(Went.RETRY, why=type(error.__cause__).__name__)
    if isinstance(error, NetworkError | TimedOut):
        cause = error.__cause__
        # Without a cause of the network's it is an answer of Telegram's own, perhaps unreadable: 5xx, nothing was sent.
        lost = cause is not None and not isinstance(cause, (*_NOTHING_LEFT, TelegramError))
        return Posted(Went.UNKNOWN if lost else Went.RETRY, why=type(cause).__name__ if cause else why)
    return Posted(Went.RETRY, why=why)
