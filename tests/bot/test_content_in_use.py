"""Content goes live without a restart, whole or not at all, and admins are told when it does not."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from itertools import pairwise
from pathlib import Path

import pytest

from bot.content_in_use import ContentInUse
from bot.operation.alerts import Alerts
from bot.replies import Reply
from content.library import Library
from content.problems import Problem
from content.schema import Language
from db.engine import Database
from db.models import Role

TOPIC = "topics/ask_move_money.yml"


class Told:
    """Remembers what was told, and can be waited for."""

    def __init__(self) -> None:
        self.problems: asyncio.Queue[list[Problem]] = asyncio.Queue()

    async def __call__(self, problems: list[Problem]) -> None:
        await self.problems.put(list(problems))


@pytest.fixture
async def watched(library: Library, folder: Path) -> AsyncIterator[tuple[ContentInUse, Told]]:
    content, told = ContentInUse(library, folder), Told()
    async with content.watching(told):
        await asyncio.sleep(0.5)  # until the operating system watches
        yield content, told


def edit(folder: Path, old: str, new: str) -> None:
    path = folder / TOPIC
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


async def test_a_right_edit_goes_live(watched: tuple[ContentInUse, Told], folder: Path) -> None:
    content, told = watched
    before = content()
    edit(folder, 'title: {zh: "', 'title: {zh: "新')
    for _ in range(200):
        if content() is not before:
            break
        await asyncio.sleep(0.05)
    assert content().topics["ask_move_money"].title.zh.startswith("新")
    assert not before.topics["ask_move_money"].title.zh.startswith("新")  # an answer under way keeps the old one
    assert told.problems.empty()


async def test_a_wrong_edit_is_refused_told_once_and_can_be_mended(
    watched: tuple[ContentInUse, Told], folder: Path
) -> None:
    content, told = watched
    before = content()
    edit(folder, "verdict: unlawful", "verdict: unlawfull")
    problems = await asyncio.wait_for(told.problems.get(), 10)
    assert any("verdict" in problem.field for problem in problems)
    assert content() is before
    assert content.refused
    edit(folder, "verdict: unlawfull", "verdict: unlawful")
    assert await asyncio.wait_for(told.problems.get(), 10) == []
    assert content() is not before
    assert not content.refused


async def until(condition: Callable[[], bool]) -> None:
    for _ in range(300):
        if condition():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it never happened")


async def test_an_open_editor_does_not_keep_an_edit_from_going_live(
    watched: tuple[ContentInUse, Told], folder: Path
) -> None:
    content, told = watched
    (folder / "topics" / ".ask_move_money.yml.swp").write_bytes(b"\0")
    (folder / "topics" / ".#ask_move_money.yml").symlink_to("nobody@nowhere")
    edit(folder, 'title: {zh: "', 'title: {zh: "新')
    await until(lambda: content().topics["ask_move_money"].title.zh.startswith("新"))
    assert told.problems.empty()


async def test_a_folder_taken_away_and_put_back_is_noticed(watched: tuple[ContentInUse, Told], folder: Path) -> None:
    content, told = watched
    away = folder.parent / "away"
    folder.rename(away)
    assert await asyncio.wait_for(told.problems.get(), 20)
    path = away / TOPIC
    path.write_text(path.read_text(encoding="utf-8").replace('title: {zh: "', 'title: {zh: "新', 1), encoding="utf-8")
    away.rename(folder)
    assert await asyncio.wait_for(told.problems.get(), 20) == []
    assert content().topics["ask_move_money"].title.zh.startswith("新")


async def test_what_was_saved_before_the_watching_began_goes_live(library: Library, folder: Path) -> None:
    content, told = ContentInUse.load(folder), Told()
    edit(folder, 'title: {zh: "', 'title: {zh: "新')
    async with content.watching(told):
        await until(lambda: content().topics["ask_move_money"].title.zh.startswith("新"))


async def test_an_admin_who_is_slow_to_reach_holds_up_nothing(library: Library, folder: Path) -> None:
    content = ContentInUse(library, folder)
    telling, never = asyncio.Event(), asyncio.Event()

    async def slow(problems: list[Problem]) -> None:
        telling.set()
        await never.wait()

    async with content.watching(slow):
        await asyncio.sleep(0.5)
        edit(folder, "verdict: unlawful", "verdict: perhaps")
        await asyncio.wait_for(telling.wait(), 20)
        edit(folder, "verdict: perhaps", "verdict: unlawful")
        await until(lambda: not content.refused)


async def test_a_file_that_is_saved_wrong_again_and_again_is_told_once(
    watched: tuple[ContentInUse, Told], folder: Path
) -> None:
    content, told = watched
    words = ["unlawful", "unlawfu", "unlawf", "unlaw"]
    for before, after in pairwise(words):
        edit(folder, f"verdict: {before}\n", f"verdict: {after}\n")
        await until(lambda word=after: any(word in str(p) or p.field for p in content.refused))  # type: ignore[misc]
        await asyncio.sleep(1.2)
    assert told.problems.qsize() == 1


async def test_whatever_a_file_does_to_the_check_the_bot_goes_on(
    library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def falls_over(_: Path) -> Library:
        raise RecursionError

    content = ContentInUse(library, folder)
    monkeypatch.setattr("bot.content_in_use.load_checked", falls_over)
    assert not await content.reload()
    assert "RecursionError" in str(content.refused[0])
    assert content() is library


async def test_a_folder_that_is_gone_is_refused(library: Library, folder: Path) -> None:
    content = ContentInUse(library, folder)
    shutil.rmtree(folder)
    assert not await content.reload()
    assert content.refused
    assert content() is library


async def test_only_admins_of_everything_are_told_each_in_their_language(sqlite: Database, library: Library) -> None:
    async with sqlite.write() as work:
        school = await work.schools.add("一中", "Asia/Shanghai")
        for address, role, language, blocked in (
            ("telegram:1", Role.ADMIN, "en", False),
            ("telegram:2", Role.ADMIN, None, False),
            ("telegram:3", Role.COUNSELLOR, None, False),
            ("telegram:4", Role.ADMIN, None, True),
        ):
            person = await work.people.find_or_add(address)
            person.language = language
            if blocked:
                person.blocked_at = person.created_at
            everywhere = role is Role.ADMIN
            await work.people.add_membership(person.id, role, None if everywhere else school.id, None)
    sent: dict[str, Reply] = {}

    async def send(address: str, reply: Reply) -> None:
        if address == "telegram:1":
            sent[address] = reply
            raise OSError("the network is away")  # must not keep it from the others
        sent[address] = reply

    alerts = Alerts(sqlite, lambda: library)
    await alerts.about_content([Problem(Path("x/topics/a.yml"), 3, "verdict", "wrong")])  # nobody to send yet
    alerts.connect(send)
    await alerts.about_content([Problem(Path("x/topics/a.yml"), 3, "verdict", "wrong")])
    assert set(sent) == {"telegram:1", "telegram:2"}
    assert "topics/a.yml:3: verdict: wrong" in sent["telegram:1"].text
    await alerts.about_content([])
    assert sent["telegram:1"].text == library.text("content_in_use", "en")
    languages: tuple[Language, ...] = ("zh", "en")
    for language in languages:  # to somebody who has chosen neither
        assert library.text("content_in_use", language) in sent["telegram:2"].text
