"""What has expired is removed without anybody asking."""

import asyncio
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from bot.housekeeping import keeping_house
from db.engine import Database
from db.models import Conversation


async def test_expired_conversations_are_removed(sqlite: Database) -> None:
    async with sqlite.write() as work:
        for number, minutes in ((1, -1), (2, 30)):
            person = await work.people.find_or_add(f"telegram:{number}")
            await work.conversations.save(person.id, "{}", datetime.now(UTC) + timedelta(minutes=minutes))
    async with keeping_house(sqlite, every=0.01):
        await asyncio.sleep(0.1)
    async with sqlite.read() as reading:
        session = reading.people._session
        assert await session.scalar(select(func.count()).select_from(Conversation)) == 1
