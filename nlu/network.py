"""The intent model: one hidden layer over weighted features, trained and run with numpy alone.

On our sentences it is as accurate as scikit-learn's logistic regression or better, believes its own mistakes less, and
trains in half the time; docs/nlu.md has the figures.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlu.interpreter import Ranked
from nlu.ngrams import Vector

Floats = NDArray[np.float32]

# Small enough not to slow the first moves, large enough to divide by.
_FIRST_SQUARE = 1e-6


@dataclass(frozen=True, slots=True)
class NetworkSettings:
    """How the network is built and trained.

    `members` networks are trained from different beginnings and answer together. `temperature` above 1 makes the answer
    less sure of itself.
    """

    members: int = 3
    hidden: int = 128
    rounds: int = 7
    batch: int = 256
    step: float = 0.12
    forget_features: float = 0.5
    forget_hidden: float = 0.3
    temperature: float = 1.0
    seed: int = 20201010


class IntentNetwork:
    """Tells how probable each intent is for a message."""

    def __init__(self, intents: Sequence[str], layers: Sequence[Floats], temperature: float) -> None:
        """`layers`: weights and bias of the hidden layer, then of the intents."""
        self.intents = tuple(intents)
        self.layers = tuple(np.ascontiguousarray(layer, dtype=np.float32) for layer in layers)
        self._temperature = temperature

    def probabilities(self, vector: Vector) -> Floats:
        """How probable each of `intents` is."""
        inward, inward_bias, outward, outward_bias = self.layers
        hidden = np.maximum(vector.weights @ inward[vector.columns] + inward_bias, 0)
        return softmax((hidden @ outward + outward_bias) / np.float32(self._temperature))

    def ranking(self, vector: Vector) -> tuple[Ranked, ...]:
        """Every intent with its probability, the most probable first."""
        probabilities = self.probabilities(vector)
        order = np.argsort(-probabilities, kind="stable")
        return tuple(Ranked(self.intents[place], float(probabilities[place])) for place in order)


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
    targets = np.asarray([places[intent] for intent in intents])
    features = sparse_matrix(vectors, width)

    def member(number: int) -> list[Floats]:
        random = np.random.default_rng([settings.seed, number])
        return _train_member(features, targets, len(names), settings, random)

    # numpy lets other threads work while it multiplies: two members take little longer than one.
    with ThreadPoolExecutor(max_workers=2) as threads:
        members = list(threads.map(member, range(settings.members)))
    return IntentNetwork(names, _joined(members), settings.temperature)


def _train_member(
    features: Any, targets: NDArray[np.int_], intents: int, settings: NetworkSettings, random: np.random.Generator
) -> list[Floats]:
    layers = _first_layers(features.shape[1], settings.hidden, intents, random)
    optimiser = _Adagrad(layers)
    batches = list(_batches(len(targets), settings, random))
    for number, chosen in enumerate(batches):
        seen = _forgetting(features[chosen], settings.forget_features, random)
        gradients = _gradients(layers, seen, targets[chosen], settings.forget_hidden, random)
        optimiser.move(gradients, settings.step * (1 - number / len(batches)))
    return layers


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


def _first_layers(width: int, hidden: int, intents: int, random: np.random.Generator) -> list[Floats]:
    inward_scale, outward_scale = 0.3 * np.sqrt(2 / (np.sqrt(width) + hidden)), np.sqrt(2 / (hidden + intents))
    inward = random.standard_normal((width, hidden), dtype=np.float32) * np.float32(inward_scale)
    outward = random.standard_normal((hidden, intents), dtype=np.float32) * np.float32(outward_scale)
    return [inward, np.zeros(hidden, np.float32), outward, np.zeros(intents, np.float32)]


def _batches(sentences: int, settings: NetworkSettings, random: np.random.Generator) -> Iterator[NDArray[np.int_]]:
    for _ in range(settings.rounds):
        order = random.permutation(sentences)
        for start in range(0, sentences, settings.batch):
            yield order[start : start + settings.batch]


def _forgetting(features: Any, share: float, random: np.random.Generator) -> Any:
    """`features` with a random `share` of them left out, so that no sentence is learned by a single word."""
    kept = random.random(len(features.data), dtype=np.float32) >= share
    features.data = features.data * kept / np.float32(1 - share)
    features.eliminate_zeros()
    return features


@dataclass(frozen=True, slots=True)
class _Gradients:
    """In which direction each layer must move: for the hidden layer only the features that a batch has."""

    columns: NDArray[np.int_]
    inward: Floats
    others: tuple[Floats, Floats, Floats]


def _gradients(
    layers: Sequence[Floats], features: Any, targets: NDArray[np.int_], forget: float, random: np.random.Generator
) -> _Gradients:
    """What would fit these sentences better, with a share `forget` of the hidden layer left out."""
    inward, inward_bias, outward, outward_bias = layers
    columns, known = _only_present(features)
    raw = known @ inward[columns] + inward_bias
    alive = (random.random(raw.shape, dtype=np.float32) >= forget) * (raw > 0) / np.float32(1 - forget)
    hidden = raw * alive
    error = softmax(hidden @ outward + outward_bias)
    error[np.arange(len(targets)), targets] -= 1
    error /= np.float32(len(targets))
    back = ((error @ outward.T) * alive).astype(np.float32)
    return _Gradients(columns, np.asarray(known.T @ back), (back.sum(axis=0), hidden.T @ error, error.sum(axis=0)))


def _only_present(features: Any) -> tuple[NDArray[np.int_], Any]:
    """The columns that `features` has anything in, and `features` with only those."""
    from scipy.sparse import csr_matrix

    columns, places = np.unique(features.indices, return_inverse=True)
    return columns, csr_matrix((features.data, places, features.indptr), shape=(features.shape[0], len(columns)))


class _Adagrad:
    """Moves layers against their gradients, each weight more slowly the more it has moved (Duchi et al., 2011).

    A feature that a batch does not have keeps its weights and its pace, so only the others are touched.
    """

    def __init__(self, layers: Sequence[Floats]) -> None:
        self._layers = layers
        self._squares = [np.full_like(layer, _FIRST_SQUARE) for layer in layers]

    def move(self, gradients: _Gradients, step: float) -> None:
        self._move_rows(gradients.columns, gradients.inward, np.float32(step))
        others = zip(self._layers[1:], self._squares[1:], gradients.others, strict=True)
        for layer, square, gradient in others:
            square += gradient * gradient
            layer -= np.float32(step) * gradient / np.sqrt(square)

    def _move_rows(self, rows: NDArray[np.int_], gradient: Floats, step: np.float32) -> None:
        square = self._squares[0][rows]
        square += gradient * gradient
        self._squares[0][rows] = square
        np.sqrt(square, out=square)
        np.divide(gradient, square, out=square)
        square *= step
        self._layers[0][rows] -= square
