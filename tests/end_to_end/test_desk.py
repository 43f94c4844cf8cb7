"""Students and counsellors on Telegram: two people who only ever see the bot."""

import asyncio
import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PIL import Image

from bot.app import NOTICES, App
from content.library import Library
from db.models import Role
from tests.fakes.chats import Chat
from tests.fakes.telegram import FakeTelegram, serving
from tests.fakes.telegram_rules import Refusal
from tests.running import running_bot


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with serving(FakeTelegram()) as telegram:
        yield telegram


async def people_of(app: App, telegram: FakeTelegram) -> tuple[Chat, Chat]:
    """A student and a counsellor of one school."""
    async with app.database.write() as work:
        school = await work.schools.add("滨江大学", "Asia/Shanghai")
        for number, role in ((1, Role.STUDENT), (2, Role.COUNSELLOR)):
            person = await work.people.find_or_add(f"telegram:{number}")
            await work.people.add_membership(person.id, role, school.id, None)
    return telegram.person(1), telegram.person(2)


async def talking(app: App, telegram: FakeTelegram) -> tuple[Chat, Chat]:
    """The same two, in a talk that the counsellor has taken."""
    student, counsellor = await people_of(app, telegram)
    await begin(student, "在吗")
    counsellor.presses((await counsellor.hears())[0], "接手")
    await counsellor.hears(2)
    await student.hears()
    return student, counsellor


async def begin(student: Chat, text: str) -> None:
    door = await student.asks("/human")
    student.presses(door, "匿名说")
    await student.hears()
    student.says(text)
    await student.hears()


def photo_with_a_place() -> bytes:
    """A JPEG that says where and with what it was taken."""
    picture = Image.new("RGB", (640, 480), "teal")
    exif = Image.Exif()
    exif[0x010F] = "SecretPhone"
    exif.get_ifd(0x8825)[2] = (39.0, 54.0, 27.0)
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif)
    return out.getvalue()


async def test_words_and_pictures_pass_between_them_and_nothing_else(
    telegram: FakeTelegram, library: Library, tmp_path: Path
) -> None:
    async with running_bot(telegram, library, None, tmp_path) as app:
        student, counsellor = await people_of(app, telegram)
        await begin(student, "他让我把卡寄过去 <b>急</b>")
        (call,) = await counsellor.hears()
        assert "想找老师" in call.text
        assert "卡寄过去" not in call.text
        counsellor.presses(call, "接手")
        thread, ready = await counsellor.hears(2)
        assert "他让我把卡寄过去 <b>急</b>" in thread.text
        assert "现在你写的会发给" in ready.text
        assert "有老师接了" in (await student.hears())[0].text
        data = photo_with_a_place()
        assert b"SecretPhone" in data
        student.says(photo=telegram.photo(data), caption="聊天截图")
        await student.hears()
        picture, words = await counsellor.hears(2)
        assert picture.picture is not None
        assert b"SecretPhone" not in picture.picture
        assert not Image.open(io.BytesIO(picture.picture)).getexif()
        assert "聊天截图" in words.text
        counsellor.says("先别寄")
        await counsellor.hears()
        assert "先别寄" in (await student.hears())[0].text
        assert "forwardMessage" not in telegram.calls
        everything = "".join(sent.raw for sent in counsellor.history)
        assert "Student" not in everything  # what the student calls themselves on Telegram


async def test_what_cannot_be_handed_over_is_said_and_loses_nothing(
    telegram: FakeTelegram, library: Library, tmp_path: Path
) -> None:
    async with running_bot(telegram, library, None, tmp_path) as app:
        student, counsellor = await talking(app, telegram)
        file = {**telegram.add_file(b"%PDF"), "file_name": "陈某某.pdf", "mime_type": "application/pdf"}
        student.says(document=file)
        assert "匿名的时候我不转文件" in (await student.hears())[0].text
        student.says(photo=telegram.photo(b"no picture at all" * 9))
        assert "打不开" in (await student.hears())[0].text
        student.says(voice={**telegram.add_file(b"voice"), "duration": 3})
        assert "听得出" in (await student.hears())[0].text
        await counsellor.hears_nothing()


async def test_a_restart_loses_nothing(telegram: FakeTelegram, library: Library, tmp_path: Path) -> None:
    from tests.running import settings_in

    settings = settings_in(tmp_path)
    async with running_bot(telegram, library, None, tmp_path, settings=settings) as app:
        student, counsellor = await talking(app, telegram)
        # What is written while Telegram does not take messages, just before the bot stops.
        for _ in range(20):
            telegram.refuse_next("sendMessage", Refusal(502, "Bad Gateway"))
        async with app.database.write() as work:
            person = await work.people.find("telegram:1")
            assert person is not None
            thread = await work.threads.open_of(person.id)
            assert thread is not None
            message = await work.threads.say(thread, from_student=False, text="重启前写的")
            await work.notices.add(person.id, "message", thread_id=thread.id, message_id=message.id)
        app.jobs.wake(NOTICES)
        await asyncio.sleep(0.3)
    telegram.refusals.clear()
    async with running_bot(telegram, library, None, tmp_path, settings=settings) as app:
        async with app.database.write() as work:
            for notice in await work.notices.of(person.id):
                await work.notices.later(notice.id, notice.created_at)
        app.jobs.wake(NOTICES)
        assert "重启前写的" in (await student.hears())[0].text
        await student.hears_nothing()
        student.says("重启后写的")
        await student.hears()
        assert "重启后写的" in (await counsellor.hears())[0].text


async def test_a_counsellor_hears_that_a_student_is_gone(
    telegram: FakeTelegram, library: Library, tmp_path: Path
) -> None:
    async with running_bot(telegram, library, None, tmp_path) as app:
        _, counsellor = await talking(app, telegram)
        telegram.blocked.add(1)
        counsellor.says("你还在吗")
        await counsellor.hears()
        assert "收不到消息" in (await counsellor.hears())[0].text


async def test_in_a_group_the_way_leads_into_the_private_chat(
    telegram: FakeTelegram, library: Library, tmp_path: Path
) -> None:
    async with running_bot(telegram, library, None, tmp_path) as app:
        student, _ = await people_of(app, telegram)
        member = telegram.member(1, -500)
        member.says("/human")
        (answer,) = await member.hears()
        assert answer.keyboard[0][0]["url"].endswith("?start=human")
        assert "滨江大学" in (await student.asks("/start human")).text
