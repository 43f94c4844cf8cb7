"""Messages in pieces: which belong together, and how long the words are kept."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.dialogue.dialogue import Dialogue
from bot.dialogue.fragments import Fragment, Fragments, joined, together
from bot.dialogue.state import State
from bot.replies import Press, PressKind, Reply
from bot.turns import Kind, Turn
from content.library import Library
from db.engine import Database
from db.keys import KeyRing
from db.models import Conversation
from nlu.interpreter import FALLBACK, Parse, Ranked
from tests.bot.talking import dialogue_with

START = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


@dataclass
class Meanings:
    """Understands each text as the test says, everything else not at all."""

    of: dict[str, str] = field(default_factory=dict)

    async def parse(self, text: str) -> Parse:
        intent = self.of.get(text, FALLBACK)
        return Parse(text, "zh", intent, 0.9, (Ranked("ask_penalty", 0.3),), ())


async def together_or_not(first: str, second: str, meanings: dict[str, str]) -> str | None:
    """The intent of both as one message; None when the second stands by itself."""
    model = Meanings(meanings)
    before = Fragment(first, (await model.parse(first)).intent, State(topic="from.before"), START)
    whole = await joined(before, second, await model.parse(second), model)
    if whole is None:
        return None
    assert whole.before.topic == "from.before"
    return whole.parse.intent


async def test_a_sentence_in_two_pieces_is_one() -> None:
    meanings = {"我把卡借给同学了": "report_provided_item"}
    assert await together_or_not("我把卡", "借给同学了", meanings) == "report_provided_item"


async def test_a_greeting_goes_into_the_question() -> None:
    meanings = {"你好": "greet", "判几年": "ask_penalty", "你好判几年": "ask_penalty"}
    assert await together_or_not("你好", "判几年", meanings) == "ask_penalty"


async def test_two_whole_questions_are_two() -> None:
    second = "我叔叔开了一家小超市想让我周末去收银这个靠谱吗要签合同吗"
    meanings = {"判几年": "ask_penalty", second: "check_job", "判几年" + second: "check_job"}
    assert await together_or_not("判几年", second, meanings) is None


async def test_another_subject_is_not_swallowed() -> None:
    meanings = {"判几年": "ask_penalty", "跑分是什么": "ask_move_money", "判几年跑分是什么": "ask_threshold"}
    assert await together_or_not("判几年", "跑分是什么", meanings) is None


async def test_two_pieces_that_mean_nothing_are_one_that_means_nothing() -> None:
    assert await together_or_not("嗯那个", "就是那个", {}) == FALLBACK


@pytest.mark.parametrize("alone", ["distress", "affirm", "deny", "start_quiz"])
async def test_what_stands_alone_is_never_joined(alone: str) -> None:
    assert (
        await together_or_not("判几年", "x", {"判几年": "ask_penalty", "x": alone, "判几年 x": "ask_penalty"}) is None
    )
    assert (
        await together_or_not("x", "判几年", {"判几年": "ask_penalty", "x": alone, "x 判几年": "ask_penalty"}) is None
    )


def test_chinese_is_joined_without_a_space() -> None:
    assert together("我把卡 ", " 借给同学了") == "我把卡借给同学了"
    assert together("can i lend", "my card") == "can i lend my card"
    assert together("我的card", "借人了") == "我的card 借人了"


async def test_the_words_are_kept_encrypted_and_not_for_long(keyring: KeyRing) -> None:
    fragments = Fragments(keyring, kept_for=0.05)
    fragments.keep("telegram:1", Fragment("我把卡", "x", State(), START))
    assert "我把卡".encode() not in b"".join(fragments._boxes.values())
    assert fragments.last("telegram:2", START) is None
    found = fragments.last("telegram:1", START + timedelta(seconds=2))
    assert found is not None
    assert found.text == "我把卡"
    assert fragments.last("telegram:1", START + timedelta(seconds=3)) is None
    await asyncio.sleep(0.1)
    assert len(fragments) == 0


async def say(dialogue: Dialogue, text: str, seconds: float) -> Reply:
    at = START + timedelta(seconds=seconds)
    replies = await dialogue.answer(Turn("telegram:1", Kind.TEXT, text, sent_at=at))
    return replies[0]


async def test_the_first_answer_is_replaced_within_two_seconds_only(sqlite: Database, library: Library) -> None:
    model = Meanings({"我把卡借给同学了": "report_provided_item", "判几年": "ask_penalty"})
    dialogue = dialogue_with(sqlite, library, model)
    assert not (await say(dialogue, "我把卡", 0)).replaces
    whole = await say(dialogue, "借给同学了", 1)
    assert whole.replaces
    assert whole.intent == "report_provided_item"
    assert not (await say(dialogue, "借给同学了", 10)).replaces
    assert not (await say(dialogue, "我把卡", 20)).replaces
    await dialogue.answer(Turn("telegram:1", Kind.PRESS, press=Press(PressKind.MENU, "all")))
    assert not (await say(dialogue, "借给同学了", 21)).replaces  # a button was pressed in between


async def test_a_third_piece_is_joined_too(sqlite: Database, library: Library) -> None:
    model = Meanings({"我把卡借给同学了怎么办": "report_provided_item"})
    dialogue = dialogue_with(sqlite, library, model)
    await say(dialogue, "我把卡", 0)
    await say(dialogue, "借给同学了", 1.5)
    assert (await say(dialogue, "怎么办", 3)).intent == "report_provided_item"


async def test_words_of_danger_are_answered_by_themselves(sqlite: Database, library: Library) -> None:
    dialogue = dialogue_with(sqlite, library, Meanings())
    await say(dialogue, "我", 0)
    care = await say(dialogue, "不想活了", 1)
    assert not care.replaces
    assert care.intent == "distress"
    assert not (await say(dialogue, "真的", 2)).replaces


async def test_pieces_that_come_to_different_processes(database: Database, library: Library) -> None:
    """With PostgreSQL the next piece may come to another process; with SQLite there is none, and nothing is stored."""
    model = Meanings({"我把卡借给同学了怎么办": "report_provided_item"})
    processes = [dialogue_with(database, library, model) for _ in range(2)]
    await say(processes[0], "我把卡", 0)
    await say(processes[1], "借给同学了", 1.5)
    third = await say(processes[0], "怎么办", 3)
    async with database.read() as work:
        stored = (await work.people._session.scalars(select(Conversation))).one()
    if database.is_sqlite:
        assert stored.fragment is None
        return
    assert third.intent == "report_provided_item"
    assert stored.fragment is not None
    assert "我把卡".encode() not in stored.fragment
    await processes[1].answer(Turn("telegram:1", Kind.PRESS, press=Press(PressKind.MENU, "all")))
    assert not (await say(processes[0], "怎么办", 4)).replaces, "a button was pressed in between, in another process"
    async with database.write() as work:
        await work.conversations.remove_fragments(datetime.now(UTC) + timedelta(hours=1))
    async with database.read() as work:
        assert (await work.people._session.scalars(select(Conversation))).one().fragment is None
