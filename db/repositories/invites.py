"""Invitations, found by the keyed hash of their token."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.keys import KeyRing
from db.models import Invite, Role, now


class Invites:
    def __init__(self, session: AsyncSession, keyring: KeyRing) -> None:
        self._session = session
        self._keyring = keyring

    async def find(self, token: str) -> Invite | None:
        hashes = self._keyring.link_hashes(token)
        return (await self._session.scalars(select(Invite).where(Invite.token_hash.in_(hashes)))).first()

    async def get(self, invite_id: int) -> Invite | None:
        return await self._session.get(Invite, invite_id)

    async def of(self, person_id: uuid.UUID) -> Sequence[Invite]:
        """Those that this person has made, or used and waits for the yes."""
        query = select(Invite).where((Invite.created_by == person_id) | (Invite.claimed_by == person_id))
        return (await self._session.scalars(query.order_by(Invite.id))).all()

    async def all(self) -> Sequence[Invite]:
        return (await self._session.scalars(select(Invite).order_by(Invite.id))).all()


class InvitesWriter(Invites):
    async def hold(self, invite_id: int) -> Invite | None:
        """The invitation, held until this unit ends."""
        query = select(Invite).where(Invite.id == invite_id).with_for_update()
        return (await self._session.scalars(query.execution_options(populate_existing=True))).first()

    async def add(
        self,
        token: str,
        role: Role,
        *,
        expires_at: datetime,
        uses_allowed: int,
        school_id: int | None = None,
        class_name: str | None = None,
        created_by: uuid.UUID | None = None,
        tags: str = "",
    ) -> Invite:
        invite = Invite(
            token_hash=self._keyring.link_hash(token),
            key_id=self._keyring.key_ids[0],
            role=role,
            school_id=school_id,
            class_name=class_name,
            uses_allowed=uses_allowed,
            expires_at=expires_at,
            created_by=created_by,
            tags=tags,
        )
        self._session.add(invite)
        await self._session.flush()
        return invite

    async def use(self, invite: Invite) -> bool:
        """Count one use. False when another person was quicker, it expired or was revoked: then nothing changed."""
        claimed = await self._session.execute(
            update(Invite)
            .where(
                Invite.id == invite.id,
                Invite.uses < Invite.uses_allowed,
                Invite.revoked_at.is_(None),
                Invite.expires_at > now(),
            )
            .values(uses=Invite.uses + 1)
        )
        return bool(claimed.rowcount)  # type: ignore[attr-defined]

    async def revoke_made_by(self, person_id: uuid.UUID) -> None:
        """Take back every open invitation of somebody who lost their role."""
        await self._session.execute(
            update(Invite).where(Invite.created_by == person_id, Invite.revoked_at.is_(None)).values(revoked_at=now())
        )

    async def revoke(self, invite: Invite) -> None:
        invite.revoked_at = now()
