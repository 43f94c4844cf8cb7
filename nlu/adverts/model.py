"""The advert model: for each sentence, how probable each flag is; trained in seconds, run with numpy alone."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nlu.adverts.data import Advert
from nlu.adverts.features import advert_features
from nlu.adverts.pieces import Sentence, sentences
from nlu.network import Floats, IntentNetwork, NetworkSettings, train_network
from nlu.ngrams import Vector
from nlu.normalise import Normaliser

NONE = "none"
"""The label of a sentence that shows no flag."""

_WEIGHTS = {"": 1.0, "~": 0.3, "*": 0.4}  # the sentence itself, its neighbours, the whole advert
_FEWEST = 2  # sentences that must have a feature

SETTINGS = NetworkSettings(members=4, hidden=48, rounds=14, batch=64, step=0.1, forget_features=0.5, forget_hidden=0.2)


@dataclass(frozen=True, slots=True)
class Judged:
    """A sentence and how probable each flag is in it."""

    sentence: Sentence
    flags: dict[str, float]


class AdvertModel:
    """Judges the sentences of adverts."""

    def __init__(self, columns: dict[str, int], telling: NDArray[np.float32], network: IntentNetwork) -> None:
        self._columns = columns
        self._telling = telling
        self._network = network

    @property
    def flags(self) -> tuple[str, ...]:
        return tuple(name for name in self._network.intents if name != NONE)

    def judge(self, found: Sequence[Sentence]) -> list[Judged]:
        """How probable each flag is in each sentence of an advert."""
        features = advert_features([sentence.plain.text for sentence in found])
        return [Judged(sentence, self._flags(names)) for sentence, names in zip(found, features, strict=True)]

    def judge_piece(self, plain: str) -> dict[str, float]:
        """How probable each flag is in a stretch of plain text that stands alone."""
        return self._flags(next(advert_features([plain])))

    def _flags(self, names: set[str]) -> dict[str, float]:
        probabilities = self._network.probabilities(_vector(names, self._columns, self._telling))
        scored = zip(self._network.intents, probabilities.tolist(), strict=True)
        return {name: score for name, score in scored if name != NONE}

    def to_bytes(self) -> bytes:
        """The model as one file."""
        out = BytesIO()
        layers = {f"layer{number}": layer for number, layer in enumerate(self._network.layers)}
        names = {"names": list(self._columns), "intents": self._network.intents}
        about = np.frombuffer(json.dumps(names, ensure_ascii=False).encode(), dtype=np.uint8)
        np.savez_compressed(out, about=about, telling=self._telling, **layers)
        return out.getvalue()

    @classmethod
    def from_file(cls, path: Path) -> "AdvertModel":
        """The model in `path`. Raises OSError, ValueError or KeyError when it is none."""
        with np.load(path, allow_pickle=False) as data:
            about = json.loads(data["about"].tobytes().decode())
            layers: list[Floats] = [data[f"layer{number}"] for number in range(len(data.files) - 2)]
            network = IntentNetwork(about["intents"], layers, 1.0)
            return cls({name: place for place, name in enumerate(about["names"])}, data["telling"], network)


def train(adverts: Sequence[Advert], normaliser: Normaliser, settings: NetworkSettings = SETTINGS) -> AdvertModel:
    """Learn from adverts whose telling words are marked."""
    rows: list[set[str]] = []
    labels: list[str] = []
    for advert in adverts:
        found = sentences(advert.text, normaliser)
        for sentence, names in zip(found, advert_features([one.plain.text for one in found]), strict=True):
            for label in sorted(labels_of(advert, sentence)) or [NONE]:
                rows.append(names)
                labels.append(label)
    counts = Counter(name for names in rows for name in names)
    kept = sorted(name for name, count in counts.items() if count >= _FEWEST)
    columns = {name: place for place, name in enumerate(kept)}
    telling = np.log((1 + len(rows)) / (1 + np.asarray([counts[name] for name in kept]))) + 1
    telling = (telling * [_WEIGHTS.get(name[0], 1.0) for name in kept]).astype(np.float32)
    vectors = [_vector(names, columns, telling) for names in rows]
    return AdvertModel(columns, telling, train_network(vectors, labels, len(kept), replace(settings)))


def labels_of(advert: Advert, sentence: Sentence) -> set[str]:
    """The flags whose marked words stand in the sentence."""
    return {mark.flag for mark in advert.marks if mark.start < sentence.end and mark.end > sentence.start}


def _vector(names: set[str], columns: dict[str, int], telling: NDArray[np.float32]) -> Vector:
    """The known features of a sentence, together of length one."""
    places = [columns[name] for name in names if name in columns]
    known = np.asarray(sorted(places), dtype=np.int32)
    weights = telling.take(known)
    length = float(np.sqrt((weights * weights).sum())) or 1.0
    return Vector(known, (weights / np.float32(length)).astype(np.float32))
