"""Quizzes in Telegram's shape: a native quiz poll, or numbered options under a message where a poll cannot be sent."""

import logging
from dataclasses import replace
from typing import Any

from telegram import Poll
from telegram.constants import PollLimit
from telegram.error import Forbidden, TelegramError
from telegram.ext import ExtBot

from bot.replies import Button, Quiz, Reply

logger = logging.getLogger(__name__)


async def send_poll(bot: ExtBot[Any], chat_id: int, quiz: Quiz, thread: int | None = None) -> str | None:
    """Send `quiz` as a poll; the poll's id, or None when Telegram does not take it. Raises Forbidden."""
    try:
        message = await bot.send_poll(chat_id, **quiz_fields(quiz), message_thread_id=thread)
    except Forbidden:
        raise
    except TelegramError as error:
        logger.warning("a quiz poll could not be sent (%s): buttons instead", type(error).__name__)
        return None
    return message.poll.id if message.poll is not None else None


def quiz_fields(quiz: Quiz) -> dict[str, Any]:
    """A quiz as what sendPoll takes."""
    return {
        "question": question(quiz),
        "options": quiz.options,
        "type": Poll.QUIZ,
        "correct_option_ids": [quiz.right],
        "explanation": quiz.explanation,
        "is_anonymous": quiz.anonymous,
    }


def question(quiz: Quiz) -> str:
    """The question, after where it stands in its round if there is room for that."""
    labelled = f"{quiz.label} · {quiz.question}" if quiz.label else quiz.question
    return labelled if len(labelled) <= PollLimit.MAX_QUESTION_LENGTH else quiz.question


def as_buttons(reply: Reply) -> Reply:
    """The reply without its quiz: the options as a list, since a phone cuts long labels, and their numbers to press."""
    assert reply.quiz is not None
    listed = "\n".join(f"{number}. {option}" for number, option in enumerate(reply.quiz.options, 1))
    presses = [button.press for row in reply.buttons for button in row]
    numbers = tuple(Button(str(number), press) for number, press in enumerate(presses, 1))
    return replace(reply, quiz=None, body=f"{reply.body}\n\n{listed}", buttons=(numbers,) if numbers else ())
