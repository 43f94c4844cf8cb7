"""Somebody who floods the bot is slowed, kindly, and nobody else is."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.pace import MOST, Pace, Paces
from bot.turns import Kind, Turn
from content.library import Library
from db.engine import Database
from tests.bot.talking import Means, dialogue_with


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_hundred_at_once() -> None:
    paces = Paces(clock=Clock())
    found = [paces.of("a") for _ in range(100)]
    assert found.count(Pace.ANSWER) == MOST
    assert found.count(Pace.REMIND) == 1
    assert paces.of("b") is Pace.ANSWER


def test_who_slows_down_is_answered_again() -> None:
    clock = Clock()
    paces = Paces(clock=clock)
    for _ in range(100):
        paces.of("a")
    clock.now += 21
    assert paces.of("a") is Pace.REMIND
    clock.now += 40
    assert paces.of("a") is Pace.ANSWER


@given(st.lists(st.floats(0, 30), max_size=200))
def test_never_more_than_allowed_in_a_minute(pauses: list[float]) -> None:
    clock = Clock()
    paces = Paces(clock=clock)
    answered: list[float] = []
    for pause in pauses:
        clock.now += pause
        if paces.of("a") is Pace.ANSWER:
            answered.append(clock.now)
    assert all(sum(at - 60 < other <= at for other in answered) <= MOST for at in answered)


def test_the_memory_of_who_wrote_is_bounded() -> None:
    paces = Paces()
    for number in range(20_000):
        paces.of(str(number))
    assert len(paces) <= 5_000


async def test_through_the_dialogue(sqlite: Database, library: Library) -> None:
    clock = Clock()
    dialogue = dialogue_with(sqlite, library, Means("ask_penalty"), paces=Paces(clock=clock))
    flood = [await dialogue.answer(Turn("telegram:1", Kind.TEXT, "判几年")) for _ in range(40)]
    told = [reply for replies in flood for reply in replies]
    assert len(told) == MOST + 1
    assert "歇" in told[-1].text
    assert (await dialogue.answer(Turn("telegram:1", Kind.TEXT, "我不想活了")))[0].intent == "distress"
    assert await dialogue.answer(Turn("telegram:1", Kind.COMMAND, command="forget"))
    assert await dialogue.answer(Turn("telegram:2", Kind.TEXT, "判几年"))
    piped = [await dialogue.answer(Turn("terminal:me", Kind.TEXT, "判几年")) for _ in range(40)]
    assert all("歇" not in reply.text for replies in piped for reply in replies)
    async with sqlite.read() as work:
        counted = await work.counts.since(date(2020, 1, 1))
    assert sum(count for (_, topic, _), count in counted.items() if topic == "ask_penalty") == MOST + 1 + 40
