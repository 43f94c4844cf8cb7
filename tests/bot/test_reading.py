"""Screenshots are read in a process of its own, which is there only while it is needed."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.adverts.reading import CannotRead, PictureReader
from bot.adverts.reading_child import lines_of
from bot.pictures import NotAPicture

PICTURES = Path(__file__).parent.parent / "pictures"


@pytest.fixture
async def reader() -> AsyncIterator[PictureReader]:
    reader = PictureReader()
    yield reader
    await reader.close()


async def test_a_chinese_and_an_english_screenshot(reader: PictureReader) -> None:
    assert not reader.is_running
    chinese = await reader.read((PICTURES / "phones_and_cable.png").read_bytes())
    assert "两部手机一根音频线" in chinese
    assert chinese.splitlines()[0].replace(" ", "") == "招聘兼职日结500"
    english = await reader.read((PICTURES / "english.png").read_bytes())
    assert "Receive payments in your bank account" in english
    assert reader.is_running


async def test_no_words_and_no_picture(reader: PictureReader) -> None:
    assert await reader.read((PICTURES / "no_words.png").read_bytes()) == ""
    with pytest.raises(NotAPicture):
        await reader.read(b"no picture")


async def test_it_ends_when_idle_and_starts_again() -> None:
    reader = PictureReader(idle=0.2)
    await reader.read((PICTURES / "no_words.png").read_bytes())
    async with asyncio.timeout(10):
        while reader.is_running:
            await asyncio.sleep(0.05)
    assert await reader.read((PICTURES / "no_words.png").read_bytes()) == ""
    await reader.close()


async def test_a_process_that_was_killed_is_started_again(reader: PictureReader) -> None:
    await reader.read((PICTURES / "no_words.png").read_bytes())
    assert reader._child is not None
    reader._child.kill()
    await reader._child.wait()
    assert "星河咖啡" in await reader.read((PICTURES / "twelve_lines.png").read_bytes())


async def test_several_at_once_are_read_one_after_the_other(reader: PictureReader) -> None:
    data = (PICTURES / "album_second.png").read_bytes()
    words = await asyncio.gather(*(reader.read(data) for _ in range(3)))
    assert all("返佣2个点" in one for one in words)


async def test_without_the_engine_it_says_so(reader: PictureReader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.adverts.reading.is_installed", lambda: False)
    with pytest.raises(CannotRead, match="uv sync --extra pictures"):
        await reader.read((PICTURES / "no_words.png").read_bytes())


def test_boxes_side_by_side_are_one_line() -> None:
    def box(x: float, y: float) -> list[list[float]]:
        return [[x, y], [x + 90, y], [x + 90, y + 30], [x, y + 30]]

    found = [
        [box(200, 12), "日结", 0.9],
        [box(10, 50), "第二行", 0.9],
        [box(10, 10), "招聘", 0.9],
        [box(9, 90), "?", 0.2],
    ]
    assert lines_of(found) == ["招聘 日结", "第二行"]
