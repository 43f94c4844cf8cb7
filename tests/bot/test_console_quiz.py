"""The quiz in the terminal, over a pipe and as JSON lines: numbers choose options, progress is kept."""

import io
import json
from random import Random
from typing import Any

import pytest

from bot.console.chat import Chat, json_lines, piped
from bot.dialogue.dialogue import Dialogue
from content.library import Library
from db.engine import Database


@pytest.fixture
def dialogue(sqlite: Database, library: Library) -> Dialogue:
    return Dialogue(sqlite, lambda: library, lambda: None, chance=Random(5))


async def said(dialogue: Dialogue, *lines: str, person: str = "me") -> str:
    out = io.StringIO()
    await piped(Chat(dialogue.answer, person), lines, out)
    return out.getvalue()


async def spoken(chat: Chat, *turns: dict[str, Any]) -> list[dict[str, Any]]:
    out = io.StringIO()
    await json_lines(chat, [json.dumps(turn) for turn in turns], out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


async def test_a_round_over_a_pipe(dialogue: Dialogue) -> None:
    text = await said(dialogue, "/quiz", "1", "2", "1", "2", "1")
    for number in range(1, 6):
        assert f"❓ {number}/5" in text
    assert text.count("✅") + text.count("💡") == 5
    assert text.count("依据：") == 5
    assert "🏁 做完了" in text
    assert "再来五题" in text


async def test_a_round_as_json_lines(dialogue: Dialogue, library: Library) -> None:
    chat = Chat(dialogue.answer, "me")
    (line,) = await spoken(chat, {"text": "/quiz"})
    for _ in range(5):
        asked = line["replies"][-1]
        assert asked["quiz"] == {"question": asked["text"].partition("\n\n")[2], "options": asked["buttons"]}
        assert len(asked["buttons"]) >= 2
        question = next(one for one in library.quizzes.values() if one.question.zh == asked["quiz"]["question"])
        right = next(option.zh for option in question.options if option.right)
        (line,) = await spoken(chat, {"press": asked["buttons"].index(right) + 1})
        assert line["replies"][0]["text"].startswith("✅")
        assert line["replies"][0]["quiz"] is None
    assert "5 题对了 5 题" in line["replies"][-1]["text"]
    assert line["replies"][-1]["quiz"] is None


async def test_progress_is_kept_for_each_person(dialogue: Dialogue) -> None:
    assert "❓ 2/5" in await said(dialogue, "/quiz", "1")
    assert "❓ 2/5" in await said(dialogue, "/quiz"), "the next time the terminal is opened"
    assert "❓ 1/5" in await said(dialogue, "/quiz", person="somebody else")


async def test_a_number_that_is_no_option(dialogue: Dialogue) -> None:
    chat = Chat(dialogue.answer, "me")
    (asked, *errors, again) = await spoken(
        chat, {"text": "/quiz"}, {"press": 0}, {"press": 9}, {"press": -1}, {"text": "/quiz"}
    )
    assert all("error" in line for line in errors)
    assert again == asked


async def test_words_in_between_leave_the_options_to_be_chosen(dialogue: Dialogue) -> None:
    text = await said(dialogue, "/quiz", "hello", "1")
    assert "❓ 2/5" in text
