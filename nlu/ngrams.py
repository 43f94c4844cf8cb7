"""Turn a message into a vector: its features weighted by how telling they are, each kind as the settings say."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log, sqrt

import numpy as np
from numpy.typing import NDArray

from nlu.analysis import Analysis
from nlu.features import CHARACTER, MEANING, REPLACED, TOPIC, WORD, features_of


@dataclass(frozen=True, slots=True)
class NgramSettings:
    """How many sentences must have a feature, and how much the features of each kind weigh together."""

    fewest_sentences: int = 5
    word_weight: float = 1.0
    character_weight: float = 1.0
    replaced_weight: float = 1.0
    topic_weight: float = 1.0
    meaning_weight: float = 1.0

    def weights(self) -> dict[str, float]:
        """How much the features of each kind weigh together."""
        return {
            WORD: self.word_weight,
            CHARACTER: self.character_weight,
            REPLACED: self.replaced_weight,
            TOPIC: self.topic_weight,
            MEANING: self.meaning_weight,
        }


@dataclass(frozen=True, slots=True, repr=False)
class Vector:
    """The known features of a message: column numbers and weights."""

    columns: NDArray[np.int32]
    weights: NDArray[np.float32]


class Vocabulary:
    """The features that training knows, each with its column and how telling it is."""

    def __init__(self, names: Sequence[str], telling: NDArray[np.float32], settings: NgramSettings) -> None:
        """`telling`: the inverse document frequency of each of `names`."""
        self.names = tuple(names)
        self.telling = telling
        self._weights = settings.weights()
        self._columns = {name: (column, float(telling[column])) for column, name in enumerate(names)}

    @classmethod
    def learn(cls, analyses: Iterable[Analysis], settings: NgramSettings) -> "Vocabulary":
        """The vocabulary of the training sentences."""
        sentences = 0
        found: Counter[str] = Counter()
        for analysis in analyses:
            found.update(set(features_of(analysis)))
            sentences += 1
        names = sorted(name for name, count in found.items() if count >= settings.fewest_sentences)
        telling = [log((1 + sentences) / (1 + found[name])) + 1 for name in names]
        return cls(names, np.asarray(telling, dtype=np.float32), settings)

    def vector(self, analysis: Analysis) -> Vector:
        """The weighted features of one message."""
        kinds: dict[str, dict[int, float]] = {}
        for name, count in Counter(features_of(analysis)).items():
            known = self._columns.get(name)
            if known is not None:
                kinds.setdefault(name[0], {})[known[0]] = (1 + log(count)) * known[1]
        columns: list[int] = []
        weights: list[float] = []
        for kind, weighted in kinds.items():
            scale = self._weights[kind] / sqrt(sum(weight * weight for weight in weighted.values()))
            columns.extend(weighted)
            weights.extend(weight * scale for weight in weighted.values())
        return Vector(np.asarray(columns, dtype=np.int32), np.asarray(weights, dtype=np.float32))
