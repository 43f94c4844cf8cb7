"""A quiz in the dialogue: answers that come late or from elsewhere, restarts, questions gone, groups."""

import time
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from bot.dialogue import quiz
from bot.dialogue.dialogue import Dialogue
from bot.dialogue.progress import Progress
from bot.replies import Press, PressKind, Reply, decode, encode
from bot.turns import Kind, Turn
from content.library import Library
from db.engine import Database
from db.keys import KeyRing
from db.upgrade import upgrade
from tests.bot.quizzing import ME, begin, option, press, progress, remember, vote
from tests.bot.talking import Means, dialogue_with


@pytest.fixture
def means() -> Means:
    return Means()


@pytest.fixture
def dialogue(sqlite: Database, library: Library, means: Means) -> Dialogue:
    return dialogue_with(sqlite, library, means, Random(7))


@pytest.mark.parametrize("poll_id", ["", "unknown", "x" * 300, "🎲"])
async def test_a_poll_no_longer_known_leads_on(dialogue: Dialogue, library: Library, poll_id: str) -> None:
    (asked,) = await begin(dialogue)
    told, again = await vote(dialogue, poll_id, 0)
    assert told.body == library.text("quiz_go_on", "zh")
    assert again == asked, "the same question, its options in the same order"


async def test_a_poll_of_a_round_that_is_over(dialogue: Dialogue, library: Library, sqlite: Database) -> None:
    (asked,) = await begin(dialogue)
    poll_id = await remember(sqlite, asked)
    old = option(asked)
    while asked.quiz is not None:
        _, asked = await press(dialogue, option(asked))
    assert await vote(dialogue, poll_id, 0) == ()
    (asked,) = await begin(dialogue)
    while asked.quiz is not None:
        _, asked = await press(dialogue, option(asked))
    before = await progress(sqlite)
    for replies in (await vote(dialogue, poll_id, 0), await press(dialogue, old)):
        assert replies[0].body == library.text("quiz_earlier", "zh")
        assert replies[0].buttons[0][0].press.kind is PressKind.ROUND
    assert await progress(sqlite) == before


async def test_an_answer_out_of_order_is_not_counted(dialogue: Dialogue, library: Library, sqlite: Database) -> None:
    (asked,) = await begin(dialogue)
    running = (await progress(sqlite)).round
    assert running is not None
    told, again = await press(dialogue, Press(PressKind.OPTION, running.questions[3], 0))
    assert told.body == library.text("quiz_go_on", "zh")
    assert again == asked
    assert (await progress(sqlite)).scores == {}


async def test_a_poll_that_was_passed_on_asks_nothing_of_others(dialogue: Dialogue, sqlite: Database) -> None:
    (asked,) = await begin(dialogue)
    poll_id = await remember(sqlite, asked)
    assert await vote(dialogue, poll_id, 0, "telegram:31") == ()
    async with sqlite.read() as work:
        assert await work.people.find("telegram:31") is None, "nothing is stored of whoever never wrote to us"
    await dialogue.answer(Turn("telegram:32", Kind.COMMAND, command="help"))
    assert await vote(dialogue, poll_id, 0, "telegram:32") == ()
    assert await vote(dialogue, "unknown", 0, "telegram:32") == ()
    assert await progress(sqlite, "telegram:32") == Progress()


async def test_a_choice_taken_back_needs_no_reaction(dialogue: Dialogue, sqlite: Database) -> None:
    (asked,) = await begin(dialogue)
    assert await vote(dialogue, await remember(sqlite, asked), None) == ()
    assert (await progress(sqlite)).scores == {}


async def test_a_round_survives_a_restart(tmp_path: Path, keyring: KeyRing, library: Library) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'cardwise.db'}"
    asked: Reply | None = None
    for number in range(5):
        database = Database(url, keyring)
        await upgrade(database.url, keyring)
        dialogue = Dialogue(database, lambda: library, lambda: None)
        if asked is None:
            (asked,) = await begin(dialogue)
        assert (await begin(dialogue)) == (asked,), "asked again, not anew"
        assert asked.headline == f"❓ {number + 1}/5"
        _, asked = await press(dialogue, option(asked))
        await database.close()
    assert asked is not None
    assert "5" in asked.headline


