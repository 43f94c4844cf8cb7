"""Quiz progress, which is somebody's and encrypted, and the polls that were sent, which name nobody."""

import uuid
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Poll, QuizProgress, now


class Quizzes:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def progress(self, person_id: uuid.UUID) -> str | None:
        """The stored progress (JSON), or None when there is none."""
        row = await self._session.get(QuizProgress, person_id)
        return row.progress if row is not None else None

    async def poll(self, poll_id: str) -> Poll | None:
        """The poll of that id; None for one that is not ours, or no longer known."""
        return await self._session.get(Poll, poll_id)


class QuizzesWriter(Quizzes):
    async def hold_progress(self, person_id: uuid.UUID) -> str | None:
        """The stored progress, held until this unit ends: of two answers at once, one sees what the other did."""
        dialect = self._session.get_bind().dialect.name
        insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
        statement = insert(QuizProgress).values(person_id=person_id, updated_at=now())
        await self._session.execute(statement.on_conflict_do_nothing())
        query = select(QuizProgress).where(QuizProgress.person_id == person_id).with_for_update()
        return (await self._session.scalars(query.execution_options(populate_existing=True))).one().progress

    async def save_progress(self, person_id: uuid.UUID, progress: str) -> None:
        row = await self._session.get(QuizProgress, person_id)
        if row is None:
            row = QuizProgress(person_id=person_id)
            self._session.add(row)
        row.progress = progress
        row.updated_at = now()

    async def add_poll(self, poll_id: str, question: str, right_option: int, delivery_id: int | None = None) -> None:
        """Remember what the poll asks, which option, from 0 on, is the right one, and of which delivery it is."""
        poll = Poll(
            poll_id=poll_id, question=question, right_option=right_option, sent_at=now(), delivery_id=delivery_id
        )
        await self._session.merge(poll)

    async def remove_polls_before(self, moment: datetime) -> int:
        """Forget the polls sent before `moment`; how many."""
        gone = await self._session.execute(delete(Poll).where(Poll.sent_at < moment))
        return int(gone.rowcount)  # type: ignore[attr-defined]
