"""Schools, roles and invitations: who may do what, on both databases."""

import asyncio
from datetime import timedelta

import pytest

from bot.people.commands import PeopleCommands
from bot.people.guesses import Guesses
from bot.people.invites import ClaimResult, LastAdmin, PeopleService, SchoolExists, UnknownSchool
from bot.people.rights import NotAllowed
from bot.turns import Kind, Turn
from content.library import Library
from db.engine import Database
from db.models import Role


@pytest.fixture
async def people(database: Database) -> PeopleService:
    service = PeopleService(database, "Asia/Shanghai")
    await service.add_school("一中")
    await service.add_school("二中")
    return service


async def join(people: PeopleService, address: str, role: Role, school: str | None = None) -> None:
    made = await people.create_invite(role, school=school)
    assert (await people.claim(address, made.payload)).result is ClaimResult.WELCOME


async def test_a_payload_fits_a_deep_link_and_is_stored_only_as_a_hash(
    people: PeopleService, database: Database
) -> None:
    made = await people.create_invite(Role.COUNSELLOR, school="一中")
    assert len(made.payload) <= 64
    assert made.payload.replace("-", "").replace("_", "").isalnum()
    assert made.payload not in repr(made)
    async with database.read() as work:
        stored = (await work.invites.all())[0]
        assert made.payload.removeprefix("i_").encode() not in stored.token_hash


async def test_a_role_link_works_once_and_for_72_hours_at_most(people: PeopleService) -> None:
    made = await people.create_invite(Role.ADMIN)
    assert (await people.claim("telegram:1", made.payload)).result is ClaimResult.WELCOME
    assert (await people.claim("telegram:1", made.payload)).result is ClaimResult.ALREADY
    assert (await people.claim("telegram:2", made.payload)).result is ClaimResult.NOT_VALID
    for wrong in ({"uses": 2}, {"life": timedelta(hours=73)}):
        with pytest.raises(ValueError, match="one person"):
            await people.create_invite(Role.COUNSELLOR, school="一中", **wrong)


async def test_expired_revoked_and_made_up_links_give_nothing(people: PeopleService) -> None:
    expired = await people.create_invite(Role.STUDENT, school="一中", life=timedelta(seconds=-1))
    revoked = await people.create_invite(Role.STUDENT, school="一中")
    assert await people.revoke_invite(revoked.id)
    for payload in (expired.payload, revoked.payload, "i_made-up", "i_"):
        assert (await people.claim("telegram:1", payload)).result is ClaimResult.NOT_VALID
    assert not (await people.actor("telegram:1")).memberships
    assert not await people.revoke_invite(12345)


async def test_rights_follow_roles(people: PeopleService) -> None:
    await join(people, "telegram:1", Role.ADMIN)
    await join(people, "telegram:2", Role.COUNSELLOR, "一中")
    await join(people, "telegram:3", Role.STUDENT, "一中")
    admin, counsellor, student, stranger = [await people.actor(f"telegram:{number}") for number in (1, 2, 3, 4)]
    assert (admin.is_admin, counsellor.is_admin, student.is_staff, stranger.is_staff) == (True, False, False, False)
    await people.create_invite(Role.COUNSELLOR, school="二中", by=admin)
    await people.create_invite(Role.STUDENT, school="一中", by=counsellor)
    forbidden = [
        (counsellor, Role.STUDENT, "二中"),
        (counsellor, Role.COUNSELLOR, "一中"),
        (counsellor, Role.ADMIN, None),
        (student, Role.STUDENT, "一中"),
        (stranger, Role.STUDENT, "一中"),
        (stranger, Role.ADMIN, None),
    ]
    before = len(await people.invites())
    for actor, role, school in forbidden:
        with pytest.raises(NotAllowed):
            await people.create_invite(role, school=school, by=actor)
    assert len(await people.invites()) == before
    other_school = (await people.invites())[-2]
    with pytest.raises(NotAllowed):
        await people.revoke_invite(other_school.id, by=student)


async def test_the_last_admin_stays(people: PeopleService) -> None:
    await join(people, "telegram:1", Role.ADMIN)
    ((admin, _),) = await people.memberships()
    with pytest.raises(LastAdmin):
        await people.remove(admin.id)
    await join(people, "telegram:2", Role.ADMIN)
    assert await people.remove(admin.id)
    assert not (await people.actor("telegram:1")).is_admin
    assert not await people.remove(999)


