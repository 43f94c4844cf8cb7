"""Telegram's limits, with the real pace: nothing is refused, nobody is delayed by somebody else."""

import asyncio
import time
from pathlib import Path

from content.library import Library
from tests.fakes.telegram import FakeTelegram, serving
from tests.running import running_bot


async def test_a_crowd_is_answered_within_the_limits(library: Library, tmp_path: Path) -> None:
    telegram = FakeTelegram()
    async with serving(telegram), running_bot(telegram, library, None, tmp_path, pace=None):
        crowd = [telegram.person(number) for number in range(1, 61)]
        for student in crowd:
            student.says("/help")
        await asyncio.gather(*(student.hears(1, timeout=30) for student in crowd))
        times = sorted(sent.at for sent in telegram.sent)
        assert len(times) == 60
        assert all(sum(start <= at < start + 1 for at in times) <= 30 for start in times)


async def test_one_who_writes_much_is_answered_in_order_and_delays_nobody(library: Library, tmp_path: Path) -> None:
    telegram = FakeTelegram()
    async with serving(telegram), running_bot(telegram, library, None, tmp_path, pace=None):
        eager, other = telegram.person(1), telegram.person(2)
        for command in ("/help", "/privacy", "/language", "/help"):
            eager.says(command)
        asked = time.monotonic()
        await other.asks("/help")
        waited = time.monotonic() - asked
        answers = await eager.hears(4, timeout=20)
        assert [("/language" in a.text, "30 分钟" in a.text, "语言回答" in a.text) for a in answers] == [
            (True, False, False),
            (False, True, False),
            (False, False, True),
            (True, False, False),
        ]
        assert other.history[0].at < answers[-1].at
        assert waited < answers[-1].at - asked


async def test_without_a_model_free_text_rests_and_commands_work(library: Library, tmp_path: Path) -> None:
    telegram = FakeTelegram()
    async with serving(telegram), running_bot(telegram, library, None, tmp_path):
        student = telegram.person(1)
        assert "暂时读不懂" in (await student.asks("银行卡能借吗")).text
        assert "/language" in (await student.asks("/help")).text
