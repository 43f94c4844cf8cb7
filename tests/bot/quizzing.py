"""How tests play the quiz."""

from bot.dialogue import progress as stored
from bot.dialogue.dialogue import Dialogue
from bot.dialogue.progress import Progress
from bot.replies import Press, PressKind, Reply
from bot.turns import Kind, Turn
from db.engine import Database

ME = "telegram:9"


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
