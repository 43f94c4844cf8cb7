"""Questions to evaluate with, read from a file of JSON lines: what was said, and what should be understood."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


class BadQuestions(ValueError):
    """A file of questions cannot be used. The message names file and line."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question and what should be understood. `accepted` holds the label and those that are accepted too."""

    text: str = field(repr=False)
    intent: str
    accepted: frozenset[str]
    entities: frozenset[tuple[str, Any]] | None
    optional: frozenset[tuple[str, Any]] = frozenset()


def read_questions(path: Path) -> list[Question]:
    """The questions in a file of JSON lines. Raises `BadQuestions` with the line of the first mistake."""
    try:
        # Not `splitlines`: a sentence may hold U+2028, which is no line end in JSON.
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise BadQuestions(f"{path}: cannot be read: {error}") from None
    questions = [_question(path, number, line) for number, line in enumerate(lines, 1) if line.strip()]
    if not questions:
        raise BadQuestions(f"{path}:1: holds no question")
    return questions


def _question(path: Path, number: int, line: str) -> Question:
    try:
        data = json.loads(line)
        also_ok, entities = data.get("also_ok") or [], data.get("entities")
        return Question(
            text=_text(data["text"]),
            intent=_text(data["intent"]),
            accepted=frozenset({data["intent"], *also_ok}),
            entities=None if entities is None else _values(entities),
            optional=_values(data.get("optional") or []),
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise BadQuestions(f'{path}:{number}: needs "text" and "intent" ({type(error).__name__}: {error})') from None


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("not a string")
    return value


def _values(entities: Iterable[dict[str, Any]]) -> frozenset[tuple[str, Any]]:
    return frozenset((str(entity["entity"]), entity["value"]) for entity in entities)