async def test_two_admins_cannot_remove_each_other_at_once(people: PeopleService) -> None:
    await join(people, "telegram:1", Role.ADMIN)
    await join(people, "telegram:2", Role.ADMIN)
    numbers = [held.id for held, _ in await people.memberships()]
    results = await asyncio.gather(*(people.remove(number) for number in numbers), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["LastAdmin", "bool"]
    assert len(await people.memberships()) == 1


async def test_schools_are_named_once_and_known(people: PeopleService) -> None:
    with pytest.raises(SchoolExists):
        await people.add_school("一中")
    with pytest.raises(UnknownSchool) as caught:
        await people.create_invite(Role.STUDENT, school="三中")
    assert caught.value.known == ("一中", "二中")


async def test_every_change_of_rights_is_in_the_audit_log(people: PeopleService) -> None:
    await join(people, "telegram:1", Role.ADMIN)
    actions = [entry.action for entry in await people.audit(10)]
    assert actions == ["invite claimed", "invite created", "school added", "school added"]
    assert "telegram" not in str([(e.subject, e.action) for e in await people.audit(10)])


async def test_an_admin_of_one_school_has_no_rights_at_another(people: PeopleService) -> None:
    await join(people, "telegram:1", Role.ADMIN, "一中")
    actor = await people.actor("telegram:1")
    await people.create_invite(Role.COUNSELLOR, school="一中", by=actor)
    for role, school in ((Role.COUNSELLOR, "二中"), (Role.ADMIN, None)):
        with pytest.raises(NotAllowed):
            await people.create_invite(role, school=school, by=actor)


async def test_an_admin_of_a_school_is_not_the_admin_who_stays(people: PeopleService) -> None:
    await join(people, "telegram:1", Role.ADMIN)
    await join(people, "telegram:2", Role.ADMIN, "一中")
    everywhere = next(held.id for held, at in await people.memberships() if at is None)
    with pytest.raises(LastAdmin):
        await people.remove(everywhere)


async def test_links_of_somebody_removed_give_nothing(people: PeopleService) -> None:
    await join(people, "telegram:1", Role.ADMIN)
    await join(people, "telegram:2", Role.ADMIN)
    kept = await people.create_invite(Role.COUNSELLOR, school="一中", by=await people.actor("telegram:2"))
    mine = [held for held, _ in await people.memberships()][-1]
    assert await people.remove(mine.id)
    assert (await people.claim("telegram:2", kept.payload)).result is ClaimResult.NOT_VALID


async def test_a_new_class_link_moves_a_student(people: PeopleService) -> None:
    for class_name in ("3班", "4班"):
        made = await people.create_invite(Role.STUDENT, school="一中", class_name=class_name)
        await people.claim("telegram:1", made.payload)
    ((held, _),) = await people.memberships()
    assert held.class_name == "4班"


async def test_a_class_name_that_is_too_long_is_told_kindly(people: PeopleService, library: Library) -> None:
    await join(people, "telegram:1", Role.COUNSELLOR, "一中")
    staff = PeopleCommands(people, lambda: library, lambda payload: payload, "Asia/Shanghai")
    reply = await staff.handle(Turn("telegram:1", Kind.COMMAND, "student " + "三" * 200, command="invite"), "zh")
    assert reply is not None
    assert all(len(one.class_name or "") <= 60 for one in await people.invites())


async def test_an_admin_with_two_schools_can_invite_students(people: PeopleService, library: Library) -> None:
    await join(people, "telegram:1", Role.ADMIN)
    staff = PeopleCommands(people, lambda: library, lambda payload: payload, "Asia/Shanghai")
    reply = await staff.handle(Turn("telegram:1", Kind.COMMAND, "student 3班", command="invite"), "zh")
    assert reply is not None
    assert "没有这个学校" not in reply.text, "no school was named, and there is no way to name one"


async def test_whoever_tries_wrong_codes_waits_longer_and_longer(database: Database, library: Library) -> None:
    people = PeopleService(database, "Asia/Shanghai")
    commands = PeopleCommands(people, lambda: library, lambda payload: payload, "Asia/Shanghai")
    invite = await people.create_invite(Role.ADMIN, school=None)

    async def tries(payload: str, address: str = "telegram:1") -> str:
        reply = await commands.handle(Turn(address, Kind.COMMAND, payload, command="start"), "en")
        assert reply is not None
        return reply.text

    for number in range(5):
        assert "no longer works" in await tries(f"i_{number:022d}")
    assert "try again in 1 minutes" in await tries("i_" + "x" * 22)
    assert "too many" in await tries(invite.payload), "not even the right one: it would tell which it is"
    assert "admin" in (await tries(invite.payload, "telegram:2")).lower(), "others do not wait"


def test_the_wait_doubles_and_is_forgotten_after_a_right_code() -> None:
    now = 0.0
    guesses = Guesses(lambda: now)
    waits = []
    for _ in range(8):
        now += guesses.wait("telegram:1")
        guesses.wrong("telegram:1")
        waits.append(guesses.wait("telegram:1"))
    assert waits == [0, 0, 0, 0, 60, 120, 240, 480]
    guesses.right("telegram:1")
    assert guesses.wait("telegram:1") == 0
