"""What the Bot API refuses, and how it says so. Sources: the Bot API reference and the Bot API server's own texts."""

import json
import re
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
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


@dataclass(frozen=True)
class PollAsked:
    """A quiz poll that Telegram took."""

    poll_id: str
    question: str
    options: tuple[str, ...]
    right: int
    explanation: str
    anonymous: bool

    def as_json(self) -> dict[str, Any]:
        """The Poll object of the Bot API."""
        options = [{"text": text, "voter_count": 0, "persistent_id": str(n)} for n, text in enumerate(self.options)]
        return {
            "id": self.poll_id,
            "question": self.question,
            "options": options,
            "total_voter_count": 0,
            "is_closed": False,
            "is_anonymous": self.anonymous,
            "type": "quiz",
            "allows_multiple_answers": False,
            "allows_revoting": False,
            "members_only": False,
            "correct_option_ids": [self.right],
            "explanation": self.explanation,
        }


def checked_poll(fields: Mapping[str, str], poll_id: str) -> PollAsked:
    """The quiz poll that is asked for. Raises Refusal for what Telegram does not take."""
    question, explanation = fields.get("question", ""), fields.get("explanation", "")
    options = [option["text"] for option in json.loads(fields.get("options", "[]"))]
    right = json.loads(fields.get("correct_option_ids", "[]"))
    if not 1 <= len(question) <= 300:
        raise Refusal(400, "Bad Request: poll question length must be between 1 and 300")
    if not 2 <= len(options) <= 12:
        raise Refusal(400, "Bad Request: poll must have from 2 to 12 options")
    if any(not 1 <= len(option) <= 100 for option in options):
        raise Refusal(400, "Bad Request: poll options length must not exceed 100")
    if len(set(options)) < len(options):
        raise Refusal(400, "Bad Request: POLL_OPTION_DUPLICATE")
    if len(explanation) > 200 or explanation.count("\n") > 2:
        raise Refusal(400, "Bad Request: quiz explanation is too long")
    if fields.get("type") != "quiz":
        raise Refusal(400, "Bad Request: the stand-in takes quiz polls only")
    if len(right) != 1 or not isinstance(right[0], int) or not 0 <= right[0] < len(options):
        raise Refusal(400, "Bad Request: wrong correct option identifiers specified")
    anonymous = fields.get("is_anonymous", "true").lower() == "true"
    return PollAsked(poll_id, question, tuple(options), right[0], explanation, anonymous)


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
    refused: int = 0  # calls that came too fast
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
            self.refused += 1
            raise _too_many(1)
        if len(mine) >= (20 if chat < 0 else self.private_burst):
            self.refused += 1
            raise _too_many(1 if chat > 0 else 3)
        self._all.append(now)
        mine.append(now)


def _forget(times: deque[float], before: float) -> None:
    while times and times[0] <= before:
        times.popleft()


def _too_many(seconds: int) -> Refusal:
    return Refusal(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})
