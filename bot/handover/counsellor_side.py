"""What a counsellor does at the desk: see who waits, take a talk, answer, hand it back or on, close, be away."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.handover.said import Said, Talk, Words, said_of, talk_of
from bot.handover.student_side import close, is_away, tell_counsellors
from bot.people.rights import NotAllowed
from db.engine import Database
from db.models import Person, Role, now
from db.thread_models import NoticeKind, Thread, ThreadState
from db.work import ReadWork, WriteWork

# For how long what a counsellor types goes to the talk they wrote to last: a stale choice could reach the wrong one.
ANSWERING_FOR = timedelta(minutes=30)


class Refused(StrEnum):
    """Why a counsellor's wish was not carried out. Nothing was changed."""

    GONE = "gone"  # closed, erased or never there
    TAKEN = "taken"  # a colleague was quicker
    NOT_YOURS = "not_yours"
    OWN = "own"  # nobody answers themselves


@dataclass(frozen=True)
class Opened:
    """A talk with everything that was said in it."""

    talk: Talk
    said: tuple[Said, ...]


@dataclass(frozen=True)
class Colleague:
    """Somebody a talk can be handed on to, by the number of their membership."""

    membership: int
    name: str | None
    away: bool


@dataclass(frozen=True)
class Inbox:
    """The talks of a counsellor's schools, and until when the counsellor is away."""

    waiting: tuple[Talk, ...]
    mine: tuple[Talk, ...]
    others: tuple[Talk, ...]
    closed: tuple[Talk, ...]
    away_until: datetime | None


