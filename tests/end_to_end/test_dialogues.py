"""Conversations as data: tests/dialogues/*.yml, played on the stand-in for Telegram with the real model.

A file is a list of conversations. Each has a `name`, optionally the student's Telegram `language`, and `steps`:
`says: text`, `adds: text` (a second after the last words: the answer before it changes), `presses: part of a button's label` or `answers: right`, `wrong` or a part of an option (the last poll), and
what must be seen then: `verdict` (the first mark), `has` and `lacks` (parts of the text), `buttons` (parts of labels),
`poll` (true or false), `replies` (how many messages come, one unless said).
"""

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.end_to_end.conftest import Running
from tests.fakes.chats import Sent

pytestmark = [pytest.mark.model, pytest.mark.asyncio(loop_scope="module")]

DIALOGUES = Path(__file__).parent.parent / "dialogues"
_STEP_KEYS = {"says", "adds", "presses", "answers", "verdict", "has", "lacks", "buttons", "poll", "replies", "language"}
_people = itertools.count(900_000)


def conversations() -> Iterator[Any]:
    for path in sorted(DIALOGUES.glob("*.yml")):
        for conversation in yaml.safe_load(path.read_text(encoding="utf-8")):
            yield pytest.param(conversation, id=f"{path.stem}: {conversation['name']}")


@pytest.mark.parametrize("conversation", conversations())
async def test_conversation(running: Running, conversation: dict[str, Any]) -> None:
    student = running.telegram.person(next(_people), conversation.get("language", "zh-hans"))
    buttons: Sent | None = None
    poll: Sent | None = None
    for step in conversation["steps"]:
        assert set(step) <= _STEP_KEYS, f"unknown words in {step}"
        if "adds" in step:
            answers = [await student.sees_change(step["adds"])]
            buttons = answers[0] if answers[0].keyboard else buttons
            check(step, answers)
            continue
        if "says" in step:
            student.says(step["says"])
        elif "answers" in step:
            assert poll is not None, "no poll to answer yet"
            student.answers(poll, step["answers"])
        else:
            assert buttons is not None, "nothing to press yet"
            student.presses(buttons, step["presses"])
        answers = await student.hears(step.get("replies", 1))
        buttons = next((answer for answer in reversed(answers) if answer.keyboard), buttons)
        poll = next((answer for answer in reversed(answers) if answer.poll), poll)
        check(step, answers)


def check(step: dict[str, Any], answers: list[Sent]) -> None:
    text = "\n".join(answer.text for answer in answers)
    labels = [label for answer in answers for label in answer.labels]
    asked = step.get("says") or step.get("adds") or f"[{step.get('presses') or step.get('answers')}]"
    if "poll" in step:
        assert any(answer.poll for answer in answers) == step["poll"], f"after {asked!r} came: {text}"
    if "verdict" in step:
        assert text.startswith(step["verdict"]), f"{asked!r} was answered: {text}"
    for part in _list(step.get("has")):
        assert part in text, f"{part!r} is not in the answer to {asked!r}: {text}"
    for part in _list(step.get("lacks")):
        assert part not in text, f"{part!r} is in the answer to {asked!r}: {text}"
    for part in _list(step.get("buttons")):
        assert any(part in label for label in labels), f"no button {part!r} among {labels}"
    if "language" in step:
        han = sum("\u4e00" <= char <= "\u9fff" for char in text)
        assert (han > len(text) / 4) == (step["language"] == "zh"), f"not in {step['language']}: {text}"


def _list(value: Any) -> list[str]:
    """YAML reads an unquoted 2022-12-01 or 16 as a date or a number; in a chat they are text."""
    return [] if value is None else [str(part) for part in value] if isinstance(value, list) else [str(value)]
