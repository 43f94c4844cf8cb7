"""Deliveries of one campaign: what keeps one from going out, what is sent, and what is written down of it."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.campaigns.book import Book
from bot.campaigns.clock import is_quiet, next_morning, same_day
from bot.campaigns.definition import Definition
from bot.campaigns.pages import Step, steps
from bot.replies import Reply
from bot.sending.outcome import Posted, Went
from content.library import Library
from content.schema import Language
from db.campaign_models import Outcome
from db.engine import Database
from db.models import now
from db.repositories.ledger import Claim, Mark

logger = logging.getLogger(__name__)

FOLLOW_UP_AFTER = timedelta(days=7)
"""After which those held out get the messages too."""

_MOST_TRIES = 8
_FIRST_PAUSE = timedelta(seconds=5)
_LONGEST_PAUSE = timedelta(minutes=10)
_LAST_FEW, _BURST = 10, 5  # so many content errors among the last few: it is the campaign's fault

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


@dataclass
class Run:
    """A campaign that is being sent."""

    number: int
    definition: Definition
    zones: dict[int, ZoneInfo]
    held_out_only: bool = False  # it is finished; those held out get the rest
    waiting: deque[Claim] = field(default_factory=deque)
    sending: set["asyncio.Task[None]"] = field(default_factory=set)
    last: deque[bool] = field(default_factory=lambda: deque(maxlen=_LAST_FEW))  # content errors
    pictures: dict[tuple[int, int], bytes | str] = field(default_factory=dict)
    rendered: dict[tuple[int, Language, bool], tuple[Step, ...]] = field(default_factory=dict)
    prepared: bool = False
    shown_at: float = 0.0
    gone: bool = False  # paused, cancelled or finished meanwhile, or we stop


class Deliveries:
    """Makes deliveries, and writes them into the book."""

    def __init__(self, database: Database, library: Callable[[], Library], zone: ZoneInfo, book: Book) -> None:
        self._database = database
        self._library = library
        self._zone = zone
        self._book = book

    async def make(self, post: Post, run: Run, claim: Claim) -> str | None:
        """Send what is left of one delivery and write down what came of it; why the campaign must stop, if it must."""
        try:
            return await self._make(post, run, claim)
        except Exception as error:  # noqa: BLE001
            # What is written stays; nobody is written to twice. The next start makes it unknown or free.
            logger.error("a delivery stumbled (%s)", type(error).__name__)
            return None

    async def _make(self, post: Post, run: Run, claim: Claim) -> str | None:
        refused = self._refused(post, run, claim)
        if refused is not None:
            await self._book.mark(refused)
            return None
        assert claim.address is not None
        held, todo = claim.held_out, self._steps(run, claim)
        questions = sum(bool(step.question) for step in todo)
        for place in range(claim.step, len(todo)):
            if held and place == questions and not run.held_out_only:
                later = now() + FOLLOW_UP_AFTER
                await self._book.mark(Mark(claim.delivery_id, Outcome.HELD_OUT, place, not_before=later))
                return None
            await post.turn(claim.address)
            if run.gone:
                await self._book.mark(Mark(claim.delivery_id, Outcome.PENDING, place, claim.tries))
                return None
            await self._book.mark(Mark(claim.delivery_id, Outcome.SENDING, place, claim.tries))
            posted = await self._send(post, run, claim, todo[place])
            run.last.append(posted.went is Went.CONTENT_ERROR)
            if posted.went is not Went.SENT:
                return await self._not_sent(run, claim, place, posted)
            done = place + 1
            outcome = Outcome.SENT if done == len(todo) else Outcome.CLAIMED
            await self._book.mark(Mark(claim.delivery_id, outcome, done))
        return None

    def _steps(self, run: Run, claim: Claim) -> tuple[Step, ...]:
        """All that goes out to somebody like this: the same for all of them, so rendered once."""
        like = (claim.variant, claim.language, claim.held_out)
        if like not in run.rendered:
            run.rendered[like] = steps(
                self._library(), run.definition, run.number, claim.variant, claim.language, held_out=claim.held_out
            )
        return run.rendered[like]

    def _refused(self, post: Post, run: Run, claim: Claim) -> Mark | None:
        """What keeps this delivery from going out now, or for good."""

        def mark(outcome: Outcome, not_before: datetime | None = None) -> Mark:
            return Mark(claim.delivery_id, outcome, claim.step, claim.tries, not_before)

        if claim.address is None or not claim.agreed:
            return mark(Outcome.OPTED_OUT)
        if claim.blocked:
            return mark(Outcome.BLOCKED)
        if not post.reaches(claim.address):
            return mark(Outcome.NOT_FOUND)
        if run.definition.urgent:
            return None
        zone = run.zones.get(claim.school_id, self._zone) if claim.school_id is not None else self._zone
        moment = now()
        if is_quiet(moment, zone):
            return mark(Outcome.PENDING, next_morning(moment, zone))
        if claim.step == 0 and claim.last_other is not None and same_day(_utc(claim.last_other), moment, zone):
            return mark(Outcome.PENDING, next_morning(moment, zone, tomorrow=True))
        return None

    async def _send(self, post: Post, run: Run, claim: Claim, step: Step) -> Posted:
        assert claim.address is not None
        picture = run.pictures.get(step.picture) if step.picture is not None else None
        posted = await post.send(claim.address, step.reply, picture)
        if posted.file_id and step.picture is not None and isinstance(picture, bytes):
            run.pictures[step.picture] = posted.file_id  # from now on Telegram has it
            async with self._database.write() as work:
                await work.campaigns.keep_file_id(run.number, step.picture, posted.file_id)
        if posted.poll_id and step.reply.quiz is not None:
            async with self._database.write() as work:
                await work.quizzes.add_poll(posted.poll_id, step.question, step.reply.quiz.right, claim.delivery_id)
        return posted

    async def _not_sent(self, run: Run, claim: Claim, place: int, posted: Posted) -> str | None:
        if posted.went is Went.NO_ENTRY:
            await self._book.mark(Mark(claim.delivery_id, Outcome.PENDING, place, claim.tries))
            return "no_entry"
        if posted.went is Went.RETRY:
            tries = claim.tries + 1
            pause = min(_FIRST_PAUSE * 2**claim.tries, _LONGEST_PAUSE)
            outcome = Outcome.PENDING if tries < _MOST_TRIES else Outcome.GAVE_UP
            await self._book.mark(Mark(claim.delivery_id, outcome, place, tries, now() + pause))
            return None
        await self._book.mark(Mark(claim.delivery_id, _FINAL[posted.went], place, claim.tries))
        return "content_errors" if sum(run.last) >= _BURST else None


def _utc(moment: datetime) -> datetime:
    """A moment out of an aggregate, from which SQLite has lost the time zone."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
