"""Sends campaigns: every recipient once, replies before campaigns, and no send whose fate is not written down.

A row of the ledger is written before its message leaves and after Telegram has answered. Whoever is killed in between
leaves that row unknown, and nothing else: what was only taken is free again (`recover`).
"""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.background import beside
from bot.campaigns.audience import audience_of
from bot.campaigns.book import Book
from bot.campaigns.clock import MISSED_AFTER, is_quiet, next_morning, same_day
from bot.campaigns.definition import Definition, from_json
from bot.campaigns.notes import tell_author
from bot.campaigns.pages import Step, pin, steps
from bot.replies import Reply
from bot.sending.outcome import Posted, Went
from content.library import Library
from content.schema import Language
from db.campaign_models import Campaign, CampaignState, Outcome
from db.engine import Database
from db.errors import DatabaseProblem
from db.leader import Leader, SomebodyElseLeads, leading
from db.models import now
from db.repositories.ledger import Claim, Mark, Tally
from db.thread_models import NoticeKind
from db.work import WriteWork

logger = logging.getLogger(__name__)

AT_ONCE = 64  # sends in hand; the budget decides how many leave in a second
_CLAIM = 48  # rows: two seconds of sending at the usual pace
_PREPARE = 20_000  # people in one transaction: replies wait for it
_LOOK_EVERY = 1.0
_LEAD_EVERY = 5.0
_SHOW_EVERY = 4.0
_MOST_TRIES = 8
_FIRST_PAUSE = timedelta(seconds=5)
_LONGEST_PAUSE = timedelta(minutes=10)
_LAST_FEW, _BURST = 10, 5  # so many content errors among the last few: it is the campaign's fault
FOLLOW_UP_AFTER = timedelta(days=7)

_FINAL = {
    Went.BLOCKED: Outcome.BLOCKED,
    Went.DEACTIVATED: Outcome.DEACTIVATED,
    Went.NOT_FOUND: Outcome.NOT_FOUND,
    Went.CONTENT_ERROR: Outcome.CONTENT_ERROR,
    Went.UNKNOWN: Outcome.UNKNOWN,
}


class Post(Protocol):
    """Whoever takes messages to students: bot/telegram/post.py."""

    def reaches(self, address: str) -> bool: ...
    async def turn(self, address: str) -> None: ...
    async def send(self, address: str, reply: Reply, picture: bytes | str | None = None) -> Posted: ...
    async def show(self, address: str, reply: Reply, message: int | None) -> int | None: ...


ShowProgress = Callable[[Campaign, Definition, Tally, Language], Reply]


