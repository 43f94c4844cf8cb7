"""A Bot API server on loopback: real HTTP and Telegram's refusals. Its people are in `chats`."""

import asyncio
import itertools
import json
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from tests.fakes.chats import BOT, Chat, Sent
from tests.fakes.telegram_files import Files
from tests.fakes.telegram_rules import (
    Flood,
    Refusal,
    check_commands,
    checked_keyboard,
    checked_poll,
    parsed_text,
)
from tests.fakes.telegram_webhook import Webhooks

TOKEN = "4242:test-token-for-the-stand-in"


class FakeTelegram(Files, Webhooks):
    """The server. `clock` is what the flood limits go by."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        Files.__init__(self)
        Webhooks.__init__(self)
        self._clock = clock
        self.flood = Flood(clock)
        self.sent: list[Sent] = []
        self.calls: list[str] = []
        self.settings: dict[tuple[str, str], str] = {}
        self.blocked: set[int] = set()
        self.refusals: deque[tuple[str, Refusal]] = deque()
        self.refused_chats: dict[int, deque[Refusal]] = {}  # what the next calls about a chat are answered with
        self.lost_answers: set[int] = set()  # chats to which a message arrives, but whose answer never comes back
        # What happens to the next calls of a method: the connection is closed before anything is read (drop) or after it
        # was done (lost), or nothing is ever answered (hang).
        self.troubles: deque[tuple[str, str]] = deque()
        self.delivered: list[dict[str, Any]] = []  # the last updates
        self.url = ""
        self._chats: dict[int, Chat] = {}
        self._updates: list[dict[str, Any]] = []
        self._ids = itertools.count(1000)
        self._queries: set[str] = set()
        self.typed: dict[int, dict[str, Any]] = {}  # what people sent, by message id
        self.alerts: dict[str, str] = {}  # what each press was answered with
        self._wanted: set[str] | None = None
        self.votes: set[tuple[str, int]] = set()
        self._poller: object | None = None
        self._news = asyncio.Event()

    def person(self, user_id: int = 1001, language: str = "zh-hans") -> Chat:
        """A private chat; it exists for the bot from now on."""
        return self._chats.setdefault(user_id, Chat(self, user_id, language))

    def member(self, user_id: int, group_id: int, language: str = "zh-hans") -> Chat:
        """Somebody in a group that the bot is in."""
        self._chats.setdefault(group_id, Chat(self, user_id, language, group_id))
        return Chat(self, user_id, language, group_id)

    def refuse_next(self, method: str, refusal: Refusal) -> None:
        """Answer the next call of `method` with this error."""
        self.refusals.append((method, refusal))

    def clock(self) -> float:
        return self._clock()

    def next_id(self) -> int:
        return next(self._ids)

    def new_query(self) -> str:
        query = str(self.next_id())
        self._queries.add(query)
        return query

    def push(self, update: dict[str, Any]) -> None:
        self._updates.append({"update_id": self.next_id(), **update})
        self.delivered = [*self.delivered[-20:], self._updates[-1]]
        self.tell()

    def push_again(self, *updates: dict[str, Any]) -> None:
        """Deliver updates as they were, in this order: Telegram may deliver twice, and out of order."""
        self._updates.extend(updates)
        self.tell()

    async def changed(self) -> None:
        await self._news.wait()

    def tell(self) -> None:
        self._news.set()
        self._news = asyncio.Event()

    async def handle(self, request: web.Request) -> web.Response:
        token, method = request.match_info["token"], request.match_info["method"]
        fields = {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
        if request.content_type == "application/json" and request.can_read_body:
            fields = {name: str(value) for name, value in (await request.json()).items()}
        for name, value in (await request.post()).items():
            if isinstance(value, web.FileField):
                self.uploads[name] = (value.filename, value.file.read())
        self.calls.append(method)
        trouble = self._trouble(method)
        if trouble == "drop" and request.transport is not None:
            request.transport.close()
            return web.Response()
        if trouble == "hang":
            await asyncio.sleep(3600)
        try:
            if token != TOKEN:
                raise Refusal(401, "Unauthorized")
            for index, (wanted, refusal) in enumerate(self.refusals):
                if wanted == method:
                    del self.refusals[index]
                    raise refusal
            waiting = self.refused_chats.get(int(fields.get("chat_id", 0)))
            if waiting:
                raise waiting.popleft()
            answer = getattr(self, f"do_{method}", None)
            if answer is None:
                raise Refusal(404, "Not Found: method not found")
            result = await answer(fields)
            lost = trouble == "lost" or int(fields.get("chat_id", 0)) in self.lost_answers
            if lost and request.transport is not None:
                request.transport.close()
            return web.json_response({"ok": True, "result": result})
        except Refusal as refusal:
            body = {"ok": False, "error_code": refusal.code, "description": refusal.description}
            if refusal.parameters:
                body["parameters"] = dict(refusal.parameters)
            return web.json_response(body, status=refusal.code)

    def _trouble(self, method: str) -> str | None:
        for index, (wanted, trouble) in enumerate(self.troubles):
            if wanted == method:
                del self.troubles[index]
                return trouble
        return None

    async def do_getMe(self, _fields: dict[str, str]) -> dict[str, Any]:
        return BOT

    async def do_getUpdates(self, fields: dict[str, str]) -> list[dict[str, Any]]:
        if self.webhook is not None:
            raise Refusal(409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook")
        me = self._poller = object()
        offset = int(fields.get("offset", 0))
        if "allowed_updates" in fields:
            self._wanted = {"update_id", *json.loads(fields["allowed_updates"])}
        self._updates = [
            update
            for update in self._updates
            if update["update_id"] >= offset and (self._wanted is None or set(update) <= self._wanted)
        ]
        self.tell()
        deadline = time.monotonic() + min(float(fields.get("timeout", 0)), 5.0)
        while True:
            # Taken before looking, so that what happens between looking and waiting is not missed.
            news = self._news
            if self._updates or time.monotonic() >= deadline:
                break
            try:
                await asyncio.wait_for(news.wait(), max(deadline - time.monotonic(), 0.01))
            except TimeoutError:
                break
            if self._poller is not me:
                raise Refusal(409, "Conflict: terminated by other getUpdates request")
        return self._updates[: int(fields.get("limit", 100))]

    def accept(self, fields: Mapping[str, str]) -> Chat:
        """The chat to which something is sent. Raises Refusal when there is none, or at too high a pace."""
        chat = self._known_chat(fields)
        self.flood.check(chat.chat_id)
        return chat

    async def do_sendMessage(self, fields: dict[str, str]) -> dict[str, Any]:
        chat = self._known_chat(fields)
        text = parsed_text(fields.get("text", ""), fields.get("parse_mode"))
        keyboard = checked_keyboard(fields.get("reply_markup"))
        self.flood.check(chat.chat_id)
        answers = self._answered(fields, chat)
        sent = Sent(self.next_id(), chat.chat_id, text, fields["text"], self.clock(), keyboard, answers=answers)
        self.sent.append(sent)
        self.tell()
        return {"message_id": sent.message_id, "date": int(time.time()), "chat": chat._chat, "from": BOT, "text": text}

    def _answered(self, fields: Mapping[str, str], chat: Chat) -> dict[str, Any] | None:
        """The message that is replied to. Raises Refusal when it is gone and that is not allowed."""
        if "reply_parameters" not in fields:
            return None
        about = json.loads(fields["reply_parameters"])
        message = self.typed.get(about["message_id"])
        if message is not None and message["chat"]["id"] == chat.chat_id:
            return message
        if not about.get("allow_sending_without_reply"):
            raise Refusal(400, "Bad Request: message to be replied not found")
        return None

    async def do_editMessageText(self, fields: dict[str, str]) -> dict[str, Any]:
        chat = self._known_chat(fields)
        text = parsed_text(fields.get("text", ""), fields.get("parse_mode"))
        keyboard = checked_keyboard(fields.get("reply_markup"))
        found = [sent for sent in self.sent if str(sent.message_id) == fields.get("message_id")]
        if not found or found[0].chat_id != chat.chat_id:
            raise Refusal(400, "Bad Request: message to edit not found")
        if (found[0].raw, found[0].keyboard) == (fields["text"], keyboard):
            raise Refusal(400, "Bad Request: message is not modified")
        found[0].text, found[0].raw, found[0].keyboard = text, fields["text"], keyboard
        found[0].edits += 1
        self.tell()
        about = {"message_id": found[0].message_id, "date": int(time.time()), "chat": chat._chat, "from": BOT}
        return {**about, "text": text, "edit_date": int(time.time())}

    async def do_deleteMessage(self, fields: dict[str, str]) -> bool:
        found = [sent for sent in self.sent if str(sent.message_id) == fields.get("message_id")]
        if not found or found[0].chat_id != self._known_chat(fields).chat_id:
            raise Refusal(400, "Bad Request: message to delete not found")
        self.sent.remove(found[0])
        self.tell()
        return True

    async def do_sendPoll(self, fields: dict[str, str]) -> dict[str, Any]:
        chat = self._known_chat(fields)
        poll = checked_poll(fields, f"poll-{self.next_id()}")
        keyboard = checked_keyboard(fields.get("reply_markup"))
        self.flood.check(chat.chat_id)
        sent = Sent(self.next_id(), chat.chat_id, poll.question, poll.question, self.clock(), keyboard, poll)
        self.sent.append(sent)
        self.tell()
        about = {"message_id": sent.message_id, "date": int(time.time()), "chat": chat._chat, "from": BOT}
        return {**about, "poll": poll.as_json()}

    async def do_answerCallbackQuery(self, fields: dict[str, str]) -> bool:
        query = fields.get("callback_query_id", "")
        if query not in self._queries:
            raise Refusal(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        if len(fields.get("text", "")) > 200:
            raise Refusal(400, "Bad Request: MESSAGE_TOO_LONG")
        self._queries.discard(query)
        self.alerts[query] = fields.get("text", "")
        return True

    async def do_setMyCommands(self, fields: dict[str, str]) -> bool:
        check_commands(fields["commands"])
        return self._set("commands", fields, "commands")

    async def do_setMyDescription(self, fields: dict[str, str]) -> bool:
        return self._set("description", fields, "description", 512)

    async def do_setMyShortDescription(self, fields: dict[str, str]) -> bool:
        return self._set("short_description", fields, "short_description", 120)

    def _set(self, what: str, fields: dict[str, str], name: str, limit: int | None = None) -> bool:
        if limit is not None and len(fields.get(name, "")) > limit:
            raise Refusal(400, "Bad Request: description is too long")
        self.settings[what, fields.get("language_code", "")] = fields.get(name, "")
        return True

    def _known_chat(self, fields: Mapping[str, str]) -> Chat:
        chat = self._chats.get(int(fields["chat_id"]))
        if chat is None:
            raise Refusal(400, "Bad Request: chat not found")
        if chat.chat_id in self.blocked:
            raise Refusal(403, "Forbidden: bot was blocked by the user")
        return chat


@asynccontextmanager
async def serving(fake: FakeTelegram) -> AsyncIterator[FakeTelegram]:
    """Run the server on a free port of the loopback interface; its address is `fake.url`."""
    app = web.Application()
    app.router.add_route("*", "/bot{token}/{method}", fake.handle)
    app.router.add_get("/file/bot{token}/files/{name}", fake.download)
    runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    assert runner.addresses
    fake.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    delivering = asyncio.create_task(fake.deliver())
    try:
        yield fake
    finally:
        delivering.cancel()
        await asyncio.gather(delivering, return_exceptions=True)
        await runner.cleanup()
