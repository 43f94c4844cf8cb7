"""The composition root: the one place that knows every concrete class."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from zoneinfo import ZoneInfo

from bot.adverts.in_use import AdvertsInUse
from bot.adverts.reading import PictureReader
from bot.adverts.screenshots import Screenshots
from bot.campaigns.commands import CampaignCommands
from bot.campaigns.notices import campaign_notice
from bot.campaigns.progress import progress_page
from bot.campaigns.runs import Post
from bot.campaigns.sender import EVERY_SECONDS as SEND_EVERY
from bot.campaigns.sender import Sender
from bot.campaigns.service import CampaignService
from bot.content_in_use import ContentInUse
from bot.dialogue.dialogue import Dialogue
from bot.dialogue.pace import Paces
from bot.handover.commands import DeskCommands, Fetch
from bot.handover.counsellor_side import CounsellorSide
from bot.handover.notices import EVERY_SECONDS as TELL_EVERY
from bot.handover.notices import Deliver, Notices
from bot.handover.reminders import EVERY_SECONDS as REMIND_EVERY
from bot.handover.reminders import remind
from bot.handover.student_side import StudentSide
from bot.jobs.jobs import Job, Jobs
from bot.jobs.local import LocalJobs
from bot.key import open_keyring
from bot.model import ModelInUse
from bot.operation.alerts import Alerts, Send
from bot.operation.housekeeping import EVERY_SECONDS as KEEP_HOUSE_EVERY
from bot.operation.housekeeping import keep_house
from bot.operation.metrics import Metrics
from bot.people.blocked import note_blocked
from bot.people.commands import PeopleCommands
from bot.people.invites import PeopleService
from bot.people.notices import invite_notice
from bot.settings import Settings
from content.library import Library
from content.schema import Language
from db.engine import Database
from db.upgrade import upgrade

# The jobs that somebody wakes.
NOTICES, CAMPAIGNS = "notices", "campaigns"


@dataclass
class Links:
    """Makes addresses that open the bot with a payload; the bot's name is known once Telegram has told it."""

    username: str | None = None

    def __call__(self, payload: str) -> str:
        if self.username is None:
            return f"/start {payload}"
        return f"https://t.me/{self.username}?start={payload}"


@dataclass
class App:
    """The parts of a running bot."""

    settings: Settings
    database: Database
    content: ContentInUse
    alerts: Alerts
    people: PeopleService
    dialogue: Dialogue
    model: ModelInUse
    adverts: AdvertsInUse
    screenshots: Screenshots
    notices: Notices
    desk: DeskCommands
    campaigns: CampaignService
    sender: Sender
    metrics: Metrics
    jobs: Jobs
    work: Sequence[Job]
    links: Links = field(default_factory=Links)
    _telling: "asyncio.Task[None] | None" = None

    def connect(self, send: Send, deliver: Deliver, fetch: Fetch, post: Post) -> None:
        """Let messages that answer nobody go out, and files be fetched; what the admins should know is told now."""
        self.sender.connect(post)
        self.alerts.connect(send)
        self.notices.connect(deliver)
        self.desk.connect(fetch)
        self.screenshots.connect(fetch)
        for job in self.work:
            self.jobs.wake(job.name)
        if self.content.refused:
            self._telling = asyncio.create_task(self.alerts.about_content(self.content.refused))

    def text(self, key: str, language: str) -> str:
        """An interface sentence without places to fill."""
        spoken: Language = "zh" if language == "zh" else "en"
        return self.content().text(key, spoken)

    async def poll_sent(self, poll_id: str, question: str, right_option: int) -> None:
        """Remember what a quiz poll asks, so that an answer to it can be judged."""
        async with self.database.write() as work:
            await work.quizzes.add_poll(poll_id, question, right_option)

    async def blocked(self, address: str, blocked: bool) -> None:
        """Note that somebody blocked the bot, or let it in again."""
        await note_blocked(self.database, address, blocked)


@asynccontextmanager
async def open_database(settings: Settings) -> AsyncIterator[Database]:
    """The database, up to date and with the right key. Raises KeyProblem or DatabaseProblem."""
    keyring = open_keyring(settings)
    database = Database(settings.database, keyring)
    try:
        await upgrade(database.url, keyring)
        yield database
    finally:
        await database.close()


