"""A person to talk to: what students and counsellors see, and what neither can do."""

from datetime import timedelta

import pytest

from bot.handover import counsellor_side, notices, pages, reminders, student_side
from bot.operation.housekeeping import TALKS_KEPT_FOR
from bot.replies import Button, Press, PressKind
from content.library import Library
from db import models
from db.engine import Database
from db.repositories import notices as notices_repository
from db.repositories import threads as threads_repository
from tests.bot.desk import Clock, Desk, button, joined, school


@pytest.fixture
async def desk(database: Database, library: Library) -> Desk:
    return await school(database, library)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock(models.now)
    for module in (counsellor_side, notices, pages, reminders, student_side, threads_repository, notices_repository):
        monkeypatch.setattr(module, "now", clock)
    return clock


async def test_a_talk_from_the_first_word_to_the_last(desk: Desk) -> None:
    door = await desk.command("chen", "human")
    assert "滨江大学" in joined(door)
    assert "12356" in joined(door)
    started = joined(await desk.presses("chen", button(door, "匿名")))
    assert "代号" in started
    assert "告诉老师了" in await desk.says("chen", "我把卡借给学长了")
    for who in ("wang", "li"):
        told = await desk.hears(who)
        assert "想找老师" in joined(told)
        assert "借给学长" not in joined(told)  # only whoever takes it reads it
    opened = await desk.takes("wang")
    assert "我把卡借给学长了" in joined(opened)
    assert "有老师接了" in joined(await desk.hears("chen"))
    assert "发给了" in await desk.says("wang", "别急，先去银行把卡挂失")
    answer = joined(await desk.hears("chen"))
    assert answer.startswith("👩‍🏫 老师")
    assert "挂失" in answer
    assert await desk.says("chen", "要带什么吗") == "✓ 转过去了。"
    assert "要带什么吗" in joined(await desk.hears("wang"))
    await desk.command("chen", "human")
    ended = await desk.presses("chen", Button("", Press(PressKind.DESK, "end.-")))
    assert "30 天" in joined(ended)
    assert "结束了对话" in joined(await desk.hears("wang"))
    assert "✓" not in await desk.says("chen", "判几年")  # the bot answers again


async def test_the_first_counsellor_gets_it_and_the_second_is_told(desk: Desk) -> None:
    await desk.begins("chen", "在吗")
    inbox = await desk.command("li", "inbox")
    await desk.takes("wang")
    late = await desk.presses("li", button(inbox, "接手"))
    assert "已经有同事接手" in joined(late)
    assert "在吗" not in joined(late)


async def test_two_talks_are_never_mixed_up(database: Database, library: Library) -> None:
    desk = await school(database, library, students=("chen", "zhou"))
    first = await desk.begins("chen", "我是第一个")
    await desk.takes("wang")
    second = await desk.begins("zhou", "我是第二个")
    await desk.hears("wang")
    await desk.takes("wang")
    await desk.hears("chen"), await desk.hears("zhou")
    assert second in await desk.says("wang", "给第二个的")
    assert first in await desk.says("wang", "给第一个的", replied=f"💬 {first} · 匿名\n\n我是第一个")
    assert first in await desk.says("wang", "还是给第一个的")
    assert "给第一个的" in joined(await desk.hears("chen"))
    heard = joined(await desk.hears("zhou"))
    assert "给第二个的" in heard
    assert "第一个" not in heard


async def test_what_a_counsellor_types_later_goes_to_nobody_by_mistake(desk: Desk, clock: Clock) -> None:
    await desk.begins("chen", "在吗")
    await desk.takes("wang")
    await desk.hears("chen")
    clock.passes(timedelta(minutes=31))
    assert "发给了" not in await desk.says("wang", "判几年")
    assert not await desk.hears("chen")
    await desk.presses("wang", button(await desk.command("wang", "inbox"), "✍️"))
    assert "发给了" in await desk.says("wang", "我在")
    await desk.command("wang", "cancel")
    assert "发给了" not in await desk.says("wang", "判几年")


async def test_a_talk_handed_on_and_handed_back(desk: Desk) -> None:
    await desk.begins("chen", "在吗")
    await desk.hears("li")
    opened = await desk.takes("wang")
    await desk.hears("chen")
    more = await desk.presses("wang", button(opened, "更多"))
    colleagues = await desk.presses("wang", button(more, "转给同事"))
    await desk.presses("wang", button(colleagues, "老师 1"))
    assert "换了一位老师" in joined(await desk.hears("chen"))
    handed = await desk.hears("li")
    assert "转给了你" in joined(handed)
    assert "在吗" in joined(await desk.presses("li", button(handed, "接手")))
    assert "发给了" not in await desk.says("wang", "我还想说一句")
    assert not await desk.hears("chen")
    back = await desk.presses("li", button(await desk.command("li", "inbox"), "✍️"))
    released = await desk.presses("li", button(await desk.presses("li", button(back, "更多")), "交还"))
    assert "已交还" in joined(released)
    assert "有事离开" in joined(await desk.hears("chen"))
    assert "想找老师" in joined(await desk.hears("wang"))
    assert not await desk.hears("li")


