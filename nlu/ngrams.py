"""Turn a message into weighted n-grams: of words, of characters, and of words with every mention replaced by its kind.

The third kind lets a sentence about SIM cards learn from one about bank cards, and an English one from a Chinese one.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log, sqrt

import numpy as np
from numpy.typing import NDArray

from nlu.analysis import Analysis

# A message's n-grams of one kind weigh as much as its n-grams of another, however many there are.
_WORD, _CHARACTER, _KIND = "w", "c", "k"


@dataclass(frozen=True, slots=True)
class NgramSettings:
    """How long the n-grams may be, how many sentences must have one, and how much each kind weighs."""

    word_longest: int = 2
    character_longest: int = 4
    kind_longest: int = 3
    fewest_sentences: int = 2
    word_weight: float = 1.0
    character_weight: float = 1.0
    kind_weight: float = 0.7

    def weight(self, kind: str) -> float:
        """How much the n-grams of `kind` weigh together."""
        return {_WORD: self.word_weight, _CHARACTER: self.character_weight, _KIND: self.kind_weight}[kind]


@dataclass(frozen=True, slots=True)
class Vector:
    """The known n-grams of a message: column numbers and weights."""

    columns: NDArray[np.int32]
    weights: NDArray[np.float32]


class Vocabulary:
    """The n-grams that training knows, each with its column and how telling it is."""

    def __init__(self, ngrams: Sequence[str], telling: NDArray[np.float32], settings: NgramSettings) -> None:
        """`telling`: the inverse document frequency of each of `ngrams`."""
        self.ngrams = tuple(ngrams)
        self.telling = telling
        self.settings = settings
        self._columns = {ngram: column for column, ngram in enumerate(ngrams)}
        self._telling = telling.tolist()

    @classmethod
    def learn(cls, analyses: Iterable[Analysis], settings: NgramSettings) -> "Vocabulary":
        """The vocabulary of the training sentences."""
        sentences = 0
        found: Counter[str] = Counter()
        for analysis in analyses:
            found.update(set(ngrams_of(analysis, settings)))
            sentences += 1
        kept = sorted(ngram for ngram, count in found.items() if count >= settings.fewest_sentences)
        telling = [log((1 + sentences) / (1 + found[ngram])) + 1 for ngram in kept]
        return cls(kept, np.asarray(telling, dtype=np.float32), settings)

    def vector(self, analysis: Analysis) -> Vector:
        """The weighted n-grams of one message."""
        kinds: dict[str, dict[int, float]] = {}
        for ngram, count in Counter(ngrams_of(analysis, self.settings)).items():
            column = self._columns.get(ngram)
            if column is not None:
                kinds.setdefault(ngram[0], {})[column] = (1 + log(count)) * self._telling[column]
        columns: list[int] = []
        weights: list[float] = []
        for kind, weighted in kinds.items():
            scale = self.settings.weight(kind) / sqrt(sum(weight * weight for weight in weighted.values()))
            columns.extend(weighted)
            weights.extend(weight * scale for weight in weighted.values())
        return Vector(np.asarray(columns, dtype=np.int32), np.asarray(weights, dtype=np.float32))


def ngrams_of(analysis: Analysis, settings: NgramSettings) -> Iterator[str]:
    """Every n-gram of a message, with repeats; the first letter tells the kind."""
    words = [token.text for token in analysis.tokens]
    yield from _sequences(_WORD, words, settings.word_longest)
    yield from _characters(analysis.plain.text, settings.character_longest)
    if settings.kind_longest:
        yield from _sequences(_KIND, _with_kinds(analysis), settings.kind_longest)


def _sequences(kind: str, words: Sequence[str], longest: int) -> Iterator[str]:
    for length in range(1, longest + 1):
        for start in range(len(words) - length + 1):
            yield f"{kind}{' '.join(words[start : start + length])}"


def _characters(text: str, longest: int) -> Iterator[str]:
    """n-grams of characters that do not cross a space; a word's ends show as spaces."""
    for word in text.split():
        padded = f" {word} "
        for length in range(1, longest + 1):
            for start in range(len(padded) - length + 1):
                ngram = padded[start : start + length]
                if ngram != " ":
                    yield f"{_CHARACTER}{ngram}"


def _with_kinds(analysis: Analysis) -> list[str]:
    """The words of a message, each mention of the lexicon and each number replaced by what it is."""
    kinds = _kind_starts(analysis)
    words: list[str] = []
    covered = 0
    for token in analysis.tokens:
        if token.start < covered:
            continue
        kind = kinds.get(token.start)
        if kind is None:
            words.append(token.text)
        else:
            words.append(kind[0])
            covered = kind[1]
    return words


def _kind_starts(analysis: Analysis) -> Mapping[int, tuple[str, int]]:
    """Where a mention begins: what it is and where it ends. The longest mention wins."""
    kinds: dict[int, tuple[str, int]] = {}
    for numeral in analysis.numerals:
        kinds[numeral.start] = (f"<{numeral.hint or 'number'}>", numeral.end)
    for match in analysis.matches:
        if match.end > kinds.get(match.start, ("", 0))[1]:
            meaning = match.meaning
            name = f"<job {meaning.value}>" if meaning.entity == "job" else f"<{meaning.entity}>"
            kinds[match.start] = (name, match.end)
    return kinds
