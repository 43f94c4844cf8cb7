"""A dialogue to talk to without a model: what every message means is set by the test."""

from dataclasses import dataclass
from random import Random
from zoneinfo import ZoneInfo

from bot.dialogue.dialogue import Dialogue
from bot.dialogue.pace import Paces
from bot.handover.commands import DeskCommands
from bot.handover.counsellor_side import CounsellorSide
from bot.handover.student_side import StudentSide
from bot.people.commands import PeopleCommands
from bot.people.invites import PeopleService
from content.library import Library
from db.engine import Database
from nlu.interpreter import Interpreter, Parse, Ranked


@dataclass
class Means:
    """Understands every message as `intent`."""

    intent: str = "nlu_fallback"

    async def parse(self, text: str) -> Parse:
        ranking = tuple(Ranked(name, 0.3) for name in ("ask_penalty", "ask_provide_item", "check_job"))
        return Parse(text, "zh", self.intent, 0.9, ranking, ())


def dialogue_with(
    database: Database,
    library: Library,
    means: Interpreter,
    chance: Random | None = None,
    default_desk: str | None = None,
    paces: Paces | None = None,
) -> Dialogue:
    """The whole dialogue on `database`, staff commands and all."""
    people = PeopleService(database, "Asia/Shanghai")
    staff = PeopleCommands(people, lambda: library, lambda payload: f"/start {payload}", "Asia/Shanghai")
    desk = DeskCommands(
        StudentSide(database, default_desk),
        CounsellorSide(database),
        lambda: library,
        lambda: None,
        ZoneInfo("Asia/Shanghai"),
    )
    return Dialogue(database, lambda: library, lambda: means, staff, desk, chance, paces=paces)
