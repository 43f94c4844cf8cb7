"""What the Bot API refuses, and how it says so. Sources: the Bot API reference and the Bot API server's own texts."""

import json
import re
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

TEXT_LIMIT = 4096
_TAGS = {"b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "a", "code", "pre", "blockquote", "tg-spoiler"}
_ENTITY = re.compile(r"&(?!(?:lt|gt|amp|quot|#\d+|#x[0-9a-fA-F]+);)")
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")


@dataclass(frozen=True)
class Refusal(Exception):
    """The error answer of the Bot API."""

    code: int
    description: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


class _Html(HTMLParser):
    """Telegram's HTML: known tags only, properly nested, every other < & > escaped."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _TAGS:
            raise Refusal(400, f'Bad Request: can\'t parse entities: Unsupported start tag "{tag}"')
        if tag == "a" and not dict(attrs).get("href"):
            raise Refusal(400, "Bad Request: can't parse entities: empty href")
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            raise Refusal(400, f'Bad Request: can\'t parse entities: Unmatched end tag "{tag}"')

    def handle_data(self, data: str) -> None:
        self.text += data


def parsed_text(text: str, parse_mode: str | None) -> str:
    """The visible text. Raises Refusal for broken HTML, empty and overlong texts."""
    visible = text
    if parse_mode == "HTML":
        if _ENTITY.search(text) or re.search(r"<(?![a-zA-Z/])", text):
            raise Refusal(400, "Bad Request: can't parse entities: unescaped character")
        parser = _Html()
        parser.feed(text)
        parser.close()
        if parser.open:
            raise Refusal(400, f"Bad Request: can't parse entities: Can't find end tag for \"{parser.open[-1]}\"")
        visible = parser.text
    elif parse_mode:
        raise Refusal(400, "Bad Request: unsupported parse_mode")
    if not visible.strip():
        raise Refusal(400, "Bad Request: message text is empty")
    if utf16(visible) > TEXT_LIMIT:
        raise Refusal(400, "Bad Request: message is too long")
    return visible


def checked_keyboard(markup: str | None) -> list[list[dict[str, Any]]]:
    """The rows of an inline keyboard. Raises Refusal for what Telegram does not take."""
    if not markup:
        return []
    rows: list[list[dict[str, Any]]] = json.loads(markup).get("inline_keyboard", [])
    buttons = [button for row in rows for button in row]
    if len(buttons) > 100:
        raise Refusal(400, "Bad Request: too many buttons")
    for button in buttons:
        if not button.get("text"):
            raise Refusal(400, "Bad Request: inline keyboard button text is empty")
        data, url = button.get("callback_data"), button.get("url")
        if (data is None) == (url is None):
            raise Refusal(400, "Bad Request: inline button needs exactly one action")
        if data is not None and not 1 <= len(data.encode()) <= 64:
            raise Refusal(400, "Bad Request: BUTTON_DATA_INVALID")
        if url is not None and not re.match(r"(https?|tg)://\S+$", url):
            raise Refusal(400, "Bad Request: BUTTON_URL_INVALID")
    return rows


def check_commands(commands: str) -> None:
    for command in json.loads(commands):
        if not _COMMAND.fullmatch(command["command"]) or not 1 <= len(command["description"]) <= 256:
            raise Refusal(400, "Bad Request: BOT_COMMAND_INVALID")


@dataclass
class Flood:
    """Telegram's limits: over all chats, in one chat, in one group. A refused call counts against nobody."""

    clock: Callable[[], float]
    per_second: int = 30
    private_burst: int = 3  # «short bursts» are tolerated, then one a second
    enforced: bool = True
    _all: deque[float] = field(default_factory=deque)
    _chats: dict[int, deque[float]] = field(default_factory=dict)

    def check(self, chat: int) -> None:
        """Raises Refusal 429 with retry_after."""
        now = self.clock()
        if not self.enforced:
            return
        mine = self._chats.setdefault(chat, deque())
        _forget(self._all, now - 1.0)
        _forget(mine, now - (60.0 if chat < 0 else self.private_burst))
        if len(self._all) >= self.per_second:
            raise _too_many(1)
        if len(mine) >= (20 if chat < 0 else self.private_burst):
            raise _too_many(1 if chat > 0 else 3)
        self._all.append(now)
        mine.append(now)


def _forget(times: deque[float], before: float) -> None:
    while times and times[0] <= before:
        times.popleft()


def _too_many(seconds: int) -> Refusal:
    return Refusal(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})
