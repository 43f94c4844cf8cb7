"""Talks between students and counsellors, what was said in them, and who sits at the desk."""

import secrets
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Membership, Person, Role, now
from db.thread_models import Seat, Thread, ThreadMessage, ThreadState

_ID_BYTES = 8  # 11 characters: it travels in buttons, and rights are checked wherever it comes back
_OPEN = Thread.state != ThreadState.CLOSED


class Threads:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, thread_id: str) -> Thread | None:
        return await self._session.get(Thread, thread_id)

    async def open_of(self, student_id: uuid.UUID) -> Thread | None:
        """The student's talk that is not closed; there is at most one."""
        query = select(Thread).where(Thread.student_id == student_id, _OPEN).order_by(Thread.opened_at.desc())
        return (await self._session.scalars(query)).first()

    async def of(self, student_id: uuid.UUID) -> Sequence[Thread]:
        """Every talk of the student that is still kept, oldest first."""
        query = select(Thread).where(Thread.student_id == student_id).order_by(Thread.opened_at)
        return (await self._session.scalars(query)).all()

    async def at_schools(self, school_ids: Sequence[int]) -> Sequence[Thread]:
        """The talks of these schools in which something was said, the longest waiting first."""
        said = Thread.state.in_((ThreadState.WAITING, ThreadState.CLAIMED, ThreadState.CLOSED))
        query = select(Thread).where(Thread.school_id.in_(school_ids), said)
        return (await self._session.scalars(query.order_by(Thread.waiting_since, Thread.last_at.desc()))).all()

    async def claimed_by(self, person_id: uuid.UUID) -> Sequence[Thread]:
        """The talks that this counsellor has taken and that are not closed."""
        query = select(Thread).where(Thread.claimed_by == person_id, _OPEN).order_by(Thread.opened_at)
        return (await self._session.scalars(query)).all()

    async def waiting(self) -> Sequence[Thread]:
        """Every talk in which a student waits for an answer, the longest waiting first."""
        query = select(Thread).where(_OPEN, Thread.waiting_since.is_not(None)).order_by(Thread.waiting_since)
        return (await self._session.scalars(query)).all()

    async def taken(self) -> Sequence[Thread]:
        """Every talk that is with a counsellor, or was until they were erased."""
        return (await self._session.scalars(select(Thread).where(Thread.state == ThreadState.CLAIMED))).all()

    async def messages(self, thread_id: str) -> Sequence[ThreadMessage]:
        """What was said, in order."""
        query = select(ThreadMessage).where(ThreadMessage.thread_id == thread_id).order_by(ThreadMessage.position)
        return (await self._session.scalars(query)).all()

    async def message(self, message_id: uuid.UUID) -> ThreadMessage | None:
        return await self._session.get(ThreadMessage, message_id)

    async def answer_times(self, school_id: int, limit: int) -> Sequence[int]:
        """After how many seconds the latest talks of a school were first answered, newest first."""
        query = select(Thread.answered_after).where(Thread.school_id == school_id, Thread.answered_after.is_not(None))
        found = await self._session.scalars(query.order_by(Thread.opened_at.desc()).limit(limit))
        return [seconds for seconds in found if seconds is not None]

    async def opened_since(self, student_id: uuid.UUID, moment: datetime) -> int:
        """How many talks the student has begun since `moment`."""
        query = select(func.count()).where(Thread.student_id == student_id, Thread.opened_at >= moment)
        return await self._session.scalar(query) or 0

    async def aliases(self) -> set[str]:
        """Every alias that is in use or remembered."""
        return set((await self._session.scalars(select(Thread.alias))).all())

    async def counsellors(self, school_id: int) -> Sequence[tuple[Membership, Person, Seat | None]]:
        """The counsellors of a school who have not blocked the bot, in the order in which they came."""
        query = (
            select(Membership, Person, Seat)
            .join(Person, Membership.person_id == Person.id)
            .outerjoin(Seat, Seat.person_id == Person.id)
            .where(Membership.school_id == school_id, Membership.role == Role.COUNSELLOR, Person.blocked_at.is_(None))
            .order_by(Membership.id)
        )
        return [(row[0], row[1], row[2]) for row in await self._session.execute(query)]

    async def seat(self, person_id: uuid.UUID) -> Seat | None:
        return await self._session.get(Seat, person_id)


class ThreadsWriter(Threads):
    async def add(self, student_id: uuid.UUID, school_id: int, alias: str, language: str, *, named: bool) -> Thread:
        """Begin a talk: a named one begins with the name."""
        thread = Thread(
            id=secrets.token_urlsafe(_ID_BYTES),
            student_id=student_id,
            school_id=school_id,
            alias=alias,
            language=language,
            named=named,
            state=ThreadState.NAMING if named else ThreadState.WRITING,
            opened_at=now(),
            last_at=now(),
        )
        self._session.add(thread)
        await self._session.flush()
        return thread

    async def hold(self, thread_id: str) -> Thread | None:
        """The talk, held until this unit ends: of two who act at once, the second sees what the first did."""
        query = select(Thread).where(Thread.id == thread_id).with_for_update()
        return (await self._session.scalars(query.execution_options(populate_existing=True))).first()

    async def say(
        self,
        thread: Thread,
        *,
        from_student: bool,
        text: str = "",
        picture: bytes | None = None,
        file: str | None = None,
    ) -> ThreadMessage:
        """Add a message to the talk, which must be held."""
        last = select(func.coalesce(func.max(ThreadMessage.position), 0)).where(ThreadMessage.thread_id == thread.id)
        position = (await self._session.scalar(last) or 0) + 1
        thread.last_at = now()
        message = ThreadMessage(
            id=uuid.uuid4(), thread_id=thread.id, position=position, from_student=from_student, at=thread.last_at
        )
        self._session.add(message)
        message.text, message.picture, message.file = text or None, picture, file
        await self._session.flush()
        return message

    async def remove(self, thread: Thread) -> None:
        await self._session.execute(delete(Thread).where(Thread.id == thread.id))

    async def take_seat(self, person_id: uuid.UUID) -> Seat:
        """The counsellor's place, made when there is none."""
        seat = await self._session.get(Seat, person_id)
        if seat is None:
            seat = Seat(person_id=person_id)
            self._session.add(seat)
            await self._session.flush()
        return seat

    async def nobody_answers(self, thread_id: str) -> None:
        """Whoever was writing to this talk writes to nobody now."""
        await self._session.execute(update(Seat).where(Seat.answering == thread_id).values(answering=None))

    async def remove_older_than(self, age: timedelta) -> int:
        """Erase the talks in which nothing was said for `age`, with everything in them; how many."""
        gone = await self._session.execute(delete(Thread).where(Thread.last_at < now() - age))
        return int(gone.rowcount)  # type: ignore[attr-defined]

    async def remove_never_begun(self, age: timedelta) -> int:
        """Erase the talks that were opened `age` ago and in which nothing was ever said; how many."""
        empty = Thread.state.in_((ThreadState.NAMING, ThreadState.WRITING))
        gone = await self._session.execute(delete(Thread).where(empty, Thread.opened_at < now() - age))
        return int(gone.rowcount)  # type: ignore[attr-defined]
