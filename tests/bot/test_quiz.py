"""A quiz in the dialogue: rounds, answers by buttons and polls, twice, late, old, in a group, after a restart."""

import asyncio
import time
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from bot.dialogue import progress as stored
from bot.dialogue import quiz
from bot.dialogue.dialogue import Dialogue
from bot.dialogue.progress import Progress
from bot.replies import Press, PressKind, Reply, decode, encode
from bot.turns import Kind, Turn
from content.learning_checks import explanation
from content.library import Library
from content.schema import Language
from db.engine import Database
from db.keys import KeyRing
from db.upgrade import upgrade
from tests.bot.test_dialogue import Means

ME = "telegram:9"


@pytest.fixture
def means() -> Means:
    return Means()


@pytest.fixture
def dialogue(sqlite: Database, library: Library, means: Means) -> Dialogue:
    return Dialogue(sqlite, lambda: library, lambda: means, chance=Random(7))


async def begin(dialogue: Dialogue, *, in_group: bool = False, language: str = "zh") -> tuple[Reply, ...]:
    turn = Turn(ME, Kind.COMMAND, command="quiz", in_group=in_group, language_hint=language)
    return await dialogue.answer(turn)


async def press(dialogue: Dialogue, wanted: Press, *, in_group: bool = False) -> tuple[Reply, ...]:
    return await dialogue.answer(Turn(ME, Kind.PRESS, press=wanted, in_group=in_group, language_hint="zh"))


async def vote(dialogue: Dialogue, poll_id: str, option: int | None, address: str = ME) -> tuple[Reply, ...]:
    return await dialogue.answer(Turn(address, Kind.POLL_ANSWER, poll_id=poll_id, option=option, language_hint="zh"))


def option(asked: Reply, right: bool = True) -> Press:
    assert asked.quiz is not None
    place = asked.quiz.right if right else (asked.quiz.right + 1) % len(asked.quiz.options)
    return Press(PressKind.OPTION, asked.quiz.question_id, place)


async def remember(database: Database, asked: Reply) -> str:
    """Note the poll as the front end does after sending; its id."""
    assert asked.quiz is not None
    poll_id = f"poll of {asked.quiz.question_id}"
    async with database.write() as work:
        await work.quizzes.add_poll(poll_id, asked.quiz.question_id, asked.quiz.right)
    return poll_id


async def progress(database: Database, address: str = ME) -> Progress:
    async with database.read() as work:
        person = await work.people.find(address)
        return stored.from_json(await work.quizzes.progress(person.id)) if person is not None else Progress()


async def test_a_round_by_buttons(dialogue: Dialogue, library: Library, sqlite: Database) -> None:
    (asked,) = await begin(dialogue)
    seen = []
    for number in range(1, 6):
        assert asked.quiz is not None
        question = library.quizzes[asked.quiz.question_id]
        seen.append(asked.quiz.question_id)
        assert asked.headline == f"❓ {number}/5"
        assert asked.quiz.explanation == explanation(library, question, "zh")
        assert [button.label for row in asked.buttons for button in row] == list(asked.quiz.options)
        right = next(option.zh for option in question.options if option.right)
        assert asked.quiz.options[asked.quiz.right] == right
        told, asked = await press(dialogue, option(asked, right=number != 3))
        assert told.headline.startswith("💡" if number == 3 else "✅")
        assert number != 3 or right in told.headline
        assert question.explanation.zh.strip() in told.body
        assert [reference.press.subject for reference in told.references]
        assert not told.buttons
    assert len(set(seen)) == 5
    assert "4" in asked.headline
    kinds = [button.press for row in asked.buttons for button in row]
    assert kinds == [
        Press(PressKind.ROUND, "new"),
        Press(PressKind.ANSWER, library.quizzes[seen[2]].topic),
        Press(PressKind.SHELF, "all"),
    ]
    scores = (await progress(sqlite)).scores
    assert [name for name in seen if scores[name].missed] == [seen[2]]
    assert set(scores) == set(seen)


async def test_what_was_wrong_is_asked_again_in_the_next_round(dialogue: Dialogue) -> None:
    (asked,) = await begin(dialogue)
    missed = asked.quiz.question_id if asked.quiz else ""
    _, asked = await press(dialogue, option(asked, right=False))
    for _ in range(4):
        _, asked = await press(dialogue, option(asked))
    (asked,) = await press(dialogue, asked.buttons[0][0].press)
    again = []
    while asked.quiz is not None:
        again.append(asked.quiz.question_id)
        _, asked = await press(dialogue, option(asked))
    assert missed in again
    assert len(again) == 5


@pytest.mark.parametrize("rights", range(6))
@pytest.mark.parametrize("language", ["zh", "en"])
async def test_the_score_is_kind(dialogue: Dialogue, library: Library, rights: int, language: Language) -> None:
    (asked,) = await begin(dialogue, language=language)
    for number in range(5):
        turn = Turn(ME, Kind.PRESS, press=option(asked, right=number < rights), language_hint=language)
        _, asked = await dialogue.answer(turn)
    assert str(rights) in asked.headline
    kind = {5: "quiz_all_right", 4: "quiz_most_right", 3: "quiz_most_right"}.get(rights, "quiz_few_right")
    assert asked.body.startswith(library.text(kind, language))
    assert asked.language == language


async def test_a_round_by_polls_needs_no_words_between(dialogue: Dialogue, sqlite: Database) -> None:
    (asked,) = await begin(dialogue)
    for _ in range(5):
        assert asked.quiz is not None
        poll_id = await remember(sqlite, asked)
        (asked,) = await vote(dialogue, poll_id, asked.quiz.right)
    assert "5" in asked.headline
    assert asked.buttons[0][0].press == Press(PressKind.ROUND, "new")


async def test_the_database_decides_what_is_right(dialogue: Dialogue, sqlite: Database) -> None:
    (asked,) = await begin(dialogue)
    assert asked.quiz is not None
    async with sqlite.write() as work:
        await work.quizzes.add_poll("p", asked.quiz.question_id, (asked.quiz.right + 1) % len(asked.quiz.options))
    await vote(dialogue, "p", asked.quiz.right)
    assert (await progress(sqlite)).scores[asked.quiz.question_id].missed


async def test_a_poll_answered_twice_counts_once(dialogue: Dialogue, sqlite: Database) -> None:
    (asked,) = await begin(dialogue)
    poll_id = await remember(sqlite, asked)
    await vote(dialogue, poll_id, 0)
    before = await progress(sqlite)
    assert await vote(dialogue, poll_id, 1) == ()
    assert await progress(sqlite) == before


async def test_two_presses_at_once_count_once(database: Database, library: Library) -> None:
    dialogue = Dialogue(database, lambda: library, lambda: None, chance=Random(7))
    (asked,) = await begin(dialogue)
    answers = await asyncio.gather(*(press(dialogue, option(asked, right)) for right in (True, False, True)))
    assert sorted(len(replies) for replies in answers) == [1, 1, 2]
    late = [replies[0].body for replies in answers if len(replies) == 1]
    assert late == [library.text("quiz_answered", "zh")] * 2
    counted = await progress(database)
    assert sum(score.right + score.wrong for score in counted.scores.values()) == 1


async def test_two_first_quizzes_at_once(database: Database, library: Library) -> None:
    dialogue = Dialogue(database, lambda: library, lambda: None)
    asked = await asyncio.gather(*(begin(dialogue) for _ in range(4)))
    assert len({replies[0].quiz for replies in asked}) == 1, "one round"


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