@dataclass
class _Run:
    """A campaign that is being sent."""

    number: int
    definition: Definition
    zones: dict[int, ZoneInfo]
    held_out_only: bool = False  # it is finished; those held out get the rest
    waiting: deque[Claim] = field(default_factory=deque)
    sending: set["asyncio.Task[None]"] = field(default_factory=set)
    last: deque[bool] = field(default_factory=lambda: deque(maxlen=_LAST_FEW))  # content errors
    pictures: dict[tuple[int, int], bytes | str] = field(default_factory=dict)
    shown_at: float = 0.0
    gone: bool = False  # paused, cancelled or finished meanwhile

    def zone(self, school: int | None, default: ZoneInfo) -> ZoneInfo:
        return self.zones.get(school, default) if school is not None else default


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
        self._zone = zone
        self._approve_from = approve_from
        self._progress = progress
        self._wake_notices = wake_notices
        self._post: Post | None = None
        self._runs: dict[int, _Run] = {}
        self._book = Book(database)
        self._news = asyncio.Event()
        self._stopping = False

    def connect(self, post: Post) -> None:
        """From now on campaigns go out by `post`."""
        self._post = post
        self.wake()

    def wake(self) -> None:
        """Something about a campaign may have changed."""
        self._news.set()

    @asynccontextmanager
    async def sending(self) -> AsyncIterator[None]:
        """Send what is due, until left; what is in hand is finished first."""
        async with beside(self._keep_sending()):
            yield
            self._stopping = True
            self.wake()
            await self._settle()

    async def send_all(self, stop: Callable[[], bool] | None = None) -> None:
        """Send until nothing is left that can be sent now. Raises SomebodyElseLeads."""
        async with leading(self._database) as leader, self._leading(leader):
            while not (stop is not None and stop()):
                if not await self._step() and not await self._anything_to_do():
                    return
                await self._rest()

    async def _anything_to_do(self) -> bool:
        async with self._database.read() as work:
            sending = await work.campaigns.in_state(CampaignState.SENDING)
            return bool(sending or await work.campaigns.due(now()))

    async def _keep_sending(self) -> None:
        while True:
            try:
                async with leading(self._database) as leader, self._leading(leader):
                    while not self._stopping:
                        if self._post is not None:
                            await self._step()
                        await self._rest()
                        if not await leader.still_leads():
                            break
            except SomebodyElseLeads:
                await asyncio.sleep(_LEAD_EVERY)
            except DatabaseProblem as problem:
                logger.warning("campaigns wait for the database: %s", problem)
                await asyncio.sleep(_LEAD_EVERY)
            except Exception as error:  # one bad campaign must not end the sending of all others
                logger.exception("campaigns stumbled (%s)", type(error).__name__)
                await asyncio.sleep(_LEAD_EVERY)
            if self._stopping:
                return

    @asynccontextmanager
    async def _leading(self, _leader: Leader) -> AsyncIterator[None]:
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
        runs, self._runs = list(self._runs.values()), {}
        for run in runs:
            if run.sending:
                await asyncio.wait(run.sending)
            await self._free(run)

    async def _free(self, run: _Run) -> None:
        taken = [claim.delivery_id for claim in run.waiting]
        run.waiting.clear()
        if taken:
            async with self._database.write() as work:
                await work.ledger.free(taken)

    async def _rest(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._news.wait(), _LOOK_EVERY)
        self._news.clear()

    async def _step(self) -> bool:
        """Begin what is due, go on with what runs, end what is done; whether anything is being sent."""
        await self._begin_due()
        await self._look_after_runs()
        await self._prepare()
        await self._fill()
        await self._finish()
        return any(run.waiting or run.sending for run in self._runs.values())

    async def _begin_due(self) -> None:
        async with self._database.read() as work:
            due = [campaign.number for campaign in await work.campaigns.due(now())]
        for number in due:
            async with self._database.write() as work:
                campaign = await work.campaigns.hold(number)
                if campaign is not None and campaign.state is CampaignState.SCHEDULED:
                    await self._begin(work, campaign)
        if due:
            self._wake_notices()

    async def _begin(self, work: WriteWork, campaign: Campaign) -> None:
        definition = from_json(campaign.definition)
        if campaign.starts_at is not None and now() - campaign.starts_at > MISSED_AFTER:
            await _pause(work, campaign, "missed", NoticeKind.CAMPAIGN_MISSED)
        elif await self._pin(work, campaign, definition) != campaign.pin:
            await _pause(work, campaign, "content_changed")
        elif await self._needs_approval(work, campaign, definition):
            await _pause(work, campaign, "needs_approval")
        else:
            campaign.state = CampaignState.SENDING
            campaign.started_at = now()
            await work.audit.record(None, "campaign started", f"campaign {campaign.id}")

    async def _pin(self, work: WriteWork, campaign: Campaign, definition: Definition) -> str:
        return pin(self._library(), definition, await work.campaigns.pictures(campaign.number))

    async def _needs_approval(self, work: WriteWork, campaign: Campaign, definition: Definition) -> bool:
        """Whether the audience has grown beyond what one person may send alone since it was marked for sending."""
        if campaign.approved_pin == campaign.pin:
            return False
        audience = await audience_of(work, definition)
        return (await work.campaigns.count(audience)).recipients > self._approve_from

    async def _look_after_runs(self) -> None:
        """Take up campaigns that are to be sent, and leave those that were paused or cancelled."""
        async with self._database.read() as work:
            sending = {one.number: one for one in await work.campaigns.in_state(CampaignState.SENDING)}
            late = set(await work.ledger.follow_ups(now())) - set(sending)
            finished = {one.number: one for one in await work.campaigns.in_state(CampaignState.FINISHED)}
            wanted = sending | {number: finished[number] for number in late if number in finished}
            zones = {school.id: ZoneInfo(school.timezone) for school in await work.schools.all()}
            for number, campaign in wanted.items():
                if number not in self._runs:
                    pictures = await work.campaigns.pictures_kept(number)
                    self._runs[number] = _Run(number, from_json(campaign.definition), zones, number in late)
                    self._runs[number].pictures.update(pictures)
        for number in [number for number in self._runs if number not in wanted]:
            run = self._runs.pop(number)
            run.gone = True
            await self._free(run)

    async def _prepare(self) -> None:
        """Fill the ledgers of campaigns that have begun, some people at a time: replies are not kept waiting."""
        for run in self._runs.values():
            if run.held_out_only:
                continue
            async with self._database.write() as work:
                campaign = await work.campaigns.hold(run.number)
                if campaign is None or campaign.prepared or campaign.state is not CampaignState.SENDING:
                    continue
                definition = run.definition
                audience = await audience_of(work, definition)
                added = await work.ledger.prepare(
                    campaign, audience, people=_PREPARE, held_out=definition.hold_out, shares=definition.shares
                )
                campaign.prepared = added is None
            self.wake()

    async def _fill(self) -> None:
        """Keep as many sends in hand as may be, taking from each campaign in turn."""
        if not self._runs:
            return
        share = max(AT_ONCE // len(self._runs), 1)
        for run in self._runs.values():
            while len(run.sending) < share:
                if not run.waiting and not await self._claim(run):
                    break
                self._start(run, run.waiting.popleft())

    async def _claim(self, run: _Run) -> bool:
        async with self._database.write() as work:
            claims = await work.ledger.claim(run.number, _CLAIM, held_out_only=run.held_out_only)
        run.waiting.extend(claims)
        return bool(claims)

    def _start(self, run: _Run, claim: Claim) -> None:
        task = asyncio.create_task(self._deliver(run, claim))
        run.sending.add(task)
        task.add_done_callback(run.sending.discard)
        task.add_done_callback(lambda _: self._next(run))

    def _next(self, run: _Run) -> None:
        """One send has ended: begin the next at once, without waiting for the next look."""
        if run.gone or self._stopping or run.number not in self._runs:
            return
        if run.waiting and len(run.sending) < AT_ONCE:
            self._start(run, run.waiting.popleft())
        if not run.waiting:
            self.wake()

    async def _deliver(self, run: _Run, claim: Claim) -> None:
        try:
            await self._deliver_steps(run, claim)
        except Exception as error:
            # What is written down stays; nobody is written to twice. The next start makes it unknown or free.
            logger.exception("a delivery stumbled (%s)", type(error).__name__)

    async def _deliver_steps(self, run: _Run, claim: Claim) -> None:
        refused = self._refused(run, claim)
        if refused is not None:
            await self._book.mark(refused)
            return
        assert claim.address is not None
        assert self._post is not None
        todo = steps(
            self._library(), run.definition, run.number, claim.variant, claim.language, held_out=claim.held_out
        )
        questions = sum(bool(step.question) for step in todo)
        for place in range(claim.step, len(todo)):
            await self._post.turn(claim.address)
            if run.gone:
                await self._book.mark(Mark(claim.delivery_id, Outcome.PENDING, place, claim.tries))
                return
            await self._book.mark(Mark(claim.delivery_id, Outcome.SENDING, place, claim.tries))
            posted = await self._send(run, claim, todo[place])
            run.last.append(posted.went is Went.CONTENT_ERROR)
            if posted.went is not Went.SENT:
                await self._not_sent(run, claim, place, posted)
                return
            done = place + 1
            if claim.held_out and done == questions and done < len(todo):
                later = now() + FOLLOW_UP_AFTER
                await self._book.mark(Mark(claim.delivery_id, Outcome.PENDING, done, 0, later))
                return
            await self._book.mark(
                Mark(claim.delivery_id, Outcome.SENT if done == len(todo) else Outcome.CLAIMED, done, 0)
            )

    def _refused(self, run: _Run, claim: Claim) -> Mark | None:
        """What keeps this delivery from going out now, or for good."""

        def mark(outcome: Outcome, not_before: datetime | None = None) -> Mark:
            return Mark(claim.delivery_id, outcome, claim.step, claim.tries, not_before)

        if claim.address is None or not claim.agreed:
            return mark(Outcome.OPTED_OUT)
        if claim.blocked:
            return mark(Outcome.BLOCKED)
        if self._post is None or not self._post.reaches(claim.address):
            return mark(Outcome.NOT_FOUND)
        if run.definition.urgent:
            return None
        zone, moment = run.zone(claim.school_id, self._zone), now()
        if is_quiet(moment, zone):
            return mark(Outcome.PENDING, next_morning(moment, zone))
        if claim.step == 0 and claim.last_other is not None and same_day(_utc(claim.last_other), moment, zone):
            return mark(Outcome.PENDING, next_morning(moment, zone, tomorrow=True))
        return None

    async def _send(self, run: _Run, claim: Claim, step: Step) -> Posted:
        assert self._post is not None
        assert claim.address is not None
        picture = run.pictures.get(step.picture) if step.picture is not None else None
        posted = await self._post.send(claim.address, step.reply, picture)
        if posted.file_id and step.picture is not None and isinstance(picture, bytes):
            run.pictures[step.picture] = posted.file_id  # from now on Telegram has it
            async with self._database.write() as work:
                await work.campaigns.keep_file_id(run.number, step.picture, posted.file_id)
        if posted.poll_id and step.reply.quiz is not None:
            async with self._database.write() as work:
                quiz = step.reply.quiz
                await work.quizzes.add_poll(posted.poll_id, step.question, quiz.right, claim.delivery_id)
        return posted

    async def _not_sent(self, run: _Run, claim: Claim, place: int, posted: Posted) -> None:
        if posted.went is Went.NO_ENTRY:
            await self._book.mark(Mark(claim.delivery_id, Outcome.PENDING, place, claim.tries))
            await self._pause(run, "no_entry")
            return
        if posted.went is Went.RETRY:
            tries = claim.tries + 1
            pause = min(_FIRST_PAUSE * 2**claim.tries, _LONGEST_PAUSE)
            outcome = Outcome.PENDING if tries < _MOST_TRIES else Outcome.GAVE_UP
            await self._book.mark(Mark(claim.delivery_id, outcome, place, tries, now() + pause))
            return
        await self._book.mark(Mark(claim.delivery_id, _FINAL[posted.went], place, claim.tries))
        if sum(run.last) >= _BURST:
            await self._pause(run, "content_errors")

    async def _pause(self, run: _Run, why: str) -> None:
        run.gone = True
        async with self._database.write() as work:
            campaign = await work.campaigns.hold(run.number)
            if campaign is not None and campaign.state is CampaignState.SENDING:
                await _pause(work, campaign, why)
        self._wake_notices()
        self.wake()

    async def _finish(self) -> None:
        for run in list(self._runs.values()):
            if run.waiting or run.sending:
                await self._show(run, last=False)
                continue
            if run.held_out_only:
                continue
            await self._show(run, last=await self._finished(run))

    async def _finished(self, run: _Run) -> bool:
        questions = len({name for texts in run.definition.texts for one in texts for name in one.quiz})
        async with self._database.write() as work:
            campaign = await work.campaigns.hold(run.number)
            if campaign is None or campaign.state is not CampaignState.SENDING or not campaign.prepared:
                return False
            if await work.ledger.has_open(run.number, questions):
                return False
            campaign.state = CampaignState.FINISHED
            campaign.finished_at = now()
            await work.ledger.note_laws(run.number, run.definition.laws)
            await work.audit.record(None, "campaign finished", f"campaign {campaign.id}")
            await tell_author(work, campaign, NoticeKind.CAMPAIGN_FINISHED)
        self._runs.pop(run.number, None)
        self._wake_notices()
        return True

    async def _show(self, run: _Run, *, last: bool) -> None:
        """Show the author how it goes, in one message that changes."""
        moment = asyncio.get_running_loop().time()
        if self._progress is None or self._post is None or (moment - run.shown_at < _SHOW_EVERY and not last):
            return
        run.shown_at = moment
        async with self._database.read() as work:
            campaign = await work.campaigns.get(run.number)
            author = await work.people.get(campaign.author_id) if campaign is not None and campaign.author_id else None
            if campaign is None or author is None or author.address is None:
                return
            address: str = author.address
            language: Language = "en" if author.language == "en" else "zh"
            reply = self._progress(campaign, run.definition, await work.ledger.tally(run.number), language)
            watched = campaign.watched_in
        if not self._post.reaches(address):
            return
        message = await self._post.show(address, reply, watched)
        if message is not None and message != watched:
            async with self._database.write() as work:
                campaign = await work.campaigns.hold(run.number)
                if campaign is not None:
                    campaign.watched_in = message


async def _pause(
    work: WriteWork, campaign: Campaign, why: str, notice: NoticeKind = NoticeKind.CAMPAIGN_PAUSED
) -> None:
    campaign.state = CampaignState.PAUSED
    campaign.paused_why = why
    await work.audit.record(None, "campaign paused", f"campaign {campaign.id}: {why}")
    await tell_author(work, campaign, notice, why)


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
