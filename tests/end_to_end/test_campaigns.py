"""Campaigns through the whole bot and the stand-in for Telegram."""

import asyncio
from collections import deque
from pathlib import Path

from PIL import Image

from bot.app import App
from bot.sending.budget import Pace
from content.library import Library
from db.campaign_models import CampaignState
from db.models import Role
from tests.campaigns.conftest import TEXT, with_staff, with_students, writing
from tests.fakes.chats import Chat, Sent
from tests.fakes.telegram import FakeTelegram, serving
from tests.fakes.telegram_rules import Refusal
from tests.running import running_bot, settings_in


async def until(app: App, name: str, *states: CampaignState, seconds: float = 20) -> None:
    """Wait until a campaign is in one of these states."""
    for _ in range(int(seconds / 0.1)):
        if (await app.campaigns.see(name)).campaign.state in states:
            return
        await asyncio.sleep(0.1)
    overview = await app.campaigns.see(name)
    raise AssertionError(f"{overview.campaign.state}, {overview.tally}")


async def test_everybody_gets_it_once(library: Library, tmp_path: Path) -> None:
    async with serving(FakeTelegram()) as telegram, running_bot(telegram, library, None, tmp_path) as app:
        for number in range(1, 41):
            telegram.person(number)
        telegram.blocked.add(7)
        await with_students(app.database, 42)  # two of them Telegram does not know
        await app.campaigns.create(writing(tmp_path, library)())
        await app.campaigns.send("test")
        await until(app, "test", CampaignState.FINISHED)
        tally = (await app.campaigns.see("test")).tally
        assert (tally.planned, tally.sent, tally.blocked, tally.failed) == (42, 39, 1, 2)
        got = [sent.chat_id for sent in telegram.sent if "别把卡借给别人" in sent.text]
        assert sorted(got) == [number for number in range(1, 41) if number != 7]


async def overview(chat: Chat) -> Sent:
    """The page below a preview, with what can be done."""
    while True:
        (sent,) = await chat.hears(1)
        if "收件人：" in sent.text:
            return sent


async def test_made_approved_and_sent_in_the_chat(library: Library, tmp_path: Path) -> None:
    async with serving(FakeTelegram()) as telegram, running_bot(telegram, library, None, tmp_path) as app:
        await with_students(app.database, 60)
        for number in range(1, 61):
            telegram.person(number)
        author, second, student = telegram.person(901), telegram.person(902), telegram.person(1)
        for number in (901, 902):
            await with_staff(app.database, f"telegram:{number}", Role.COUNSELLOR, "示范大学")
        assert "只有老师和管理员" in (await student.asks("/campaign")).text
        author.presses(await author.asks("/campaign"), "模板")
        (templates,) = await author.hears(1)
        author.presses(templates, templates.labels[0])
        page = await overview(author)
        assert "60 人" in page.text
        author.presses(page, "发送")
        (asked,) = await author.hears(1)
        assert "第二个人" in asked.text
        student.presses_data(asked, page.button("发送")["callback_data"])  # a forwarded button gives no right
        assert "只有老师和管理员" in (await student.hears(1))[0].text
        (notice,) = await second.hears(1)
        second.presses(notice, "看看")
        page = await overview(second)
        assert page.labels == ["批准发送"]
        second.presses(page, "批准")
        (approved,) = await author.hears(1)
        assert "已批准" in approved.text
        author.presses(approved, "看看")
        page = await overview(author)
        author.presses(page, "换时间")
        (times,) = await author.hears(1)
        author.presses(times, times.labels[-1])
        page = await overview(author)
        assert "09:00" in page.text
        author.presses(page, "发送")
        (scheduled,) = await author.hears(1)
        assert "已排期" in scheduled.text, "another time needs no new approval"
        assert scheduled.labels == ["暂停", "取消"]
        author.presses(scheduled, "取消")
        (cancelled,) = await author.hears(1)
        assert "已取消" in cancelled.text


async def test_each_error_of_telegrams_is_what_it_means(library: Library, tmp_path: Path) -> None:
    async with serving(FakeTelegram()) as telegram, running_bot(telegram, library, None, tmp_path) as app:
        people = await with_students(app.database, 5)
        for number in range(1, 6):
            telegram.person(number)
        telegram.lost_answers.add(5)
        for number, code, text in (
            (1, 403, "Forbidden: user is deactivated"),
            (2, 400, "Bad Request: chat not found"),
            (3, 502, "Bad Gateway"),
        ):
            telegram.refused_chats[number] = deque([Refusal(code, text)])
        await app.campaigns.create(writing(tmp_path, library)())
        await app.campaigns.send("test")
        await until(app, "test", CampaignState.FINISHED)
        tally = (await app.campaigns.see("test")).tally
        # The 502 is tried again; the message whose answer was lost is not.
        assert (tally.sent, tally.blocked, tally.failed, tally.unknown) == (2, 1, 1, 1)
        assert len(people) == tally.planned
        assert [sent.chat_id for sent in telegram.sent].count(5) == 1


