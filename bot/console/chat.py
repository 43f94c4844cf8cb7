"""A conversation in the terminal, over a pipe or as JSON lines: numbered choices stand for buttons."""

import json
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TextIO

from bot.replies import Button, Press, PressKind, Reply
from bot.turns import Kind, Turn

Answer = Callable[[Turn], Awaitable[tuple[Reply, ...]]]
Pending = Callable[[str], Awaitable[tuple[Reply, ...]]]
"""What others had to tell somebody since they last looked; a terminal cannot be told in between."""


class Chat:
    """One person's conversation. The buttons shown last are numbered from 1."""

    def __init__(self, answer: Answer, person: str, pending: Pending | None = None) -> None:
        self._answer = answer
        self._pending = pending
        self._address = f"terminal:{person}"
        self._buttons: list[Button] = []
        self._typed = ""  # what a button below an answer may come back to

    async def say(self, text: str) -> tuple[Reply, ...]:
        """Send a message; a command when it starts with a slash."""
        if text.startswith("/") and len(text) > 1:
            command, _, argument = text[1:].partition(" ")
            turn = Turn(self._address, Kind.COMMAND, argument.strip(), command=command.lower())
        else:
            turn = Turn(self._address, Kind.TEXT, text)
            self._typed = text
        return await self._send(turn)

    async def press(self, number: int) -> tuple[Reply, ...]:
        """Press the button of that number. Raises IndexError when there is none."""
        if not 1 <= number <= len(self._buttons):
            raise IndexError(number)
        return await self._press(self._buttons[number - 1].press)

    @property
    def buttons(self) -> tuple[Button, ...]:
        return tuple(self._buttons)

    async def _press(self, press: Press) -> tuple[Reply, ...]:
        text = self._typed if press.kind is PressKind.KEEP else ""
        return await self._send(Turn(self._address, Kind.PRESS, text, press=press))

    async def _send(self, turn: Turn) -> tuple[Reply, ...]:
        replies = await self._answer(turn)
        if self._pending is not None:
            replies += await self._pending(self._address)
        buttons = [button for reply in replies for row in reply.buttons for button in row]
        self._buttons = buttons or self._buttons
        return replies


async def line(chat: Chat, text: str) -> tuple[Reply, ...]:
    """What a person typed: a number presses a button, anything else is a message."""
    if text.isascii() and text.isdigit() and len(text) < 3 and 1 <= int(text) <= len(chat.buttons):
        return await chat.press(int(text))
    return await chat.say(text)


def rendered(replies: Iterable[Reply]) -> str:
    """Replies as plain text with numbered buttons."""
    parts = []
    number = 1
    for reply in replies:
        lines = [reply.text]
        if reply.file is not None:
            lines.append(f"--- {reply.file.name}\n{reply.file.text}---")
        for row in reply.buttons:
            labels = []
            for button in row:
                labels.append(f"[{number}] {button.label}")
                number += 1
            lines.append("   ".join(labels))
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


async def piped(chat: Chat, lines: Iterable[str], out: TextIO) -> None:
    """One message a line in, the replies out, separated by an empty line."""
    for raw in lines:
        text = raw.strip()
        if text:
            print(rendered(await line(chat, text)) + "\n", file=out, flush=True)


async def json_lines(chat: Chat, lines: Iterable[str], out: TextIO) -> None:
    """`{"text": …}` or `{"press": n}` in, `{"replies": […]}` out; a bad line gives `{"error": …}` in its place."""
    for raw in lines:
        if raw.strip():
            print(as_json_line(await _json_turn(chat, raw)), file=out, flush=True)


async def _json_turn(chat: Chat, raw: str) -> dict[str, Any]:
    try:
        data = json.loads(raw)
    except (ValueError, RecursionError):
        return {"error": "not JSON"}
    if not isinstance(data, dict):
        return {"error": "not an object"}
    if isinstance(data.get("text"), str):
        replies = await chat.say(data["text"])
    elif isinstance(data.get("press"), int) and not isinstance(data["press"], bool):
        try:
            replies = await chat.press(data["press"])
        except IndexError:
            return {"error": f"there is no button {data['press']}: the last reply had {len(chat.buttons)}"}
    else:
        return {"error": 'needs "text" (a string) or "press" (the number of a button)'}
    return {"replies": [_json_reply(reply) for reply in replies]}


def _json_reply(reply: Reply) -> dict[str, Any]:
    buttons = [button.label for row in reply.buttons for button in row]
    quiz = {"question": reply.quiz.question, "options": list(reply.quiz.options)} if reply.quiz else None
    return {"text": reply.text, "buttons": buttons, "quiz": quiz}


def as_json_line(value: object) -> str:
    """`value` as one line of JSON; U+2028 and U+2029, which some readers take for line ends, are escaped."""
    text = json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace").decode()
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029").replace("\x85", "\\u0085")
