"""In a group, buttons are for whoever asked."""

from datetime import date
from pathlib import Path

from bot.telegram.owners import owned
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
        for member in (asker, other):
            old = member.presses_data(shelf, "1e:red_flags")  # a button of an earlier version, without an owner
            await asker.hears_nothing()
            assert "过期" in telegram.alerts[old]
        own = asker.presses(shelf, shelf.labels[0])
        await asker.hears()
        assert telegram.alerts[own] == ""
        assert telegram.calls.count("answerCallbackQuery") == 4, "each press is acknowledged once"


async def test_somebody_elses_press_is_told_in_their_language_and_not_counted(library: Library, tmp_path: Path) -> None:
    async with serving(FakeTelegram()) as telegram, running_bot(telegram, library, None, tmp_path) as app:
        asker, other = telegram.member(11, -700), telegram.member(12, -700, "en")
        asker.says("/library")
        (shelf,) = await asker.hears()
        answer = owned("1a:ask_penalty", 11)

        async def counted() -> int:
            async with app.database.read() as work:
                return sum((await work.counts.since(date(2020, 1, 1))).values())

        before = await counted()
        query = other.presses_data(shelf, answer)
        await asker.hears_nothing()
        assert "whoever asked" in telegram.alerts[query]
        assert await counted() == before
        asker.presses_data(shelf, answer)
        await asker.hears()
        assert await counted() == before + 1


async def test_in_private_old_buttons_work_and_somebody_elses_do_not(library: Library, tmp_path: Path) -> None:
    async with serving(FakeTelegram()) as telegram, running_bot(telegram, library, None, tmp_path):
        student = telegram.person(11)
        shelf = await student.asks("/library")
        assert all("~" not in button["callback_data"] for row in shelf.keyboard for button in row)
        refused = student.presses_data(shelf, owned("1e:red_flags", 12))
        await student.hears_nothing()
        assert "提问的同学" in telegram.alerts[refused]
        taken = student.presses_data(shelf, "1e:red_flags")
        await student.hears()
        assert telegram.alerts[taken] == ""
