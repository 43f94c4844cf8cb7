"""Keep the promise of docs/data.md: what has expired is removed, at the start and every hour."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from bot.background import beside
from db.engine import Database
from db.errors import DatabaseProblem

EVERY_SECONDS = 3600.0
POLLS_KEPT_FOR = timedelta(days=7)
QUESTIONS_KEPT_FOR = timedelta(days=90)
LAWS_KEPT_FOR = timedelta(days=180)  # which laws somebody was told of, for corrections
TALKS_KEPT_FOR = timedelta(days=30)  # after the last word in them
_UNUSED_TALKS_KEPT_FOR = timedelta(days=1)  # opened, and nothing was ever said

logger = logging.getLogger(__name__)


@asynccontextmanager
async def keeping_house(database: Database, every: float = EVERY_SECONDS) -> AsyncIterator[None]:
    """Remove what has expired now and again and again, until left."""
    async with beside(_keep(database, every)):
        yield


async def _keep(database: Database, every: float) -> None:
    while True:
        try:
            async with database.write() as work:
                removed = await work.conversations.remove_expired()
                talks = await work.threads.remove_older_than(TALKS_KEPT_FOR)
                talks += await work.threads.remove_never_begun(_UNUSED_TALKS_KEPT_FOR)
                await work.questions.remove_before(datetime.now(UTC) - QUESTIONS_KEPT_FOR)
                await work.ledger.forget_people_before(datetime.now(UTC) - LAWS_KEPT_FOR)
                await work.ledger.forget_received_before(datetime.now(UTC).date() - LAWS_KEPT_FOR)
                polls = await work.quizzes.remove_polls_before(datetime.now(UTC) - POLLS_KEPT_FOR)
            logger.debug("removed %d expired conversations, %d old polls, %d old talks", removed, polls, talks)
        except DatabaseProblem as problem:
            logger.warning("expired conversations and old polls could not be removed: %s", problem)
        await asyncio.sleep(every)
