"""Questions for the admins: kept only when the student says so, after they have seen what would be kept."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.dialogue.dialogue import Dialogue
from bot.operation.housekeeping import QUESTIONS_KEPT_FOR
from bot.replies import Press, PressKind, Reply
from bot.turns import Kind, Turn
from content.library import Library
from db.engine import Database
from tests.bot.desk import button
from tests.bot.talking import Means, dialogue_with

ME = "telegram:1"
ASKED = "我叫陈小明，电话13812345678，学长那个东西能弄吗"


@pytest.fixture
def dialogue(database: Database, library: Library) -> Dialogue:
    return dialogue_with(database, library, Means())  # understands nothing


async def press(dialogue: Dialogue, one: Press, text: str = ASKED, address: str = ME) -> tuple[Reply, ...]:
    return await dialogue.answer(Turn(address, Kind.PRESS, text, press=one))


async def kept(database: Database) -> list[str]:
    async with database.read() as work:
        return [one.text or "" for one in await work.questions.all()]


async def test_nothing_is_kept_before_yes_and_no_name_or_number_ever(dialogue: Dialogue, database: Database) -> None:
    unsure = await dialogue.answer(Turn(ME, Kind.TEXT, ASKED))
    assert unsure[0].answers_message
    shown = await press(dialogue, button(unsure, "管理员").press)
    assert "学长那个东西能弄吗" in shown[0].text
    assert "陈小明" not in shown[0].text
    assert "13812345678" not in shown[0].text
    assert await kept(database) == []
    await press(dialogue, button(shown, "不用了").press)
    assert await kept(database) == []
    thanks = await press(dialogue, button(shown, "可以").press)
    (question,) = await kept(database)
    assert "学长那个东西能弄吗" in question
    assert "陈小明" not in question
    assert "138" not in question
    await press(dialogue, button(thanks, "收回").press, address="telegram:2")  # somebody else cannot
    assert await kept(database) == [question]
    await press(dialogue, button(thanks, "收回").press)
    assert await kept(database) == []


async def test_a_message_that_is_gone_is_asked_for_again(dialogue: Dialogue, database: Database) -> None:
    for subject in ("ask", "yes"):
        replies = await press(dialogue, Press(PressKind.KEEP, subject), text="")
        assert "再打一遍" in replies[0].text
    assert "没剩下什么" in (await press(dialogue, Press(PressKind.KEEP, "yes"), text="13812345678"))[0].text
    assert await kept(database) == []


async def test_ten_a_day_are_enough(dialogue: Dialogue, database: Database) -> None:
    for number in range(12):
        await press(dialogue, Press(PressKind.KEEP, "yes"), text=f"那个东西{'啊' * number}能弄吗")
    assert len(await kept(database)) == 10


async def test_it_is_exported_forgotten_and_removed_in_time(dialogue: Dialogue, database: Database) -> None:
    await press(dialogue, Press(PressKind.KEEP, "yes"))
    exported = (await dialogue.answer(Turn(ME, Kind.COMMAND, command="export")))[0].file
    assert exported is not None
    assert "学长那个东西能弄吗" in exported.text
    async with database.write() as work:
        assert await work.questions.remove_before(datetime.now(UTC) - QUESTIONS_KEPT_FOR) == 0
    await press(dialogue, Press(PressKind.FORGET, "yes"))
    assert await kept(database) == []
    await press(dialogue, Press(PressKind.KEEP, "yes"))
    async with database.write() as work:
        assert await work.questions.remove_before(datetime.now(UTC) + timedelta(minutes=1)) == 1


async def test_not_in_a_group(dialogue: Dialogue, database: Database) -> None:
    unsure = await dialogue.answer(Turn(ME, Kind.TEXT, ASKED, in_group=True))
    assert not any("管理员" in one.label for row in unsure[0].buttons for one in row)
    await dialogue.answer(Turn(ME, Kind.PRESS, ASKED, press=Press(PressKind.KEEP, "yes"), in_group=True))
    assert await kept(database) == []


async def test_what_was_chosen_is_counted(dialogue: Dialogue, database: Database) -> None:
    unsure = await dialogue.answer(Turn(ME, Kind.TEXT, "那个能弄吗"))
    await press(dialogue, unsure[0].buttons[0][0].press, text="")
    await press(dialogue, button(unsure, "都不是").press, text="")
    await press(dialogue, Press(PressKind.MENU, "all"), text="")  # the menu itself is no choice
    async with database.read() as work:
        counted = await work.counts.choices_since(datetime.now(UTC).date() - timedelta(days=1))
    assert {chosen: count for (_, chosen, _), count in counted.items()} == {"ask_penalty": 1, "something_else": 1}
