"""What worries students, for counsellors: which topics rise, and what the bot could not answer. Never a person."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from bot.campaigns.privacy import FEWEST
from bot.people.invites import PeopleService
from bot.replies import Reply
from bot.turns import Turn
from content.library import Library
from content.schema import Language
from db.engine import Database

DAYS = 7
_SHOWN = 12


class Insights:
    """Answers `/insights`."""

    def __init__(self, people: PeopleService, database: Database, library: Callable[[], Library]) -> None:
        self._people = people
        self._database = database
        self._library = library

    async def handle(self, turn: Turn, language: Language) -> tuple[Reply, ...] | None:
        """The replies when the turn is `/insights`, otherwise None."""
        if turn.command != "insights":
            return None
        text = self._library().text
        if turn.in_group or not (await self._people.actor(turn.address)).is_staff:
            return (Reply(text("no_right", language), language=language),)
        lines = await self._lines(language)
        if not lines:
            return (Reply(text("insights_nothing", language), language=language),)
        return (Reply(text("insights", language, lines="\n".join(lines)), language=language),)

    async def _lines(self, language: Language) -> list[str]:
        library = self._library()
        today = datetime.now(UTC).date()
        async with self._database.read() as work:
            counts = await work.counts.since(today - timedelta(days=2 * DAYS - 1))
            choices = await work.counts.choices_since(today - timedelta(days=2 * DAYS - 1))
        now, before = _halves(_summed(counts), today)
        topics = sorted(
            (topic for topic, count in now.items() if count >= FEWEST and topic in library.topics),
            key=lambda topic: (before[topic] - now[topic], topic),
        )
        lines = [
            library.text(
                "insights_line",
                language,
                topic=library.topics[topic].title[language],
                now=now[topic],
                change=_change(now[topic], before[topic]),
            )
            for topic in topics[:_SHOWN]
        ]
        unsure, unsure_before = _halves(_summed(choices), today)
        total, total_before = unsure.total(), unsure_before.total()
        if total >= FEWEST:
            change = _change(total, total_before)
            lines.append(library.text("insights_unanswered", language, now=total, change=change))
        return lines


def _summed(counts: dict[tuple[date, str, str], int]) -> dict[tuple[date, str], int]:
    found: Counter[tuple[date, str]] = Counter()
    for (day, topic, _), count in counts.items():
        found[day, topic] += count
    return dict(found)


def _halves(counts: dict[tuple[date, str], int], today: date) -> tuple[Counter[str], Counter[str]]:
    """Counts of the last days, and of as many before them."""
    now: Counter[str] = Counter()
    before: Counter[str] = Counter()
    for (day, topic), count in counts.items():
        (now if day > today - timedelta(days=DAYS) else before)[topic] += count
    return now, before


def _change(now: int, before: int) -> str:
    """The change, where the earlier count is large enough to be told by it."""
    if before < FEWEST:
        return "—"
    return f"{now - before:+d}" if abs(now - before) >= FEWEST else "≈"
