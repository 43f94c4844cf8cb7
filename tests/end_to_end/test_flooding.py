"""Somebody who floods the bot is slowed, kindly, and delays nobody."""

from pathlib import Path

from bot.dialogue.pace import MOST, Paces
from content.library import Library
from tests.fakes.telegram import FakeTelegram, serving
from tests.running import running_bot


class Clock:
    """Stands still unless told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


async def test_a_flood_is_slowed_and_delays_nobody(library: Library, tmp_path: Path) -> None:
    clock = Clock()
    async with (
        serving(FakeTelegram()) as telegram,
        running_bot(telegram, library, None, tmp_path, paces=Paces(clock=clock)),
    ):
        loud, quiet = telegram.person(21), telegram.person(22)
        for number in range(100):
            loud.says("/help")
            if number == 50:
                quiet.says("/help")
        await quiet.hears()
        loud.says("/stop")  # always answered, and here the end of the flood
        *answered, reminder, stopped = await loud.hears(MOST + 2)
        assert all("歇" not in sent.text for sent in answered)
        assert "歇" in reminder.text
        assert stopped.text == library.text("unsubscribed", "zh").strip()
        await loud.hears_nothing()
        assert telegram.sent.index(quiet.history[0]) < telegram.sent.index(reminder), "the flood went first"
        clock.now += 61
        assert (await loud.asks("/help")).text == answered[0].text
