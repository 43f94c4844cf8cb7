"""Questions that nobody could answer, kept because their authors said so."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import KeptQuestion


class Questions:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def all(self) -> Sequence[KeptQuestion]:
        """Every question that is kept, newest first."""
        return (await self._session.scalars(select(KeptQuestion).order_by(KeptQuestion.kept_at.desc()))).all()

    async def of(self, person_id: uuid.UUID) -> Sequence[KeptQuestion]:
        """What this person gave, oldest first."""
        query = select(KeptQuestion).where(KeptQuestion.person_id == person_id).order_by(KeptQuestion.kept_at)
        return (await self._session.scalars(query)).all()

    async def given_since(self, person_id: uuid.UUID, moment: datetime) -> int:
        """How many this person gave since `moment`."""
        query = select(func.count()).where(KeptQuestion.person_id == person_id, KeptQuestion.kept_at >= moment)
        return await self._session.scalar(query) or 0


class QuestionsWriter(Questions):
    async def keep(self, person_id: uuid.UUID, text: str, language: str) -> uuid.UUID:
        """Keep a question that has been redacted; its id."""
        question = KeptQuestion(id=uuid.uuid4(), person_id=person_id, language=language)
        self._session.add(question)
        question.text = text
        await self._session.flush()
        return question.id

    async def remove(self, question_id: uuid.UUID, person_id: uuid.UUID | None = None) -> bool:
        """Remove a question (only if it is that person's, when one is given); whether there was one."""
        statement = delete(KeptQuestion).where(KeptQuestion.id == question_id)
        if person_id is not None:
            statement = statement.where(KeptQuestion.person_id == person_id)
        gone = await self._session.execute(statement)
        return bool(gone.rowcount)  # type: ignore[attr-defined]

    async def remove_before(self, moment: datetime) -> int:
        """Remove what was kept before `moment`; how many."""
        gone = await self._session.execute(delete(KeptQuestion).where(KeptQuestion.kept_at < moment))
        return int(gone.rowcount)  # type: ignore[attr-defined]
