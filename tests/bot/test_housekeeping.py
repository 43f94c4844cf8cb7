"""What has expired is removed without anybody asking."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from bot.operation.housekeeping import POLLS_KEPT_FOR, keep_house
from db.engine import Database
from db.models import Conversation


async def test_expired_conversations_are_removed(sqlite: Database) -> None:
    async with sqlite.write() as work:
        for number, minutes in ((1, -1), (2, 30)):
            person = await work.people.find_or_add(f"telegram:{number}")
            await work.conversations.save(person.id, "{}", datetime.now(UTC) + timedelta(minutes=minutes))
    await keep_house(sqlite)
    async with sqlite.read() as reading:
        session = reading.people._session
        assert await session.scalar(select(func.count()).select_from(Conversation)) == 1


async def test_old_polls_are_removed(sqlite: Database) -> None:
    async with sqlite.write() as work:
        for poll_id in ("old", "new"):
            await work.quizzes.add_poll(poll_id, "card-age-17", 0)
    async with sqlite.write() as work:
        old = await work.quizzes.poll("old")
        assert old is not None
        old.sent_at -= POLLS_KEPT_FOR
    await keep_house(sqlite)
    async with sqlite.read() as reading:
        assert await reading.quizzes.poll("old") is None
        assert await reading.quizzes.poll("new") is not None
