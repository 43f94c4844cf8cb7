"""How far a student is with the quiz: what they got right and wrong, and the round they are in."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True)
class Score:
    """How often a question was answered right and wrong; `missed`: wrong the last time."""

    right: int = 0
    wrong: int = 0
    missed: bool = False


@dataclass(frozen=True)
class Round:
    """A round of questions. The one asked now is the first without a result.

    Its options are shown in `order`, which lists their places in the file; the one shown at place `right` is right.
    """

    questions: tuple[str, ...]
    began: int  # seconds since 1970
    results: tuple[bool, ...] = ()
    order: tuple[int, ...] = ()
    right: int = 0

    @property
    def current(self) -> str | None:
        """The question that waits for an answer; None when the round is over."""
        return self.questions[len(self.results)] if len(self.results) < len(self.questions) else None

    def has_answered(self, question: str) -> bool:
        return question in self.questions[: len(self.results)]


@dataclass(frozen=True)
class Progress:
    """All that is remembered of somebody's quizzes. A round that is over stays until the next one begins."""

    scores: Mapping[str, Score] = field(default_factory=dict)
    round: Round | None = None

    def answered(self, question: str, right: bool) -> "Progress":
        """The progress once the question of the round has been answered. The round must be under way."""
        assert self.round is not None
        before = self.scores.get(question, Score())
        score = Score(before.right + right, before.wrong + (not right), not right)
        now = replace(self.round, results=(*self.round.results, right), order=(), right=0)
        return Progress({**self.scores, question: score}, now)

    def to_json(self) -> str:
        scores = {name: [score.right, score.wrong, score.missed] for name, score in self.scores.items()}
        return json.dumps({"scores": scores, "round": vars(self.round) if self.round else None})


def from_json(text: str | None) -> Progress:
    """The progress written by `to_json`; an empty one when there is none or another version wrote it."""
    if text is None:
        return Progress()
    try:
        data = json.loads(text)
        scores = {
            str(name): Score(int(right), int(wrong), bool(missed))
            for name, (right, wrong, missed) in data["scores"].items()
        }
        return Progress(scores, _round(data["round"]) if data["round"] else None)
    except (ValueError, AttributeError, TypeError, KeyError):
        return Progress()


def _round(data: dict[str, Any]) -> Round:
    return Round(
        questions=tuple(map(str, data["questions"])),
        began=int(data["began"]),
        results=tuple(map(bool, data["results"])),
        order=tuple(map(int, data["order"])),
        right=int(data["right"]),
    )
