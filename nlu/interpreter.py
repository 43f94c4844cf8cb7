"""What a message means, as plain data, and the one interface behind which the NLU engine stays.

Importing this module never imports Rasa. Nothing here shows in its `repr` what a student wrote: a parse that ends up
in a log line or a traceback must not carry the message with it.
"""

from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from nlu.language import AnswerLanguage, Language, stronger_language

FALLBACK = "nlu_fallback"
"""The decision for a message that fits no intent well enough; never part of a ranking."""

Value = str | int | float


@dataclass(frozen=True, slots=True)
class Entity:
    """One mention. `start` and `end` are code points in the original text; numbers are numbers."""

    entity: str
    value: Value
    text: str = field(repr=False)
    start: int
    end: int


class Ranked(NamedTuple):
    """One intent and how probable it is."""

    intent: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Parse:
    """What the model makes of one message.

    `intent` is the decision after the thresholds, `FALLBACK` when unsure; `confidence` is the probability of the
    best-ranked intent in either case. `ranking` holds the five best intents, the most probable first, never `FALLBACK`.
    """

    text: str = field(repr=False)
    language: Language
    intent: str
    confidence: float
    ranking: tuple[Ranked, ...]
    entities: tuple[Entity, ...]

    @property
    def answer_language(self) -> AnswerLanguage:
        """The language to answer in: for a mixed message, the one it has more of."""
        return stronger_language(self.text) if self.language == "mixed" else self.language

    def values(self, entity: str) -> tuple[Value, ...]:
        """The normalised values of every mention of `entity`, in the order of the text."""
        return tuple(found.value for found in self.entities if found.entity == entity)


class Away(Exception):
    """The model cannot be asked now; the message says why, for the operator."""


class Interpreter(Protocol):
    """Anything that can tell what a message means. Safe for any text; never raises because of one.

    One that is somewhere else raises Away when it cannot be reached.
    """

    async def parse(self, text: str) -> Parse: ...
