"""The advert model: how probable each flag is in each sentence, and how risky the whole is; numpy alone when it runs.

Four small networks over the same features: one names the flag of a sentence, one tells risky adverts from honest ones
as a whole, one tells whether anybody who hires is named, one whether a message is an advert at all.
"""

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from itertools import repeat
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nlu.adverts.data import Advert
from nlu.adverts.employers import employer_signs
from nlu.adverts.features import ANYWHERE, NEAR, Hints, InAdvert, Reader
from nlu.adverts.pieces import Sentence, sentences
from nlu.network import Floats, Integers, IntentNetwork, NetworkSettings, train_network
from nlu.ngrams import Vector
from nlu.normalise import Normaliser

NONE = "none"
"""The label of a sentence that shows no flag."""

SOFT = frozenset({"too_good_pay", "contact_off_platform", "no_employer_named"})
"""Signals that alone make no advert risky."""

_YES, _NO = "yes", "no"
_MARKS = NEAR + ANYWHERE
_NOWHERE = -1
_NONE = np.zeros(0, dtype=np.int32)
# The neighbours and the whole advert beside the sentence itself; and what stands where an employer's name would stand,
# which are few among thousands of letters and words.
_WEIGHTS = {NEAR: 0.3, ANYWHERE: 0.4, "e": 6.0}
_FEWEST = 2  # sentences that must have a feature
_FEWEST_WORD = 2
_HAN = re.compile(r"[\u3400-\u9fff]+")

OF_SENTENCES = NetworkSettings(
    members=4, hidden=48, rounds=14, batch=64, step=0.1, forget_features=0.5, forget_hidden=0.2
)
OF_ADVERTS = NetworkSettings(
    members=3, hidden=24, rounds=15, batch=32, step=0.1, forget_features=0.6, forget_hidden=0.2
)
# How much the worst sentence counts beside the advert as a whole, and what each doubling of its length costs: of many
# sentences one looks bad by chance. Chosen by cross-validation (docs/adverts.md).
_SENTENCE_SHARE = 0.7
_LENGTH_COSTS = 0.3


@dataclass(frozen=True, slots=True)
class Judged:
    """A sentence and how probable each flag is in it."""

    sentence: Sentence
    flags: dict[str, float]


@dataclass(frozen=True, slots=True)
class Judgement:
    """An advert: its sentences, how risky it is (0 to 1), and how probable it is that nobody who hires is named."""

    sentences: tuple[Judged, ...]
    risk: float
    nobody_named: float


class _Vocabulary:
    """The features that are known, their columns, and how telling each is.

    A feature has up to three columns: for the sentence it stands in, for those beside it, and for the whole advert.
    They are one row of a table, so that each feature of an advert is looked up once.
    """

    def __init__(self, names: Sequence[str], telling: NDArray[np.float32]) -> None:
        self.names = tuple(names)
        self.telling = telling
        bare = dict.fromkeys(name.lstrip(_MARKS) for name in names)
        self._rows = {name: row for row, name in enumerate(bare, start=1)}
        self._table = np.full((len(bare) + 1, 3), _NOWHERE, dtype=np.int32)  # the first row: not known
        for column, name in enumerate(names):
            self._table[self._rows[name.lstrip(_MARKS)], _MARKS.find(name[0]) + 1] = column

    def __len__(self) -> int:
        return len(self.names)

    def vector(self, names: Iterable[str]) -> Vector:
        """The known features, marked or not, together of length one."""
        columns = self._columns
        return self._weighted(np.asarray([columns[name] for name in names if name in columns], dtype=np.int32))

    @cached_property
    def _columns(self) -> dict[str, int]:
        """Needed for training only."""
        return {name: column for column, name in enumerate(self.names)}

    def rows(self, names: Iterable[str]) -> Integers:
        """Rows of the features, which may be unknown."""
        return np.fromiter(map(self._rows.get, names, repeat(0)), dtype=np.int32)

    def whole(self, *rows: Integers) -> Vector:
        """The vector of everything in these rows."""
        return self._weighted(self._table[_together(rows), 0])

    def around(self, rows: Sequence[Integers]) -> list[Vector]:
        """For each sentence of an advert the vector of everything around it. `rows`: of each sentence."""
        anywhere = self._table[_together(rows), 2]
        return [
            self._weighted(np.concatenate([self._table[own, 0], self._table[_together((before, after)), 1], anywhere]))
            for before, own, after in zip([_NONE, *rows], rows, [*rows[1:], _NONE], strict=False)
        ]

    def _weighted(self, columns: Integers) -> Vector:
        known = columns[columns != _NOWHERE]
        known.sort()
        weights = self.telling.take(known)
        length = float(np.sqrt(weights @ weights)) or 1.0
        return Vector(known, weights / np.float32(length))


