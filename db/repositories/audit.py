"""The audit log: every change of rights."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import AuditEntry


class Audit:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def latest(self, limit: int = 100) -> Sequence[AuditEntry]:
        """The newest entries, newest first."""
        return (await self._session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(limit))).all()

    async def of(self, person_id: uuid.UUID) -> Sequence[AuditEntry]:
        """What this person did, oldest first."""
        query = select(AuditEntry).where(AuditEntry.actor_id == person_id).order_by(AuditEntry.id)
        return (await self._session.scalars(query)).all()


class AuditLog(Audit):
    async def record(self, actor_id: uuid.UUID | None, action: str, subject: str) -> None:
        """Note that `actor_id` (None: the operator's command line) did `action` to `subject`."""
        entry = AuditEntry(by_operator=actor_id is None, actor_id=actor_id, action=action, subject=subject)
        self._session.add(entry)
        await self._session.flush()
