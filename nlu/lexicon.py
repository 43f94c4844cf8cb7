"""Which words mean which entity value, read from `lexicon/*.yml`, and where they stand in a plain text."""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from nlu.normalise import Normaliser
from nlu.phrases import Phrases
from nlu.spelling import load_spellings

LEXICON_DIR = Path(__file__).with_name("lexicon")
LOOKALIKE = "lookalike"

_CHOICES = ("item", "deal", "job", "relation", "role")


class BadLexicon(ValueError):
    """A lexicon file does not have the shape that the comments in `item.yml` describe."""


class Meaning(NamedTuple):
    """What one form may mean; `sure` when it means that wherever it stands."""

    entity: str
    value: str
    sure: bool


class Match(NamedTuple):
    """A form found in a plain text."""

    start: int
    end: int
    meaning: Meaning


class Lexicon:
    """Finds listed forms, the longest at each place, and none inside a lookalike."""

    def __init__(self, forms: Mapping[str, Iterable[Meaning]]) -> None:
        """`forms`: each form in plain spelling, and what it may mean."""
        self.forms = {form: tuple(meanings) for form, meanings in forms.items()}
        # What a lookalike hides must not be found before it.
        self._phrases = Phrases({form: tuple(sorted(found, key=_is_mention)) for form, found in self.forms.items()})

    def matches(self, text: str) -> tuple[Match, ...]:
        """Every mention in the plain `text`, in its order; mentions of different entities may overlap."""
        covered: dict[str, int] = {}
        blocked = 0
        found = []
        for start, end, meanings in self._phrases.found(text):
            for meaning in meanings:
                entity = meaning.entity
                if entity == LOOKALIKE:
                    blocked = max(blocked, end)
                elif end > blocked and start >= covered.get(entity, 0):
                    covered[entity] = end
                    found.append(Match(start, end, meaning))
        return tuple(found)

    def as_json(self) -> list[list[Any]]:
        """Every form with its meanings, as a model stores them."""
        return [
            [form, [[meaning.entity, meaning.value, meaning.sure] for meaning in meanings]]
            for form, meanings in self.forms.items()
        ]

    @classmethod
    def from_json(cls, stored: Iterable[Any]) -> "Lexicon":
        """The lexicon that `as_json` gave."""
        return cls({form: [Meaning(*meaning) for meaning in meanings] for form, meanings in stored})


def _is_mention(meaning: Meaning) -> bool:
    return meaning.entity != LOOKALIKE


def load_terms(directory: Path = LEXICON_DIR) -> tuple[str, ...]:
    """The domain's words that are no entity, for the tokeniser's dictionary."""
    data = yaml.load((directory / "terms.yml").read_text(encoding="utf-8"), yaml.CSafeLoader)
    return tuple(data["zh"])


@lru_cache(maxsize=2)
def load_lexicon(directory: Path = LEXICON_DIR) -> Lexicon:
    """The lexicon in `directory`. Raises `BadLexicon` naming the file that is not as it should be."""
    normaliser = Normaliser(load_spellings())
    forms: dict[str, list[Meaning]] = {}
    for form, meaning in _listed(directory):
        plain = normaliser.normalise(form).text.strip()
        known = forms.setdefault(plain, [])
        if plain and all((meaning.entity, meaning.value) != (other.entity, other.value) for other in known):
            known.append(meaning)
    forms.pop("", None)
    return Lexicon(forms)


def _listed(directory: Path) -> Iterator[tuple[str, Meaning]]:
    for entity in _CHOICES:
        path = directory / f"{entity}.yml"
        data = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
        if not isinstance(data, dict):
            raise BadLexicon(f"{path}: write one block for each value")
        # Every sure form comes before the weak ones, so that it wins where a form is listed under two values.
        for sure in (True, False):
            for value, block in data.items():
                if not isinstance(block, dict) or not set(block) <= {"sure", "weak"}:
                    raise BadLexicon(f"{path}: {value} holds 'sure' and 'weak' lists")
                listed = block.get("sure" if sure else "weak") or {}
                yield from ((form, Meaning(entity, value, sure)) for form in _forms(listed))
    lookalikes = yaml.load((directory / "lookalikes.yml").read_text(encoding="utf-8"), yaml.CSafeLoader)
    yield from ((form, Meaning(LOOKALIKE, "", True)) for form in _forms(lookalikes))


def _forms(languages: Mapping[str, Iterable[object]]) -> Iterator[str]:
    yield from (str(form) for form in languages.get("zh") or ())
    for form in languages.get("en") or ():
        for number in _singular_and_plural(str(form)):
            words = number.replace("-", " ").split()
            yield from (between.join(words) for between in (" ", "-", ""))


def _singular_and_plural(form: str) -> tuple[str, ...]:
    if form.endswith("s") or not form[-1].isalpha():
        return (form,)
    if form.endswith("y") and form[-2] not in "aeiou":
        return (form, form[:-1] + "ies")
    return (form, form + ("es" if form.endswith(("x", "ch", "sh")) else "s"))
