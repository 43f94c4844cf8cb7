"""Every update is stored before Telegram is told that we have it, then handled once, in the order of its chat."""

import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from telegram import Bot, Update

from bot.letters import Letter, NotStored, Store
from bot.telegram.processor import OrderedPerChat, chat_of

logger = logging.getLogger(__name__)

_MOST_IN_HAND = 2000  # half a minute's work for one process
_TRIES = 3  # a message of which a process has died so often is given up

# Something has arrived in these chats: whoever can handles it.
Mail = Callable[[Sequence[int]], Awaitable[None]]
# These could not be stored: whoever wrote them should hear that they wait.
Waiting = Callable[[Sequence[Update]], Awaitable[None]]


class Intake:
    """Takes updates from polling or a webhook.

    Without `mail` they are handled here; with it, by whichever process takes the chat's mail and calls `handle_chat`.
    `waiting` is told of updates that could not be stored, `given_up` of what is not tried again.
    """

    def __init__(
        self,
        application: Any,
        store: Store,
        mail: Mail | None = None,
        waiting: Waiting | None = None,
        given_up: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._application = application
        self._store = store
        self._mail = mail
        self._waiting = waiting
        self._given_up = given_up
        processor: OrderedPerChat = application.update_processor
        self._processor = processor
        self._in_hand = 0
        if mail is None:
            processor.after = self._handled_here

    @property
    def full(self) -> bool:
        """Whether so much is in hand that no more should be fetched: it waits better where it is."""
        return self._in_hand >= _MOST_IN_HAND

    async def take(self, updates: Sequence[Update]) -> None:
        """Store updates and hand on those that are new. Raises NotStored: then they must be delivered again."""
        known = {update.update_id: update for update in updates}
        try:
            new = await self._store.add([_letter(update) for update in known.values()])
        except NotStored:
            if self._waiting is not None:
                await self._waiting(updates)
            raise
        if self._mail is not None:
            await self._mail(list(dict.fromkeys(chat for _, chat in new)))
            return
        for letter, _ in new:
            self._handle_here(known[letter.number])

    async def take_json(self, body: bytes) -> None:
        """Like `take`, for one update as Telegram sends it. What is none is dropped, for it would come again and again.

        Raises NotStored, also when too much is in hand.
        """
        if self.full:
            raise NotStored("too much is in hand")
        try:
            update = Update.de_json(json.loads(body), self._bot)
            _require_number(update.update_id)
        except Exception as error:  # noqa: BLE001 - whatever does not read as an update is not one
            logger.warning("what was delivered is no update (%s)", type(error).__name__)
            return
        await self.take([update])

    async def take_up(self) -> None:
        """Handle what an earlier run of this process has left."""
        left = await self._store.waiting()
        if left:
            await self._store.tried(left)
            logger.info("%d messages had not been answered when the bot stopped: answering them now", len(left))
        for letter in left:
            if letter.tries + 1 >= _TRIES:
                await self._give_up()
                _not_waited_for(self._store.handled(letter.number))
            elif (update := self._update(letter)) is not None:
                self._handle_here(update)
            else:
                _not_waited_for(self._store.handled(letter.number))

    async def handle_chat(self, chat: int) -> None:
        """Handle what waits in a chat, one after the other."""
        while waiting := await self._store.waiting(chat):
            for letter in waiting:
                if letter.tries >= _TRIES:
                    await self._give_up()
                elif (update := self._update(letter)) is not None:
                    handling = self._application.process_update(update)
                    await self._processor.process_update(update, handling)
                await self._store.handled(letter.number, at_once=True)

    async def died_in(self, chat: int) -> None:
        """A process has died while it handled the chat."""
        await self._store.tried((await self._store.waiting(chat))[:1])

    def _handle_here(self, update: Update) -> None:
        self._in_hand += 1
        self._application.update_queue.put_nowait(update)

    def _handled_here(self, number: int) -> None:
        self._in_hand -= 1
        _not_waited_for(self._store.handled(number))

    async def _give_up(self) -> None:
        logger.error("an update is given up: the bot has died %d times while handling it", _TRIES)
        if self._given_up is not None:
            await self._given_up()

    @property
    def _bot(self) -> Bot:
        bot: Bot = self._application.bot
        return bot

    def _update(self, letter: Letter) -> Update | None:
        try:
            return Update.de_json(json.loads(letter.body), self._bot)
        except Exception as error:  # noqa: BLE001 - what another version has stored may not read any more
            logger.error("a stored update cannot be read (%s)", type(error).__name__)
            return None


def _require_number(number: object) -> None:
    """Raises ValueError for what is no number of an update, or none that the database can hold."""
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < 2**63:
        raise ValueError("update_id")


def _letter(update: Update) -> Letter:
    chat = chat_of(update)
    return Letter(update.update_id, str(chat if chat is not None else update.update_id), update.to_json().encode())


def _not_waited_for(_noting: object) -> None:
    """That it is handled is noted soon, together with others."""
