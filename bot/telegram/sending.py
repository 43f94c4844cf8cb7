"""Send replies: as messages, polls, pictures and files, or in the place of what was answered a moment ago."""

import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from telegram import InputFile, LinkPreviewOptions, ReplyParameters
from telegram.constants import ParseMode
from telegram.error import BadRequest, Forbidden, TelegramError
from telegram.ext import ExtBot

from bot.replies import Quiz, Reply
from bot.sending.outcome import Delivered
from bot.telegram.messages import html_pieces, keyboard
from bot.telegram.polls import as_buttons, send_poll
from bot.telegram.turns import address

logger = logging.getLogger(__name__)

Text = Callable[[str, str], str]
Blocked = Callable[[str, bool], Awaitable[None]]
PollSent = Callable[[str, str, int], Awaitable[None]]

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_REPLACED_WITHIN = 10.0  # seconds; the dialogue joins messages that are two seconds apart
_CHATS_REMEMBERED = 5000


@dataclass(frozen=True)
class Place:
    """Where an answer goes: the chat, the topic of a forum group, in a group for whom its buttons are, and to which
    message it answers."""

    chat_id: int
    thread: int | None = None
    owner: int | None = None
    message: int | None = None


class Sender:
    """Sends replies. `blocked(address, True)` is told who has blocked the bot; `poll_sent` of every quiz poll."""

    def __init__(self, text: Text, blocked: Blocked, poll_sent: PollSent) -> None:
        self._text = text
        self._blocked = blocked
        self._poll_sent = poll_sent
        self._last: dict[int, tuple[float, list[int]]] = {}  # when a chat was answered, and by which messages

    async def answer(self, bot: ExtBot[Any], place: Place, replies: Sequence[Reply]) -> None:
        """Send the replies to one turn, or put them in the place of the replies to the turn before."""
        stale = self._stale(place.chat_id) if replies and replies[0].replaces else []
        sent: list[int] = []
        for reply in replies:
            sent += await self.send(bot, place, reply, stale)
        for message in stale:
            await _delete(bot, place.chat_id, message)
        self._remember(place.chat_id, sent)

    async def send(self, bot: ExtBot[Any], place: Place, reply: Reply, stale: list[int] | None = None) -> list[int]:
        """Send one reply, in as many messages as it needs; their ids. Messages in `stale` are used up for it.

        Somebody who blocked the bot is noted, not an error.
        """
        try:
            if reply.quiz is not None:
                if await self._sent_as_poll(bot, place, reply.quiz):
                    return []
                reply = as_buttons(reply)
            return await self._send_message(bot, place, reply, stale if stale is not None else [])
        except Forbidden:
            await self._blocked(address(place.chat_id), True)
            return []

    def to_address(self, bot: ExtBot[Any]) -> Callable[[str, Reply], Awaitable[None]]:
        """For messages that answer nobody: sends a reply to an address such as ``telegram:1234``."""

        async def send(to: str, reply: Reply) -> None:
            kind, _, chat_id = to.partition(":")
            if kind == "telegram":
                await self.send(bot, Place(int(chat_id)), reply)

        return send

    def deliverer(self, bot: ExtBot[Any]) -> Callable[[str, Reply], Awaitable[Delivered]]:
        """For what must not get lost: sends a reply to an address, and says what came of it."""

        async def deliver(to: str, reply: Reply) -> Delivered:
            kind, _, chat_id = to.partition(":")
            if kind != "telegram":
                return Delivered.ELSEWHERE
            try:
                await self._send_message(bot, Place(int(chat_id)), reply, [])
            except Forbidden:
                await self._blocked(to, True)
                return Delivered.BLOCKED
            except TelegramError as error:
                logger.warning("a notice could not be sent (%s)", type(error).__name__)
                return Delivered.LATER
            return Delivered.SENT

        return deliver

    async def _sent_as_poll(self, bot: ExtBot[Any], place: Place, quiz: Quiz) -> bool:
        poll_id = await send_poll(bot, place.chat_id, quiz, place.thread)
        if poll_id is not None and not quiz.anonymous:
            await self._poll_sent(poll_id, quiz.question_id, quiz.right)
        return poll_id is not None

    async def _send_message(self, bot: ExtBot[Any], place: Place, reply: Reply, stale: list[int]) -> list[int]:
        chat_id, thread = place.chat_id, place.thread
        if reply.picture is not None and not reply.picture_below:
            await bot.send_photo(chat_id, reply.picture, message_thread_id=thread)
        if reply.file_id:
            await bot.send_document(chat_id, reply.file_id, message_thread_id=thread)
        sent = await self._send_words(bot, place, reply, stale)
        if reply.picture is not None and reply.picture_below:
            await bot.send_photo(chat_id, reply.picture, message_thread_id=thread)
        if reply.file is not None:
            document = InputFile(reply.file.text, filename=reply.file.name)
            await bot.send_document(chat_id, document, message_thread_id=thread)
        return sent

    async def _send_words(self, bot: ExtBot[Any], place: Place, reply: Reply, stale: list[int]) -> list[int]:
        chat_id, thread, username = place.chat_id, place.thread, bot.username
        pieces = html_pieces(reply, username)
        markup = keyboard(reply, username, self._text("button_private", reply.language), place.owner)
        sent = []
        try:
            for number, piece in enumerate(pieces, 1):
                shown: dict[str, Any] = {
                    "parse_mode": ParseMode.HTML,
                    "reply_markup": markup if number == len(pieces) else None,
                    "link_preview_options": _NO_PREVIEW,
                }
                quoted = _quoted(place.message) if reply.answers_message else None
                edited = await _edit(bot, chat_id, stale.pop(0), piece, shown) if stale else None
                if edited is None:
                    edited = (
                        await bot.send_message(
                            chat_id, piece, message_thread_id=thread, reply_parameters=quoted, **shown
                        )
                    ).message_id
                sent.append(edited)
        except BadRequest as error:
            if "parse entities" not in str(error):
                raise
            logger.error("Telegram refused our HTML; sent as plain text instead")
            await bot.send_message(chat_id, reply.text[:4000], reply_markup=markup, message_thread_id=thread)
        return sent

    def _stale(self, chat_id: int) -> list[int]:
        """The messages of the last answer in this chat, when it was given a moment ago."""
        at, messages = self._last.get(chat_id, (0.0, []))
        return list(messages) if time.monotonic() - at < _REPLACED_WITHIN else []

    def _remember(self, chat_id: int, messages: list[int]) -> None:
        self._last.pop(chat_id, None)
        self._last[chat_id] = (time.monotonic(), messages)
        if len(self._last) > _CHATS_REMEMBERED:
            del self._last[next(iter(self._last))]


def _quoted(message: int | None) -> ReplyParameters | None:
    """As a reply to that message; it may have been deleted meanwhile."""
    return ReplyParameters(message, allow_sending_without_reply=True) if message is not None else None


async def _edit(bot: ExtBot[Any], chat_id: int, message: int, text: str, shown: dict[str, Any]) -> int | None:
    """Put `text` into one of our messages; its id. None when it cannot be changed: then it is deleted."""
    try:
        await bot.edit_message_text(text, chat_id, message, **shown)
    except BadRequest as error:
        if "not modified" in str(error):
            return message
        if "parse entities" in str(error):
            raise
        await _delete(bot, chat_id, message)
        return None
    return message


async def _delete(bot: ExtBot[Any], chat_id: int, message: int) -> None:
    try:
        await bot.delete_message(chat_id, message)
    except TelegramError as error:
        logger.info("a message could not be taken back (%s)", type(error).__name__)
