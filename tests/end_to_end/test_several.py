"""Two real processes on one real PostgreSQL behind one webhook: nothing lost, nothing twice, also when one is killed."""

import asyncio
import signal
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from aiohttp import ClientSession

from bot.campaigns.service import CampaignService
from bot.content_check import load_checked
from bot.people.invites import PeopleService
from db.campaign_models import CampaignState
from db.engine import Database
from db.keys import KeyRing, from_text, new_key_text
from db.models import Role
from tests.campaigns.conftest import with_students, writing
from tests.fakes.telegram import TOKEN, FakeTelegram, serving
from tests.processes import free_port, started

pytestmark = pytest.mark.model

RECIPIENTS = 120
SECRET = "a-secret-of-the-stand-in-0123"


@dataclass
class Two:
    telegram: FakeTelegram
    processes: list[asyncio.subprocess.Process]
    key: str
    logs: list[Path]


@asynccontextmanager
async def two_processes(folder: Path, url: str) -> AsyncIterator[Two]:
    async with serving(FakeTelegram()) as telegram, AsyncExitStack() as stack:
        telegram.flood.enforced = False
        key, processes, logs = new_key_text(), [], []
        for number in (1, 2):
            own = folder / str(number)
            own.mkdir()
            port = free_port()
            logs.append(folder / f"{number}.log")
            process = await stack.enter_async_context(
                started(
                    own,
                    log=logs[-1],
                    TELEGRAM_BOT_TOKEN=TOKEN,
                    TELEGRAM_API_URL=telegram.url,
                    CARDWISE_DATABASE_URL=url,
                    CARDWISE_KEY_FILE="",
                    CARDWISE_SECRET_KEY=key,
                    CARDWISE_HTTP=str(port),
                    CARDWISE_WEBHOOK_URL="http://127.0.0.1/telegram/hook",
                    CARDWISE_WEBHOOK_SECRET=SECRET,
                    CARDWISE_APPROVE_FROM="1000",
                )
            )
            processes.append(process)
            telegram.balanced.append(f"http://127.0.0.1:{port}/telegram/hook")
        async with asyncio.timeout(60):
            while telegram.calls.count("setWebhook") < 2:
                await asyncio.sleep(0.1)
        yield Two(telegram, processes, key, logs)


@pytest.mark.timeout(240)
async def test_two_processes_answer_in_order_and_a_killed_one_is_taken_over(
    model_path: Path, empty_postgresql: str, tmp_path: Path
) -> None:
    async with two_processes(tmp_path, empty_postgresql) as two:
        students = [two.telegram.person(number, "en") for number in range(1, 13)]
        for student in students:
            student.says("/language")
        for student in students:
            await student.hears(1, timeout=30)
        # A conversation goes on in whichever process takes the next message.
        for _ in range(3):
            answer = await students[0].asks("can i rent my bank card to a friend?")
            assert "card" in answer.text.lower()
        await _a_notice_comes_once(two, empty_postgresql)
        # Everybody writes several messages at once, and one process dies in the middle of it.
        asked, already = ("/privacy", "/cases", "/words", "/myths"), len(two.telegram.sent)
        for text_ in asked:
            for student in students:
                student.says(text_)
        async with asyncio.timeout(30):
            while len(two.telegram.sent) < already + 14:
                await asyncio.sleep(0.01)
        two.processes[0].send_signal(signal.SIGKILL)
        for student in students:
            await student.hears(len(asked), timeout=90)
        await asyncio.sleep(1.0)
        for student in students:
            said = [sent.text for sent in student.history]
            # At least once: what was in hand when the process died may be answered again.
            assert max(Counter(said[-len(asked) :]).values()) == 1 or len(said) > len(asked)
    assert TOKEN.partition(":")[2] not in "".join(log.read_text() for log in two.logs)


async def _a_notice_comes_once(two: Two, url: str) -> None:
    """Both processes run the job that tells counsellors; one of them does."""
    database = Database(url, KeyRing([from_text(two.key)]))
    people = PeopleService(database, "Asia/Shanghai")
    await people.add_school("一中")
    counsellor, student = two.telegram.person(901, "en"), two.telegram.person(902, "en")
    for chat, role in ((counsellor, Role.COUNSELLOR), (student, Role.STUDENT)):
        chat.says(f"/start {(await people.create_invite(role, school='一中')).payload}")
        await chat.hears(2, timeout=30)
    door = await student.asks("/human")
    student.presses(door, door.labels[0])
    await student.hears()
    student.says("please help me")
    await student.hears()
    await counsellor.hears(1, timeout=30)
    await counsellor.hears_nothing(1.5)
    await database.close()


@pytest.mark.timeout(240)
async def test_a_campaign_is_sent_once_across_both_also_when_the_sender_is_killed(
    model_path: Path, empty_postgresql: str, tmp_path: Path
) -> None:
    async with two_processes(tmp_path, empty_postgresql) as two:
        database = Database(empty_postgresql, KeyRing([from_text(two.key)]))
        for number in range(1, RECIPIENTS + 1):
            two.telegram.person(number)
        await with_students(database, RECIPIENTS)
        shell = CampaignService(database, load_checked, ZoneInfo("Asia/Shanghai"), approve_from=1000)
        await shell.create(writing(tmp_path, load_checked())("test"))
        await shell.send("test")
        sent = two.telegram.sent
        async with asyncio.timeout(60):
            while len(sent) < 20:
                await asyncio.sleep(0.02)
        two.processes[await _sender(two)].send_signal(signal.SIGKILL)
        async with asyncio.timeout(90):
            while (await shell.see("test")).campaign.state is not CampaignState.FINISHED:
                await asyncio.sleep(0.5)
        tally = (await shell.see("test")).tally
        assert tally.sent + tally.unknown == RECIPIENTS
        assert tally.unknown <= 16, "only what was on its way at the moment of the kill"
        to = Counter(message.chat_id for message in sent)
        assert max(to.values()) == 1, "nobody twice"
        assert len(to) >= tally.sent
        await database.close()


async def _sender(two: Two) -> int:
    """Which of the two sends: the one whose counter of campaign messages goes up."""
    async with ClientSession() as session:
        for number, address in enumerate(two.telegram.balanced):
            async with session.get(address.replace("/telegram/hook", "/metrics")) as answer:
                if 'cardwise_sends_total{lane="campaign"' in await answer.text():
                    return number
    raise AssertionError("nobody sends")
