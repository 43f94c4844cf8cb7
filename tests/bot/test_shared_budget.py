"""The send budget of several processes, in a real PostgreSQL."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from bot.operation.send_book import SendBook
from bot.sending.budget import Lane, Pace
from bot.sending.shared import SharedBudget
from db.engine import Database
from db.keys import KeyRing
from db.operation_models import SendPace
from db.upgrade import upgrade

FAST = Pace(per_second=50.0, campaign_per_second=40.0, private_chat_seconds=0.5, group_seconds=1.0)


@pytest.fixture
async def both(empty_postgresql: str, keyring: KeyRing) -> AsyncIterator[tuple[Database, Database]]:
    """The database as two processes see it."""
    one, other = Database(empty_postgresql, keyring), Database(empty_postgresql, keyring)
    await upgrade(one.url, keyring)
    yield one, other
    await one.close()
    await other.close()


async def test_two_processes_together_keep_one_pace(both: tuple[Database, Database]) -> None:
    budgets = [SharedBudget(SendBook(database), FAST) for database in both]
    left: list[float] = []

    async def send(budget: SharedBudget, chat: int) -> None:
        await budget.acquire(Lane.REPLY, chat)
        left.append(time.monotonic())

    begun = time.monotonic()
    await asyncio.gather(*(send(budgets[number % 2], 1000 + number) for number in range(60)))
    # A slow machine can only make it longer.
    assert max(left) - begun >= 59 / 50 * 0.97, "each alone would have been done in half the time"


async def test_many_new_chats_at_once_never_wait_for_each_other_in_vain(
    both: tuple[Database, Database], caplog: pytest.LogCaptureFixture
) -> None:
    pace = Pace(per_second=400.0, campaign_per_second=300.0, private_chat_seconds=0.1)
    budgets = [SharedBudget(SendBook(database), pace) for database in both]
    async with asyncio.timeout(60):
        await asyncio.gather(
            *(
                budgets[number % 2].acquire(Lane.CAMPAIGN if number % 3 else Lane.REPLY, number % 40 + 1)
                for number in range(200)
            )
        )
    assert "deadlock" not in caplog.text
    assert "cannot be kept" not in caplog.text


async def test_a_chat_keeps_its_pace_whoever_answers(both: tuple[Database, Database]) -> None:
    budgets = [SharedBudget(SendBook(database), FAST) for database in both]
    begun = time.monotonic()
    for number in range(3):
        await budgets[number % 2].acquire(Lane.REPLY, 7)
    assert time.monotonic() - begun >= 2 * 0.5 * 0.95


async def test_what_telegram_told_one_holds_for_the_other(both: tuple[Database, Database]) -> None:
    first, second = (SharedBudget(SendBook(database), FAST) for database in both)
    first.pause(0.8)
    await asyncio.sleep(0.2)
    begun = time.monotonic()
    await second.acquire(Lane.REPLY, 8)
    assert time.monotonic() - begun >= 0.4


async def test_replies_of_one_go_before_campaigns_of_the_other(both: tuple[Database, Database]) -> None:
    campaign, replies = (SharedBudget(SendBook(database), FAST) for database in both)
    order: list[str] = []

    async def send(budget: SharedBudget, lane: Lane, chat: int) -> None:
        await budget.acquire(lane, chat)
        order.append(lane.name)

    answering = [asyncio.create_task(send(replies, Lane.REPLY, 2000 + number)) for number in range(40)]
    await asyncio.sleep(0.1)
    sending = [asyncio.create_task(send(campaign, Lane.CAMPAIGN, 3000 + number)) for number in range(10)]
    await asyncio.gather(*answering, *sending)
    assert order[:30].count("CAMPAIGN") <= 12


async def test_no_chat_is_named_in_the_book(both: tuple[Database, Database]) -> None:
    await SharedBudget(SendBook(both[0]), FAST).acquire(Lane.CAMPAIGN, 918273645)
    async with both[0].read() as work:
        rows = (await work.people._session.execute(text("SELECT slot FROM send_pace"))).scalars().all()
    assert {0, 1} < set(rows)
    assert 918273645 not in rows
    assert SendPace.__tablename__ == "send_pace"


async def test_without_the_book_each_keeps_its_own_pace(keyring: KeyRing, caplog: pytest.LogCaptureFixture) -> None:
    nowhere = Database("postgresql+psycopg://nobody@127.0.0.1:1/nothing", keyring)
    budget = SharedBudget(SendBook(nowhere), FAST)
    async with asyncio.timeout(10):
        await budget.acquire(Lane.REPLY, 1)
        await budget.acquire(Lane.CAMPAIGN, 2)
    assert "the shared pace of sending cannot be kept" in caplog.text
    await nowhere.close()
