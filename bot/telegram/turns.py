"""Take an update apart: which turn is it, if any."""

import re

from telegram import CallbackQuery, Message, MessageEntity, PollAnswer, Update, User
from telegram.constants import ChatType

from bot.replies import decode
from bot.telegram.owners import taken_apart
from bot.turns import COMMANDS, STAFF_COMMANDS, Attachment, Kind, Turn

# An old or made-up button: no such press exists, so the dialogue says that the button is out of date.
_NO_PRESS = None


def address(user_id: int) -> str:
    """How a Telegram user is known to the rest of the bot."""
    return f"telegram:{user_id}"


def turn_of(update: Update, bot: User) -> Turn | None:
    """The turn in `update`; None when it needs no reaction (service messages, groups that talk among themselves)."""
    if update.callback_query is not None:
        return _press(update.callback_query)
    if update.poll_answer is not None:
        return _poll_answer(update.poll_answer)
    message = update.message or update.edited_message
    user = update.effective_user
    if message is None or user is None or user.is_bot:
        return None
    text = message.text or message.caption or ""
    edited = update.edited_message is not None
    if edited and not text.strip():
        return None  # a live location that moves, a picture exchanged: nothing was said anew
    in_group = message.chat.type in (ChatType.GROUP, ChatType.SUPERGROUP)
    if in_group:
        mention = _mention(text, bot)
        if mention is None and not _is_reply_to(message, bot) and not _our_command(message, bot):
            return None
        if mention is not None and not _command(message, bot)[0]:
            text = (text[: mention.start()] + " " + text[mention.end() :]).strip()
    return _message(message, user, text, in_group=in_group, bot=bot, edited=edited)


def _press(query: CallbackQuery) -> Turn:
    chat = query.message.chat if query.message else None
    return Turn(
        address=address(query.from_user.id),
        kind=Kind.PRESS,
        text=_asked(query),
        press=decode(taken_apart(query.data)[0]) if query.data else _NO_PRESS,
        name=query.from_user.full_name,
        in_group=chat is not None and chat.type != ChatType.PRIVATE,
        language_hint=_language(query.from_user),
    )


def _asked(query: CallbackQuery) -> str:
    """The words that our message under the button answers, where Telegram hands them back; in private chats only."""
    message = query.message
    if not isinstance(message, Message) or message.chat.type != ChatType.PRIVATE or message.reply_to_message is None:
        return ""
    return message.reply_to_message.text or message.reply_to_message.caption or ""


def _poll_answer(answer: PollAnswer) -> Turn | None:
    """What somebody chose in a poll of ours. A channel that votes is nobody, and a vote taken back says nothing."""
    if answer.user is None or answer.user.is_bot or not answer.option_ids:
        return None
    return Turn(
        address=address(answer.user.id),
        kind=Kind.POLL_ANSWER,
        poll_id=answer.poll_id,
        option=answer.option_ids[0],
        language_hint=_language(answer.user),
    )


def _message(message: Message, user: User, text: str, *, in_group: bool, bot: User, edited: bool) -> Turn | None:
    command, argument = _command(message, bot)
    if command == _FOR_ANOTHER_BOT:
        return None
    kind = Kind.COMMAND if command else _kind(message, text, edited)
    if kind is None:
        return None
    return Turn(
        address=address(user.id),
        kind=kind,
        text=argument if command else text,
        command=command,
        attachment=_attachment(message),
        replied=_replied(message, bot),
        name=user.full_name,
        sent_at=message.date,
        in_group=in_group,
        language_hint=_language(user),
    )


def _attachment(message: Message) -> Attachment | None:
    """The largest size of a picture, or a file; an image that was sent as a file is a picture."""
    if message.photo:
        largest = message.photo[-1]
        return Attachment(largest.file_id, largest.file_size or 0, is_picture=True)
    file = message.document
    if file is None:
        return None
    is_picture = (file.mime_type or "").startswith("image/")
    return Attachment(file.file_id, file.file_size or 0, is_picture=is_picture, name=file.file_name or "")


def _replied(message: Message, bot: User) -> str:
    replied = message.reply_to_message
    return (replied.text or replied.caption or "") if replied is not None and _is_reply_to(message, bot) else ""


def _kind(message: Message, text: str, edited: bool) -> Kind | None:
    if text.strip():
        if message.forward_origin is not None:
            return Kind.FORWARDED
        return Kind.EDITED if edited else Kind.TEXT
    if message.photo:
        return Kind.PHOTO
    if message.voice or message.audio or message.video_note:
        return Kind.VOICE
    if message.sticker or message.animation:
        return Kind.STICKER
    if message.document:
        return Kind.DOCUMENT
    # Joins, pins and other service messages carry nothing that was said to us.
    return Kind.OTHER if message.effective_attachment is not None else None


_FOR_ANOTHER_BOT = "@"


def _command(message: Message, bot: User) -> tuple[str, str]:
    """The command at the very start of the message and what follows it; empty when there is none."""
    text = message.text or ""
    first = message.entities[0] if message.entities else None
    if first is None or first.type != MessageEntity.BOT_COMMAND or first.offset != 0:
        return "", ""
    word = message.parse_entity(first)
    name, _, addressee = word.removeprefix("/").partition("@")
    if addressee and addressee.lower() != (bot.username or "").lower():
        return _FOR_ANOTHER_BOT, ""
    return name.lower(), text[len(word) :].strip()


def _mention(text: str, bot: User) -> re.Match[str] | None:
    """Where the bot is called by its whole name."""
    return re.search(rf"@{re.escape(bot.username or '')}(?!\w)", text, re.IGNORECASE) if bot.username else None


def _is_reply_to(message: Message, bot: User) -> bool:
    replied = message.reply_to_message
    return replied is not None and replied.from_user is not None and replied.from_user.id == bot.id


def _our_command(message: Message, bot: User) -> bool:
    """In a group, a command may be meant for any bot: only our own names, or one that names us, are ours."""
    return _command(message, bot)[0] in (*COMMANDS, *STAFF_COMMANDS)


def _language(user: User) -> str | None:
    code = user.language_code
    if not code:
        return None
    return "zh" if code.lower().startswith("zh") else "en"