async def test_who_waits_is_brought_to_mind_and_told_honestly(desk: Desk, clock: Clock) -> None:
    await desk.begins("chen", "在吗")
    assert await desk.hears("wang")
    assert await reminders.remind(desk.database) == 0
    clock.passes(timedelta(minutes=16))
    assert await reminders.remind(desk.database) == 1
    assert await reminders.remind(desk.database) == 0  # once
    assert "16 分钟" in joined(await desk.hears("wang"))
    assert not await desk.hears("chen")
    clock.passes(timedelta(minutes=50))
    await reminders.remind(desk.database)
    waiting = joined(await desk.hears("chen"))
    assert "对不起" in waiting
    assert "12356" in waiting
    await desk.takes("wang")
    await desk.says("wang", "来了")
    await desk.hears("wang")
    clock.passes(timedelta(days=1))
    assert await reminders.remind(desk.database) == 0
    assert not await desk.hears("wang")


async def test_a_talk_whose_counsellor_lost_the_role_goes_back(desk: Desk) -> None:
    await desk.begins("chen", "在吗")
    await desk.takes("wang")
    await desk.hears("chen"), await desk.hears("li")
    async with desk.database.write() as work:
        wang = await work.people.find("telegram:wang")
        assert wang is not None
        for held in await work.people.memberships(wang.id):
            await work.people.remove_membership(held.id)
    assert "发给了" not in await desk.says("wang", "还能写吗")
    await reminders.remind(desk.database)
    assert "想找老师" in joined(await desk.hears("li"))
    assert "在吗" in joined(await desk.takes("li"))


async def test_absent_counsellors_are_asked_last(desk: Desk) -> None:
    await desk.command("wang", "away", "3")
    assert "到" in joined(await desk.command("wang", "inbox"))
    await desk.begins("chen", "在吗")
    assert not await desk.hears("wang")
    assert await desk.hears("li")
    await desk.command("li", "away", "1")
    await desk.presses("chen", Button("", Press(PressKind.DESK, "end.-")))
    door = joined(await desk.command("chen", "human"))
    assert "不在" in door
    await desk.begins("chen", "还在吗")
    assert await desk.hears("wang")
    assert "欢迎回来" in joined(await desk.command("wang", "away", "0"))


async def test_the_student_hears_how_long_it_usually_takes(desk: Desk, clock: Clock) -> None:
    for minutes in (4, 10, 60):
        await desk.begins("chen", "在吗")
        await desk.takes("wang")
        clock.passes(timedelta(minutes=minutes))
        await desk.presses("wang", button(await desk.command("wang", "inbox"), "✍️"))
        await desk.says("wang", "在")
        await desk.presses("chen", Button("", Press(PressKind.DESK, "end.-")))
    assert "10 分钟" in joined(await desk.command("chen", "human"))


async def test_a_named_student_is_called_by_the_name_they_gave(desk: Desk) -> None:
    await desk.begins("chen", "在吗", label="告诉老师")
    assert "小陈" in joined(await desk.takes("wang"))


async def test_a_pause_lets_the_bot_answer_and_keeps_the_talk(desk: Desk) -> None:
    await desk.begins("chen", "在吗")
    await desk.takes("wang")
    await desk.presses("chen", Button("", Press(PressKind.DESK, "pause.-")))
    assert "✓" not in await desk.says("chen", "判几年")
    await desk.says("wang", "我看到了")
    answer = await desk.hears("chen")
    assert "我看到了" in joined(answer)
    await desk.presses("chen", button(answer[-1:], "接着和老师说"))
    assert "✓" in await desk.says("chen", "好的")


async def test_despair_in_a_talk_gets_the_hotlines_at_once(desk: Desk) -> None:
    await desk.begins("chen", "在吗")
    answer = await desk.says("chen", "我不想活了")
    assert "转过去了" in answer
    assert "12356" in answer


async def test_without_a_school_there_are_hotlines_or_a_default_desk(database: Database, library: Library) -> None:
    desk = await school(database, library)
    stranger = joined(await desk.command("stranger", "human"))
    assert "12356" in stranger
    assert "匿名：" not in stranger
    assert "没有老师" in joined(await desk.presses("stranger", Button("", Press(PressKind.DESK, "anonymous.-"))))
    with_default = await _with_default(desk, library)
    assert "滨江大学" in joined(await with_default.command("stranger", "human"))
    assert await with_default.begins("stranger", "在吗")


async def _with_default(desk: Desk, library: Library) -> Desk:
    from tests.bot.talking import Means, dialogue_with

    dialogue = dialogue_with(desk.database, library, Means("ask_penalty"), default_desk="滨江大学")
    return Desk(desk.database, dialogue, desk.notices)


async def test_everything_is_erased_in_time(desk: Desk, clock: Clock) -> None:
    await desk.begins("chen", "在吗")
    await desk.takes("wang")
    clock.passes(TALKS_KEPT_FOR + timedelta(minutes=1))
    async with desk.database.write() as work:
        assert await work.threads.remove_older_than(TALKS_KEPT_FOR) == 1
    assert "在吗" not in joined(await desk.command("wang", "inbox"))


async def test_forgetting_erases_the_talk_and_the_counsellor_is_told(desk: Desk) -> None:
    alias = await desk.begins("chen", "在吗")
    await desk.takes("wang")
    await desk.hears("wang")
    exported = (await desk.command("chen", "export"))[0].file
    assert exported is not None
    assert "在吗" in exported.text
    assert alias in exported.text
    await desk.presses("chen", Button("", Press(PressKind.FORGET, "yes")))
    assert alias in joined(await desk.hears("wang"))
    assert alias not in joined(await desk.command("wang", "inbox"))
