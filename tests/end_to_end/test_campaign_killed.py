"""A sender that is killed at any moment: nobody is lost, nobody gets it twice, and the counters agree with the rows."""

import asyncio
import json
import os
import random
import signal
import sys
from collections import Counter
from pathlib import Path

import pytest

from db.engine import Database
from db.keys import KeyRing, from_text, new_key_text
from db.upgrade import upgrade
from tests.campaigns.conftest import TEXT, with_students
from tests.fakes.telegram import TOKEN, FakeTelegram, serving

RECIPIENTS = 70
KILLS = 4


class Shell:
    """`cardwise` in processes of its own."""

    def __init__(self, folder: Path, telegram: FakeTelegram, database: str, key: str) -> None:
        self._environment = {
            **os.environ,
            "CARDWISE_DATA_DIR": str(folder / "data"),
            "CARDWISE_DATABASE_URL": database,
            "CARDWISE_SECRET_KEY": key,
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_API_URL": telegram.url,
        }

    async def start(self, *arguments: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot.cli.main",
            *arguments,
            env=self._environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )

    async def run(self, *arguments: str) -> str:
        process = await self.start(*arguments)
        out, err = await asyncio.wait_for(process.communicate(), 120)
        assert process.returncode == 0, err.decode()
        return out.decode()

    async def report(self) -> dict[str, int | str]:
        found: dict[str, int | str] = json.loads(await self.run("campaign", "report", "test", "--json"))
        return found


def agree(report: dict[str, int | str]) -> bool:
    parts = ("sent", "blocked", "failed", "opted_out", "unknown", "pending")
    return report["planned"] == sum(int(report[part]) for part in parts)


async def kill_at_random(shell: Shell, telegram: FakeTelegram, chance: random.Random) -> None:
    """Start sending, and kill it when another random number of messages has arrived."""
    process = await shell.start("campaign", "send", "test", "--here")
    wanted = len(telegram.sent) + chance.randrange(1, 15)
    while len(telegram.sent) < wanted and process.returncode is None:
        await asyncio.sleep(chance.random() * 0.02)
    if process.returncode is None:
        process.send_signal(signal.SIGKILL)
    await process.communicate()


@pytest.mark.timeout(240)
async def test_killed_again_and_again(database_url: str, tmp_path: Path) -> None:
    key, chance = new_key_text(), random.Random(6)
    ring = KeyRing([from_text(key)])
    (tmp_path / "test.yml").write_text(TEXT.format(id="test", more="urgent: true"), encoding="utf-8")
    async with serving(FakeTelegram()) as telegram:
        for number in range(1, RECIPIENTS + 1):
            telegram.person(number)
        database = Database(database_url, ring)
        await upgrade(database.url, ring)
        await with_students(database, RECIPIENTS)
        await database.close()
        shell = Shell(tmp_path, telegram, database_url, key)
        await shell.run("campaign", "create", str(tmp_path / "test.yml"))
        await shell.run("campaign", "approve", "test", "--override")
        for _ in range(KILLS):
            await kill_at_random(shell, telegram, chance)
            assert agree(await shell.report())
        await shell.run("campaign", "send", "test", "--here")
        report = await shell.report()
    got = Counter(sent.chat_id for sent in telegram.sent)
    assert report["state"] == "finished"
    assert agree(report)
    assert report["planned"] == RECIPIENTS
    assert report["pending"] == 0
    assert max(got.values()) == 1, "somebody got it twice"
    missed = RECIPIENTS - len(got)
    assert missed <= int(report["unknown"]), "somebody was lost"
    assert int(report["unknown"]) <= KILLS * 3, "a kill leaves what was just going out unknown, and no more"
