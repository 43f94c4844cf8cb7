"""Invitations: made by somebody with the right, claimed once or a set number of times, expiring, revocable."""

import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from bot.people.rights import OPERATOR, Actor, NotAllowed, require_may_invite
from db.engine import Database
from db.models import AuditEntry, Invite, Membership, Role, School
from db.thread_models import NoticeKind
from db.work import ReadWork, WriteWork

# A link that gives power is for one person and three days; a class link is for a class and a month.
ROLE_LINK_LIFE = timedelta(hours=72)
CLASS_LINK_LIFE = timedelta(days=30)
CLASS_LINK_USES = 200
LONGEST_CLASS_NAME = 60

NOBODY = uuid.UUID(int=0)  # somebody the database does not know: a person, never the operator

_PREFIX = "i_"
_TOKEN_BYTES = 16  # 128 random bits


class UnknownSchool(Exception):
    """There is no school of that name; `known` lists those there are."""

    def __init__(self, name: str | None, known: Sequence[str]) -> None:
        super().__init__(name)
        self.name = name
        self.known = tuple(known)


class SchoolExists(Exception):
    """A school of that name exists already."""


class ClassNameTooLong(Exception):
    """A class's name has at most `LONGEST_CLASS_NAME` characters."""


class LastAdmin(Exception):
    """The last admin cannot be removed."""


@dataclass(frozen=True)
class NewInvite:
    """An invitation as handed out. The payload exists only here: the database keeps its hash."""

    id: int
    payload: str = field(repr=False)
    role: Role
    uses: int
    expires_at: datetime


class ClaimResult(StrEnum):
    WELCOME = "welcome"
    ALREADY = "already"
    WAITS = "waits"  # for the inviter's yes
    NOT_VALID = "not_valid"


@dataclass(frozen=True)
class Claim:
    result: ClaimResult
    role: Role | None = None
    school: str | None = None


def is_invite(payload: str) -> bool:
    """Whether a deep link's payload is an invitation of ours."""
    return payload.startswith(_PREFIX)


