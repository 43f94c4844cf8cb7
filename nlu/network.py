"""The intent model: one hidden layer over weighted features, trained and run with numpy alone.

On our sentences it is more accurate than logistic regression over the same features and trains faster; docs/nlu.md has
the figures of what was tried.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from nlu.interpreter import Ranked
from nlu.ngrams import Vector

Floats = NDArray[np.float32]
Integers = NDArray[np.int32]

# Small enough not to slow the first moves, large enough to divide by.
_FIRST_SQUARE = 1e-6
_LARGEST_BYTE = 127


@dataclass(frozen=True, slots=True)
class NetworkSettings:
    """How the network is built and trained.

    `members` networks are trained from different beginnings and answer together. While training, a share of the
    features and of the hidden layer is forgotten, so that no sentence is learned by a single word. `temperature` above
    1 makes the answer less sure of itself.
    """

    members: int = 4
    hidden: int = 64
    rounds: int = 8
    batch: int = 256
    step: float = 0.1
    forget_features: float = 0.65
    forget_hidden: float = 0.1
    temperature: float = 1.0
    seed: int = 20201010


class IntentNetwork:
    """Tells how probable each intent is for a message."""

    def __init__(self, intents: Sequence[str], layers: Sequence[NDArray[Any]], temperature: float) -> None:
        """`layers`: what `in_bytes` gives."""
        self.intents = tuple(intents)
        self.layers = tuple(layers)
        self._temperature = np.float32(temperature)

    def probabilities(self, vector: Vector) -> Floats:
        """How probable each of `intents` is."""
        inward, scales, inward_bias, outward, outward_bias = self.layers
        weights = vector.weights * scales.take(vector.columns, mode="clip")
        rows = inward.take(vector.columns, axis=0, mode="clip").astype(np.float32)
        hidden = np.maximum(weights @ rows + inward_bias, 0)
        return softmax((hidden @ outward + outward_bias) / self._temperature)

    def ranking(self, vector: Vector, longest: int | None = None) -> tuple[Ranked, ...]:
        """The `longest` most probable intents (all without it) with their probabilities, the most probable first."""
        probabilities = self.probabilities(vector)
        order = np.argsort(-probabilities, kind="stable")[:longest]
        return tuple(map(Ranked, map(self.intents.__getitem__, order.tolist()), probabilities[order].tolist()))


def in_bytes(layers: Sequence[Floats]) -> list[NDArray[Any]]:
    """Weights and bias of the hidden layer and of the intents; the first in bytes, with a scale for each feature.

    A quarter of the memory; of 1,633 questions none got another first intent (measured).
    """
    inward, *others = layers
    scales = np.maximum(np.abs(inward).max(axis=1), np.finfo(np.float32).tiny) / np.float32(_LARGEST_BYTE)
    return [np.rint(inward / scales[:, None]).astype(np.int8), scales.astype(np.float32), *others]


def softmax(scores: Floats) -> Floats:
    """Scores (in the last dimension) as probabilities."""
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    result: Floats = raised / raised.sum(axis=-1, keepdims=True)
    return result


def train_network(
    vectors: Sequence[Vector], intents: Sequence[str], width: int, settings: NetworkSettings
) -> IntentNetwork:
    """Learn from the sentences' `vectors` and `intents`; `width` is the size of the vocabulary."""
    names = tuple(sorted(set(intents)))
    places = {name: place for place, name in enumerate(names)}
    targets = np.asarray([places[intent] for intent in intents], dtype=np.int32)
    features = sparse_matrix(vectors, width)

    def member(number: int) -> list[Floats]:
        random = np.random.default_rng([settings.seed, number])
        return _Member(width, len(names), settings, random).trained(features, targets)

    # numpy lets other threads work while it multiplies: two members take little longer than one. Its own threads would
    # only fight with these over the same processors.
    with threadpool_limits(1), ThreadPoolExecutor(max_workers=2) as threads:
        members = list(threads.map(member, range(settings.members)))
    return IntentNetwork(names, in_bytes(_joined(members)), settings.temperature)


def _joined(members: Sequence[Sequence[Floats]]) -> list[Floats]:
    """One network whose scores are the mean of the members' scores: their hidden layers side by side."""
    inward, inward_bias, outward, outward_bias = zip(*members, strict=True)
    return [
        np.concatenate(inward, axis=1),
        np.concatenate(inward_bias),
        np.concatenate(outward) / np.float32(len(members)),
        np.mean(outward_bias, axis=0, dtype=np.float32),
    ]


def sparse_matrix(vectors: Sequence[Vector], width: int) -> Any:
    """The vectors as rows of one sparse matrix."""
    from scipy.sparse import csr_matrix

    ends = np.cumsum([0, *(len(vector.columns) for vector in vectors)])
    columns = np.concatenate([vector.columns for vector in vectors])
    weights = np.concatenate([vector.weights for vector in vectors])
    return csr_matrix((weights, columns, ends), shape=(len(vectors), width), dtype=np.float32)


