"""People and their roles."""

import uuid
from collections.abc import Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from db.keys import KeyRing
from db.models import Consent, Membership, Person, Role, School, now


class People:
    def __init__(self, session: AsyncSession, keyring: KeyRing) -> None:
        self._session = session
        self._keyring = keyring

    async def find(self, address: str) -> Person | None:
        """The person at `address` (such as ``telegram:1234``), whichever key they were stored under."""
        hashes = self._keyring.lookups(address)
        return (await self._session.scalars(select(Person).where(Person.address_hash.in_(hashes)))).first()

    async def get(self, person_id: uuid.UUID) -> Person | None:
        return await self._session.get(Person, person_id)

    async def memberships(self, person_id: uuid.UUID) -> Sequence[Membership]:
        query = select(Membership).where(Membership.person_id == person_id).order_by(Membership.id)
        return (await self._session.scalars(query)).all()

    async def membership(self, number: int) -> Membership | None:
        return await self._session.get(Membership, number)

    async def all_memberships(self) -> Sequence[tuple[Membership, School | None]]:
        query = select(Membership, School).outerjoin(School, Membership.school_id == School.id).order_by(Membership.id)
        return [(row[0], row[1]) for row in await self._session.execute(query)]

    async def admins(self) -> Sequence[Person]:
        """Every admin of everything who has not blocked the bot."""
        query = (
            select(Person)
            .join(Membership, Membership.person_id == Person.id)
            .where(Membership.role == Role.ADMIN, Membership.school_id.is_(None), Person.blocked_at.is_(None))
            .order_by(Membership.id)
        )
        return (await self._session.scalars(query)).unique().all()

    async def count(self) -> int:
        return await self._session.scalar(select(func.count()).select_from(Person)) or 0


class PeopleWriter(People):
    async def find_or_add(self, address: str) -> Person:
        """The person at `address`, added when unknown. Two processes that add the same one at once get the same row."""
        person = await self.find(address)
        if person is not None:
            return person
        try:
            async with self._session.begin_nested():
                person = Person(id=uuid.uuid4(), address_hash=self._keyring.lookup(address))
                self._session.add(person)
                person.address = address
        except IntegrityError:
            person = await self.find(address)
            if person is None:
                raise
        return person

    async def set_consent(self, person: Person, consent: Consent) -> None:
        person.consent = consent
        person.consent_at = now()

    async def add_membership(
        self, person_id: uuid.UUID, role: Role, school_id: int | None, class_name: str | None
    ) -> bool:
        """Give a role. False when the person holds it already; their class is then brought up to date."""
        for held in await self.memberships(person_id):
            if held.role == role and held.school_id == school_id:
                if class_name and held.class_name != class_name:
                    held.class_name = class_name
                return False
        self._session.add(Membership(person_id=person_id, role=role, school_id=school_id, class_name=class_name))
        await self._session.flush()
        return True

    async def lock_admins(self) -> Sequence[Membership]:
        """Every admin of everything, held until this unit ends, so that two at once cannot remove each other."""
        query = select(Membership).where(Membership.role == Role.ADMIN, Membership.school_id.is_(None))
        query = query.with_for_update()
        return (await self._session.scalars(query)).all()

    async def remove_membership(self, membership_id: int) -> Membership | None:
        membership = await self._session.get(Membership, membership_id)
        if membership is not None:
            await self._session.delete(membership)
        return membership

    async def erase(self, person_id: uuid.UUID) -> None:
        """Delete the person; what belongs to them goes with them, counters and the audit log stay without them."""
        await self._session.execute(delete(Person).where(Person.id == person_id))