class CounsellorSide:
    """Every call looks up in the database what the person may do. Raises NotAllowed for whoever is no counsellor."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def inbox(self, address: str) -> Inbox:
        """Who waits, whom they talk to, what colleagues have taken, what is closed."""
        async with self._database.read() as work:
            person, schools = await _counsellor(work, address)
            seat = await work.threads.seat(person.id)
            threads = await work.threads.at_schools(schools)
            talks = [talk_of(one, mine=one.claimed_by == person.id) for one in threads]
            running = [talk for talk in talks if talk.state is ThreadState.CLAIMED]
            away = seat.away_until if seat is not None and is_away(seat.away_until) else None
            return Inbox(
                waiting=tuple(talk for talk in talks if talk.state is ThreadState.WAITING),
                mine=tuple(talk for talk in running if talk.mine),
                others=tuple(talk for talk in running if not talk.mine),
                closed=tuple(talk for talk in talks if talk.state is ThreadState.CLOSED),
                away_until=away,
            )

    async def claim(self, address: str, thread_id: str, name: str) -> Opened | Refused:
        """Take a talk that nobody has; colleagues see `name`. One that is theirs already is opened again."""
        async with self._database.write() as work:
            person, thread = await _at(work, address, thread_id)
            if isinstance(thread, Refused):
                return thread
            if thread.student_id == person.id:
                return Refused.OWN
            if thread.state is ThreadState.WAITING:
                thread.state, thread.claimed_by = ThreadState.CLAIMED, person.id
                await work.notices.add(thread.student_id, NoticeKind.CLAIMED, thread_id=thread.id)
                await work.audit.record(person.id, "talk taken", f"talk {thread.id}")
            elif thread.claimed_by != person.id:
                return Refused.TAKEN
            await _sit(work, person, thread, name)
            messages = await work.threads.messages(thread.id)
            return Opened(talk_of(thread, mine=True), tuple(map(said_of, messages)))

    async def write_to(self, address: str, thread_id: str, name: str) -> Talk | Refused:
        """From now on what they type goes to this talk, which must be theirs."""
        async with self._database.write() as work:
            person, thread = await _own(work, address, thread_id)
            if isinstance(thread, Refused):
                return thread
            await _sit(work, person, thread, name)
            return talk_of(thread, mine=True)

    async def look(self, address: str, thread_id: str) -> Talk | Refused:
        """A talk of theirs; whom they write to stays as it is."""
        async with self._database.write() as work:
            _, thread = await _own(work, address, thread_id)
            return thread if isinstance(thread, Refused) else talk_of(thread, mine=True)

    async def stop_writing(self, address: str) -> bool:
        """What they type goes to the bot again; whether it went to anybody."""
        async with self._database.write() as work:
            person = await work.people.find(address)
            seat = await work.threads.seat(person.id) if person is not None else None
            if seat is None or not _answers(seat.answering_since) or seat.answering is None:
                return False
            seat.answering = None
            return True

    async def is_writing(self, address: str, replied: str) -> bool:
        """Whether what they type may go to a talk: they wrote to one lately, or replied to a message of ours."""
        async with self._database.read() as work:
            person = await work.people.find(address)
            seat = await work.threads.seat(person.id) if person is not None else None
            return seat is not None and (
                bool(replied) or (seat.answering is not None and _answers(seat.answering_since))
            )

    async def answer(self, address: str, words: Words, replied: str) -> Talk | None:
        """Hand over what a counsellor wrote: to the talk whose message (of ours) they replied to, or wrote to last.

        None when it is meant for no talk of theirs.
        """
        async with self._database.write() as work:
            person = await work.people.find(address)
            seat = await work.threads.seat(person.id) if person is not None else None
            if person is None or seat is None:
                return None
            thread = await _meant(work, person, replied) if replied else None
            if thread is None and seat.answering is not None and _answers(seat.answering_since):
                thread = await work.threads.hold(seat.answering)
            if thread is None or not await _may_answer(work, person, thread):
                return None
            seat.answering, seat.answering_since = thread.id, now()
            await _say(work, thread, words)
            return talk_of(thread, mine=True)

    async def release(self, address: str, thread_id: str) -> Talk | Refused:
        """Hand a talk back: everybody else is told, and so is the student."""
        async with self._database.write() as work:
            person, thread = await _own(work, address, thread_id)
            if isinstance(thread, Refused):
                return thread
            await give_back(work, thread)
            await work.audit.record(person.id, "talk handed back", f"talk {thread.id}")
            return talk_of(thread)

    async def colleagues(self, address: str, thread_id: str) -> tuple[Colleague, ...] | Refused:
        """Whom a talk of theirs could be handed on to."""
        async with self._database.write() as work:
            person, thread = await _own(work, address, thread_id)
            if isinstance(thread, Refused):
                return thread
            return tuple(
                Colleague(member.id, seat.name if seat else None, is_away(seat.away_until if seat else None))
                for member, other, seat in await work.threads.counsellors(thread.school_id)
                if other.id not in (person.id, thread.student_id)
            )

    async def hand_on(self, address: str, thread_id: str, membership: int) -> Talk | Refused:
        """Give a talk to a colleague, who is told, as is the student."""
        async with self._database.write() as work:
            person, thread = await _own(work, address, thread_id)
            if isinstance(thread, Refused):
                return thread
            others = await work.threads.counsellors(thread.school_id)
            chosen = next((other for member, other, _ in others if member.id == membership), None)
            if chosen is None or chosen.id in (person.id, thread.student_id):
                return Refused.GONE
            thread.claimed_by = chosen.id
            await work.threads.nobody_answers(thread.id)
            await work.notices.add(chosen.id, NoticeKind.HANDED, thread_id=thread.id)
            await work.notices.add(thread.student_id, NoticeKind.HANDED, thread_id=thread.id)
            await work.audit.record(person.id, "talk handed on", f"talk {thread.id}")
            return talk_of(thread)

    async def close(self, address: str, thread_id: str) -> Talk | Refused:
        """End a talk of theirs; the student is told."""
        async with self._database.write() as work:
            person, thread = await _own(work, address, thread_id)
            if isinstance(thread, Refused):
                return thread
            await close(work, thread)
            await work.notices.add(thread.student_id, NoticeKind.CLOSED, thread_id=thread.id)
            await work.audit.record(person.id, "talk closed", f"talk {thread.id}")
            return talk_of(thread)

    async def away(self, address: str, until: datetime | None) -> None:
        """Be told nothing of new talks until then; None: be there."""
        async with self._database.write() as work:
            person, _ = await _counsellor(work, address)
            (await work.threads.take_seat(person.id)).away_until = until


async def give_back(work: WriteWork, thread: Thread) -> None:
    """The talk waits for whoever takes it next."""
    left = thread.claimed_by
    thread.state, thread.claimed_by, thread.reminders = ThreadState.WAITING, None, 0
    thread.waiting_since = thread.waiting_since or now()
    await work.threads.nobody_answers(thread.id)
    await tell_counsellors(work, thread, NoticeKind.OPENED, but=left)
    await work.notices.add(thread.student_id, NoticeKind.RELEASED, thread_id=thread.id)


async def _counsellor(work: ReadWork | WriteWork, address: str) -> tuple[Person, tuple[int, ...]]:
    """Who is at `address` and the schools they are a counsellor of. Raises NotAllowed."""
    person = await work.people.find(address)
    if person is None:
        raise NotAllowed
    held = await work.people.memberships(person.id)
    schools = tuple(one.school_id for one in held if one.role is Role.COUNSELLOR and one.school_id is not None)
    if not schools:
        raise NotAllowed
    return person, schools


async def _at(work: WriteWork, address: str, thread_id: str) -> tuple[Person, Thread | Refused]:
    """The talk, held, if it is one of their school's. Raises NotAllowed."""
    person, schools = await _counsellor(work, address)
    thread = await work.threads.hold(thread_id)
    if thread is None or thread.state not in (ThreadState.WAITING, ThreadState.CLAIMED):
        return person, Refused.GONE
    if thread.school_id not in schools:
        raise NotAllowed
    return person, thread


