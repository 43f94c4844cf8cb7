"""Conversation state: short-lived, encrypted, without the student's words."""

import uuid
from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Conversation, now


class Conversations:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def state(self, person_id: uuid.UUID) -> str | None:
        """The stored state (JSON), or None when there is none or it has expired."""
        row = await self._session.get(Conversation, person_id)
        return row.state if row is not None and row.expires_at > now() else None


class ConversationsWriter(Conversations):
    async def save(self, person_id: uuid.UUID, state: str, expires_at: datetime, fragment: bytes | None = None) -> None:
        row = await self._session.get(Conversation, person_id)
        if row is None:
            row = Conversation(person_id=person_id, expires_at=expires_at)
            self._session.add(row)
        row.state = state
        row.fragment = fragment
        row.expires_at = expires_at

    async def end(self, person_id: uuid.UUID) -> None:
        await self._session.execute(delete(Conversation).where(Conversation.person_id == person_id))

    async def remove_fragments(self, saved_before: datetime) -> None:
        """Forget the pieces of messages of conversations that would expire before that moment."""
        stale = update(Conversation).where(Conversation.fragment.is_not(None), Conversation.expires_at < saved_before)
        await self._session.execute(stale.values(fragment=None).execution_options(synchronize_session=False))

    async def remove_expired(self) -> int:
        """Delete what has expired; how many."""
        gone = await self._session.execute(delete(Conversation).where(Conversation.expires_at <= now()))
        return int(gone.rowcount)  # type: ignore[attr-defined]
