"""Deliveries by webhook: each update is sent again and again until somebody takes it with a 2xx, as Telegram does."""

import asyncio
import itertools
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol

from aiohttp import ClientError, ClientSession, ClientTimeout

from tests.fakes.telegram_rules import Refusal

_AGAIN = 0.3  # seconds; Telegram takes longer between its tries
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"


class _Server(Protocol):
    _updates: list[dict[str, Any]]

    async def changed(self) -> None: ...


if TYPE_CHECKING:
    _Base = _Server
else:
    _Base = object


class Webhooks(_Base):
    """The methods that have to do with webhooks.

    `webhook` is where deliveries go. `balanced` are the addresses behind it, in turn, when several processes share it.
    """

    def __init__(self) -> None:
        self.webhook: str | None = None
        self.balanced: list[str] = []
        self.deliveries: list[int] = []  # the status of each
        self.failed = ""  # why the last delivery failed, as getWebhookInfo tells it
        self._secret = ""
        self._turn = itertools.count()

    async def do_setWebhook(self, fields: dict[str, str]) -> bool:
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", fields.get("secret_token", "-")):
            raise Refusal(400, "Bad Request: secret token contains unallowed characters")
        self.webhook, self._secret = fields["url"], fields.get("secret_token", "")
        return True

    async def do_deleteWebhook(self, _fields: dict[str, str]) -> bool:
        self.webhook = None
        return True

    async def do_getWebhookInfo(self, _fields: dict[str, str]) -> dict[str, Any]:
        failed = {"last_error_date": 1, "last_error_message": self.failed} if self.failed else {}
        waiting = len(self._updates)
        return {"url": self.webhook or "", "has_custom_certificate": False, "pending_update_count": waiting, **failed}

    async def deliver(self) -> None:
        """Deliver what comes, in order, until cancelled."""
        async with ClientSession(timeout=ClientTimeout(10)) as session:
            while True:
                if self.webhook is None or not self._updates:
                    with suppress(TimeoutError):
                        await asyncio.wait_for(self.changed(), 0.2)
                elif await self._delivered(session, self._updates[0]):
                    self._updates.pop(0)
                else:
                    await asyncio.sleep(_AGAIN)

    async def _delivered(self, session: ClientSession, update: dict[str, Any]) -> bool:
        addresses = self.balanced or [str(self.webhook)]
        address = addresses[next(self._turn) % len(addresses)]
        try:
            async with session.post(address, json=update, headers={SECRET_HEADER: self._secret}) as answer:
                self.deliveries.append(answer.status)
                return 200 <= answer.status < 300
        except (ClientError, TimeoutError):
            self.deliveries.append(0)
            return False
