"""Leafing through the library by buttons: every page of it can be reached, and every button leads somewhere."""

from collections import deque

import pytest

from bot.content_pages import names_in, pages_of, titles
from bot.dialogue.dialogue import Dialogue
from bot.replies import Press, PressKind, decode, encode
from bot.turns import Kind, Turn
from content.kinds import KINDS
from content.library import Library
from content.schema import Language
from db.engine import Database
from tests.bot.talking import Means, dialogue_with

ME = "telegram:7"


@pytest.fixture
def dialogue(sqlite: Database, library: Library) -> Dialogue:
    return dialogue_with(sqlite, library, Means())


async def test_every_page_can_be_reached_from_the_library_by_buttons(dialogue: Dialogue, library: Library) -> None:
    replies = await dialogue.answer(Turn(ME, Kind.COMMAND, command="library", language_hint="zh"))
    seen: set[Press] = set()
    waiting = deque(button.press for reply in replies for row in reply.buttons for button in row)
    while waiting:
        press = waiting.popleft()
        if press in seen or press.kind in (PressKind.ANSWER, PressKind.LAWS, PressKind.CASE, PressKind.BELIEFS):
            continue
        seen.add(press)
        assert decode(encode(press)) == press
        (reply,) = await dialogue.answer(Turn(ME, Kind.PRESS, press=press))
        assert reply.body
        assert reply.body != library.text("old_button", "zh"), press
        waiting.extend(button.press for row in reply.buttons for button in row)
    for kind, there in (
        (PressKind.LAW, library.laws),
        (PressKind.ONE_CASE, library.cases),
        (PressKind.GUIDE, library.guides),
        (PressKind.RED_FLAG, library.red_flags),
        (PressKind.BELIEF, library.beliefs),
        (PressKind.TERM, library.glossary),
    ):
        assert {press.subject for press in seen if press.kind is kind} == set(there), kind
    scenes = {f"{key}.{name}" for key, story in library.stories.items() for name in story.scenes}
    assert {press.subject for press in seen if press.kind is PressKind.SCENE} == scenes


@pytest.mark.parametrize("kind", [kind for kind in PressKind if kind not in (PressKind.MENU, PressKind.CONSENT)])
@pytest.mark.parametrize("subject", ["no-such-thing", "no.such.thing", ".", "红旗", "x" * 60])
async def test_a_button_of_another_version_is_answered_kindly(
    dialogue: Dialogue, library: Library, kind: PressKind, subject: str
) -> None:
    (reply,) = await dialogue.answer(Turn(ME, Kind.PRESS, press=Press(kind, subject, 999), language_hint="zh"))
    assert reply.body == library.text("old_button", "zh")


async def test_beliefs_beside_an_answer_are_gone_through_in_a_circle(dialogue: Dialogue, library: Library) -> None:
    reference = next(
        f"{intent}.{answer.id}"
        for intent, topic in library.topics.items()
        for answer in topic.answers
        if len(library.beliefs_about(intent, answer.id)) > 1
    )
    intent, _, answer_id = reference.partition(".")
    shown = []
    press = Press(PressKind.BELIEFS, reference)
    for _ in library.beliefs_about(intent, answer_id):
        (reply,) = await dialogue.answer(Turn(ME, Kind.PRESS, press=press))
        shown.append(reply.headline)
        press = next(b.press for row in reply.buttons for b in row if b.press.kind is PressKind.BELIEFS)
    assert len(set(shown)) == len(shown)
    assert press.choice == 0


@pytest.mark.parametrize("language", ["zh", "en"])
def test_everything_listed_can_be_shown(library: Library, language: Language) -> None:
    for kind in KINDS:
        listed = list(titles(library, kind.folder))
        assert listed
        for name, zh, en in listed:
            assert zh
            assert en
            assert all(page.text for page in pages_of(library, f"{kind.folder}/{name}", language))
            assert f"{kind.folder}/{name}" in names_in(library, name)
            assert names_in(library, f"{kind.folder}/{name}") == [f"{kind.folder}/{name}"]


def test_what_is_not_there_has_no_name(library: Library) -> None:
    for wanted in ("", "nothing", "topics/", "laws/nothing", "nothing/cl-312", "summer-job.nowhere"):
        assert names_in(library, wanted) == []