class PeopleService:
    """What can be done with schools, people and invitations. Every change of rights is in the audit log."""

    def __init__(self, database: Database, timezone: str) -> None:
        self._database = database
        self._timezone = timezone

    async def actor(self, address: str) -> Actor:
        """The person at `address` with the roles they hold now; somebody unknown has none."""
        async with self._database.read() as work:
            return await _actor(work, address)

    async def add_school(self, name: str) -> School:
        """Raises SchoolExists."""
        async with self._database.write() as work:
            if await work.schools.named(name):
                raise SchoolExists(name)
            school = await work.schools.add(name, self._timezone)
            await work.audit.record(None, "school added", f"school {school.id}")
            return school

    async def schools(self) -> Sequence[School]:
        async with self._database.read() as work:
            return await work.schools.all()

    async def create_invite(
        self,
        role: Role,
        *,
        school: str | None = None,
        class_name: str | None = None,
        by: Actor = OPERATOR,
        uses: int | None = None,
        life: timedelta | None = None,
        tags: Sequence[str] = (),
    ) -> NewInvite:
        """A new invitation. Raises NotAllowed, UnknownSchool, ClassNameTooLong; ValueError for a lasting role link."""
        is_class_link = role is Role.STUDENT
        uses = uses or (CLASS_LINK_USES if is_class_link else 1)
        life = life or (CLASS_LINK_LIFE if is_class_link else ROLE_LINK_LIFE)
        if class_name is not None and len(class_name) > LONGEST_CLASS_NAME:
            raise ClassNameTooLong
        if not is_class_link and (uses > 1 or life > ROLE_LINK_LIFE):
            raise ValueError("a link for an admin or counsellor is for one person and at most 72 hours")
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        async with self._database.write() as work:
            school_id = await _school_id(work, school, optional=role is Role.ADMIN)
            require_may_invite(by, role, school_id)
            invite = await work.invites.add(
                token,
                role,
                expires_at=datetime.now(UTC) + life,
                uses_allowed=uses,
                school_id=school_id,
                class_name=class_name,
                created_by=by.person_id,
                tags=",".join(tags),
            )
            await work.audit.record(by.person_id, "invite created", f"invite {invite.id}, role {role}")
            return NewInvite(invite.id, _PREFIX + token, role, uses, invite.expires_at)

    async def claim(self, address: str, payload: str) -> Claim:
        """Use an invitation: the person at `address` gets its role."""
        token = payload.removeprefix(_PREFIX)
        async with self._database.write() as work:
            invite = await work.invites.find(token)
            if invite is None:
                return Claim(ClaimResult.NOT_VALID)
            person = await work.people.find_or_add(address)
            held = await work.people.memberships(person.id)
            school = await work.schools.get(invite.school_id) if invite.school_id else None
            name = school.name if school else None
            if any(_same(member, invite) for member in held):
                return Claim(ClaimResult.ALREADY, invite.role, name)
            if not await work.invites.use(invite):
                return Claim(ClaimResult.NOT_VALID)
            await work.audit.record(person.id, "invite claimed", f"invite {invite.id}, role {invite.role}")
            if invite.role is not Role.STUDENT and invite.created_by is not None:
                invite.claimed_by = person.id
                await work.notices.add(invite.created_by, NoticeKind.INVITE_CLAIMED, invite_id=invite.id)
                return Claim(ClaimResult.WAITS, invite.role, name)
            await _give(work, invite, person.id)
            return Claim(ClaimResult.WELCOME, invite.role, name)

    async def settle(self, invite_id: int, by: Actor, *, confirmed: bool) -> bool:
        """Say whether it was the right person who claimed a role link. False when that is settled already.

        Raises NotAllowed for whoever did not send it, or has lost the right to.
        """
        async with self._database.write() as work:
            invite = await work.invites.hold(invite_id)
            if invite is None or invite.claimed_by is None:
                return False
            if by.person_id != invite.created_by:
                raise NotAllowed
            require_may_invite(by, invite.role, invite.school_id)
            claimant, invite.claimed_by = invite.claimed_by, None
            if confirmed:
                await _give(work, invite, claimant)
            kind = NoticeKind.INVITE_CONFIRMED if confirmed else NoticeKind.INVITE_REFUSED
            await work.notices.add(claimant, kind, invite_id=invite.id)
            action = "invite confirmed" if confirmed else "invite refused"
            await work.audit.record(by.person_id, action, f"invite {invite.id}, role {invite.role}")
            return True

    async def open_invites(self, by: Actor) -> Sequence[tuple[Invite, School | None]]:
        """Invitations that still work and that `by` could take back. Raises NotAllowed."""
        if not by.is_staff:
            raise NotAllowed
        async with self._database.read() as work:
            schools = {school.id: school for school in await work.schools.all()}
            found = []
            for invite in await work.invites.all():
                if invite.revoked_at or invite.uses >= invite.uses_allowed or invite.expires_at <= datetime.now(UTC):
                    continue
                try:
                    require_may_invite(by, invite.role, invite.school_id)
                except NotAllowed:
                    continue
                found.append((invite, schools.get(invite.school_id) if invite.school_id is not None else None))
            return found

    async def tag(self, membership_id: int, tags: Sequence[str], *, remove: bool = False) -> bool:
        """Give a membership tags, or take them away. False when there is none of that number."""
        async with self._database.write() as work:
            if await work.people.membership(membership_id) is None:
                return False
            if remove:
                await work.campaigns.untag(membership_id, tags)
            else:
                await work.campaigns.tag(membership_id, tags)
            action = "tags removed" if remove else "tags given"
            await work.audit.record(None, action, f"membership {membership_id}: {', '.join(tags)}"[:120])
            return True

    async def invites(self) -> Sequence[Invite]:
        async with self._database.read() as work:
            return await work.invites.all()

    async def revoke_invite(self, invite_id: int, by: Actor = OPERATOR) -> bool:
        """Take an invitation back. False when there is none of that number. Raises NotAllowed."""
        async with self._database.write() as work:
            invite = await work.invites.get(invite_id)
            if invite is None:
                return False
            require_may_invite(by, invite.role, invite.school_id)
            await work.invites.revoke(invite)
            await work.audit.record(by.person_id, "invite revoked", f"invite {invite.id}")
            return True

    async def memberships(self) -> Sequence[tuple[Membership, School | None]]:
        async with self._database.read() as work:
            return await work.people.all_memberships()

    async def remove(self, membership_id: int) -> bool:
        """Take a role away. False when there is none of that number. Raises LastAdmin."""
        async with self._database.write() as work:
            if [admin.id for admin in await work.people.lock_admins()] == [membership_id]:
                raise LastAdmin
            removed = await work.people.remove_membership(membership_id)
            if removed is None:
                return False
            await work.invites.revoke_made_by(removed.person_id)
            await work.audit.record(None, "role removed", f"membership {membership_id}, role {removed.role}")
            return True

    async def audit(self, limit: int) -> Sequence[AuditEntry]:
        async with self._database.read() as work:
            return await work.audit.latest(limit)


async def _give(work: WriteWork, invite: Invite, person_id: uuid.UUID) -> None:
    """Give the invitation's role and tags."""
    await work.people.add_membership(person_id, invite.role, invite.school_id, invite.class_name)
    tags = [tag for tag in invite.tags.split(",") if tag]
    for held in await work.people.memberships(person_id) if tags else ():
        if held.role is invite.role and held.school_id == invite.school_id:
            await work.campaigns.tag(held.id, tags)


async def _actor(work: ReadWork, address: str) -> Actor:
    person = await work.people.find(address)
    if person is None:
        return Actor(NOBODY)
    return Actor(person.id, tuple(await work.people.memberships(person.id)))


def _same(held: Membership, invite: Invite) -> bool:
    """Whether the invitation would change nothing. Another class of the same school is a change."""
    same_class = invite.class_name is None or held.class_name == invite.class_name
    return held.role is invite.role and held.school_id == invite.school_id and same_class


async def _school_id(work: WriteWork, name: str | None, *, optional: bool) -> int | None:
    if name is None and optional:
        return None
    school = await work.schools.named(name) if name else None
    if school is None:
        raise UnknownSchool(name, [known.name for known in await work.schools.all()])
    return school.id
