"""Quiz progress and polls, on both databases."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from bot.operation.housekeeping import POLLS_KEPT_FOR
from db.engine import Database
from db.models import Poll


async def test_progress_is_kept_encrypted_and_goes_with_the_person(database: Database) -> None:
    async with database.write() as work:
        one = await work.people.find_or_add("telegram:1")
        two = await work.people.find_or_add("telegram:2")
        assert await work.quizzes.hold_progress(one.id) is None
        assert await work.quizzes.hold_progress(one.id) is None
        await work.quizzes.save_progress(one.id, '{"scores": "of one"}')
        await work.quizzes.save_progress(two.id, '{"scores": "of two"}')
    async with database.write() as work:
        assert await work.quizzes.hold_progress(one.id) == '{"scores": "of one"}'
        await work.quizzes.save_progress(one.id, "{}")
        sealed = (await work.people._session.execute(text("SELECT progress_sealed FROM quiz_progress"))).all()
        assert all(b"scores" not in bytes(row[0]) for row in sealed)
    async with database.read() as reading:
        assert await reading.quizzes.progress(one.id) == "{}"
    async with database.write() as work:
        await work.people.erase(one.id)
    async with database.read() as reading:
        assert await reading.quizzes.progress(one.id) is None
        assert await reading.quizzes.progress(two.id) == '{"scores": "of two"}'


async def test_polls_are_known_for_seven_days(database: Database) -> None:
    async with database.write() as work:
        await work.quizzes.add_poll("new", "card-age-17", 2)
        await work.quizzes.add_poll("old", "card-age-17", 1)
        await work.quizzes.add_poll("new", "card-age-17", 2)  # the same poll told twice
    async with database.write() as work:
        old = await work.quizzes.poll("old")
        assert isinstance(old, Poll)
        old.sent_at = datetime.now(UTC) - timedelta(days=7, minutes=1)
    async with database.write() as work:
        assert await work.quizzes.remove_polls_before(datetime.now(UTC) - POLLS_KEPT_FOR) == 1
    async with database.read() as reading:
        assert await reading.quizzes.poll("old") is None
        new = await reading.quizzes.poll("new")
        assert new is not None
        assert (new.question, new.right_option) == ("card-age-17", 2)
