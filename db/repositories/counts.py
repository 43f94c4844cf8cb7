"""How often each topic was answered, per day and language. No person is known here."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Base, ChoiceCount, FeedbackCount, TopicCount


class Counts:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def since(self, day: date) -> dict[tuple[date, str, str], int]:
        """Counts by (day, topic, language) from `day` on."""
        rows = await self._session.scalars(select(TopicCount).where(TopicCount.day >= day))
        return {(row.day, row.topic, row.language): row.count for row in rows}

    async def feedback_since(self, day: date) -> dict[tuple[date, str, str], tuple[int, int]]:
        """How many found an answer helpful and how many not, by (day, answer, language), from `day` on."""
        rows = await self._session.scalars(select(FeedbackCount).where(FeedbackCount.day >= day))
        return {(row.day, row.answer, row.language): (row.helpful, row.unhelpful) for row in rows}

    async def choices_since(self, day: date) -> dict[tuple[date, str, str], int]:
        """What was chosen when the bot was not sure, by (day, choice, language), from `day` on."""
        rows = await self._session.scalars(select(ChoiceCount).where(ChoiceCount.day >= day))
        return {(row.day, row.chosen, row.language): row.count for row in rows}


class CountsWriter(Counts):
    async def add(self, day: date, topic: str, language: str) -> None:
        """Count that a topic was answered."""
        await self._raise(TopicCount, {"day": day, "topic": topic, "language": language}, count=1)

    async def choose(self, day: date, chosen: str, language: str) -> None:
        """Count that somebody chose this when the bot was not sure what they meant."""
        await self._raise(ChoiceCount, {"day": day, "chosen": chosen, "language": language}, count=1)

    async def rate(self, day: date, answer: str, language: str, *, helpful: bool) -> None:
        """Count that somebody found `answer` helpful, or not."""
        key = {"day": day, "answer": answer, "language": language}
        await self._raise(FeedbackCount, key, helpful=int(helpful), unhelpful=int(not helpful))

    async def _raise(self, table: type[Base], key: dict[str, object], **by: int) -> None:
        """Raise counts of the row with that key, which is made when there is none."""
        dialect = self._session.get_bind().dialect.name
        insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
        raised = {name: getattr(table, name) + number for name, number in by.items()}
        statement = insert(table).values(**key, **by)
        await self._session.execute(statement.on_conflict_do_update(index_elements=list(key), set_=raised))
