"""Turn a message into a vector: its features weighted by how telling they are, each kind as the settings say."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from itertools import count
from operator import itemgetter
from typing import Any

import ahocorasick
import numpy as np
from numpy.typing import NDArray

from nlu.analysis import Analysis
from nlu.features import Features, Key, character_ngrams, features_of

_second = itemgetter(1)


@dataclass(frozen=True, slots=True)
class NgramSettings:
    """How many sentences must have a feature, and how much the features of each kind weigh together."""

    fewest_sentences: int = 5
    word_weight: float = 1.0
    character_weight: float = 1.0
    replaced_weight: float = 1.0
    topic_weight: float = 1.0
    meaning_weight: float = 1.0


@dataclass(frozen=True, slots=True, repr=False)
class Vector:
    """The known features of a message: column numbers and weights."""

    columns: NDArray[np.int32]
    weights: NDArray[np.float32]


class Vocabulary:
    """The features that training knows, each with its column and how telling it is."""

    def __init__(self, names: Sequence[Sequence[Key]], telling: NDArray[np.float32], settings: NgramSettings) -> None:
        """`names`: for each kind of feature its names; `telling`: the inverse document frequency of each, in order."""
        self.names = tuple(tuple(map(_hashable, kind)) for kind in names)
        self.telling = telling
        _, *weights = astuple(settings)
        self._kind_weights = np.asarray(weights, dtype=np.float32)
        self._kinds = np.repeat(np.arange(len(self.names)), [len(kind) for kind in self.names])
        column = iter(range(len(telling)))
        self._columns = [dict(zip(kind, column, strict=False)) for kind in self.names]
        self._characters: Any = ahocorasick.Automaton()
        for ngram, place in self._columns[Features._fields.index("characters")].items():
            self._characters.add_word(ngram, place)
        self._characters.make_automaton()

    @property
    def width(self) -> int:
        """How many features there are."""
        return len(self.telling)

    @classmethod
    def learn(cls, analyses: Iterable[Analysis], settings: NgramSettings) -> tuple["Vocabulary", list[Vector]]:
        """The vocabulary of the training sentences, and the vector of each: both from one look at them."""
        number = count().__next__
        numbers: list[defaultdict[Key, int]] = [defaultdict(number) for _ in Features._fields]
        sentences = []
        for analysis in analyses:
            known = set[int]()
            for numbered, keys in zip(numbers, _cut(features_of(analysis)), strict=True):
                known.update(map(numbered.__getitem__, keys))
            sentences.append(np.fromiter(known, dtype=np.int32, count=len(known)))
        counts = np.bincount(np.concatenate([np.empty(0, np.int32), *sentences]), minlength=number())
        often = counts >= settings.fewest_sentences
        names = [sorted((key for key, place in kind.items() if often[place]), key=repr) for kind in numbers]
        places = np.fromiter(
            (kind[key] for kind, listed in zip(numbers, names, strict=True) for key in listed), dtype=np.int32
        )
        telling = np.log((1 + len(sentences)) / (1 + counts[places])) + 1
        vocabulary = cls(names, telling.astype(np.float32), settings)
        columns = np.full(len(counts), -1, dtype=np.int32)
        columns[places] = np.arange(len(places), dtype=np.int32)
        return vocabulary, [vocabulary._weighted(columns[known[often[known]]]) for known in sentences]

    def vector(self, analysis: Analysis) -> Vector:
        """The weighted features of one message."""
        words, text, replaced, topics, meanings = features_of(analysis)
        of_words, _, of_replaced, of_topics, of_meanings = self._columns
        known: set[int | None] = {
            *map(of_words.get, words),
            *map(of_replaced.get, replaced),
            *map(of_topics.get, topics),
            *map(of_meanings.get, meanings),
        }
        if len(self._characters):
            known.update(map(_second, self._characters.iter(text)))
        known.discard(None)
        return self._weighted(np.fromiter(known, dtype=np.int32, count=len(known)))

    def _weighted(self, columns: NDArray[np.int32]) -> Vector:
        """The features in `columns`, each as telling as it is, those of each kind as long together as settings say."""
        weights = self.telling.take(columns)
        kinds = self._kinds.take(columns)
        lengths = np.bincount(kinds, weights * weights, len(self.names))
        scale = self._kind_weights / np.sqrt(np.maximum(lengths, 1e-9))
        return Vector(columns, weights * scale.astype(np.float32).take(kinds))


def _cut(features: Features) -> tuple[Iterable[Key], ...]:
    """The names of the features of each kind."""
    return features._replace(characters=character_ngrams(features.characters))  # type: ignore[arg-type]


def _hashable(name: Key) -> Key:
    """A name as JSON gives it back, made one that a dictionary takes."""
    return tuple(name) if isinstance(name, list) else name
