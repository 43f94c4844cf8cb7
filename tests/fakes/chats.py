"""The people of the stand-in for Telegram: what they type and press, and what they see of the bot."""

import asyncio
import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.fakes.telegram_rules import PollAsked

if TYPE_CHECKING:
    from tests.fakes.telegram import FakeTelegram

USERNAME = "cardwise_test_bot"
BOT = {
    "id": 4242,
    "is_bot": True,
    "first_name": "Cardwise",
    "username": USERNAME,
    "can_join_groups": True,
    "can_read_all_group_messages": False,
    "supports_inline_queries": False,
}


@dataclass
class Sent:
    """A message that the bot sent, as the person sees it."""

    message_id: int
    chat_id: int
    text: str
    raw: str
    at: float
    keyboard: list[list[dict[str, Any]]] = field(default_factory=list)
    poll: PollAsked | None = None
    picture: bytes | None = field(default=None, repr=False)
    answers: dict[str, Any] | None = None  # the message that it is a reply to
    document: tuple[str, bytes] = ("", b"")  # a file's name and what is in it
    edits: int = 0  # how often the bot changed it

    @property
    def labels(self) -> list[str]:
        return [button["text"] for row in self.keyboard for button in row]

    def button(self, label: str) -> dict[str, Any]:
        """The button whose label holds `label`. Raises LookupError."""
        for row in self.keyboard:
            for button in row:
                if label in button["text"]:
                    return button
        raise LookupError(f"no button {label!r} among {self.labels}")


class Chat:
    """One person in a private chat with the bot (or a member of a group)."""

    def __init__(self, server: "FakeTelegram", user_id: int, language: str, chat_id: int | None = None) -> None:
        self._server = server
        self.user = {"id": user_id, "is_bot": False, "first_name": "Student", "language_code": language}
        self.chat_id = chat_id or user_id
        self.seen = 0
        self._date = time.time()

    @property
    def _chat(self) -> dict[str, Any]:
        if self.chat_id > 0:
            return {"id": self.chat_id, "type": "private", "first_name": "Student"}
        return {"id": self.chat_id, "type": "supergroup", "title": "Class"}

    def message(self, text: str | None = None, *, after: float = 10.0, **extra: Any) -> dict[str, Any]:
        """A message, `after` seconds after the last one: people read before they go on."""
        self._date += after
        message: dict[str, Any] = {
            "message_id": self._server.next_id(),
            "date": int(self._date),
            "chat": self._chat,
            "from": self.user,
            **extra,
        }
        if text is not None:
            message["text"] = text
            command = re.match(r"/\w+(@\w+)?", text)
            if command:
                message["entities"] = [{"type": "bot_command", "offset": 0, "length": command.end()}]
        return message

    def says(self, text: str | None = None, *, after: float = 10.0, **extra: Any) -> dict[str, Any]:
        """Type a message (or send something else, given as fields of Message), `after` seconds after the last one."""
        message = self.message(text, after=after, **extra)
        self._server.typed[int(message["message_id"])] = message
        self._server.push({"message": message})
        return message

    def edits(self, message: dict[str, Any], text: str) -> None:
        self._server.push({"edited_message": {**message, "text": text, "edit_date": int(time.time())}})

    def presses(self, sent: Sent, label: str) -> str:
        """Press a button under a message of the bot; its callback query's id."""
        return self.presses_data(sent, sent.button(label)["callback_data"])

    def presses_data(self, sent: Sent, data: str) -> str:
        query = self._server.new_query()
        message = {
            "message_id": sent.message_id,
            "date": int(time.time()),
            "chat": self._chat,
            "from": BOT,
            "text": sent.text,
            **({"reply_to_message": sent.answers} if sent.answers is not None else {}),
        }
        self._server.push(
            {"callback_query": {"id": query, "from": self.user, "chat_instance": "1", "data": data, "message": message}}
        )
        return query

    def answers(self, sent: Sent, option: str) -> None:
        """Choose in a poll of the bot: `right`, `wrong`, or a part of an option's text. A poll takes one answer."""
        poll = sent.poll
        assert poll is not None, f"{sent.text!r} is no poll"
        places = [place for place, text in enumerate(poll.options) if option in text]
        if option in ("right", "wrong"):
            places = [place for place in range(len(poll.options)) if (place == poll.right) == (option == "right")]
        voter = (poll.poll_id, int(str(self.user["id"])))
        assert voter not in self._server.votes, "a quiz poll takes one answer"
        self._server.votes.add(voter)
        if not poll.anonymous:
            self.votes(poll.poll_id, places[:1])

    def votes(self, poll_id: str, places: list[int], **voter: Any) -> None:
        """The update about a vote in any poll, of whoever it is and as often as one likes."""
        persistent = [str(place) for place in places]
        answer = {"poll_id": poll_id, "option_ids": places, "option_persistent_ids": persistent}
        self._server.push({"poll_answer": {**answer, **(voter or {"user": self.user})}})

    def blocks(self) -> None:
        """Block the bot, as Telegram tells it."""
        self._server.blocked.add(self.chat_id)
        old, new = ({"user": BOT, "status": status, "until_date": 0} for status in ("member", "kicked"))
        self._server.push(
            {
                "my_chat_member": {
                    "chat": self._chat,
                    "from": self.user,
                    "date": int(time.time()),
                    "old_chat_member": old,
                    "new_chat_member": new,
                }
            }
        )

    async def hears(self, count: int = 1, timeout: float = 15.0) -> list[Sent]:
        """The next `count` messages of the bot in this chat. Raises TimeoutError when they do not come."""
        async with asyncio.timeout(timeout):
            while len(self.history) < self.seen + count:
                await self._server.changed()
        new = self.history[self.seen : self.seen + count]
        self.seen += count
        return new

    async def asks(self, text: str, timeout: float = 15.0) -> Sent:
        """Type a message and read the one answer."""
        self.says(text)
        return (await self.hears(1, timeout))[0]

    async def sees_change(self, text: str, timeout: float = 15.0) -> Sent:
        """Type a message a second after the last one; the last answer, once the bot has changed it."""
        last = self.history[-1]
        before = last.edits
        self.says(text, after=1.0)
        async with asyncio.timeout(timeout):
            while last.edits == before:
                await self._server.changed()
        return last

    async def hears_nothing(self, seconds: float = 0.6) -> None:
        """Fail if the bot says anything in this chat in the next moments."""
        await asyncio.sleep(seconds)
        assert len(self.history) == self.seen, self.history[self.seen].text

    @property
    def history(self) -> list[Sent]:
        return [sent for sent in self._server.sent if sent.chat_id == self.chat_id]
