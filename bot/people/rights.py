"""Rights follow from roles, are looked up in the database for each use, and are never taken from an update."""

import uuid
from dataclasses import dataclass

from db.models import Membership, Role


class NotAllowed(Exception):
    """The person lacks the right for what they tried. Nothing was changed."""


@dataclass(frozen=True)
class Actor:
    """Somebody who acts: a person with roles, or (without a person) the operator at the command line."""

    person_id: uuid.UUID | None
    memberships: tuple[Membership, ...] = ()

    @property
    def is_operator(self) -> bool:
        return self.person_id is None

    @property
    def is_admin(self) -> bool:
        """Admin of everything; the admin of one school is not."""
        return self.is_operator or any(held.role is Role.ADMIN and held.school_id is None for held in self.memberships)

    @property
    def is_staff(self) -> bool:
        return self.is_admin or bool(self.own_schools)

    @property
    def own_schools(self) -> tuple[int, ...]:
        """The schools at which the actor is an admin or a counsellor."""
        return self.schools_as(Role.ADMIN) + self.schools_as(Role.COUNSELLOR)

    def schools_as(self, role: Role) -> tuple[int, ...]:
        """The schools at which the actor holds `role`."""
        return tuple(held.school_id for held in self.memberships if held.role is role and held.school_id is not None)


OPERATOR = Actor(None)


def require_may_invite(actor: Actor, role: Role, school_id: int | None) -> None:
    """Who may hand out (or take back) an invitation. Raises NotAllowed.

    Admins: any. The admin of one school: counsellors and students of it. Counsellors: students of their own school.
    """
    if actor.is_admin:
        return
    if role is not Role.ADMIN and school_id in actor.schools_as(Role.ADMIN):
        return
    if role is Role.STUDENT and school_id in actor.schools_as(Role.COUNSELLOR):
        return
    raise NotAllowed
