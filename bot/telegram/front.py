"""The Telegram front end: one handler takes every update apart, asks the dialogue, and sends what it answers."""

import logging
import traceback
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any

from telegram import ChatMember, InputFile, LinkPreviewOptions, Message, Update, User
from telegram.constants import ParseMode
from telegram.error import BadRequest, Forbidden, NetworkError, TelegramError
from telegram.ext import Application, CallbackContext, ContextTypes, ExtBot, TypeHandler

from bot.replies import Quiz, Reply
from bot.sending.outcome import Delivered
from bot.telegram.messages import html_pieces, keyboard
from bot.telegram.polls import as_buttons, send_poll
from bot.telegram.turns import address, turn_of
from bot.turns import Turn

logger = logging.getLogger(__name__)

Answer = Callable[[Turn], Awaitable[tuple[Reply, ...]]]
Text = Callable[[str, str], str]
Blocked = Callable[[str, bool], Awaitable[None]]
PollSent = Callable[[str, str, int], Awaitable[None]]

_ALBUMS_REMEMBERED = 500


class Front:
    """Connects python-telegram-bot with the dialogue. `text(key, language)` gives an interface sentence.

    `poll_sent(poll id, question id, right option)` is told of every quiz poll whose answers reach us.
    """

    def __init__(self, answer: Answer, text: Text, blocked: Blocked, poll_sent: PollSent) -> None:
        self._answer = answer
        self._text = text
        self._blocked = blocked
        self._poll_sent = poll_sent
        self._albums: OrderedDict[str, None] = OrderedDict()

    def register(self, application: Application[Any, Any, Any, Any, Any, Any]) -> None:
        application.add_handler(TypeHandler(Update, self.on_update))
        application.add_error_handler(self.on_error)

    async def on_update(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        if update.my_chat_member is not None:
            await self._on_membership(update)
            return
        if update.callback_query is not None:
            await _acknowledge(update)
        turn = turn_of(update, context.bot.bot)
        chat = update.effective_chat
        if turn is None or self._seen_album(update):
            return
        target = chat.id if chat is not None else int(turn.address.partition(":")[2])
        for reply in await self._answer(turn):
            await self.send(context.bot, target, reply, _thread(update))

    async def send(self, bot: ExtBot[Any], chat_id: int, reply: Reply, thread: int | None = None) -> None:
        """Send one reply, in as many messages as it needs. Somebody who blocked the bot is noted, not an error."""
        try:
            if reply.quiz is not None:
                if await self._sent_as_poll(bot, chat_id, reply.quiz, thread):
                    return
                reply = as_buttons(reply)
            await self._send_message(bot, chat_id, reply, thread)
        except Forbidden:
            await self._blocked(address(chat_id), True)

    async def _sent_as_poll(self, bot: ExtBot[Any], chat_id: int, quiz: Quiz, thread: int | None) -> bool:
        poll_id = await send_poll(bot, chat_id, quiz, thread)
        if poll_id is not None and not quiz.anonymous:
            await self._poll_sent(poll_id, quiz.question_id, quiz.right)
        return poll_id is not None

    async def _send_message(self, bot: ExtBot[Any], chat_id: int, reply: Reply, thread: int | None) -> None:
        username = bot.username
        pieces = html_pieces(reply, username)
        markup = keyboard(reply, username, self._text("button_private", reply.language))
        try:
            if reply.picture is not None:
                await bot.send_photo(chat_id, reply.picture, message_thread_id=thread)
            if reply.file_id:
                await bot.send_document(chat_id, reply.file_id, message_thread_id=thread)
            for number, piece in enumerate(pieces, 1):
                last = number == len(pieces)
                await bot.send_message(
                    chat_id,
                    piece,
                    parse_mode=ParseMode.HTML,
                    reply_markup=markup if last else None,
                    link_preview_options=LinkPreviewOptions(is_disabled=True),
                    message_thread_id=thread,
                )
            if reply.file is not None:
                document = InputFile(reply.file.text, filename=reply.file.name)
                await bot.send_document(chat_id, document, message_thread_id=thread)
        except BadRequest as error:
            if "parse entities" not in str(error):
                raise
            logger.error("Telegram refused our HTML; sent as plain text instead")
            await bot.send_message(chat_id, reply.text[:4000], reply_markup=markup, message_thread_id=thread)

    def sender(self, bot: ExtBot[Any]) -> Callable[[str, Reply], Awaitable[None]]:
        """For messages that answer nobody: sends a reply to an address such as ``telegram:1234``."""

        async def send(to: str, reply: Reply) -> None:
            kind, _, chat_id = to.partition(":")
            if kind == "telegram":
                await self.send(bot, int(chat_id), reply)

        return send

    def deliverer(self, bot: ExtBot[Any]) -> Callable[[str, Reply], Awaitable[Delivered]]:
        """For what must not get lost: sends a reply to an address, and says what came of it."""

        async def deliver(to: str, reply: Reply) -> Delivered:
            kind, _, chat_id = to.partition(":")
            if kind != "telegram":
                return Delivered.ELSEWHERE
            try:
                await self._send_message(bot, int(chat_id), reply, None)
            except Forbidden:
                await self._blocked(to, True)
                return Delivered.BLOCKED
            except TelegramError as error:
                logger.warning("a notice could not be sent (%s)", type(error).__name__)
                return Delivered.LATER
            return Delivered.SENT

        return deliver

    async def _on_membership(self, update: Update) -> None:
        """In a private chat this says that the person blocked the bot, or let it in again."""
        change = update.my_chat_member
        assert change is not None
        if change.chat.id == change.from_user.id:
            gone = change.new_chat_member.status in (ChatMember.BANNED, ChatMember.LEFT)
            await self._blocked(address(change.from_user.id), gone)

    def _seen_album(self, update: Update) -> bool:
        """Pictures of one album arrive as separate messages; the first without words speaks for all."""
        message = update.effective_message
        if message is None or not message.media_group_id or update.callback_query or message.caption:
            return False
        seen = message.media_group_id in self._albums
        self._albums[message.media_group_id] = None
        if len(self._albums) > _ALBUMS_REMEMBERED:
            self._albums.popitem(last=False)
        return seen

    async def on_error(self, update: object, context: CallbackContext[Any, Any, Any, Any]) -> None:
        """Log what failed without a word of what was written, and tell the person something kind."""
        error = context.error
        if error is None:
            return
        logger.error("%s while handling an update\n%s", type(error).__name__, where(error))
        # BadRequest is a NetworkError to python-telegram-bot, yet the network is fine: the person can be told.
        unreachable = isinstance(error, NetworkError) and not isinstance(error, BadRequest)
        if not isinstance(update, Update) or unreachable:
            return
        user: User | None = update.effective_user
        # The answer to a poll has a user and no chat: the private chat with them has their id.
        told = update.effective_chat or user
        if told is None:
            return
        language = "zh" if user is None or (user.language_code or "zh").startswith("zh") else "en"
        try:
            await context.bot.send_message(told.id, self._text("failed", language))
        except Exception as second:  # noqa: BLE001 - the outermost handler: nothing may escape from here
            logger.error("%s while saying that something failed", type(second).__name__)


def _thread(update: Update) -> int | None:
    """The topic of a forum group in which the message stands; the answer belongs there too."""
    message = update.effective_message
    return message.message_thread_id if isinstance(message, Message) and message.is_topic_message else None


async def _acknowledge(update: Update) -> None:
    """Answer the press at once, so that the button stops spinning. If Telegram refuses, our answer still comes."""
    assert update.callback_query is not None
    try:
        await update.callback_query.answer()
    except TelegramError as error:
        logger.info("a button press could not be acknowledged (%s)", type(error).__name__)


def where(error: BaseException) -> str:
    """The places an error came through, without its message: a message may quote what a student wrote."""
    lines = []
    seen: BaseException | None = error
    while seen is not None:
        lines.append(type(seen).__name__)
        lines += [f"  {f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(seen.__traceback__)]
        seen = seen.__cause__
    return "\n".join(lines)
