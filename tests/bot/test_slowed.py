"""Somebody who floods the bot is slowed, kindly, and nobody else is."""

from datetime import date
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.pace import MOST, Pace, Paces
from bot.replies import Press, PressKind
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


@given(st.lists(st.floats(0, 5), min_size=30, max_size=200))
def test_reminders_are_twenty_seconds_apart(pauses: list[float]) -> None:
    clock = Clock()
    paces = Paces(most=3, clock=clock)
    reminded: list[float] = []
    for pause in pauses:
        clock.now += pause
        if paces.of("a") is Pace.REMIND:
            reminded.append(clock.now)
    assert all(later - earlier >= 20 for earlier, later in pairwise(reminded))


def test_who_goes_on_at_the_edge_of_the_limit_is_not_reminded_each_time() -> None:
    clock = Clock()
    paces = Paces(clock=clock)
    for _ in range(MOST):
        clock.now += 3
        paces.of("a")
    found = []
    for _ in range(240):  # a minute, in which one is answered every three seconds
        clock.now += 0.25
        found.append(paces.of("a"))
    assert found.count(Pace.ANSWER) == 20
    assert 2 <= found.count(Pace.REMIND) <= 4


def test_who_was_silent_is_forgotten() -> None:
    clock = Clock()
    paces = Paces(clock=clock)
    for number in range(100):
        paces.of(str(number))
    clock.now += 61
    paces.of("a")
    assert len(paces) == 1


def test_the_memory_of_who_wrote_is_bounded() -> None:
    paces = Paces(clock=Clock())
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


async def test_what_is_always_answered_takes_no_reminder_away(sqlite: Database, library: Library) -> None:
    dialogue = dialogue_with(sqlite, library, Means("ask_penalty"), paces=Paces(most=1, clock=Clock()))
    assert await dialogue.answer(Turn("telegram:1", Kind.TEXT, "判几年"))
    for command in ("stop", "human", "forget"):
        assert await dialogue.answer(Turn("telegram:1", Kind.COMMAND, command=command))
    assert (await dialogue.answer(Turn("telegram:1", Kind.EDITED, "我不想活了")))[0].intent == "distress"
    assert "歇" in (await dialogue.answer(Turn("telegram:1", Kind.TEXT, "判几年")))[0].text


async def test_presses_and_commands_are_slowed_too(sqlite: Database, library: Library) -> None:
    press = Press(PressKind.SHELF, "red_flags")
    # A press brings along what was asked before: those words are not said again.
    pressed = Turn("telegram:1", Kind.PRESS, "我不想活了", press=press)
    dialogue = dialogue_with(sqlite, library, Means(), paces=Paces(most=2, clock=Clock()))
    turns = (Turn("telegram:1", Kind.COMMAND, command="help"), pressed, pressed, pressed)
    first, second, third, fourth = [await dialogue.answer(turn) for turn in turns]
    assert first
    assert second
    assert "歇" in third[0].text
    assert fourth == ()


async def test_in_a_group_it_is_the_person_who_is_slowed(sqlite: Database, library: Library) -> None:
    dialogue = dialogue_with(sqlite, library, Means("ask_penalty"), paces=Paces(most=1, clock=Clock()))
    loud, quiet = (Turn(f"telegram:{number}", Kind.TEXT, "判几年", in_group=True) for number in (1, 2))
    assert await dialogue.answer(loud)
    assert "歇" in (await dialogue.answer(loud))[0].text
    assert await dialogue.answer(loud) == ()
    assert "歇" not in (await dialogue.answer(quiet))[0].text


def test_turns_count_when_they_arrive_not_when_their_turn_comes() -> None:
    clock = Clock()
    paces = Paces(most=5, clock=clock)
    found = []
    for place in range(30):  # all at once, where each answer takes fifteen seconds
        found.append(paces.of("a", waited=15.0 * min(place, 5)))
        clock.now += 15 if place < 5 else 0
    assert found.count(Pace.ANSWER) == 5
    assert found.count(Pace.REMIND) == 1