async def test_a_round_left_lying_for_days_is_not_taken_up(dialogue: Dialogue, monkeypatch: pytest.MonkeyPatch) -> None:
    (asked,) = await begin(dialogue)
    await press(dialogue, option(asked))
    later = time.time() + 2 * 24 * 3600
    monkeypatch.setattr(time, "time", lambda: later)
    (asked,) = await begin(dialogue)
    assert asked.headline == "❓ 1/5"


async def test_a_question_that_is_gone_is_left_out(sqlite: Database, library: Library) -> None:
    now = library
    dialogue = Dialogue(sqlite, lambda: now, lambda: None, chance=Random(3))
    (asked,) = await begin(dialogue)
    running = (await progress(sqlite)).round
    assert running is not None
    assert asked.quiz is not None
    gone = {asked.quiz.question_id, running.questions[2]}
    now = replace(library, quizzes={key: one for key, one in library.quizzes.items() if key not in gone})
    (told,) = await press(dialogue, option(asked))
    assert told.body == library.text("old_button", "zh")
    (asked,) = await begin(dialogue)
    asked_of = []
    while asked.quiz is not None:
        asked_of.append(asked.quiz.question_id)
        _, asked = await press(dialogue, option(asked))
    assert asked_of == [running.questions[number] for number in (1, 3, 4)]


async def test_without_questions_there_is_the_menu(sqlite: Database, library: Library) -> None:
    empty = replace(library, quizzes={})
    (reply,) = await begin(Dialogue(sqlite, lambda: empty, lambda: None))
    assert reply.body == library.text("what_now", "zh")


async def test_a_group_gets_one_anonymous_question(dialogue: Dialogue, library: Library, sqlite: Database) -> None:
    about, asked = await begin(dialogue, in_group=True)
    assert "匿名" in about.body
    assert about.go_private
    assert about.private_payload == quiz.START_PAYLOAD
    assert asked.quiz is not None
    assert asked.quiz.anonymous
    assert not asked.buttons
    async with sqlite.read() as work:
        assert await work.people.count() == 0


async def test_no_option_is_chosen_in_a_group(dialogue: Dialogue, library: Library, sqlite: Database) -> None:
    name = next(iter(library.quizzes))
    (reply,) = await press(dialogue, Press(PressKind.OPTION, name, 0), in_group=True)
    assert reply.go_private
    async with sqlite.read() as work:
        assert await work.people.count() == 0


async def test_words_start_a_quiz_too(dialogue: Dialogue, means: Means) -> None:
    means.intent = "start_quiz"
    (asked,) = await dialogue.answer(Turn(ME, Kind.TEXT, "考考我"))
    assert asked.quiz is not None
    means.intent = "greet"
    (told,) = await dialogue.answer(Turn(ME, Kind.TEXT, "你好"))
    assert told.quiz is None
    (again,) = await begin(dialogue)
    assert again == asked, "a question in between does not end the round"


async def test_the_link_from_a_group_opens_the_quiz(dialogue: Dialogue) -> None:
    (asked,) = await dialogue.answer(Turn(ME, Kind.COMMAND, quiz.START_PAYLOAD, command="start"))
    assert asked.quiz is not None


async def test_a_round_can_be_left(dialogue: Dialogue, library: Library) -> None:
    (first,) = await begin(dialogue)
    for key in ("cancelled", "nothing_to_cancel"):
        (told,) = await dialogue.answer(Turn(ME, Kind.COMMAND, command="cancel"))
        assert told.body == library.text(key, "zh")
    (told,) = await press(dialogue, option(first))
    assert told.body == library.text("quiz_earlier", "zh")


def test_every_option_fits_into_a_button(library: Library) -> None:
    for name, question in library.quizzes.items():
        for place in range(len(question.options)):
            wanted = Press(PressKind.OPTION, name, place)
            assert decode(encode(wanted)) == wanted
