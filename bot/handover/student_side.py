"""What a student does at the desk: see whether there is one, begin a talk, write, pause, close."""

import random
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median

from bot.handover.said import Talk, Words, talk_of
from db.engine import Database
from db.models import Person, Role, School, now
from db.thread_models import NoticeKind, Thread, ThreadState
from db.work import ReadWork, WriteWork

_TALKS_A_DAY = 5
_TIMES_LOOKED_AT = 20
_TIMES_ENOUGH = 3  # fewer say nothing about how long it usually takes
LONGEST_NAME = 60


@dataclass(frozen=True)
class Door:
    """The desk that is open to a student: whose, how many sit there, and how long a first answer usually took."""

    school: str
    counsellors: int
    present: int
    usual_wait: timedelta | None = None


class Step(StrEnum):
    """What came of something that a student wrote."""

    NAME_TAKEN = "name_taken"
    BEGUN = "begun"  # the first message: the counsellors are told
    SENT = "sent"
    FILE_REFUSED = "file_refused"  # files of anonymous students carry names and places


@dataclass(frozen=True)
class Written:
    step: Step
    talk: Talk
    door: Door | None = None


class TooManyTalks(Exception):
    """The student has begun as many talks today as anybody may."""


class NoDesk(Exception):
    """Nobody is there for this student."""


class StudentSide:
    """`default_desk` names the school whose counsellors are there for students without one."""

    def __init__(self, database: Database, default_desk: str | None, chance: random.Random | None = None) -> None:
        self._database = database
        self._default_desk = default_desk
        self._chance = chance or random.SystemRandom()

    async def door(self, address: str) -> Door | None:
        """The desk for whoever is at `address`; None when there is none."""
        async with self._database.read() as work:
            school = await self._school(work, await work.people.find(address))
            return await _door(work, school) if school is not None else None

    async def talk(self, address: str) -> Talk | None:
        """The talk of theirs that is not closed."""
        async with self._database.read() as work:
            person = await work.people.find(address)
            thread = await work.threads.open_of(person.id) if person is not None else None
            return talk_of(thread) if thread is not None else None

    async def begin(self, address: str, language: str, words: Sequence[str], *, named: bool) -> Talk:
        """Begin a talk under a new alias made from `words`, or go on with the open one. Raises NoDesk, TooManyTalks."""
        async with self._database.write() as work:
            person = await work.people.find_or_add(address)
            thread = await work.threads.open_of(person.id)
            if thread is None:
                school = await self._school(work, person)
                if school is None:
                    raise NoDesk
                if await work.threads.opened_since(person.id, now() - timedelta(days=1)) >= _TALKS_A_DAY:
                    raise TooManyTalks
                alias = _alias(words, await work.threads.aliases(), self._chance)
                thread = await work.threads.add(person.id, school.id, alias, language, named=named)
            thread.listening = True
            return talk_of(thread)

    async def write(self, address: str, words: Words) -> Written | None:
        """Hand over what they wrote; None when no talk of theirs listens."""
        async with self._database.write() as work:
            thread = await _held(work, address)
            if thread is None or not thread.listening:
                return None
            if thread.state is ThreadState.NAMING:
                return await _take_name(thread, words)
            if words.file is not None and not thread.named:
                return Written(Step.FILE_REFUSED, talk_of(thread))
            first = thread.state is ThreadState.WRITING
            file = words.file.to_json() if words.file is not None else None
            message = await work.threads.say(
                thread, from_student=True, text=words.text, picture=words.picture, file=file
            )
            if thread.waiting_since is None:
                thread.waiting_since, thread.reminders = message.at, 0
            if first:
                thread.state = ThreadState.WAITING
                await tell_counsellors(work, thread, NoticeKind.OPENED)
            elif thread.claimed_by is not None:
                await work.notices.add(
                    thread.claimed_by, NoticeKind.MESSAGE, thread_id=thread.id, message_id=message.id
                )
            school = await work.schools.get(thread.school_id)
            door = await _door(work, school) if school is not None else None
            return Written(Step.BEGUN if first else Step.SENT, talk_of(thread), door)

    async def listen(self, address: str, *, on: bool) -> Talk | None:
        """From now on what they type goes to the counsellor, or to the bot again. None without an open talk."""
        return await self._change(address, lambda thread: setattr(thread, "listening", on))

    async def close(self, address: str) -> Talk | None:
        """End the talk; the counsellor is told. One in which nothing was said leaves no trace."""
        async with self._database.write() as work:
            thread = await _held(work, address)
            if thread is None:
                return None
            if thread.state in (ThreadState.NAMING, ThreadState.WRITING):
                talk = talk_of(thread)
                await work.threads.remove(thread)
                return talk
            counsellor = thread.claimed_by
            await close(work, thread)
            if counsellor is not None:
                await work.notices.add(counsellor, NoticeKind.CLOSED, thread_id=thread.id)
            return talk_of(thread)

    async def _change(self, address: str, change: Callable[[Thread], None]) -> Talk | None:
        async with self._database.write() as work:
            thread = await _held(work, address)
            if thread is None:
                return None
            change(thread)
            return talk_of(thread)

    async def _school(self, work: ReadWork | WriteWork, person: Person | None) -> School | None:
        """The school whose counsellors are there for this person: the one joined last, or the default desk."""
        held = await work.people.memberships(person.id) if person is not None else ()
        for membership in reversed(held):
            if membership.role is not Role.STUDENT or membership.school_id is None:
                continue
            if await _others(work, membership.school_id, person):
                return await work.schools.get(membership.school_id)
        default = await work.schools.named(self._default_desk) if self._default_desk is not None else None
        return default if default is not None and await _others(work, default.id, person) else None


