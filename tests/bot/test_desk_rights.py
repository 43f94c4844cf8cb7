"""What nobody can do at the desk who has not the right, and what stays hidden from those who have."""

import pytest

from bot.replies import Button, Press, PressKind
from bot.turns import Kind, Turn
from content.library import Library
from db.engine import Database
from db.models import Role
from tests.bot.desk import Desk, button, joined, school


@pytest.fixture
async def desk(database: Database, library: Library) -> Desk:
    return await school(database, library)


async def test_whoever_is_no_counsellor_reads_and_changes_nothing(desk: Desk) -> None:
    await desk.begins("chen", "秘密的事")
    take = button(await desk.command("li", "inbox"), "接手")
    thread_id = take.press.subject.partition(".")[2]
    for verb in ("claim", "write", "more", "release", "close", "colleagues", "give-1"):
        refused = joined(await desk.presses("mallory", Button("", Press(PressKind.DESK, f"{verb}.{thread_id}"))))
        assert "只有老师和管理员" in refused
        assert "秘密" not in refused
    assert "秘密" not in joined(await desk.command("mallory", "inbox"))
    await desk.takes("wang")  # still waiting, still whole


async def test_a_counsellor_of_another_school_reads_and_changes_nothing(desk: Desk) -> None:
    async with desk.database.write() as work:
        other = await work.schools.add("别的学校", "Asia/Shanghai")
        person = await work.people.find_or_add("telegram:zhao")
        await work.people.add_membership(person.id, Role.COUNSELLOR, other.id, None)
    await desk.begins("chen", "秘密的事")
    take = button(await desk.command("li", "inbox"), "接手")
    assert "秘密" not in joined(await desk.presses("zhao", take))
    assert "海棠" not in joined(await desk.command("zhao", "inbox"))
    await desk.takes("wang")
    for verb in ("write", "more", "release", "close"):
        press = Press(PressKind.DESK, f"{verb}.{take.press.subject.partition('.')[2]}")
        assert "秘密" not in joined(await desk.presses("zhao", Button("", press)))
        assert "不在你手上" in joined(await desk.presses("li", Button("", press)))
    assert await desk.hears("chen")  # taken by wang, and nothing since
    assert not await desk.hears("chen")


async def test_nobody_answers_their_own_talk(database: Database, library: Library) -> None:
    desk = await school(database, library, counsellors=("wang", "li"), students=("wang",))
    await desk.begins("wang", "我自己也有事")
    assert not await desk.hears("wang")
    take = button(await desk.command("li", "inbox"), "接手")
    assert "别的老师" in joined(await desk.presses("wang", take))


async def test_an_anonymous_student_is_never_named(desk: Desk) -> None:
    alias = await desk.begins("chen", "在吗")
    everything = joined(await desk.hears("wang")) + joined(await desk.command("wang", "inbox"))
    everything += joined(await desk.takes("wang"))
    assert "chen" not in everything
    assert alias in everything
    await desk.presses("chen", Button("", Press(PressKind.DESK, "end.-")))
    assert await desk.begins("chen", "又来了") != alias


async def test_nothing_waits_for_a_group(desk: Desk) -> None:
    await desk.begins("chen", "在吗")
    assert "✓" not in await desk.says("chen", "大家好", in_group=True)
    assert "在吗" not in joined(
        await desk.dialogue.answer(Turn("telegram:wang", Kind.COMMAND, command="inbox", in_group=True))
    )
