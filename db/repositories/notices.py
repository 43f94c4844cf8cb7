"""What the bot still has to tell somebody. It is written with what it tells of, and removed when it has been told."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import now
from db.thread_models import Notice


class Notices:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def due(self, limit: int) -> Sequence[Notice]:
        """The oldest notices whose time has come, in order; nobody's later one overtakes an earlier one of theirs."""
        earlier = select(Notice.person_id).where(Notice.not_before > now())
        query = select(Notice).where(Notice.not_before <= now(), Notice.person_id.not_in(earlier))
        return (await self._session.scalars(query.order_by(Notice.id).limit(limit))).all()

    async def of(self, person_id: uuid.UUID) -> Sequence[Notice]:
        """Everything still to be told to this person, in order."""
        query = select(Notice).where(Notice.person_id == person_id).order_by(Notice.id)
        return (await self._session.scalars(query)).all()

    async def count(self) -> int:
        return await self._session.scalar(select(func.count()).select_from(Notice)) or 0


class NoticesWriter(Notices):
    async def add(
        self,
        person_id: uuid.UUID,
        kind: str,
        *,
        thread_id: str | None = None,
        message_id: uuid.UUID | None = None,
        campaign: int | None = None,
        invite_id: int | None = None,
        detail: str = "",
    ) -> None:
        notice = Notice(
            person_id=person_id,
            kind=kind,
            thread_id=thread_id,
            message_id=message_id,
            campaign=campaign,
            invite_id=invite_id,
            detail=detail,
        )
        self._session.add(notice)
        await self._session.flush()

    async def told(self, notice_id: int) -> None:
        await self._session.execute(delete(Notice).where(Notice.id == notice_id))

    async def later(self, notice_id: int, moment: datetime) -> None:
        """It could not be told now: try again at `moment`."""
        change = update(Notice).where(Notice.id == notice_id).values(tries=Notice.tries + 1, not_before=moment)
        await self._session.execute(change)

    async def drop(self, person_id: uuid.UUID) -> None:
        """Nothing can be told to this person any more."""
        await self._session.execute(delete(Notice).where(Notice.person_id == person_id))