@asynccontextmanager
async def open_app(settings: Settings, content: ContentInUse, paces: Paces | None = None) -> AsyncIterator[App]:
    """Every part but the front ends. The model is loaded by whoever starts the bot. `paces`: how fast one may write.

    With SQLite the jobs run from now on; with PostgreSQL whoever answers on Telegram runs them, with all others who do.
    """
    async with open_database(settings) as database:
        jobs: Jobs = LocalJobs() if database.is_sqlite else _shared_jobs(database)
        tell = partial(jobs.wake, NOTICES)
        people = PeopleService(database, settings.timezone)
        model, metrics, links, alerts = ModelInUse(), Metrics(), Links(), Alerts(database, content)
        notices = Notices(database, content, ZoneInfo(settings.timezone), campaign_notice, invite_notice)
        staff = PeopleCommands(people, content, links, settings.timezone, tell)
        desk = _desk(settings, database, content, tell)
        sender = _sender(settings, database, content, tell)
        campaigns = campaign_service(settings, database, content, wake=_waking(jobs, sender), tell=tell)
        adverts, reader = AdvertsInUse(content), PictureReader()
        screenshots = Screenshots(reader)
        zone = ZoneInfo(settings.timezone)
        dialogue = Dialogue(
            database,
            content,
            metrics.understanding(model),
            staff,
            desk,
            check=adverts,
            read=screenshots.read,
            paces=Paces() if paces is None else paces,
            campaigns=CampaignCommands(campaigns, people, database, content, zone, settings.approve_from),
        )
        work = _work(database, notices, sender, tell)
        parts = (settings, database, content, alerts, people, dialogue, model, adverts, screenshots)
        app = App(*parts, notices, desk, campaigns, sender, metrics, jobs, work, links)
        try:
            async with AsyncExitStack() as running:
                await running.enter_async_context(content.watching(alerts.about_content))
                if database.is_sqlite:
                    await running.enter_async_context(jobs.running(work))
                    running.push_async_callback(sender.stop)
                yield app
        finally:
            await model.close()
            await reader.close()


def _work(database: Database, notices: Notices, sender: Sender, tell: Callable[[], None]) -> tuple[Job, ...]:
    """What must be done once, however many processes there are."""

    async def look_for_waiting() -> None:
        if await remind(database):
            tell()

    return (
        Job("housekeeping", partial(keep_house, database), KEEP_HOUSE_EVERY),
        Job("reminders", look_for_waiting, REMIND_EVERY),
        Job(NOTICES, notices.tell_all, TELL_EVERY),
        Job(CAMPAIGNS, sender.send_due, SEND_EVERY),
    )


def _shared_jobs(database: Database) -> Jobs:
    from bot.jobs.shared import SharedJobs  # imports the job engine, which only PostgreSQL needs

    return SharedJobs(database)


def _waking(jobs: Jobs, sender: Sender) -> Callable[[], None]:
    """Something about a campaign has changed: whoever sends looks at once."""

    def wake() -> None:
        sender.wake()
        jobs.wake(CAMPAIGNS)

    return wake


def campaign_service(
    settings: Settings,
    database: Database,
    library: Callable[[], Library],
    *,
    wake: Callable[[], None] = lambda: None,
    tell: Callable[[], None] = lambda: None,
) -> CampaignService:
    """What staff can do with campaigns, under these settings."""
    return CampaignService(
        database, library, ZoneInfo(settings.timezone), approve_from=settings.approve_from, wake=wake, tell=tell
    )


def _sender(settings: Settings, database: Database, content: ContentInUse, tell: Callable[[], None]) -> Sender:
    return Sender(
        database,
        content,
        ZoneInfo(settings.timezone),
        approve_from=settings.approve_from,
        progress=partial(progress_page, content),
        wake_notices=tell,
    )


def _desk(settings: Settings, database: Database, content: ContentInUse, tell: Callable[[], None]) -> DeskCommands:
    student = StudentSide(database, settings.default_desk)
    timezone = ZoneInfo(settings.timezone)
    return DeskCommands(student, CounsellorSide(database), content, tell, timezone)
