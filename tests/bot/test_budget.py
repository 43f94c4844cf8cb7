"""The send budget, on a clock of our own: pace, lanes, order, and Telegram's word."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.sending.budget import Lane, Pace, SendBudget


class Clock(asyncio.SelectorEventLoop):
    """An event loop whose time jumps to the next timer instead of waiting for it."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def time(self) -> float:
        return self.now

    def _run_once(self) -> None:
        timers: list[asyncio.TimerHandle] = getattr(self, "_scheduled")  # noqa: B009 - not in the typed interface
        waiting = [timer.when() for timer in timers if not timer.cancelled()]
        if not getattr(self, "_ready") and waiting:  # noqa: B009
            self.now = max(self.now, min(waiting))
        getattr(super(), "_run_once")()  # noqa: B009


Sends = list[tuple[float, Lane, int]]


def run(script: Callable[[SendBudget, Sends], Awaitable[object]], pace: Pace | None = None) -> Sends:
    """Run `script` and return when each message went out."""
    clock = Clock()
    sends: Sends = []
    try:
        clock.run_until_complete(_started(script, SendBudget(pace, clock.time), sends))
    finally:
        clock.close()
    return sends


async def _started(script: Callable[[SendBudget, Sends], Awaitable[object]], budget: SendBudget, sends: Sends) -> None:
    await script(budget, sends)


def all_at_once(wanted: Iterable[tuple[Lane, int]]) -> Callable[[SendBudget, Sends], Awaitable[object]]:
    return lambda budget, sends: asyncio.gather(*(send(budget, sends, lane, chat) for lane, chat in wanted))


async def send(budget: SendBudget, sends: Sends, lane: Lane, chat: int) -> None:
    await budget.acquire(lane, chat)
    sends.append((asyncio.get_running_loop().time(), lane, chat))


def test_never_more_than_telegram_allows_in_any_second() -> None:
    sends = run(all_at_once((Lane.REPLY, chat) for chat in range(1, 200)))
    times = [at for at, _, _ in sends]
    for start in times:
        assert sum(start <= at < start + 1 for at in times) <= 30


def test_campaigns_leave_a_fifth_of_the_rate() -> None:
    sends = run(all_at_once((Lane.CAMPAIGN, chat) for chat in range(1, 121)))
    assert sends[-1][0] == pytest.approx(119 / 24, rel=0.02)


def test_a_reply_overtakes_every_waiting_campaign_message() -> None:
    async def script(budget: SendBudget, sends: Sends) -> None:
        campaign = [asyncio.create_task(send(budget, sends, Lane.CAMPAIGN, chat)) for chat in range(1, 60)]
        await asyncio.sleep(0.5)
        asked = asyncio.get_running_loop().time()
        await send(budget, sends, Lane.REPLY, 1000)
        assert sends[-1][2] == 1000
        assert sends[-1][0] - asked <= 1 / 24
        await asyncio.gather(*campaign)

    assert len(run(script)) == 60


def test_one_a_second_in_a_chat_and_in_order() -> None:
    async def script(budget: SendBudget, sends: Sends) -> None:
        await asyncio.gather(*(send(budget, sends, Lane.REPLY, chat) for chat in (7, 7, 7, 8)))

    assert [(round(at, 1), chat) for at, _, chat in run(script)] == [(0.0, 7), (0.0, 8), (1.0, 7), (2.0, 7)]


def test_a_group_gets_twenty_a_minute() -> None:
    sends = run(all_at_once((Lane.REPLY, -5) for _ in range(21)))
    assert sends[-1][0] == pytest.approx(60.0)


def test_a_chat_that_was_told_to_wait_waits_alone() -> None:
    async def script(budget: SendBudget, sends: Sends) -> None:
        await send(budget, sends, Lane.REPLY, 1)
        budget.pause(5, chat=1)
        await asyncio.gather(send(budget, sends, Lane.REPLY, 1), send(budget, sends, Lane.REPLY, 2))

    assert [(round(at), chat) for at, _, chat in run(script)] == [(0, 1), (0, 2), (5, 1)]


@pytest.mark.parametrize("chats", [(None,), (1, 2)])
def test_retry_after_for_all_of_us_stops_everything(chats: tuple[int | None, ...]) -> None:
    async def script(budget: SendBudget, sends: Sends) -> None:
        await send(budget, sends, Lane.REPLY, 1)
        for chat in chats:
            budget.pause(5, chat)
        await asyncio.gather(send(budget, sends, Lane.REPLY, 3), send(budget, sends, Lane.CAMPAIGN, 4))

    assert [round(at) for at, _, _ in run(script)] == [0, 5, 5]


def test_somebody_who_gives_up_waiting_takes_no_place() -> None:
    async def script(budget: SendBudget, sends: Sends) -> None:
        await send(budget, sends, Lane.REPLY, 1)
        impatient = asyncio.create_task(send(budget, sends, Lane.REPLY, 1))
        await asyncio.sleep(0.1)
        impatient.cancel()
        await send(budget, sends, Lane.REPLY, 1)

    assert [round(at, 1) for at, _, _ in run(script)] == [0.0, 1.0]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(Lane), st.integers(-2, 4).filter(bool)), max_size=40))
def test_everybody_gets_their_turn_in_order(wanted: list[tuple[Lane, int]]) -> None:
    sends = run(all_at_once(wanted))
    assert sorted(wanted) == sorted((lane, chat) for _, lane, chat in sends)
    for chat in {chat for _, chat in wanted}:
        times = [at for at, _, to in sends if to == chat]
        gap = 1.0 if chat > 0 else 3.0
        assert all(later - earlier >= gap - 1e-6 for earlier, later in itertools.pairwise(times))
