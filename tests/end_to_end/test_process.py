"""`cardwise run` as a process of its own, pointed at the stand-in by TELEGRAM_API_URL: as an operator starts and stops it."""

import asyncio
import signal
from pathlib import Path

import pytest

from tests.fakes.chats import USERNAME
from tests.fakes.telegram import TOKEN, FakeTelegram, serving
from tests.processes import started

pytestmark = pytest.mark.model


async def test_the_bot_runs_answers_and_stops_when_asked(model_path: Path, tmp_path: Path) -> None:
    async with serving(FakeTelegram()) as telegram:
        student = telegram.person(1, "en")
        async with started(tmp_path, TELEGRAM_BOT_TOKEN=TOKEN, TELEGRAM_API_URL=telegram.url) as process:
            first = await student.asks("我可以把银行卡租给别人用吗", timeout=60)
            assert first.text.startswith("⛔")
            second = await student.asks("someone offered me 500 yuan to use my sim card for a week, is that ok?")
            assert second.text.startswith("⛔")
            process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(20):
                out, err = await process.communicate()
        assert process.returncode == 0, err.decode()
        assert out == b""
        assert f"@{USERNAME}" in err.decode()
        assert TOKEN.partition(":")[2] not in err.decode()
        async with started(tmp_path, TELEGRAM_BOT_TOKEN=TOKEN, TELEGRAM_API_URL=telegram.url):
            # After a restart it knows the student again, and their buttons go on working.
            student.presses(first, "真实案例")
            assert (await student.hears(1, timeout=60))[0].text.startswith("🧑‍⚖️")


async def test_a_wrong_token_is_one_line(model_path: Path, tmp_path: Path) -> None:
    async with (
        serving(FakeTelegram()) as telegram,
        started(tmp_path, TELEGRAM_BOT_TOKEN="1:wrong", TELEGRAM_API_URL=telegram.url) as process,
        asyncio.timeout(60),
    ):
        _, err = await process.communicate()
    assert process.returncode == 1
    assert err.decode().strip().splitlines()[-1].startswith("TELEGRAM_BOT_TOKEN: Telegram does not know this token")
    assert "Traceback" not in err.decode()
    assert "Unclosed" not in err.decode()
