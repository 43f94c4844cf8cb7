"""Schools."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import School


class Schools:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, school_id: int) -> School | None:
        return await self._session.get(School, school_id)

    async def named(self, name: str) -> School | None:
        return (await self._session.scalars(select(School).where(School.name == name))).first()

    async def all(self) -> Sequence[School]:
        return (await self._session.scalars(select(School).order_by(School.id))).all()


class SchoolsWriter(Schools):
    async def add(self, name: str, timezone: str) -> School:
        school = School(name=name, timezone=timezone)
        self._session.add(school)
        await self._session.flush()
        return school
