"""How often each topic was answered, per day and language. No person is known here."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import TopicCount


class Counts:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def since(self, day: date) -> dict[tuple[date, str, str], int]:
        """Counts by (day, topic, language) from `day` on."""
        rows = await self._session.scalars(select(TopicCount).where(TopicCount.day >= day))
        return {(row.day, row.topic, row.language): row.count for row in rows}


class CountsWriter(Counts):
    async def add(self, day: date, topic: str, language: str) -> None:
        dialect = self._session.get_bind().dialect.name
        insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
        statement = insert(TopicCount).values(day=day, topic=topic, language=language, count=1)
        await self._session.execute(
            statement.on_conflict_do_update(
                index_elements=["day", "topic", "language"], set_={"count": TopicCount.count + 1}
            )
        )
