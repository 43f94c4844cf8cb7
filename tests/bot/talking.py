"""A dialogue to talk to without a model: what every message means is set by the test."""

from dataclasses import dataclass
from random import Random

from bot.dialogue.dialogue import Dialogue
from bot.people.commands import PeopleCommands
from bot.people.invites import PeopleService
from content.library import Library
from db.engine import Database
from nlu.interpreter import Parse, Ranked


@dataclass
class Means:
    """Understands every message as `intent`."""

    intent: str = "nlu_fallback"

    async def parse(self, text: str) -> Parse:
        ranking = tuple(Ranked(name, 0.3) for name in ("ask_penalty", "ask_provide_item", "check_job"))
        return Parse(text, "zh", self.intent, 0.9, ranking, ())


def dialogue_with(database: Database, library: Library, means: Means, chance: Random | None = None) -> Dialogue:
    """The whole dialogue on `database`, staff commands and all."""
    people = PeopleService(database, "Asia/Shanghai")
    staff = PeopleCommands(people, lambda: library, lambda payload: f"/start {payload}", "Asia/Shanghai")
    return Dialogue(database, lambda: library, lambda: means, staff, chance)
