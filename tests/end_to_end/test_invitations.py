"""Invitations on Telegram: roles come by links, and only from those who may give them."""

import asyncio
import itertools

import pytest

from db.models import Role
from tests.end_to_end.conftest import Running
from tests.fakes.chats import Chat

pytestmark = [pytest.mark.model, pytest.mark.asyncio(loop_scope="module")]

_people = itertools.count(7000)


def somebody(running: Running, language: str = "zh-hans") -> Chat:
    return running.telegram.person(next(_people), language)


async def joins(person: Chat, payload: str) -> str:
    """Follow an invitation's link; the answer to it. At a first start the question about consent comes with it."""
    person.says(f"/start {payload}")
    first, *_ = await person.hears(1)
    await asyncio.sleep(0.2)
    await person.hears(len(person.history) - person.seen)
    return first.text


async def invited(staff: Chat, command: str) -> tuple[str, bytes]:
    """The text with the link, and the QR code below it."""
    staff.says(command)
    text, picture = await staff.hears(2)
    return text.text, picture.picture or b""


async def test_invitations_give_roles_and_only_those_with_the_right_may_invite(running: Running) -> None:
    people = running.app.people
    await people.add_school(f"学校 {next(_people)}")
    school = (await people.schools())[-1].name
    admin, teacher, student = (somebody(running) for _ in range(3))
    assert "只有老师和管理员" in (await admin.asks("/invite counsellor " + school)).text
    made = await people.create_invite(Role.ADMIN)
    assert "管理员" in await joins(admin, made.payload)
    assert "不能用了" in await joins(student, made.payload)  # works once
    link, qr_code = await invited(admin, "/invite counsellor " + school)
    payload = link.rpartition("start=")[2].strip()
    assert qr_code.startswith(b"\xff\xd8")
    assert "确认后" in await joins(teacher, payload)
    assert "只有老师和管理员" in (await teacher.asks("/invite student 3班")).text, "no right before the inviter's yes"
    (asked,) = await admin.hears(1)
    assert school in asked.text
    student.presses_data(asked, asked.button("确认")["callback_data"])
    assert "只有老师和管理员" in (await student.hears(1))[0].text
    admin.presses(asked, "确认")
    assert {sent.text for sent in await admin.hears(1)} == {"已确认。"}
    assert "老师" in (await teacher.hears(1))[0].text
    admin.presses(asked, "拒绝")
    assert "已经处理过" in (await admin.hears(1))[0].text
    assert "没有这个学校" in (await admin.asks("/invite counsellor 不存在")).text
    assert "只有老师和管理员" in (await teacher.asks("/invite counsellor " + school)).text
    link, _ = await invited(teacher, "/invite student 3班")
    payload = link.rpartition("start=")[2].strip()
    assert "学生" in await joins(student, payload)
    assert "已经加入" in (await student.asks(f"/start {payload}")).text
    assert "只有老师和管理员" in (await student.asks("/invite student 4班")).text
    for forged in ("i_", "i_" + "A" * 22, "i_../../x"):
        assert "不能用了" in (await student.asks(f"/start {forged}")).text
