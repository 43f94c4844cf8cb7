"""The whole bot behind a webhook, on both kinds of database; with PostgreSQL its jobs go through the job engine."""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import ClientSession
from sqlalchemy import text

from bot import logs
from bot.app import App
from bot.web.port import SECRET_HEADER
from content.library import Library
from db.keys import new_key_text
from db.models import Role
from tests.end_to_end.test_logs import Everything
from tests.fakes.telegram import TOKEN, FakeTelegram, serving
from tests.processes import free_port
from tests.running import running_bot, settings_in

pytestmark = pytest.mark.model

SECRET = "the-secret-of-the-webhook-01"
PERSON = 918273645
SAID = "我叫王小明银行卡借给了表哥zhongguancun"


@dataclass
class Hooked:
    telegram: FakeTelegram
    app: App
    url: str


@pytest.fixture
async def hooked(database_url: str, library: Library, model_path: Path, tmp_path: Path) -> AsyncIterator[Hooked]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    settings = settings_in(
        tmp_path,
        CARDWISE_DATABASE_URL=database_url,
        CARDWISE_SECRET_KEY=new_key_text(),
        CARDWISE_HTTP=str(port),
        TELEGRAM_API_URL="http://127.0.0.1:1",  # replaced by the stand-in's address
        CARDWISE_WEBHOOK_URL=f"{url}/telegram/hook",
        CARDWISE_WEBHOOK_SECRET=SECRET,
    )
    async with serving(FakeTelegram()) as telegram:
        settings = settings.model_copy(update={"telegram_api_url": telegram.url})
        async with running_bot(telegram, library, model_path, tmp_path, settings=settings) as app:
            async with asyncio.timeout(20):
                while telegram.webhook is None:
                    await asyncio.sleep(0.02)
            yield Hooked(telegram, app, url)


async def test_a_conversation_and_what_metrics_say_of_it(hooked: Hooked) -> None:
    student = hooked.telegram.person(PERSON, "en")
    answer = await student.asks("can i rent my bank card to a friend?")
    assert answer.text.startswith("⛔")
    student.presses(answer, "A real case")
    assert (await student.hears())[0].text.startswith("🧑‍⚖️")
    follow_up = await student.asks("and my sim card?")
    assert "SIM" in follow_up.text
    for command in ("/privacy", "/cases", "/words", "/myths"):
        student.says(command)
    said = [sent.text for sent in await student.hears(4)]
    assert len(set(said)) == 4
    async with ClientSession() as session, session.get(f"{hooked.url}/metrics") as told:
        metrics = await told.text()
    assert 'cardwise_messages_total{kind="text"} 2.0' in metrics
    assert 'cardwise_messages_total{kind="command"} 4.0' in metrics
    assert 'cardwise_intents_total{intent="ask_provide_item"}' in metrics
    assert 'cardwise_sends_total{lane="reply",outcome="sent"}' in metrics
    assert "cardwise_answer_seconds_bucket" in metrics
    assert str(PERSON) not in metrics
    async with ClientSession() as session, session.get(f"{hooked.url}/readyz") as ready:
        assert (ready.status, await ready.text()) == (200, "ok\n")


async def test_updates_that_are_none_or_come_twice(hooked: Hooked) -> None:
    student = hooked.telegram.person(PERSON, "en")
    await student.asks("/help")
    update = hooked.telegram.delivered[-1]
    async with ClientSession(headers={SECRET_HEADER: SECRET}) as session:
        for body in (
            b"",
            b"{}",
            b"[]",
            b"null",
            b"{",
            b"\xff",
            b'{"update_id": "x"}',
            b'{"update_id": 1, "message": 5}',
        ):
            async with session.post(f"{hooked.url}/telegram/hook", data=body) as answer:
                assert answer.status == 200, "Telegram would bring it again and again"
        for _ in range(3):
            async with session.post(f"{hooked.url}/telegram/hook", json=update) as answer:
                assert answer.status == 200
    await student.hears_nothing(1.0)
    async with ClientSession() as session, session.post(f"{hooked.url}/telegram/hook", json=update) as answer:
        assert answer.status == 403


async def test_a_counsellor_in_the_same_system(hooked: Hooked) -> None:
    """Notices go out by the jobs: in this process with SQLite, through the job engine with PostgreSQL."""
    people = hooked.app.people
    await people.add_school("一中")
    counsellor, student = hooked.telegram.person(2, "en"), hooked.telegram.person(3, "en")
    for chat, role in ((counsellor, Role.COUNSELLOR), (student, Role.STUDENT)):
        invite = await people.create_invite(role, school="一中")
        chat.says(f"/start {invite.payload}")
        await chat.hears(2)
    door = await student.asks("/human")
    student.presses(door, door.labels[0])
    await student.hears()
    student.says("please help me")
    await student.hears()
    (told,) = await counsellor.hears(1, timeout=20)
    assert "please help me" not in told.text


async def test_nothing_of_a_student_is_logged(hooked: Hooked, capfd: pytest.CaptureFixture[str]) -> None:
    logs.configure("json", logging.DEBUG)
    handler = Everything()
    logging.getLogger().addHandler(handler)
    student = hooked.telegram.person(PERSON)
    await student.asks(SAID)
    await student.asks("/help")
    await asyncio.sleep(1.5)
    out, err = capfd.readouterr()
    everything = "\n".join([out, err, *handler.lines])
    for private in ("王小明", "表哥", "zhongguancun", str(PERSON), TOKEN.partition(":")[2], SECRET):
        assert private not in everything, [line for line in everything.splitlines() if private in line][:3]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_every_connection_to_the_database_is_cut(hooked: Hooked, caplog: pytest.LogCaptureFixture) -> None:
    """As when PostgreSQL restarts: what cannot be stored is delivered again, jobs begin anew, nobody is forgotten."""
    student = hooked.telegram.person(PERSON, "en")
    await student.asks("/help")
    for _ in range(2):
        async with hooked.app.database.write() as work:
            await work.people._session.execute(
                text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
            )
        student.says("/privacy")
        student.says("/cases")
        await student.hears(2, timeout=30)
    await student.asks("can i rent my bank card to a friend?", timeout=30)
