"""When the next message may go out: one budget, two lanes, one pace per chat, and Telegram's word above all.

Telegram's bot FAQ: about 30 messages a second over all chats, one a second in a chat, 20 a minute in a group; whoever
is told `retry_after` waits. Exact limits are not published, so nothing here ever bursts.
"""

import asyncio
import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum


class Lane(IntEnum):
    """Who asks. A waiting reply always goes before a waiting campaign message."""

    REPLY = 0
    CAMPAIGN = 1


@dataclass(frozen=True)
class Pace:
    """Messages per second over all chats and for campaigns; seconds between two messages in one chat."""

    per_second: float = 28.0  # below Telegram's 30, since the network may bunch what left evenly
    campaign_per_second: float = 24.0  # 80 % of Telegram's 30
    private_chat_seconds: float = 1.0
    group_seconds: float = 3.0  # 20 a minute

    def of_chat(self, chat: int | None) -> float:
        """The seconds between two messages in `chat`. A group's id is negative (Bot API: Chat.id)."""
        if chat is None:
            return 0.0
        return self.private_chat_seconds if chat > 0 else self.group_seconds


@dataclass(order=True)
class _Waiting:
    lane: Lane
    number: int
    chat: int | None = field(compare=False)
    granted: asyncio.Future[None] = field(compare=False)


class SendBudget:
    """Grants sends one at a time, in order within a lane and chat. For one process and one event loop."""

    def __init__(self, pace: Pace | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._pace = pace or Pace()
        self._clock = clock
        self._waiting: list[_Waiting] = []
        self._numbers = itertools.count()
        self._timer: asyncio.TimerHandle | None = None
        self._next_send = 0.0
        self._next_campaign = 0.0
        self._next_in_chat: dict[int, float] = {}
        self._refused: dict[int, float] = {}  # chats that were told to wait, until when

    async def acquire(self, lane: Lane, chat: int | None) -> None:
        """Return when one message to `chat` may be sent (None: a chat without a pace of its own)."""
        waiting = _Waiting(lane, next(self._numbers), chat, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        self._grant()
        try:
            await waiting.granted
        except asyncio.CancelledError:
            if waiting in self._waiting:
                self._waiting.remove(waiting)
            raise

    def pause(self, seconds: float, chat: int | None = None) -> None:
        """Telegram said `retry_after`. That chat waits; a second chat told so means that all must."""
        now = self._clock()
        self._refused = {other: until for other, until in self._refused.items() if until > now}
        if chat is not None:
            self._refused[chat] = now + seconds
            self._next_in_chat[chat] = max(self._next_in_chat.get(chat, 0.0), now + seconds)
        if chat is None or self.all_wait:
            self._next_send = max(self._next_send, now + seconds)
        self._grant()

    @property
    def all_wait(self) -> bool:
        """Whether several chats were told to wait: then it is meant for all."""
        return len(self._refused) > 1

    def _grant(self) -> None:
        """Let out whoever may go now, and come back when the next one may."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._waiting:
            now = self._clock()
            if self._next_send > now:
                self._timer = asyncio.get_running_loop().call_later(self._next_send - now, self._grant)
                return
            ready_at = {entry.number: self._ready_at(entry) for entry in self._waiting}
            ready = [entry for entry in self._waiting if ready_at[entry.number] <= now]
            if not ready:
                soonest = min(ready_at.values())
                self._timer = asyncio.get_running_loop().call_later(max(soonest - now, 0.001), self._grant)
                return
            chosen = min(ready)
            self._waiting.remove(chosen)
            self._book(chosen, now)
            if not chosen.granted.done():
                chosen.granted.set_result(None)

    def _ready_at(self, entry: _Waiting) -> float:
        at = self._next_send
        if entry.lane is Lane.CAMPAIGN:
            at = max(at, self._next_campaign)
        if entry.chat is not None:
            at = max(at, self._next_in_chat.get(entry.chat, 0.0))
        return at

    def _book(self, entry: _Waiting, now: float) -> None:
        self._next_send = now + 1 / self._pace.per_second
        if entry.lane is Lane.CAMPAIGN:
            self._next_campaign = now + 1 / self._pace.campaign_per_second
        if entry.chat is not None:
            self._next_in_chat[entry.chat] = now + self._pace.of_chat(entry.chat)
            if len(self._next_in_chat) > 10_000:
                self._next_in_chat = {chat: at for chat, at in self._next_in_chat.items() if at > now}
