"""What a handler is given, and what it gives back."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random

from bot.dialogue.progress import Progress
from bot.dialogue.state import State
from bot.replies import Reply
from bot.turns import Turn
from content.library import Library
from content.schema import Language
from nlu.interpreter import Parse


class Consent(StrEnum):
    """A change of whether campaigns are wanted."""

    YES = "yes"
    NO = "no"
    ASKED = "asked"


class Own(StrEnum):
    """Something to be done with what is stored about the person."""

    EXPORT = "export"
    ERASE = "erase"
    PLACES = "places"  # show the schools they have joined


@dataclass(frozen=True)
class Rating:
    """What somebody thinks of an answer."""

    answer: str
    helpful: bool


@dataclass(frozen=True)
class Keep:
    """A question for the admins: keep `text`, or take back the one of that id."""

    text: str = field(default="", repr=False)
    drop: uuid.UUID | None = None


@dataclass(frozen=True)
class Request:
    """One turn with everything known about it."""

    turn: Turn
    state: State
    language: Language
    library: Library
    consent_asked: bool = False
    parse: Parse | None = None
    meant: str = ""  # the intent, once what was said before is taken into account
    why: bool = False  # the reasons for the last answer are asked for
    chance: Random = field(default_factory=Random, repr=False)  # what is left to chance, such as quiz questions


Move = Callable[[Progress], tuple[Progress, tuple[Reply, ...]]]
"""A move in the quiz: from where the person is to where they are then, and what is said."""


@dataclass(frozen=True)
class Outcome:
    """Replies, and what is to be remembered. `language` is a choice the person made: zh, en or auto."""

    replies: tuple[Reply, ...]
    state: State
    consent: Consent | None = None
    language: str | None = None
    counted: str = ""
    own: Own | None = None
    leave: int | None = None  # the number of the membership to end
    rating: Rating | None = None
    chosen: str = ""  # what somebody chose when we were not sure
    keep: Keep | None = None  # a question for the admins
    move: Move | None = None  # made while the person's progress is held; what it says comes after `replies`


Handler = Callable[[Request], Outcome]


def says(request: Request, key: str, **values: object) -> Reply:
    """The interface sentence `key` as a reply."""
    intent = request.parse.intent if request.parse else ""
    return Reply(request.library.text(key, request.language, **values), language=request.language, intent=intent)
