"""The Telegram front end: one handler takes every update apart, asks the dialogue, and sends what it answers."""

import logging
import traceback
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from telegram import CallbackQuery, ChatMember, Message, Update, User
from telegram.constants import ChatType
from telegram.error import BadRequest, NetworkError, TelegramError
from telegram.ext import Application, CallbackContext, ContextTypes, TypeHandler

from bot.replies import Reply
from bot.telegram.owners import refusal
from bot.telegram.processor import waited
from bot.telegram.sending import Blocked, Place, PollSent, Sender, Text
from bot.telegram.turns import address, turn_of
from bot.turns import Turn

logger = logging.getLogger(__name__)

Answer = Callable[[Turn], Awaitable[tuple[Reply, ...]]]

_ALBUMS_REMEMBERED = 500


class Front:
    """Connects python-telegram-bot with the dialogue. `text(key, language)` gives an interface sentence.

    `poll_sent(poll id, question id, right option)` is told of every quiz poll whose answers reach us.
    """

    def __init__(self, answer: Answer, text: Text, blocked: Blocked, poll_sent: PollSent) -> None:
        self._answer = answer
        self._text = text
        self._blocked = blocked
        self._sender = Sender(text, blocked, poll_sent)
        self._albums: OrderedDict[str, None] = OrderedDict()

    @property
    def sender(self) -> Sender:
        """Sends what answers nobody."""
        return self._sender

    def register(self, application: Application[Any, Any, Any, Any, Any, Any]) -> None:
        application.add_handler(TypeHandler(Update, self.on_update))
        application.add_error_handler(self.on_error)

    async def on_update(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        if update.my_chat_member is not None:
            await self._on_membership(update)
            return
        if update.callback_query is not None and not await self._may_press(update.callback_query):
            return
        turn = turn_of(update, context.bot.bot)
        chat = update.effective_chat
        if turn is None:
            return
        turn = replace(turn, waited=waited(), follows_in_album=self._follows_in_album(update))
        target = chat.id if chat is not None else int(turn.address.partition(":")[2])
        owner = update.effective_user.id if turn.in_group and update.effective_user is not None else None
        place = Place(target, _thread(update), owner, _answered(update))
        await self._sender.answer(context.bot, place, await self._answer(turn))

    async def _may_press(self, query: CallbackQuery) -> bool:
        """Acknowledge a press, so that the button stops spinning; somebody else's button does nothing more."""
        chat = query.message.chat if query.message is not None else None
        in_group = chat is not None and chat.type != ChatType.PRIVATE
        refused = refusal(query.data or "", query.from_user.id, in_group=in_group)
        language = "zh" if (query.from_user.language_code or "zh").startswith("zh") else "en"
        await _acknowledge(query, self._text(refused, language) if refused is not None else None)
        return refused is None

    async def _on_membership(self, update: Update) -> None:
        """In a private chat this says that the person blocked the bot, or let it in again."""
        change = update.my_chat_member
        assert change is not None
        if change.chat.id == change.from_user.id:
            gone = change.new_chat_member.status in (ChatMember.BANNED, ChatMember.LEFT)
            await self._blocked(address(change.from_user.id), gone)

    def _follows_in_album(self, update: Update) -> bool:
        """Pictures of one album arrive as separate messages; the first is answered for all."""
        message = update.effective_message
        if message is None or not message.media_group_id or update.callback_query is not None:
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


def _answered(update: Update) -> int | None:
    """The message to which our answer belongs: the person's, or the one that the message with the button answered."""
    message = update.effective_message
    if not isinstance(message, Message):
        return None
    if update.callback_query is not None:
        return message.reply_to_message.message_id if message.reply_to_message is not None else None
    return message.message_id


def _thread(update: Update) -> int | None:
    """The topic of a forum group in which the message stands; the answer belongs there too."""
    message = update.effective_message
    return message.message_thread_id if isinstance(message, Message) and message.is_topic_message else None


async def _acknowledge(query: CallbackQuery, text: str | None) -> None:
    """Answer the press at once, with a word or without. If Telegram refuses, our answer still comes."""
    try:
        await query.answer(text, show_alert=text is not None)
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
