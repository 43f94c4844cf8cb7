"""What goes wrong around the bot: what the student sees, and what the operator reads."""

import asyncio
import os
import signal
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import event

from bot.app import App
from bot.telegram import intake, limiter, request
from content.library import Library
from db import engine
from db.models import Role
from tests.fakes.chats import Chat
from tests.fakes.telegram import TOKEN, FakeTelegram, serving
from tests.fakes.telegram_rules import Refusal
from tests.processes import started
from tests.running import running_bot


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with serving(FakeTelegram()) as fake:
        yield fake


@pytest.fixture
async def app(
    telegram: FakeTelegram, library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[App]:
    monkeypatch.setattr(limiter, "_PAUSE", 0.05)
    monkeypatch.setattr(request, "_READ", 0.5)
    async with running_bot(telegram, library, None, tmp_path) as app:
        yield app


async def admin(telegram: FakeTelegram, app: App) -> Chat:
    chat = telegram.person(99, "en")
    invite = await app.people.create_invite(Role.ADMIN, school=None)
    chat.says(f"/start {invite.payload}")
    await chat.hears(2)
    return chat


@pytest.mark.parametrize(
    "refusals",
    [
        [Refusal(429, "Too Many Requests: retry after 1", {"retry_after": 1})],
        [Refusal(502, "Bad Gateway")],
        [Refusal(502, "Bad Gateway"), Refusal(500, "Internal Server Error"), Refusal(504, "Gateway Timeout")],
    ],
)
async def test_an_answer_that_telegram_refuses_for_now_comes_later(
    telegram: FakeTelegram, app: App, refusals: list[Refusal]
) -> None:
    student = telegram.person(1)
    for refusal in refusals:
        telegram.refuse_next("sendMessage", refusal)
    await student.asks("/help")
    await student.hears_nothing()


@pytest.mark.parametrize(("trouble", "copies"), [("drop", 1), ("hang", 1), ("lost", 2)])
async def test_an_answer_that_gets_lost_is_sent_again(
    telegram: FakeTelegram, app: App, trouble: str, copies: int
) -> None:
    """Nothing tells an answer that was lost on its way back from one that never arrived: better twice than never."""
    student = telegram.person(1)
    telegram.troubles.append(("sendMessage", trouble))
    student.says("/help")
    await student.hears(copies)
    await student.hears_nothing()


async def test_a_telegram_that_never_answers_is_given_up_and_the_next_message_is_answered(
    telegram: FakeTelegram, app: App, caplog: pytest.LogCaptureFixture
) -> None:
    student = telegram.person(1)
    telegram.troubles.extend([("sendMessage", "hang")] * 2)
    student.says("/help")
    await asyncio.sleep(1.5)
    await student.asks("/help")
    assert "TimedOut while handling an update" in caplog.text


async def test_fetching_goes_on_after_every_kind_of_trouble(telegram: FakeTelegram, app: App) -> None:
    student = telegram.person(1)
    for trouble in ("drop", "lost"):
        telegram.troubles.append(("getUpdates", trouble))
    telegram.refuse_next("getUpdates", Refusal(429, "Too Many Requests: retry after 1", {"retry_after": 1}))
    student.says("/help")
    await student.hears(1, timeout=40)


async def test_a_second_poller_is_one_clear_line(
    telegram: FakeTelegram, app: App, caplog: pytest.LogCaptureFixture
) -> None:
    telegram.refuse_next("getUpdates", Refusal(409, "Conflict: terminated by other getUpdates request"))
    await telegram.person(1).asks("/help")
    await telegram.person(1).asks("/help", timeout=30)
    assert "another process is polling with this token: stop it, or use another token" in caplog.text


async def test_what_is_delivered_twice_is_answered_once(telegram: FakeTelegram, app: App) -> None:
    student = telegram.person(1)
    await student.asks("/help")
    telegram.push_again(*telegram.delivered, *telegram.delivered)
    await student.hears_nothing(1.0)
    await student.asks("/privacy")


async def test_out_of_order_everything_is_answered(telegram: FakeTelegram, app: App) -> None:
    student = telegram.person(1)
    await student.asks("/help")
    first, second = ({"message": student.message(text)} for text in ("/privacy", "/cases"))
    telegram.push_again({"update_id": 900_002, **second}, {"update_id": 900_001, **first})
    await student.hears(2)


async def test_no_more_is_fetched_than_can_be_handled(
    telegram: FakeTelegram, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A flood waits at Telegram, not in memory; everybody is answered in the end."""
    monkeypatch.setattr(intake, "_MOST_IN_HAND", 3)
    students = [telegram.person(number) for number in range(1, 41)]
    for student in students:
        student.says("/help")
        student.says("/privacy")
    for student in students:
        await student.hears(2, timeout=60)


async def test_a_clock_that_jumps_stops_nothing(
    telegram: FakeTelegram, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system's clock is set a year ahead and back again: expiry goes by it, pace and patience do not."""
    import time
    from datetime import UTC, datetime, timedelta

    student = telegram.person(1)
    await student.asks("/help")
    real = datetime.now
    shift = timedelta(0)

    class Jumping(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return real(UTC) + shift

    for module in ("bot.dialogue.memory", "db.models", "bot.operation.heartbeat", "bot.operation.housekeeping"):
        monkeypatch.setattr(f"{module}.datetime", Jumping)
    begun = time.time()
    for days in (365, -365, 0):
        shift = timedelta(days=days)
        monkeypatch.setattr(time, "time", lambda: begun + days * 86400.0)  # noqa: B023
        await student.asks("/help")


async def test_a_full_disk_loses_nothing(telegram: FakeTelegram, app: App, caplog: pytest.LogCaptureFixture) -> None:
    """SQLite itself says that it is full. The student hears once that their message waits; it is answered afterwards."""
    chief, student = await admin(telegram, app), telegram.person(1, "en")
    await app.alerts.refresh()  # as every heartbeat does
    await student.asks("/help")
    full = True

    def no_more_room(connection: sqlite3.Connection, *_: object) -> None:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA max_page_count = {1 if full else 1_000_000_000}")
        cursor.close()

    event.listen(app.database._engine.sync_engine, "checkout", no_more_room)
    async with app.database.write() as work:  # fill what is free in the file
        for number in range(1000, 1200):
            try:
                await work.people.find_or_add(f"telegram:{number}")
            except Exception:  # noqa: BLE001 - full at last
                break
    for _ in range(40):
        student.says("/privacy")
    (told,) = await student.hears(1, timeout=30)
    assert "on our side" in told.text
    await student.hears_nothing(1.5)
    assert "what arrives cannot be stored, and is not acknowledged meanwhile" in caplog.text
    assert "full" in caplog.text
    (alarm,) = await chief.hears(1)
    assert alarm.text.startswith("🔴"), "the admins are told, although the database is the one thing that fails"
    full = False
    answers = await student.hears(20, timeout=60)
    assert all("on our side" not in answer.text for answer in answers)


async def test_a_locked_database_is_waited_for(
    telegram: FakeTelegram,
    library: Library,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(engine, "_BUSY_TIMEOUT_MS", 300)
    async with running_bot(telegram, library, None, tmp_path) as app:
        student = telegram.person(1, "en")
        await student.asks("/help")
        with sqlite3.connect(str(app.database.url.database), isolation_level=None) as other:
            other.execute("BEGIN IMMEDIATE")
            student.says("/help")
            (told,) = await student.hears(1, timeout=20)
            assert "on our side" in told.text
            assert "database is locked" in caplog.text
            other.execute("ROLLBACK")
        (answer,) = await student.hears(1, timeout=30)
        assert "on our side" not in answer.text


async def test_admins_hear_of_a_disk_that_is_nearly_full_once(
    telegram: FakeTelegram, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = await admin(telegram, app)
    await app.alerts.about("alert_disk", megabytes=12)
    (told,) = await chat.hears(1)
    assert "12 MB" in told.text
    await app.alerts.about("alert_disk", megabytes=11)
    await chat.hears_nothing()


@pytest.mark.model
async def test_killed_in_the_middle_it_answers_after_a_restart(
    model_path: Path, telegram: FakeTelegram, tmp_path: Path
) -> None:
    """What was stored and not answered when the process was killed is answered by the next one, and nothing twice."""
    student = telegram.person(1, "en")
    settings = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": telegram.url}
    async with started(tmp_path, log=tmp_path / "first", **settings) as process:
        await student.asks("/help", timeout=60)
        telegram.troubles.append(("sendMessage", "hang"))  # it is in the middle of this one
        student.says("/privacy")
        student.says("/cases")
        async with asyncio.timeout(20):
            while telegram.troubles:
                await asyncio.sleep(0.05)
        await asyncio.sleep(0.5)
        process.send_signal(signal.SIGKILL)
        await process.wait()
    log = tmp_path / "log"
    async with started(tmp_path, log=log, **settings):
        first, second = await student.hears(2, timeout=60)
        await student.hears_nothing(1.5)
    assert "/privacy" not in first.text
    assert first.text != second.text
    assert "2 messages had not been answered when the bot stopped" in log.read_text()


@pytest.mark.model
async def test_a_damaged_model_is_told_and_everything_else_works(
    model_path: Path, telegram: FakeTelegram, tmp_path: Path
) -> None:
    """Neither the archive nor the sentences to train from can be used: free text rests, commands and buttons work."""
    data = tmp_path / "data"
    (data / "models").mkdir(parents=True)
    os.chmod(data / "models", 0o500)
    if os.geteuid() == 0:
        (data / "models").rmdir()
        (data / "models").write_text("a file where the folder of models should be")
    log = tmp_path / "log"
    async with started(tmp_path, log=log, TELEGRAM_BOT_TOKEN=TOKEN, TELEGRAM_API_URL=telegram.url, CARDWISE_HTTP="off"):
        student = telegram.person(1, "en")
        menu = await student.asks("/cases", timeout=90)
        assert menu.labels
        rests = await student.asks("can i rent out my card")
        assert "96110" in rests.text, "whoever asks is told what works and whom to call"
    assert "no model can be had, so free text rests until this is mended" in log.read_text()
    assert "Traceback" not in log.read_text()
