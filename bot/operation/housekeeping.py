"""Keep the promise of docs/data.md: what has expired is removed, at the start and every hour."""

import logging
from datetime import UTC, datetime, timedelta

from db.engine import Database

EVERY_SECONDS = 3600
POLLS_KEPT_FOR = timedelta(days=7)
QUESTIONS_KEPT_FOR = timedelta(days=90)
LAWS_KEPT_FOR = timedelta(days=180)  # which laws somebody was told of, for corrections
TALKS_KEPT_FOR = timedelta(days=30)  # after the last word in them
NUMBERS_KEPT_FOR = timedelta(days=2)  # of updates that are handled; Telegram delivers again for one day (getUpdates)
_PLACES_KEPT_FOR = timedelta(hours=1)
_UNUSED_TALKS_KEPT_FOR = timedelta(days=1)  # opened, and nothing was ever said

logger = logging.getLogger(__name__)


async def keep_house(database: Database) -> None:
    """Remove what has expired. Raises DatabaseProblem."""
    moment = datetime.now(UTC)
    async with database.write() as work:
        removed = await work.conversations.remove_expired()
        talks = await work.threads.remove_older_than(TALKS_KEPT_FOR)
        talks += await work.threads.remove_never_begun(_UNUSED_TALKS_KEPT_FOR)
        await work.questions.remove_before(moment - QUESTIONS_KEPT_FOR)
        await work.ledger.forget_people_before(moment - LAWS_KEPT_FOR)
        await work.ledger.forget_received_before(moment.date() - LAWS_KEPT_FOR)
        polls = await work.quizzes.remove_polls_before(moment - POLLS_KEPT_FOR)
        arrived = await work.arrivals.remove_handled_before(moment - NUMBERS_KEPT_FOR)
        await work.operation.remove_dead()
        await work.operation.remove_old_places(moment - _PLACES_KEPT_FOR)
    await database.scrub()
    logger.debug(
        "removed %d expired conversations, %d old polls, %d old talks, %d old numbers", removed, polls, talks, arrived
    )
