"""In a group: buttons for whoever asked, and a flood that delays nobody."""

from pathlib import Path

from content.library import Library
from tests.fakes.telegram import FakeTelegram, serving
from tests.running import running_bot


async def test_buttons_are_for_whoever_asked(library: Library, tmp_path: Path) -> None:
    async with serving(FakeTelegram()) as telegram, running_bot(telegram, library, None, tmp_path):
        asker, other = telegram.member(11, -700), telegram.member(12, -700)
        asker.says("/library")
        (shelf,) = await asker.hears()
        query = other.presses(shelf, shelf.labels[0])
        await asker.hears_nothing()
        assert "提问的同学" in telegram.alerts[query]
        old = other.presses_data(shelf, "1e:red_flags")  # a button of an earlier version, without an owner
        await asker.hears_nothing()
        assert "提问的同学" in telegram.alerts[old]
        own = asker.presses(shelf, shelf.labels[0])
        await asker.hears()
        assert telegram.alerts[own] == ""


async def test_a_flood_is_slowed_and_delays_nobody(library: Library, tmp_path: Path) -> None:
    async with serving(FakeTelegram()) as telegram, running_bot(telegram, library, None, tmp_path):
        loud, quiet = telegram.person(21), telegram.person(22)
        for _ in range(100):
            loud.says("/help")
        assert "Cardwise" in (await quiet.asks("/start")).text
        loud.says("/stop")
        stopped = library.text("unsubscribed", "zh").strip()
        while not any(stopped in sent.text for sent in loud.history):
            await telegram.changed()
        assert len(loud.history) < 30
        assert any("歇" in sent.text for sent in loud.history)
