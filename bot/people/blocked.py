"""Who has blocked the bot."""

from datetime import UTC, datetime

from db.engine import Database


async def note_blocked(database: Database, address: str, blocked: bool) -> None:
    """Note that somebody blocked the bot, or let it in again."""
    async with database.write() as work:
        person = await work.people.find(address)
        if person is not None:
            person.blocked_at = datetime.now(UTC) if blocked else None
