"""What a message talks about, whatever the words and the language.

`lexicon/concepts.yml` holds broad topics, `lexicon/glossary.yml` words that mean the same in Chinese and English. Both
let the intent model learn from one sentence for all that say the same in other words.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from nlu.normalise import Normaliser
from nlu.phrases import BEGINNING, Phrases
from nlu.spelling import load_spellings

LEXICON_DIR = Path(__file__).with_name("lexicon")


class BadConcepts(ValueError):
    """`concepts.yml` or `glossary.yml` does not have the shape that its own comments describe."""


class Mentioned(NamedTuple):
    """A concept and where the words that stand for it begin and end in the plain text."""

    start: int
    end: int
    concept: str


class Concepts:
    """Finds concepts; those of one place may be several."""

    def __init__(self, forms: Mapping[str, list[str]]) -> None:
        """`forms`: plain words and the concepts they stand for; a star at the end makes it the beginning of a word."""
        self.forms = {form: list(names) for form, names in forms.items()}
        self._phrases = Phrases({form: tuple(names) for form, names in forms.items()})

    def mentioned(self, text: str) -> tuple[Mentioned, ...]:
        """Every concept in the plain `text`, in its order; each concept takes its longest form at a place."""
        covered: dict[str, int] = {}
        found = []
        for start, end, names in self._phrases.found(text):
            for name in names:
                if covered.get(name, 0) <= start:
                    covered[name] = end
                    found.append(Mentioned(start, end, name))
        return tuple(found)


@lru_cache(maxsize=2)
def load_topics(path: Path = LEXICON_DIR / "concepts.yml") -> Concepts:
    """The broad topics in `path`. Raises `BadConcepts`."""
    data = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    if not isinstance(data, dict) or not all(isinstance(name, str) for name in data):
        raise BadConcepts(f"{path}: write one block for each concept")
    return _concepts(_topic_forms(path, data))


@lru_cache(maxsize=2)
def load_glossary(path: Path = LEXICON_DIR / "glossary.yml") -> Concepts:
    """The words in `path` that mean the same; the first word of a line names the meaning. Raises `BadConcepts`."""
    lines = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    if not isinstance(lines, list) or not all(isinstance(line, str) and line.count(" | ") == 1 for line in lines):
        raise BadConcepts(f"{path}: write each line as 'Chinese words | English words'")
    return _concepts(pair for line in lines for pair in _meaning_forms(line))


def _topic_forms(path: Path, data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, block in data.items():
        if not isinstance(block, dict) or set(block) != {"zh", "en"}:
            raise BadConcepts(f"{path}: {name} holds a 'zh' and an 'en' list")
        yield from ((name, str(form)) for form in (*block["zh"], *block["en"]))


def _meaning_forms(line: str) -> Iterator[tuple[str, str]]:
    chinese, english = line.split(" | ")
    words = chinese.split()
    yield from ((words[0], word) for word in (*words, *(word.strip() for word in english.split(","))))


def _concepts(pairs: Iterable[tuple[str, str]]) -> Concepts:
    """The concepts of names and their forms, the forms in plain spelling."""
    normaliser = Normaliser(load_spellings())
    forms: dict[str, list[str]] = {}
    for name, form in pairs:
        star = BEGINNING if form.endswith(BEGINNING) else ""
        plain = normaliser.normalise(form.removesuffix(BEGINNING)).text.strip()
        names = forms.setdefault(plain + star, []) if plain else [name]
        if name not in names:
            names.append(name)
    return Concepts(forms)
