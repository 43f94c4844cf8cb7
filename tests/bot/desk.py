"""A school with counsellors and students, talking to the bot without a front end."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.dialogue.dialogue import Dialogue
from bot.handover.notices import Notices
from bot.replies import Button, Reply
from bot.turns import Kind, Turn
from content.library import Library
from db.engine import Database
from db.models import Role
from tests.bot.talking import Means, dialogue_with

SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass
class Desk:
    """The parts of a school's desk. People are known by a short name: their address is `telegram:<name>`."""

    database: Database
    dialogue: Dialogue
    notices: Notices

    async def says(self, who: str, text: str, **turn: object) -> str:
        """What the bot answers to a message, as plain text."""
        return joined(await self.dialogue.answer(Turn(f"telegram:{who}", Kind.TEXT, text, name=who, **turn)))  # type: ignore[arg-type]

    async def command(self, who: str, command: str, argument: str = "") -> tuple[Reply, ...]:
        return await self.dialogue.answer(Turn(f"telegram:{who}", Kind.COMMAND, argument, command=command, name=who))

    async def presses(self, who: str, button: Button) -> tuple[Reply, ...]:
        return await self.dialogue.answer(Turn(f"telegram:{who}", Kind.PRESS, press=button.press, name=who))

    async def hears(self, who: str) -> tuple[Reply, ...]:
        """Everything the bot still has to tell somebody."""
        return await self.notices.pull(f"telegram:{who}")

    async def begins(self, who: str, text: str, label: str = "匿名") -> str:
        """A student begins a talk; its alias."""
        door = await self.command(who, "human")
        await self.presses(who, button(door, label))
        if label != "匿名":
            await self.says(who, "小陈")
        await self.says(who, text)
        async with self.database.read() as work:
            person = await work.people.find(f"telegram:{who}")
            thread = await work.threads.open_of(person.id) if person is not None else None
            assert thread is not None
            return thread.alias

    async def takes(self, who: str) -> tuple[Reply, ...]:
        """A counsellor takes the first talk that waits; what they see."""
        return await self.presses(who, button(await self.command(who, "inbox"), "接手"))


def joined(replies: tuple[Reply, ...]) -> str:
    return "\n".join(reply.text for reply in replies)


def button(replies: tuple[Reply, ...], label: str) -> Button:
    """The button whose label holds `label`."""
    found = [one for reply in replies for row in reply.buttons for one in row if label in one.label]
    assert found, f"no button {label!r} in {joined(replies)}"
    return found[0]


async def school(
    database: Database,
    library: Library,
    *,
    counsellors: tuple[str, ...] = ("wang", "li"),
    students: tuple[str, ...] = ("chen",),
    default_desk: str | None = None,
) -> Desk:
    """A school of those counsellors and students."""
    async with database.write() as work:
        made = await work.schools.add("滨江大学", "Asia/Shanghai")
        for role, names in ((Role.COUNSELLOR, counsellors), (Role.STUDENT, students)):
            for name in names:
                person = await work.people.find_or_add(f"telegram:{name}")
                await work.people.add_membership(person.id, role, made.id, None)
    dialogue = dialogue_with(database, library, Means("ask_penalty"), default_desk=default_desk)
    return Desk(database, dialogue, Notices(database, lambda: library, SHANGHAI))


class Clock:
    """Moves the time that the database layer and everything above it go by."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._ahead = timedelta()

    def __call__(self) -> datetime:
        return self._now() + self._ahead

    def passes(self, length: timedelta) -> None:
        self._ahead += length
