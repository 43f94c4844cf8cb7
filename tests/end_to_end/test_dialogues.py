"""Conversations as data: tests/dialogues/*.yml, played on the stand-in for Telegram with the real model.

A file is a list of conversations. Each has a `name`, optionally the student's Telegram `language`, and `steps`:
`says: text`, `adds: text` (a second after the last words: the answer before it changes), `presses: part of a button's
label`, `answers: right`, `wrong` or a part of an option (the last poll), or `hears: true` (the bot speaks unasked), and
what must be seen then: `verdict` (the first mark), `has` and `lacks` (parts of the text), `buttons` (parts of labels),
`poll` (true or false), `replies` (how many messages come, one unless said).

With `counsellors: [name, …]` the student has joined a school with these counsellors; `who: name` says whose step it is.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from db.models import Role
from tests.end_to_end.conftest import Running
from tests.fakes.chats import Chat, Sent

pytestmark = [pytest.mark.model, pytest.mark.asyncio(loop_scope="module")]

DIALOGUES = Path(__file__).parent.parent / "dialogues"
_STEP_KEYS = {
    *("who", "says", "adds", "presses", "answers", "hears"),
    *("verdict", "has", "lacks", "buttons", "poll", "replies", "language"),
}
_people = itertools.count(900_000)


@dataclass
class Seen:
    """A person in a conversation, and what of the bot's they could press or answer last."""

    chat: Chat
    buttons: Sent | None = None
    poll: Sent | None = None

    async def takes(self, step: dict[str, Any]) -> list[Sent]:
        """Do what the step says; what the bot answers."""
        if "adds" in step:
            answers = [await self.chat.sees_change(step["adds"])]
        else:
            self._acts(step)
            answers = await self.chat.hears(step.get("replies", 1))
        self.buttons = next((answer for answer in reversed(answers) if answer.keyboard), self.buttons)
        self.poll = next((answer for answer in reversed(answers) if answer.poll), self.poll)
        return answers

    def _acts(self, step: dict[str, Any]) -> None:
        if "says" in step:
            self.chat.says(step["says"])
        elif "answers" in step:
            assert self.poll is not None, "no poll to answer yet"
            self.chat.answers(self.poll, step["answers"])
        elif "presses" in step:
            assert self.buttons is not None, "nothing to press yet"
            self.chat.presses(self.buttons, step["presses"])
        else:
            assert step.get("hears"), f"nothing happens in {step}"


def conversations() -> Iterator[Any]:
    for path in sorted(DIALOGUES.glob("*.yml")):
        for conversation in yaml.safe_load(path.read_text(encoding="utf-8")):
            yield pytest.param(conversation, id=f"{path.stem}: {conversation['name']}")


async def test_there_are_many_of_them() -> None:
    assert len(list(conversations())) >= 60


@pytest.mark.parametrize("conversation", conversations())
async def test_conversation(running: Running, conversation: dict[str, Any]) -> None:
    people = await _people_of(running, conversation)
    for step in conversation["steps"]:
        assert set(step) <= _STEP_KEYS, f"unknown words in {step}"
        check(step, await people[step.get("who", "student")].takes(step))


async def _people_of(running: Running, conversation: dict[str, Any]) -> dict[str, Seen]:
    language = conversation.get("language", "zh-hans")
    names = ["student", *conversation.get("counsellors", ())]
    people = {name: Seen(running.telegram.person(next(_people), language)) for name in names}
    if len(people) > 1:
        async with running.app.database.write() as work:
            school = await work.schools.add(f"School {next(_people)}", "Asia/Shanghai")
            for name, seen in people.items():
                person = await work.people.find_or_add(f"telegram:{seen.chat.chat_id}")
                role = Role.STUDENT if name == "student" else Role.COUNSELLOR
                await work.people.add_membership(person.id, role, school.id, None)
                if language == "en":
                    person.language = "en"
    return people


def check(step: dict[str, Any], answers: list[Sent]) -> None:
    text = "\n".join(answer.text for answer in answers)
    labels = [label for answer in answers for label in answer.labels]
    asked = next((step[key] for key in ("says", "adds", "presses", "answers") if key in step), "nothing")
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
