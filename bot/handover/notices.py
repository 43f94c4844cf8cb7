"""Tell people what they still have to be told: at once when it can be, again and again when it cannot, never twice.

A notice is written in the same transaction as what it tells of, and removed when it has been told: a restart loses
nothing. Only a stop between telling and removing could repeat one.
"""

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from bot.handover.pages import DeskPages, Rows, press
from bot.handover.said import said_of, talk_of
from bot.replies import Button, Reply
from bot.sending.outcome import Delivered
from content.library import Library
from content.schema import Language
from db.engine import Database
from db.models import now
from db.thread_models import Notice, NoticeKind, Thread
from db.work import ReadWork, WriteWork

_AT_ONCE = 100
EVERY_SECONDS = 5  # whoever writes a notice also wakes us
_FIRST_PAUSE = timedelta(seconds=5)
_LONGEST_PAUSE = timedelta(hours=1)


Deliver = Callable[[str, Reply], Awaitable[Delivered]]
Render = Callable[[ReadWork | WriteWork, Library, Notice, Language], Awaitable[Reply | None]]


@dataclass(frozen=True)
class _Due:
    notice_id: int
    person_id: uuid.UUID
    tries: int
    address: str
    reply: Reply | None  # None: what it tells of is gone


class Notices:
    """Renders what is due and hands it to whoever can send it."""

    def __init__(self, database: Database, library: Callable[[], Library], timezone: ZoneInfo, *others: Render) -> None:
        """`others`: who renders notices that are not about talks; None from them when one is not theirs, or is void."""
        self._others = others
        self._database = database
        self._library = library
        self._timezone = timezone
        self._deliver: Deliver | None = None

    def connect(self, deliver: Deliver) -> None:
        """From now on notices go out by `deliver(address, reply)`."""
        self._deliver = deliver

    async def tell_all(self) -> None:
        """Tell everything that is due, also what comes meanwhile."""
        while await self.tell():
            pass

    async def tell(self) -> int:
        """Tell what is due now, in order for each person and side by side for several; how many were told."""
        if self._deliver is None:
            return 0
        due = await self._due()
        people = [list(group) for _, group in groupby(sorted(due, key=_by_person), key=lambda one: one.person_id)]
        return sum(await asyncio.gather(*map(self._tell_person, people)))

    async def pull(self, address: str) -> tuple[Reply, ...]:
        """Everything still to be told to whoever is at `address`, taken as told: for front ends that cannot push."""
        async with self._database.write() as work:
            person = await work.people.find(address)
            if person is None:
                return ()
            replies = []
            for notice in await work.notices.of(person.id):
                reply = await self._rendered(work, notice, person.language)
                replies += [reply] if reply is not None else []
                await work.notices.told(notice.id)
            return tuple(replies)

    async def _due(self) -> list[_Due]:
        found = []
        async with self._database.read() as work:
            for notice in await work.notices.due(_AT_ONCE):
                person = await work.people.get(notice.person_id)
                if person is not None and person.address is not None and not person.address.startswith("terminal:"):
                    reply = await self._rendered(work, notice, person.language)
                    found.append(_Due(notice.id, person.id, notice.tries, person.address, reply))
        return found

    async def _tell_person(self, due: Sequence[_Due]) -> int:
        told = 0
        for one in due:
            assert self._deliver is not None
            result = Delivered.SENT if one.reply is None else await self._deliver(one.address, one.reply)
            if result is Delivered.SENT:
                async with self._database.write() as work:
                    await work.notices.told(one.notice_id)
                told += 1
                continue
            await self._not_told(one, result)
            break  # what comes after it would be read out of order
        return told

    async def _not_told(self, one: _Due, result: Delivered) -> None:
        async with self._database.write() as work:
            if result is Delivered.BLOCKED:
                await work.notices.drop(one.person_id)
                thread = await work.threads.open_of(one.person_id)
                if thread is not None and thread.claimed_by is not None:
                    await work.notices.add(thread.claimed_by, NoticeKind.UNREACHABLE, thread_id=thread.id)
                return
            pause = min(_FIRST_PAUSE * 2 ** min(one.tries, 12), _LONGEST_PAUSE)
            await work.notices.later(one.notice_id, now() + pause)

    async def _rendered(self, work: ReadWork | WriteWork, notice: Notice, chosen: str | None) -> Reply | None:
        """What the notice says, in the language of whoever reads it; None when what it tells of is gone."""
        thread = await work.threads.get(notice.thread_id) if notice.thread_id is not None else None
        to_student = thread is not None and thread.student_id == notice.person_id
        spoken = thread.language if to_student and thread is not None else chosen
        language: Language = "en" if spoken == "en" else "zh"
        pages = DeskPages(self._library(), language, self._timezone)
        for render in self._others:
            reply = await render(work, self._library(), notice, "en" if chosen == "en" else "zh")
            if reply is not None:
                return reply
        if notice.kind == NoticeKind.ERASED:
            return pages.says("desk_erased", alias=notice.detail)
        if thread is None:
            return None
        if notice.kind == NoticeKind.MESSAGE:
            return await _message(work, notice, thread, pages, to_student=to_student)
        if to_student:
            return _for_student(notice.kind, pages)
        return _for_counsellor(notice, thread, pages)


def _by_person(due: _Due) -> tuple[bytes, int]:
    return due.person_id.bytes, due.notice_id


async def _message(
    work: ReadWork | WriteWork, notice: Notice, thread: Thread, pages: DeskPages, *, to_student: bool
) -> Reply | None:
    message = await work.threads.message(notice.message_id) if notice.message_id is not None else None
    if message is None or (not to_student and thread.claimed_by != notice.person_id):
        return None  # somebody else has the talk by now, and reads it there
    said = said_of(message)
    talk = talk_of(thread)
    return pages.from_counsellor(said, talk) if to_student else pages.from_student(said, talk)


def _for_student(kind: str, pages: DeskPages) -> Reply | None:
    keys: dict[str, str] = {
        NoticeKind.CLAIMED: "desk_claimed",
        NoticeKind.HANDED: "desk_changed",
        NoticeKind.RELEASED: "desk_released",
        NoticeKind.CLOSED: "desk_closed_by_counsellor",
        NoticeKind.STILL_WAITING: "desk_still_waiting",
    }
    key = keys.get(kind)
    if key is None:
        return None
    if kind == NoticeKind.CLOSED:
        return pages.says(key)
    reply = pages.says(key, pages.student_rows())
    if kind == NoticeKind.STILL_WAITING:
        return Reply(reply.body, footer=pages.hotlines(), buttons=reply.buttons, language=reply.language)
    return reply


def _for_counsellor(notice: Notice, thread: Thread, pages: DeskPages) -> Reply | None:
    talk = talk_of(thread)
    take: Rows = ((Button(f"{pages.text('desk_take')} {talk.alias}", press("claim", talk.id)),),)
    who = pages.who(talk)
    spoken = pages.text(f"desk_speaks_{talk.language}")
    if notice.kind == NoticeKind.OPENED:
        return pages.says("desk_opened", take, who=who, spoken=spoken)
    if notice.kind == NoticeKind.HANDED:
        return pages.says("desk_handed", take, who=who, spoken=spoken)
    if notice.kind == NoticeKind.REMINDER:
        waited = pages.duration(now() - (thread.waiting_since or now()))
        return pages.says("desk_reminder", take, who=who, time=waited) if thread.waiting_since else None
    if notice.kind == NoticeKind.CLOSED:
        return pages.says("desk_closed_by_student", who=who)
    return pages.says("desk_unreachable", who=who) if notice.kind == NoticeKind.UNREACHABLE else None