async def _own(work: WriteWork, address: str, thread_id: str) -> tuple[Person, Thread | Refused]:
    """The talk, held, if they have taken it."""
    person, thread = await _at(work, address, thread_id)
    if isinstance(thread, Thread) and thread.claimed_by != person.id:
        return person, Refused.NOT_YOURS
    return person, thread


async def _sit(work: WriteWork, person: Person, thread: Thread, name: str) -> None:
    seat = await work.threads.take_seat(person.id)
    seat.answering, seat.answering_since = thread.id, now()
    if name:
        seat.name = name


async def _meant(work: WriteWork, person: Person, replied: str) -> Thread | None:
    """The talk of theirs whose alias stands in the first line of the message they replied to."""
    head = replied.partition("\n")[0]
    for thread in await work.threads.claimed_by(person.id):
        if re.search(rf"{re.escape(thread.alias)}(?!\d)", head):
            return await work.threads.hold(thread.id)
    return None


async def _may_answer(work: WriteWork, person: Person, thread: Thread) -> bool:
    held = await work.people.memberships(person.id)
    counsels = any(one.role is Role.COUNSELLOR and one.school_id == thread.school_id for one in held)
    return counsels and thread.claimed_by == person.id and thread.state is ThreadState.CLAIMED


def _answers(since: datetime | None) -> bool:
    return since is not None and since > now() - ANSWERING_FOR


async def _say(work: WriteWork, thread: Thread, words: Words) -> None:
    file = words.file.to_json() if words.file is not None else None
    message = await work.threads.say(thread, from_student=False, text=words.text, picture=words.picture, file=file)
    if thread.answered_after is None and thread.waiting_since is not None:
        thread.answered_after = round((message.at - thread.waiting_since).total_seconds())
    thread.waiting_since, thread.reminders = None, 0
    await work.notices.add(thread.student_id, NoticeKind.MESSAGE, thread_id=thread.id, message_id=message.id)
