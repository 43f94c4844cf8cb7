"""What arrives is kept until it is handled, on both kinds of database; and work that is done for many at once."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.grouped import Grouped
from bot.letters import Letter
from bot.operation.mailroom import Mailroom
from db.engine import Database


def letter(number: int, chat: str = "1") -> Letter:
    return Letter(number, chat, f'{{"update_id": {number}}}'.encode())


async def test_each_is_new_once(database: Database) -> None:
    mailroom = Mailroom(database)
    async with mailroom.open():
        first = await mailroom.add([letter(1), letter(2), letter(1), letter(2**62)])
        assert [one.number for one, _ in first] == [1, 2, 2**62]
        again = await mailroom.add([letter(2), letter(3)])
        assert [one.number for one, _ in again] == [3]
        await mailroom.handled(1, at_once=True)
        assert await mailroom.add([letter(1)]) == [], "also when it is handled already"
        assert [one.number for one in await mailroom.waiting()] == [2, 3, 2**62]


async def test_two_processes_that_get_the_same_at_once(database: Database) -> None:
    one, other = Mailroom(database), Mailroom(database)
    async with one.open(), other.open():
        for number in range(0, 40, 4):
            letters = [letter(number + place) for place in range(4)]
            found = await asyncio.gather(one.add(letters), other.add(list(reversed(letters))))
            numbers = [got.number for new in found for got, _ in new]
            assert sorted(numbers) == [number, number + 1, number + 2, number + 3], "each is new for one of them"


async def test_the_bodies_come_back_and_go_when_handled(database: Database) -> None:
    mailroom = Mailroom(database)
    async with mailroom.open():
        ((_, chat),) = await mailroom.add([letter(5, "chat-a")])
        await mailroom.add([letter(6, "chat-b")])
        (waiting,) = await mailroom.waiting(chat)
        assert waiting.body == letter(5).body
        await mailroom.tried([waiting])
        assert (await mailroom.waiting(chat))[0].tries == 1
        await mailroom.handled(5, at_once=True)
    async with database.read() as work:
        assert (await work.arrivals.queue())[0] == 1
        assert await work.arrivals.chats(datetime.now(UTC) + timedelta(seconds=1)) != [chat]
    async with database.write() as work:
        assert await work.arrivals.remove_handled_before(datetime.now(UTC) + timedelta(seconds=1)) == 1


async def test_what_is_handled_is_noted_before_it_closes(sqlite: Database) -> None:
    mailroom = Mailroom(sqlite)
    async with mailroom.open():
        await mailroom.add([letter(number) for number in range(50)])
        noting = [mailroom.handled(number) for number in range(50)]
    assert all(noted.done() for noted in noting)
    async with sqlite.read() as work:
        assert (await work.arrivals.queue())[0] == 0


async def test_what_is_being_noted_when_it_closes_is_noted(sqlite: Database) -> None:
    """The writer has taken it and is in the middle of its transaction: closing waits for that one too."""
    mailroom = Mailroom(sqlite)
    async with mailroom.open():
        await mailroom.add([letter(1)])
        noted = mailroom.handled(1, at_once=True)
        while mailroom._handled:
            await asyncio.sleep(0)
        assert not noted.done()
    assert noted.done()
    assert not noted.cancelled()
    async with sqlite.read() as work:
        assert (await work.arrivals.queue())[0] == 0


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 5), max_size=60), st.integers(0, 3))
def test_whatever_is_put_is_done_once_and_in_order(pauses: list[int], rests: int) -> None:
    async def run() -> None:
        done: list[int] = []

        async def do(items: Sequence[int]) -> None:
            for _ in range(rests):
                await asyncio.sleep(0)
            done.extend(items)

        grouped: Grouped[int] = Grouped(do)

        async def put(number: int, pause: int) -> None:
            for _ in range(pause):
                await asyncio.sleep(0)
            await grouped.put(number)
            assert number in done

        await asyncio.gather(*(put(number, pause) for number, pause in enumerate(pauses)))
        assert sorted(done) == list(range(len(pauses)))

    asyncio.run(run())


async def test_whoever_is_done_together_hears_the_error_and_the_next_ones_go_on() -> None:
    rounds = 0

    async def do(_items: Sequence[int]) -> None:
        nonlocal rounds
        rounds += 1
        await asyncio.sleep(0)
        if rounds == 2:
            raise ValueError("no")

    grouped: Grouped[int] = Grouped(do)
    first = asyncio.create_task(grouped.put(0))
    while rounds == 0:
        await asyncio.sleep(0)
    found = await asyncio.gather(first, *(grouped.put(number) for number in range(1, 5)), return_exceptions=True)
    assert [type(one) for one in found] == [type(None)] + [ValueError] * 4
    await grouped.put(6)
    assert rounds == 3


async def test_one_who_no_longer_waits_does_not_stop_the_others() -> None:
    async def do(_items: Sequence[int]) -> None:
        await asyncio.sleep(0.01)

    grouped: Grouped[int] = Grouped(do)
    first = asyncio.create_task(grouped.put(1))
    second = asyncio.create_task(grouped.put(2))
    await asyncio.sleep(0)
    second.cancel()
    await first
    await grouped.put(3)
    with pytest.raises(asyncio.CancelledError):
        await second
