"""Sends campaigns: every recipient once, replies before campaigns, and no send whose fate is not written down.

A row of the ledger is written before its message leaves and after Telegram has answered. Whoever is killed in between
leaves that row unknown, and nothing else: what was only taken is free again (`recover`).
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from zoneinfo import ZoneInfo

from bot.campaigns.audience import audience_of
from bot.campaigns.book import Book
from bot.campaigns.definition import from_json
from bot.campaigns.runs import Deliveries, Post, Run
from bot.campaigns.start import begin, finish, pause
from bot.campaigns.watch import ShowProgress, Watch
from content.library import Library
from db.campaign_models import CampaignState
from db.engine import Database
from db.leader import SomebodyElseLeads, leading
from db.models import now

logger = logging.getLogger(__name__)

AT_ONCE = 64  # sends in hand; the budget decides how many leave in a second
_CLAIM = 48  # rows: two seconds of sending at the usual pace
_PREPARE = 20_000  # people in one transaction: replies wait for it
EVERY_SECONDS = 1  # whoever changes a campaign also wakes us
_LOOK_EVERY = 1.0
_LONGEST_STOP = 20.0
_FOLLOW_UP_EVERY = 60.0


class Sender:
    """Sends what is marked for sending, as long as this process leads."""

    def __init__(
        self,
        database: Database,
        library: Callable[[], Library],
        zone: ZoneInfo,
        *,
        approve_from: int,
        progress: ShowProgress | None = None,
        wake_notices: Callable[[], None] = lambda: None,
    ) -> None:
        self._database = database
        self._library = library
        self._approve_from = approve_from
        self._watch = Watch(database, progress) if progress is not None else None
        self._wake_notices = wake_notices
        self._post: Post | None = None
        self._runs: dict[int, Run] = {}
        self._book = Book(database)
        self._deliveries = Deliveries(database, library, zone, self._book)
        self._in_hand: set[asyncio.Task[None]] = set()
        self._news = asyncio.Event()
        self._late: list[int] = []
        self._follow_up_at = 0.0
        self._stopping = False
        self._recovered = False
        self._idle = asyncio.Event()
        self._idle.set()

    def connect(self, post: Post) -> None:
        """From now on campaigns go out by `post`."""
        self._post = post
        self.wake()

    def wake(self) -> None:
        """Something about a campaign may have changed."""
        self._news.set()

    async def send_due(self) -> None:
        """Send what is due until nothing is left, unless somebody else does. Whoever cannot send does not lead."""
        if self._post is None or self._stopping or not await self._anything_to_take_up():
            return
        self._idle.clear()
        try:
            async with leading(self._database) as leader, self._leading():
                self._recovered = True
                while not self._stopping and await leader.still_leads():
                    if not await self._step() and not await self._anything_to_do():
                        break
                    await self._rest(_LOOK_EVERY)
        except SomebodyElseLeads:
            pass
        finally:
            self._idle.set()

    async def stop(self) -> None:
        """Start nothing more, and wait for what is in hand: as long as the post still works."""
        self._stopping = True
        self.wake()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), _LONGEST_STOP)

    async def send_all(self, stop: Callable[[], bool]) -> None:
        """Send until nothing is left that is due, or `stop()`. Raises SomebodyElseLeads."""
        async with leading(self._database), self._leading():
            while not stop():
                if not await self._step() and not await self._anything_to_do():
                    return
                await self._rest(_LOOK_EVERY)

    async def _anything_to_take_up(self) -> bool:
        """Whether to lead: something is due, or this process has not yet looked for what a dead sender left."""
        await self._look_for_follow_ups()
        return not self._recovered or bool(self._late) or await self._anything_to_do()

    async def _anything_to_do(self) -> bool:
        async with self._database.read() as work:
            sending = await work.campaigns.in_state(CampaignState.SENDING)
            return bool(sending or await work.campaigns.due(now()))

    @asynccontextmanager
    async def _leading(self) -> AsyncIterator[None]:
        async with self._database.write() as work:
            freed, unknown = await work.ledger.recover()
        if freed or unknown:
            logger.warning("a sender had stopped: %d deliveries are free again, %d unknown", freed, unknown)
        async with self._book.open():
            try:
                yield
            finally:
                await self._settle()

    async def _settle(self) -> None:
        """Let what is in hand end, and give back what was only taken."""
        for number in list(self._runs):
            await self._leave(number)
        while self._in_hand:
            await asyncio.wait(self._in_hand)

    async def _leave(self, number: int) -> None:
        """Start nothing more of this campaign."""
        run = self._runs.pop(number)
        run.gone = True
        taken = [claim.delivery_id for claim in run.waiting]
        run.waiting.clear()
        if taken:
            async with self._database.write() as work:
                await work.ledger.free(taken)

    async def _rest(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._news.wait(), seconds)
        self._news.clear()

    async def _step(self) -> bool:
        """Begin what is due, go on with what runs, end what is done; whether anything is being sent."""
        await self._begin_due()
        await self._look_after_runs()
        await self._prepare()
        await self._fill()
        await self._finish()
        return bool(self._in_hand)

    async def _begin_due(self) -> None:
        async with self._database.read() as work:
            due = [campaign.number for campaign in await work.campaigns.due(now())]
        for number in due:
            async with self._database.write() as work:
                campaign = await work.campaigns.hold(number)
                if campaign is not None and campaign.state is CampaignState.SCHEDULED:
                    await begin(work, campaign, self._library(), self._approve_from)
        if due:
            self._wake_notices()

    async def _look_after_runs(self) -> None:
        """Take up campaigns that are to be sent, and leave those that were paused or cancelled."""
        await self._look_for_follow_ups()
        async with self._database.read() as work:
            wanted = {one.number: one for one in await work.campaigns.in_state(CampaignState.SENDING)}
            late = [number for number in self._late if number not in wanted]
            wanted |= {one.number: one for number in late if (one := await work.campaigns.get(number)) is not None}
            zones = {school.id: ZoneInfo(school.timezone) for school in await work.schools.all()}
            for number, campaign in wanted.items():
                if number not in self._runs:
                    pictures = await work.campaigns.pictures_kept(number)
                    run = Run(number, from_json(campaign.definition), zones, number in late, pictures=pictures)
                    self._runs[number] = run
        for number in [number for number in self._runs if number not in wanted]:
            await self._leave(number)

    async def _look_for_follow_ups(self) -> None:
        """Which finished campaigns those held out are to get now: looked for once in a while, it is a week anyway."""
        moment = asyncio.get_running_loop().time()
        if moment < self._follow_up_at:
            return
        self._follow_up_at = moment + _FOLLOW_UP_EVERY
        async with self._database.write() as work:
            finished = await work.campaigns.in_state(CampaignState.FINISHED)
            self._late = [one.number for one in finished if await work.ledger.follow_up(one.number)]

    async def _prepare(self) -> None:
        """Fill the ledgers of campaigns that have begun, some people at a time: replies are not kept waiting."""
        for run in self._runs.values():
            if run.held_out_only or run.prepared:
                continue
            definition = run.definition
            async with self._database.write() as work:
                campaign = await work.campaigns.hold(run.number)
                if campaign is None or campaign.state is not CampaignState.SENDING:
                    continue
                if not campaign.prepared:
                    audience = await audience_of(work, definition)
                    added = await work.ledger.prepare(
                        campaign, audience, people=_PREPARE, held_out=definition.hold_out, shares=definition.shares
                    )
                    campaign.prepared = added is None
                run.prepared = campaign.prepared
            self.wake()

    async def _fill(self) -> None:
        """Keep as many sends in hand as may be, taking from each campaign in turn."""
        if self._post is None:
            return
        for run in list(self._runs.values()):
            while not run.gone and len(run.sending) < self._share():
                if not run.waiting and not await self._claim(run):
                    break
                self._start(self._post, run)

    def _share(self) -> int:
        return max(AT_ONCE // max(len(self._runs), 1), 1)

    async def _claim(self, run: Run) -> bool:
        async with self._database.write() as work:
            claims = await work.ledger.claim(run.number, _CLAIM)
        run.waiting.extend(claims)
        return bool(claims)

    def _start(self, post: Post, run: Run) -> None:
        task = asyncio.create_task(self._deliver(post, run))
        run.sending.add(task)
        self._in_hand.add(task)
        task.add_done_callback(run.sending.discard)
        task.add_done_callback(self._in_hand.discard)
        task.add_done_callback(lambda _: None if run.sending else self.wake())  # it may be the end

    async def _deliver(self, post: Post, run: Run) -> None:
        """Make one delivery after another while there are any at hand: nothing waits for the next look."""
        while run.waiting and not run.gone:
            why = await self._deliveries.make(post, run, run.waiting.popleft())
            if why is not None and not run.gone:
                await self._pause(run, why)
            if len(run.sending) > self._share():
                break
        if not run.waiting:
            self.wake()

    async def _pause(self, run: Run, why: str) -> None:
        run.gone = True
        async with self._database.write() as work:
            campaign = await work.campaigns.hold(run.number)
            if campaign is not None and campaign.state is CampaignState.SENDING:
                await pause(work, campaign, why)
        self._wake_notices()
        self.wake()

    async def _finish(self) -> None:
        for run in list(self._runs.values()):
            done = not (run.waiting or run.sending or run.gone or run.held_out_only) and await self._finished(run)
            if self._watch is not None and self._post is not None and not run.held_out_only:
                await self._watch.show(self._post, run, last=done)

    async def _finished(self, run: Run) -> bool:
        async with self._database.write() as work:
            campaign = await work.campaigns.hold(run.number)
            if campaign is None or not await finish(work, campaign, run.definition):
                return False
        self._runs.pop(run.number, None)
        self._wake_notices()
        return True