async def _others(work: ReadWork | WriteWork, school_id: int, person: Person | None) -> bool:
    """Whether a school has a counsellor who is somebody else."""
    own = person.id if person is not None else None
    return any(member.person_id != own for member, _, _ in await work.threads.counsellors(school_id))


async def close(work: WriteWork, thread: Thread) -> None:
    """End a talk that is held."""
    thread.state, thread.closed_at, thread.waiting_since, thread.listening = ThreadState.CLOSED, now(), None, False
    await work.threads.nobody_answers(thread.id)


async def tell_counsellors(work: WriteWork, thread: Thread, kind: str, but: uuid.UUID | None = None) -> int:
    """Tell every counsellor who is there (all of them when none is), but for one and the student; how many."""
    everyone = [row for row in await work.threads.counsellors(thread.school_id) if row[1].id != thread.student_id]
    there = [row for row in everyone if row[1].id != but and not is_away(row[2].away_until if row[2] else None)]
    told = there or [row for row in everyone if row[1].id != but]
    for _, person, _ in told:
        await work.notices.add(person.id, kind, thread_id=thread.id)
    return len(told)


def is_away(until: datetime | None) -> bool:
    return until is not None and until > now()


async def _held(work: WriteWork, address: str) -> Thread | None:
    """The open talk of whoever is at `address`, held until the unit ends."""
    person = await work.people.find(address)
    thread = await work.threads.open_of(person.id) if person is not None else None
    held = await work.threads.hold(thread.id) if thread is not None else None
    return held if held is not None and held.state is not ThreadState.CLOSED else None


async def _take_name(thread: Thread, words: Words) -> Written:
    name = " ".join(words.text.split())
    if not name:
        return Written(Step.FILE_REFUSED, talk_of(thread))
    thread.name = name[:LONGEST_NAME]
    thread.state = ThreadState.WRITING
    return Written(Step.NAME_TAKEN, talk_of(thread))


async def _door(work: ReadWork | WriteWork, school: School) -> Door:
    seats = await work.threads.counsellors(school.id)
    times = await work.threads.answer_times(school.id, _TIMES_LOOKED_AT)
    usual = timedelta(seconds=median(times)) if len(times) >= _TIMES_ENOUGH else None
    present = sum(not is_away(seat.away_until if seat is not None else None) for _, _, seat in seats)
    return Door(school.name, len(seats), present, usual)


def _alias(words: Sequence[str], taken: set[str], chance: random.Random) -> str:
    """A word and a number that nobody has now; it says nothing about whoever bears it."""
    while True:
        alias = f"{chance.choice(words)} {chance.randrange(10, 100)}"
        if alias not in taken:
            return alias
        if len(taken) > len(words) * 45:
            return f"{chance.choice(words)} {chance.randrange(100, 10_000)}"