async def test_told_to_wait_everybody_is_still_reached(library: Library, tmp_path: Path) -> None:
    async with (
        serving(FakeTelegram()) as telegram,
        running_bot(telegram, library, None, tmp_path, pace=Pace(per_second=28, campaign_per_second=24)) as app,
    ):
        await with_students(app.database, 40)
        for number in range(1, 41):
            telegram.person(number)
        telegram.refuse_next("sendMessage", Refusal(429, "Too Many Requests: retry after 1", {"retry_after": 1}))
        await app.campaigns.create(writing(tmp_path, library)())
        await app.campaigns.send("test")
        await asyncio.sleep(1)
        asked = asyncio.get_running_loop().time()
        await telegram.person(1).asks("/help")
        assert asyncio.get_running_loop().time() - asked < 5, "a reply does not wait for the campaign"
        await until(app, "test", CampaignState.FINISHED)
        assert (await app.campaigns.see("test")).tally.sent == 40
        got = [sent.chat_id for sent in telegram.sent if "别把卡借给别人" in sent.text]
        assert sorted(got) == list(range(1, 41))


async def test_a_picture_is_uploaded_once(library: Library, tmp_path: Path) -> None:
    Image.new("RGB", (60, 40), "red").save(tmp_path / "poster.png")
    text = TEXT.replace("    buttons:", "    picture: poster.png\n    buttons:")
    async with serving(FakeTelegram()) as telegram, running_bot(telegram, library, None, tmp_path) as app:
        await with_students(app.database, 30)
        for number in range(1, 31):
            telegram.person(number)
        await app.campaigns.create(writing(tmp_path, library)(text=text))
        await app.campaigns.send("test")
        await until(app, "test", CampaignState.FINISHED)
        pictures = [sent for sent in telegram.sent if sent.picture]
        assert len(pictures) == 30
        assert all("别把卡借给别人" in sent.text and sent.labels == ["怎么拒绝"] for sent in pictures)
        async with app.database.read() as work:
            (kept,) = (await work.campaigns.pictures_kept(1)).values()
        assert isinstance(kept, str), "Telegram has it now"


async def test_its_author_watches_it_and_reads_what_it_did(library: Library, tmp_path: Path) -> None:
    text = TEXT.replace("{more}", "    quiz: [card-lend-free]\n{more}")
    async with serving(FakeTelegram()) as telegram, running_bot(telegram, library, None, tmp_path) as app:
        await with_students(app.database, 20)
        for number in range(1, 21):
            telegram.person(number)
        author = telegram.person(901)
        await with_staff(app.database, "telegram:901", Role.COUNSELLOR, "示范大学")
        await app.campaigns.create(writing(tmp_path, library)(text=text), await app.people.actor("telegram:901"))
        await app.campaigns.send("test", await app.people.actor("telegram:901"))
        await until(app, "test", CampaignState.FINISHED)
        (progress,) = [sent for sent in await author.hears(1) if "测试" in sent.text]
        async with asyncio.timeout(10):
            while "已发完" not in progress.text:
                await telegram.changed()
        assert "已送达 20" in progress.text
        (finished,) = await author.hears(1)
        for number in range(1, 11):
            student = telegram.person(number)
            message, poll = await student.hears(2)
            student.presses(message, "怎么拒绝")
            student.answers(poll, "right" if number <= 5 else "wrong")
            assert (await student.hears(1))[0].text
        author.presses(finished, "看结果")
        picture, words = await author.hears(2)
        assert picture.picture
        assert "怎么拒绝」：50%（20 人里的 10 人）" in words.text
        assert "题目 1：50%（10 人里的 5 人）" in words.text


async def test_a_trial_reaches_its_guest_alone(library: Library, tmp_path: Path) -> None:
    async with serving(FakeTelegram()) as telegram, running_bot(telegram, library, None, tmp_path) as app:
        await with_students(app.database, 5)
        for number in range(1, 6):
            telegram.person(number)
        guest = telegram.person(901)
        person = await with_staff(app.database, "telegram:901", Role.COUNSELLOR, "示范大学")
        await app.campaigns.create(writing(tmp_path, library)())
        assert await app.campaigns.trial("test", [person]) == 1
        (seen,) = await guest.hears(1)
        assert "别把卡借给别人" in seen.text
        guest.presses(seen, "怎么拒绝")
        assert (await guest.hears(1))[0].text
        assert {sent.chat_id for sent in telegram.sent} == {901}


async def test_a_stop_finishes_what_is_in_hand_and_leaves_nothing_unknown(library: Library, tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    async with serving(FakeTelegram()) as telegram:
        for number in range(1, 201):
            telegram.person(number)
        slow = Pace(per_second=60, campaign_per_second=60)
        async with running_bot(telegram, library, None, tmp_path, pace=slow, settings=settings) as app:
            telegram.flood.enforced = False
            await with_students(app.database, 200)
            await app.campaigns.create(writing(tmp_path, library)())
            await app.campaigns.approve("test", override=True)
            await app.campaigns.send("test")
            while len(telegram.sent) < 20:
                await telegram.changed()
        sent = len(telegram.sent)
        assert sent < 200
        async with running_bot(telegram, library, None, tmp_path, settings=settings) as app:
            await until(app, "test", CampaignState.FINISHED)
            tally = (await app.campaigns.see("test")).tally
        assert (tally.sent, tally.unknown) == (200, 0)
        assert len({one.chat_id for one in telegram.sent}) == len(telegram.sent) == 200
