"""Read training sentences from Rasa's own YAML format, quickly, and with the line of each.

`[surface](entity:value)` marks a mention; what is kept is the sentence without the marks and the place of each mention.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from nlu.domain import PROJECT_ROOT
from nlu.interpreter import Value
from nlu.numerals import plain_number

DATA_DIR = PROJECT_ROOT / "nlu" / "data"
LANGUAGES = ("zh", "en")

_MARK = re.compile(r"\[(?P<surface>[^\]]+)\]\((?P<entity>[^:)\s]+)(?::(?P<value>[^)]*))?\)")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


class BadTrainingData(ValueError):
    """A training file is not in Rasa's format. The message names file and line."""


@dataclass(frozen=True, slots=True)
class Mention:
    """What is marked in a sentence: `[start, end)` in code points of the sentence without marks."""

    entity: str
    value: Value
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """One training sentence and where it stands."""

    text: str
    intent: str
    mentions: tuple[Mention, ...]
    language: str
    path: Path
    line: int


def training_files(data_dir: Path = DATA_DIR) -> list[Path]:
    """Every training file, in a fixed order."""
    return sorted(data_dir.glob("*/*.yml"))


def read_training_data(data_dir: Path = DATA_DIR) -> list[Sentence]:
    """Every sentence under `data_dir`. Raises `BadTrainingData` at the first file that cannot be read."""
    return [sentence for path in training_files(data_dir) for sentence in read_file(path)]


def read_file(path: Path) -> list[Sentence]:
    """The sentences of one file. Raises `BadTrainingData`."""
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise BadTrainingData(f"{path}:{line}: not valid YAML here: {error.problem or error.context}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadTrainingData(f"{path}:1: not valid YAML in UTF-8: {error}") from None
    blocks = _entries(root).get("nlu")
    if not isinstance(blocks, yaml.SequenceNode):
        raise BadTrainingData(f"{path}:1: write the blocks of sentences under 'nlu:'")
    return [sentence for block in blocks.value for sentence in _sentences(path, block)]


def _entries(node: Any) -> dict[str, Any]:
    return {key.value: value for key, value in node.value} if isinstance(node, yaml.MappingNode) else {}


def _sentences(path: Path, block: Any) -> Iterator[Sentence]:
    entries = _entries(block)
    intent, examples = entries.get("intent"), entries.get("examples")
    if intent is None or not isinstance(examples, yaml.ScalarNode) or examples.style != "|":
        raise BadTrainingData(f"{path}:{block.start_mark.line + 1}: write 'intent: name' and 'examples: |'")
    for offset, raw in enumerate(examples.value.split("\n"), start=examples.start_mark.line + 2):
        if not raw.strip():
            continue
        if not raw.lstrip().startswith("- "):
            raise BadTrainingData(f"{path}:{offset}: begin the sentence with '- '")
        text, mentions = parse_marks(raw.lstrip()[2:].strip())
        yield Sentence(text, intent.value, mentions, path.parent.name, path, offset)


def parse_marks(marked: str) -> tuple[str, tuple[Mention, ...]]:
    """The sentence without its marks, and what they mark. A number as value becomes a number."""
    text = ""
    mentions = []
    position = 0
    for mark in _MARK.finditer(marked):
        text += marked[position : mark.start()]
        value = mark["value"] if mark["value"] is not None else mark["surface"]
        mentions.append(Mention(mark["entity"], _typed(value), len(text), len(text) + len(mark["surface"])))
        text += mark["surface"]
        position = mark.end()
    return text + marked[position:], tuple(mentions)


def _typed(value: str) -> Value:
    return plain_number(float(value)) if _NUMBER.fullmatch(value) else value
