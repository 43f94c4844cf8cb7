"""The bot on Telegram: what arrives, what goes out, the jobs beside it, and the port, put together around the app."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.app import App
from bot.dialogue.state import KEPT_FOR
from bot.jobs.jobs import Job
from bot.letters import NotStored
from bot.operation.heartbeat import Heartbeat
from bot.operation.mailroom import Mailroom
from bot.operation.metrics import CONTENT_TYPE
from bot.operation.send_book import SendBook
from bot.sending.budget import Pace, SendBudget
from bot.sending.shared import SharedBudget
from bot.telegram.application import Receiver, answer, build
from bot.telegram.files import fetcher
from bot.telegram.front import Front
from bot.telegram.intake import Intake, Mail
from bot.telegram.post import Post
from bot.telegram.receiving import Polling, Webhook
from bot.telegram.telling import WaitingTold
from bot.web.port import Delivery, Health, PortTaken, TryLater, open_port

logger = logging.getLogger(__name__)

_SWEEP_EVERY = 10
_LEFT_FOR = timedelta(seconds=10)


@dataclass(frozen=True)
class Listening:
    """The bot answers: under which name, how messages reach it, and on which port it tells how it is (None: none)."""

    username: str
    webhook: bool
    port: int | None


class Online:
    """One bot process on Telegram."""

    def __init__(self, app: App, pace: Pace | None = None) -> None:
        settings = app.settings
        assert settings.telegram_token is not None
        self._app = app
        self._budget = SendBudget(pace) if app.database.is_sqlite else SharedBudget(SendBook(app.database), pace)
        self._front = Front(app.metrics.answering(app.dialogue.answer), app.text, app.blocked, app.poll_sent)
        proxy = settings.telegram_proxy_url
        self._application = build(
            settings.telegram_token.get_secret_value(),
            self._budget,
            self._front,
            api_url=settings.telegram_api_url,
            proxy_url=proxy.get_secret_value() if proxy else None,
            sent=app.metrics.sent,
        )
        self._mailroom = Mailroom(app.database)
        self._mail = self._shared_mail()
        told = WaitingTold(self._application.bot, app.text, self._not_stored)
        self._intake = Intake(self._application, self._mailroom, self._mail, told, self._given_up)
        self._heart = Heartbeat(app.database, settings.data_dir, self._seen, self._little_room)
        self._beside = AsyncExitStack()
        self._started = False

    async def run(self, stop: asyncio.Event, listening: Callable[[Listening], None] = lambda _: None) -> None:
        """Answer until `stop` is set; what is in hand is finished first.

        `listening` is called once messages are answered. Raises TelegramRefusedToken, PortTaken (webhook only) and
        DatabaseProblem.
        """
        async with self._mailroom.open(), self._heart.beating(), self._port() as port:

            async def ready(username: str) -> None:
                self._connect(username)
                await self._start()
                listening(Listening(username, self._app.settings.webhook_url is not None, port))

            try:
                await answer(self._application, self._receiver(), self._app.text, stop, ready, self._leave)
            finally:
                self._started = False
                await self._beside.aclose()

    async def not_ready(self) -> list[str]:
        """What is not ready, in words for an operator; empty when all is."""
        missing = []
        if not self._started:
            missing.append("Telegram: not connected yet")
        if not self._heart.well:
            missing.append("database: does not answer")
        if not self._app.model.ready:
            missing.append("model: free text rests")
        return missing

    def _receiver(self) -> Receiver:
        settings, bot = self._app.settings, self._application.bot
        if settings.webhook_url is None or settings.webhook_secret is None:
            return Polling(bot, self._intake)
        return Webhook(bot, settings.webhook_url, settings.webhook_secret.get_secret_value())

    def _connect(self, username: str) -> None:
        bot, sender = self._application.bot, self._front.sender
        self._app.links.username = username
        post = Post(bot, self._budget, self._app.blocked)
        self._app.connect(sender.to_address(bot), sender.deliverer(bot), fetcher(bot), post)

    async def _start(self) -> None:
        """Begin the jobs, and take up what was left."""
        if self._app.database.is_sqlite:
            await self._intake.take_up()
        else:
            work = (*self._app.work, Job("left", self._sweep, _SWEEP_EVERY))
            await self._beside.enter_async_context(self._app.jobs.running(work))
        self._started = True

    async def _leave(self) -> None:
        """Take nothing more, and end the jobs while messages can still be sent."""
        self._started = False
        await self._app.sender.stop()
        await self._beside.aclose()

    @asynccontextmanager
    async def _port(self) -> AsyncIterator[int | None]:
        """The port, open from before Telegram is reached until all has ended; its number, None when there is none."""
        settings = self._app.settings
        async with AsyncExitStack() as opened:
            port = None
            if settings.http is not None:
                health = Health(self.not_ready, self._app.metrics.text, CONTENT_TYPE)
                try:
                    port = await opened.enter_async_context(open_port(*settings.http, health, self._delivery()))
                except PortTaken as taken:
                    if settings.webhook_url is not None:
                        raise
                    logger.warning("health and metrics are not served (CARDWISE_HTTP): %s", taken)
            yield port

    def _delivery(self) -> Delivery | None:
        settings = self._app.settings
        if settings.webhook_path is None or settings.webhook_secret is None:
            return None

        async def take(body: bytes) -> None:
            if not self._started:  # another process takes it, or this one in a moment
                raise TryLater
            try:
                await self._intake.take_json(body)
            except NotStored as error:
                raise TryLater from error

        return Delivery(settings.webhook_path, settings.webhook_secret.get_secret_value(), take)

    def _shared_mail(self) -> Mail | None:
        """With several processes, what arrives is handled by whichever takes it."""
        jobs = self._app.jobs
        if self._app.database.is_sqlite:
            return None
        from bot.jobs.shared import SharedJobs

        assert isinstance(jobs, SharedJobs)
        jobs.handle_mail(lambda chat: self._intake.handle_chat(chat), lambda chat: self._intake.died_in(chat))
        return jobs.mail

    async def _sweep(self) -> None:
        """Hand on what arrived and was never taken, for a process may have died then; forget pieces of messages."""
        now = datetime.now(UTC)
        async with self._app.database.write() as work:
            await work.conversations.remove_fragments(now + KEPT_FOR - _LEFT_FOR)
            chats: Sequence[int] = await work.arrivals.chats(now - _LEFT_FOR)
        if chats and self._mail is not None:
            await self._mail(chats)

    async def _seen(self, queue: int, oldest: float, processes: int) -> None:
        self._app.metrics.seen(queue=queue, oldest=oldest, processes=processes, model=self._app.model.ready)
        await self._app.alerts.refresh()

    async def _not_stored(self) -> None:
        await self._app.alerts.about("alert_database")

    async def _given_up(self) -> None:
        await self._app.alerts.about("alert_given_up")

    async def _little_room(self, megabytes: int) -> None:
        await self._app.alerts.about("alert_disk", megabytes=megabytes)