def _together(rows: Sequence[Integers]) -> Integers:
    return np.unique(np.concatenate(rows)) if rows else _NONE


class AdvertModel:
    """Judges adverts."""

    def __init__(self, reader: Reader, vocabulary: _Vocabulary, networks: Sequence[IntentNetwork]) -> None:
        self._reader = reader
        self._vocabulary = vocabulary
        self._flags, self._risk, self._named, self._advert = self._networks = tuple(networks)

    @property
    def flags(self) -> tuple[str, ...]:
        return tuple(name for name in self._flags.intents if name != NONE)

    def judge(self, text: str, found: Sequence[Sentence], hints: Sequence[Sequence[str]]) -> Judgement:
        """What each sentence of `text` shows, and what it is as a whole. `hints`: what phrases find in each."""
        read = self._reader.advert([sentence.plain.text for sentence in found], hints)
        rows = [self._vocabulary.rows(own) for own in read.own]
        flags = map(self._of_sentence, self._vocabulary.around(rows))
        judged = tuple(Judged(*one) for one in zip(found, flags, strict=True))
        vector = self._vocabulary.whole(*rows)
        shown = max((sum(p for flag, p in one.flags.items() if flag not in SOFT) for one in judged), default=0.0)
        risk = _SENTENCE_SHARE * _logit(shown) + (1 - _SENTENCE_SHARE) * _logit(_probability(self._risk, vector))
        risk -= _LENGTH_COSTS * math.log(len(found) + 1)
        named = _probability(self._named, self._vocabulary.whole(*rows, self._vocabulary.rows(employer_signs(text))))
        return Judgement(judged, 1 / (1 + math.exp(-risk)), 1 - named)

    def is_advert(self, found: Sequence[Sentence], hints: Sequence[Sequence[str]]) -> float:
        """How probable it is that a message is an advert, and not a question or a story of somebody's own."""
        read = self._reader.advert([sentence.plain.text for sentence in found], hints)
        return _probability(self._advert, self._vocabulary.whole(*map(self._vocabulary.rows, read.own)))

    def judge_piece(self, plain: str, hints: Sequence[str]) -> dict[str, float]:
        """How probable each flag is in a stretch of plain text that stands alone."""
        return self._of_sentence(self._vocabulary.whole(self._vocabulary.rows(self._reader.sentence(plain, hints))))

    def _of_sentence(self, vector: Vector) -> dict[str, float]:
        probabilities = self._flags.probabilities(vector)
        scored = zip(self._flags.intents, probabilities.tolist(), strict=True)
        return {name: score for name, score in scored if name != NONE}

    def to_bytes(self) -> bytes:
        """The model as one file."""
        out = BytesIO()
        layers = {
            f"layer{network}_{number}": layer
            for network, one in enumerate(self._networks)
            for number, layer in enumerate(one.layers)
        }
        names = {
            "names": self._vocabulary.names,
            "words": self._reader.words,
            "intents": [one.intents for one in self._networks],
        }
        about = np.frombuffer(json.dumps(names, ensure_ascii=False).encode(), dtype=np.uint8)
        np.savez_compressed(out, about=about, telling=self._vocabulary.telling, **layers)
        return out.getvalue()

    @classmethod
    def from_file(cls, path: Path) -> "AdvertModel":
        """The model in `path`. Raises OSError, ValueError or KeyError when it is none."""
        with np.load(path, allow_pickle=False) as data:
            about = json.loads(data["about"].tobytes().decode())
            vocabulary = _Vocabulary(about["names"], data["telling"])
            networks = []
            for network, intents in enumerate(about["intents"]):
                keys = sorted(key for key in data.files if key.startswith(f"layer{network}_"))
                layers: list[Floats] = [data[key] for key in keys]
                networks.append(IntentNetwork(intents, layers, 1.0))
            return cls(Reader(about["words"]), vocabulary, networks)


