"""What an operator does at the command line, in processes of its own, as the handbook says."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.fakes.telegram import TOKEN, FakeTelegram, serving
from tests.processes import cardwise, free_port, started

pytestmark = pytest.mark.model


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with serving(FakeTelegram()) as fake:
        yield fake


def reached(telegram: FakeTelegram) -> dict[str, str]:
    return {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": telegram.url}


async def test_key_and_backup_while_the_bot_runs_and_restore_when_it_does_not(
    model_path: Path, telegram: FakeTelegram, tmp_path: Path
) -> None:
    student = telegram.person(918273645, "en")
    log = tmp_path / "log"
    async with started(tmp_path, log=log, **reached(telegram)) as process:
        await student.asks("/language", timeout=60)
        out, err = await cardwise(tmp_path, "db", "backup")
        backup = Path(out.strip())
        assert backup.stat().st_mode & 0o077 == 0
        assert "does not hold the key" in err
        out, _ = await cardwise(tmp_path, "key", "rotate")
        new = out.split("under the key ")[1].split()[0]
        await student.asks("/privacy")  # the running bot knows both keys
        out, _ = await cardwise(tmp_path, "key", "list", "--json")
        keys = [json.loads(line) for line in out.splitlines()]
        assert [(key["id"] == new, key["writes"]) for key in keys] == [(True, True), (False, False)]
        _, err = await cardwise(tmp_path, "db", "restore", str(backup), "--yes", code=1)
        assert "stop them first" in err
        out, _ = await cardwise(tmp_path, "export", "telegram:918273645")
        assert json.loads(out)["address"] == "telegram:918273645"
        process.terminate()
        await process.wait()
    _, err = await cardwise(tmp_path, "db", "restore", str(backup), "--yes")
    assert "before-restore" in err
    key_file = (tmp_path / "key" / "key").read_text()
    assert b"918273645" not in backup.read_bytes()
    assert all(line.encode() not in backup.read_bytes() for line in key_file.splitlines() if not line.startswith("#"))
    # The backup is from before the rotation: its values are under the old key, which the file still has.
    await cardwise(tmp_path, "forget", "telegram:918273645", "--yes")
    _, err = await cardwise(tmp_path, "export", "telegram:918273645", code=1)
    assert "nothing is stored" in err
    with sqlite3.connect(tmp_path / "data" / "cardwise.db") as database:
        assert database.execute("SELECT count(*) FROM person").fetchone() == (0,)
    out, _ = await cardwise(tmp_path, "audit")
    assert "person erased" in out
    assert "918273645" not in out


async def test_the_model_as_a_server(model_path: Path, telegram: FakeTelegram, tmp_path: Path) -> None:
    port, student = free_port(), telegram.person(1, "en")
    url = f"http://127.0.0.1:{port}"
    async with started(tmp_path, log=tmp_path / "log", CARDWISE_NLU_URL=url, **reached(telegram)):
        rests = await student.asks("can i rent my bank card to a friend?", timeout=60)
        assert "96110" in rests.text, "the server is not there yet: buttons, commands and hotlines"
        async with started(tmp_path, "nlu", "serve", "--port", str(port), log=tmp_path / "server") as server:
            async with asyncio.timeout(60):
                while "The model answers" not in (tmp_path / "server").read_text():
                    await asyncio.sleep(0.1)
            await asyncio.sleep(3.2)  # it is not asked again at once
            answer = await student.asks("can i rent my bank card to a friend?")
            assert answer.text.startswith("⛔")
            server.terminate()
            assert await server.wait() == 0
        assert "96110" in (await student.asks("and my sim card, can i rent it out?")).text
        assert (await student.asks("/cases")).labels
    assert "the model's server answers again" in (tmp_path / "log").read_text()


async def test_the_doctor_asks_telegram(telegram: FakeTelegram, tmp_path: Path) -> None:
    await cardwise(tmp_path, "db", "upgrade")
    out, _ = await cardwise(tmp_path, "doctor", code=0, **reached(telegram))
    assert "@cardwise_test_bot" in out
    assert "0 bot process(es)" in out
    out, _ = await cardwise(tmp_path, "doctor", code=1, TELEGRAM_BOT_TOKEN="1:wrong", TELEGRAM_API_URL=telegram.url)
    assert "does not know this token" in out
    telegram.webhook, telegram.failed = "https://bot.example.org/telegram", "Connection refused"
    out, _ = await cardwise(tmp_path, "doctor", code=1, **reached(telegram))
    assert "could not deliver to https://bot.example.org/telegram: Connection refused" in out
    assert TOKEN.partition(":")[2] not in out


async def test_a_webhook_port_in_use_is_one_line(model_path: Path, telegram: FakeTelegram, tmp_path: Path) -> None:
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    settings = {
        **reached(telegram),
        "CARDWISE_HTTP": str(port),
        "CARDWISE_WEBHOOK_URL": f"http://127.0.0.1:{port}/telegram",
        "CARDWISE_WEBHOOK_SECRET": "0123456789abcdef",
    }
    async with started(tmp_path, log=None, **settings) as process:
        _, err = await asyncio.wait_for(process.communicate(), 60)
    server.close()
    assert process.returncode == 1
    assert err.decode().strip().splitlines()[-1].startswith("CARDWISE_HTTP: the port for Telegram's webhook")
    assert "Traceback" not in err.decode()
