"""A stage for the sender: a school with students, and a post that answers as told."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from zoneinfo import ZoneInfo

from bot.campaigns.definition import Written
from bot.campaigns.sender import Sender
from bot.campaigns.service import CampaignService
from bot.jobs.jobs import Job
from bot.jobs.local import LocalJobs
from bot.replies import Reply
from bot.sending.outcome import Posted, Went
from content.library import Library
from db.campaign_models import CampaignState, Outcome
from db.engine import Database

Make = Callable[..., Written]
SHANGHAI = ZoneInfo("Asia/Shanghai")


@asynccontextmanager
async def sending(sender: Sender) -> AsyncIterator[None]:
    """Let it send what is due, until left; what is in hand is finished."""
    async with LocalJobs().running([Job("campaigns", sender.send_due, 1)]):
        try:
            yield
        finally:
            await sender.stop()


class FakePost:
    """Takes messages, and answers as told: by address, or for everybody."""

    def __init__(self, answer: Callable[[str], Went] = lambda _: Went.SENT) -> None:
        self.answer = answer
        self.sent: list[tuple[str, str]] = []
        self.polls: list[str] = []
        self.before_turn: Callable[[str], Awaitable[None]] | None = None

    def reaches(self, address: str) -> bool:
        return address.startswith("telegram:")

    async def turn(self, address: str) -> None:
        if self.before_turn is not None:
            await self.before_turn(address)

    async def send(self, address: str, reply: Reply, picture: bytes | str | None = None) -> Posted:
        went = self.answer(address)
        if went is Went.SENT:
            self.sent.append((address, reply.text))
        if reply.quiz is None:
            return Posted(went)
        self.polls.append(f"poll{len(self.polls)}")
        return Posted(went, poll_id=self.polls[-1])

    async def show(self, address: str, reply: Reply, message: int | None) -> int | None:
        return 1


class Stage:
    """A school with students, a service, and a sender that stops when nothing is left to do now."""

    def __init__(self, database: Database, library: Library) -> None:
        self.database = database
        self.library = library
        self.service = CampaignService(database, lambda: self.library, SHANGHAI, approve_from=1000)
        self.post = FakePost()

    async def send(self, seconds: float | None = None) -> Counter[Outcome]:
        """Send for a while, or without `seconds` until every campaign is finished or paused; what the rows then say."""
        one = Sender(self.database, lambda: self.library, SHANGHAI, approve_from=1000)
        one.connect(self.post)
        async with sending(one), asyncio.timeout(40):
            await (self._ended() if seconds is None else asyncio.sleep(seconds))
        return await self.rows()

    async def _ended(self) -> None:
        while True:
            states = {overview.campaign.state for overview in await self.service.all()}
            if states <= {CampaignState.FINISHED, CampaignState.PAUSED}:
                return
            await asyncio.sleep(0.05)

    async def rows(self, name: str = "test") -> Counter[Outcome]:
        async with self.database.read() as work:
            campaign = await work.campaigns.named(name)
            assert campaign is not None
            tally = await work.ledger.tally(campaign.number)
            parts = tally.sent + tally.blocked + tally.failed + tally.opted_out + tally.unknown + tally.pending
            assert tally.planned == parts
            return Counter(await work.ledger.outcomes(campaign.number))

    async def state(self, name: str = "test") -> CampaignState:
        return (await self.service.see(name)).campaign.state

    async def marked(self, written: Written) -> None:
        await self.service.create(written)
        await self.service.send(written.definition.id)