def train(
    adverts: Sequence[Advert], normaliser: Normaliser, hints: Hints, questions: Sequence[str] = ()
) -> AdvertModel:
    """Learn from adverts whose telling words are marked, and from `questions` what is none. `hints`: the phrases."""
    read = [(advert, sentences(advert.text, normaliser)) for advert in adverts]
    reader = Reader(_words(sentence.plain.text for _, found in read for sentence in found))
    rows: list[set[str]] = []
    labels: list[str] = []
    wholes: list[set[str]] = []

    def taken_apart(found: Sequence[Sentence]) -> InAdvert:
        texts = [sentence.plain.text for sentence in found]
        return reader.advert(texts, [hints(text) for text in texts])

    for advert, found in read:
        inside = taken_apart(found)
        wholes.append(inside.whole)
        for sentence, names in zip(found, inside.around(), strict=True):
            for label in sorted(labels_of(advert, sentence)) or [NONE]:
                rows.append(names)
                labels.append(label)
    signs = [employer_signs(advert.text) for advert, _ in read]
    vocabulary = _vocabulary([*rows, *signs])
    of_sentences = [vocabulary.vector(names) for names in rows]
    of_adverts = [vocabulary.vector(names) for names in wholes]
    with_signs = [vocabulary.vector(names | one) for names, one in zip(wholes, signs, strict=True)]
    width = len(vocabulary)
    risky = [_YES if advert.flags - SOFT else _NO for advert, _ in read]
    named = [_NO if "no_employer_named" in advert.flags else _YES for advert, _ in read]
    asked = [taken_apart(sentences(text, normaliser)).whole for text in questions]
    networks = [
        train_network(of_sentences, labels, width, OF_SENTENCES),
        train_network(of_adverts, risky, width, OF_ADVERTS),
        train_network(with_signs, named, width, OF_ADVERTS),
        train_network(
            [*of_adverts, *map(vocabulary.vector, asked)],
            [_YES] * len(of_adverts) + [_NO] * len(asked),
            width,
            OF_SENTENCES,
        ),
    ]
    return AdvertModel(reader, vocabulary, networks)


def labels_of(advert: Advert, sentence: Sentence) -> set[str]:
    """The flags whose marked words stand in the sentence."""
    return {mark.flag for mark in advert.marks if mark.start < sentence.end and mark.end > sentence.start}


def _words(plain: Iterable[str]) -> dict[str, int]:
    """The Chinese words of the adverts, as jieba cuts them. Needed for training only."""
    import jieba

    jieba.setLogLevel(60)
    counts = Counter(word for text in plain for run in _HAN.findall(text) for word in jieba.cut(run, HMM=False))
    return {word: count for word, count in sorted(counts.items()) if count >= _FEWEST_WORD or len(word) == 1}


def _vocabulary(rows: Sequence[set[str]]) -> _Vocabulary:
    counts = Counter(name for names in rows for name in names)
    kept = sorted(name for name, count in counts.items() if count >= _FEWEST)
    telling = np.log((1 + len(rows)) / (1 + np.asarray([counts[name] for name in kept]))) + 1
    weighted = telling * np.asarray([_WEIGHTS.get(name[0], 1.0) for name in kept])
    return _Vocabulary(kept, weighted.astype(np.float32))


def _probability(network: IntentNetwork, vector: Vector) -> float:
    return float(network.probabilities(vector)[network.intents.index(_YES)]) if _YES in network.intents else 0.0


def _logit(probability: float) -> float:
    bounded = min(max(probability, 1e-6), 1 - 1e-6)
    return math.log(bounded / (1 - bounded))
