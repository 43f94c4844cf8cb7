"""Rights at one school only, what a removed person leaves behind, and long or odd names, on both databases."""

import pytest

from bot.people.commands import PeopleCommands
from bot.people.invites import ClaimResult, PeopleService
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


async def test_an_admin_of_one_school_has_no_rights_at_another(people: PeopleService) -> None:
    await join(people, "telegram:1", Role.ADMIN, "一中")
    actor = await people.actor("telegram:1")
    await people.create_invite(Role.COUNSELLOR, school="一中", by=actor)
    for role, school in ((Role.COUNSELLOR, "二中"), (Role.ADMIN, None)):
        with pytest.raises(NotAllowed):
            await people.create_invite(role, school=school, by=actor)


async def test_an_admin_of_a_school_is_not_the_admin_who_stays(people: PeopleService) -> None:
    from bot.people.invites import LastAdmin

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
