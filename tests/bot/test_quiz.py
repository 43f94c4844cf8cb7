"""A quiz in the dialogue: rounds, answers by buttons and by polls, twice, two at once."""

import asyncio
from random import Random

import pytest

from bot.dialogue.dialogue import Dialogue
from bot.replies import Press, PressKind
from bot.turns import Kind, Turn
from content.library import Library
from content.schema import Language
from db.engine import Database
from tests.bot.quizzing import ME, begin, option, press, progress, remember, vote
from tests.bot.talking import Means, dialogue_with


@pytest.fixture
def means() -> Means:
    return Means()


@pytest.fixture
def dialogue(sqlite: Database, library: Library, means: Means) -> Dialogue:
    return dialogue_with(sqlite, library, means, Random(7))


async def test_a_round_by_buttons(dialogue: Dialogue, library: Library, sqlite: Database) -> None:
    (asked,) = await begin(dialogue)
    seen = []
    for number in range(1, 6):
        assert asked.quiz is not None
        question = library.quizzes[asked.quiz.question_id]
        seen.append(asked.quiz.question_id)
        assert asked.headline == f"❓ {number}/5"
        assert asked.quiz.explanation == library.explanation(question, "zh")
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
