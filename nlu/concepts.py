"""What a message talks about, whatever the words and the language: read from `lexicon/concepts.yml`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from nlu.normalise import Normaliser
from nlu.spelling import is_whole, load_spellings

CONCEPT_FILE = Path(__file__).with_name("lexicon") / "concepts.yml"
_BEGINNING = "*"


class BadConcepts(ValueError):
    """`concepts.yml` does not have the shape that its own comments describe."""


@dataclass(frozen=True, slots=True)
class Mentioned:
    """A concept and where the words that stand for it begin and end in the plain text."""

    start: int
    end: int
    concept: str


class Concepts:
    """Finds concepts; those of one place may be several."""

    def __init__(self, forms: Mapping[str, list[str]]) -> None:
        """`forms`: plain words and the concepts they stand for; a form that ends in a star is the beginning of a word."""
        self.forms = {form: list(names) for form, names in forms.items()}
        lengths: dict[str, set[int]] = {}
        for form in self.forms:
            lengths.setdefault(form[0], set()).add(len(form.rstrip(_BEGINNING)))
        self._lengths = {first: tuple(sorted(found, reverse=True)) for first, found in lengths.items()}

    def mentioned(self, text: str) -> tuple[Mentioned, ...]:
        """Every concept in the plain `text`, in its order; each concept takes its longest form at a place."""
        covered: dict[str, int] = {}
        found = []
        for start, first in enumerate(text):
            for length in self._lengths.get(first, ()):
                for name in self._standing_at(text, start, start + length):
                    if covered.get(name, 0) <= start:
                        covered[name] = start + length
                        found.append(Mentioned(start, start + length, name))
        return tuple(found)

    def _standing_at(self, text: str, start: int, end: int) -> Iterator[str]:
        form = text[start:end]
        names = self.forms.get(form)
        if names and is_whole(text, start, end):
            yield from names
        names = self.forms.get(form + _BEGINNING)
        if names and _begins_word(text, start):
            yield from names


def _begins_word(text: str, start: int) -> bool:
    return not start or not (text[start - 1].isascii() and text[start - 1].isalnum())


@lru_cache(maxsize=2)
def load_concepts(path: Path = CONCEPT_FILE) -> Concepts:
    """The concepts in `path`. Raises `BadConcepts` when the file is not as it should be."""
    data = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)  # noqa: S506 - a safe loader
    if not isinstance(data, dict) or not all(isinstance(name, str) for name in data):
        raise BadConcepts(f"{path}: write one block for each concept")
    normaliser = Normaliser(load_spellings())
    forms: dict[str, list[str]] = {}
    for name, block in data.items():
        for form in _forms(path, name, block):
            star = _BEGINNING if form.endswith(_BEGINNING) else ""
            plain = normaliser.normalise(form.removesuffix(_BEGINNING)).text.strip() + star
            if plain != star and name not in forms.setdefault(plain, []):
                forms[plain].append(name)
    return Concepts(forms)


def _forms(path: Path, name: str, block: Any) -> Iterator[str]:
    if not isinstance(block, dict) or set(block) != {"zh", "en"}:
        raise BadConcepts(f"{path}: {name} holds a 'zh' and an 'en' list")
    for form in (*block["zh"], *block["en"]):
        yield str(form)