class _Member:
    """One network in training, by stochastic gradient descent.

    Its step is Adagrad's (Duchi et al., 2011): the more a weight has moved, the more slowly it moves. In the first
    layer all weights of a feature share their pace, and only those of features that a batch has are touched.
    """

    def __init__(self, width: int, intents: int, settings: NetworkSettings, random: np.random.Generator) -> None:
        hidden = settings.hidden
        self._settings = settings
        self._random = random
        self._inward = self._normal((width, hidden), 0.3 * np.sqrt(2 / (np.sqrt(width) + hidden)))
        outward = self._normal((hidden, intents), np.sqrt(2 / (hidden + intents)))
        self._others = [np.zeros(hidden, np.float32), outward, np.zeros(intents, np.float32)]
        self._inward_squares = np.full(width, _FIRST_SQUARE, np.float32)
        self._other_squares = [np.full_like(layer, _FIRST_SQUARE) for layer in self._others]
        self._places = np.zeros(width, dtype=np.int32)

    def _normal(self, shape: tuple[int, int], scale: float) -> Floats:
        return self._random.standard_normal(shape, dtype=np.float32) * np.float32(scale)

    def trained(self, features: Any, targets: Integers) -> list[Floats]:
        """The layers after all rounds over `features` (sentences by columns) and `targets`."""
        for rows, wanted, step in self._batches(features, targets):
            columns, seen = self._forgetting(rows)
            # `take` and whole rows: indexing by an array costs twice as much, and here is most of the time.
            inward = self._inward.take(columns, axis=0)
            gradient = self._learn_others(inward, seen, wanted, step)
            squares = self._inward_squares.take(columns)
            squares += np.einsum("ij,ij->i", gradient, gradient) / np.float32(gradient.shape[1])
            self._inward_squares[columns] = squares
            gradient *= (step / np.sqrt(squares))[:, None]
            inward -= gradient
            self._inward[columns] = inward
        return [self._inward, *self._others]

    def _batches(self, features: Any, targets: Integers) -> Iterator[tuple[Any, Integers, np.float32]]:
        """Some sentences and their intents, in another order in each round, and how far to step: ever less far."""
        sentences, size = len(targets), self._settings.batch
        starts = range(0, sentences, size)
        moves = self._settings.rounds * len(starts)
        for turn in range(self._settings.rounds):
            order = self._random.permutation(sentences)
            shuffled, wanted = features[order], targets[order]
            for number, start in enumerate(starts):
                done = (turn * len(starts) + number) / moves
                step = np.float32(self._settings.step * (1 - done))
                yield _rows(shuffled, start, start + size), wanted[start : start + size], step

    def _forgetting(self, rows: "_Rows") -> tuple[NDArray[np.int_], Any]:
        """`rows` with a share of their features left out: the columns that are left, and the rows with only those."""
        from scipy.sparse import csr_matrix

        share = self._settings.forget_features
        kept = self._random.random(len(rows.weights), dtype=np.float32) >= share
        indices, weights = rows.columns[kept], rows.weights[kept] / np.float32(1 - share)
        ends = np.concatenate(([0], np.cumsum(kept)))[rows.ends]
        present = np.zeros(len(self._places), dtype=bool)
        present[indices] = True
        columns = np.flatnonzero(present)
        self._places[columns] = np.arange(len(columns), dtype=np.int32)
        return columns, csr_matrix((weights, self._places.take(indices), ends), shape=(len(ends) - 1, len(columns)))

    def _learn_others(self, inward: Floats, seen: Any, wanted: Integers, step: np.float32) -> Floats:
        """Move all layers but the first; give back the gradient that one's rows `inward` must follow."""
        bias, outward, outward_bias = self._others
        share = self._settings.forget_hidden
        raw = seen @ inward + bias
        alive = ((self._random.random(raw.shape, dtype=np.float32) >= share) & (raw > 0)).astype(np.float32)
        alive /= np.float32(1 - share)
        hidden = raw * alive
        error = softmax(hidden @ outward + outward_bias)
        error[np.arange(len(wanted)), wanted] -= 1
        error /= np.float32(len(wanted))
        back = (error @ outward.T) * alive
        gradients = (back.sum(axis=0), hidden.T @ error, error.sum(axis=0))
        for layer, squares, gradient in zip(self._others, self._other_squares, gradients, strict=True):
            squares += gradient * gradient
            layer -= step * gradient / np.sqrt(squares)
        return np.asarray(seen.T @ back)


@dataclass(frozen=True, slots=True)
class _Rows:
    """Some rows of a sparse matrix: those of row `i` stand from `ends[i]` to `ends[i + 1]`."""

    columns: Integers
    weights: Floats
    ends: NDArray[Any]


def _rows(matrix: Any, start: int, end: int) -> _Rows:
    ends = matrix.indptr[start : end + 1]
    return _Rows(matrix.indices[ends[0] : ends[-1]], matrix.data[ends[0] : ends[-1]], ends - ends[0])
