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


@dataclass(frozen=True, slots=True)
class NetworkSettings:
    """How the network is built and trained.

    `members` networks are trained from different beginnings and answer together. `temperature` above 1 makes the answer
    less sure of itself.
    """

    members: int = 2
    hidden: int = 128
    rounds: int = 10
    batch: int = 256
    step: float = 0.005
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
    optimiser = _Adam(layers)
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
    return features


def _gradients(
    layers: Sequence[Floats], features: Any, targets: NDArray[np.int_], forget: float, random: np.random.Generator
) -> list[Floats]:
    """In which direction each layer must move to fit these sentences better."""
    inward, inward_bias, outward, outward_bias = layers
    raw = features @ inward + inward_bias
    alive = (random.random(raw.shape, dtype=np.float32) >= forget) * (raw > 0) / np.float32(1 - forget)
    hidden = raw * alive
    error = softmax(hidden @ outward + outward_bias)
    error[np.arange(len(targets)), targets] -= 1
    error /= np.float32(len(targets))
    back = ((error @ outward.T) * alive).astype(np.float32)
    return [np.asarray(features.T @ back), back.sum(axis=0), hidden.T @ error, error.sum(axis=0)]


class _Adam:
    """Moves layers against their gradients, each weight at a pace of its own (Kingma and Ba, 2015)."""

    def __init__(self, layers: list[Floats]) -> None:
        self._layers = layers
        self._means = [np.zeros_like(layer) for layer in layers]
        self._squares = [np.zeros_like(layer) for layer in layers]
        self._scratch = [np.empty_like(layer) for layer in layers]
        self._moves = 0

    def move(self, gradients: Sequence[Floats], step: float) -> None:
        self._moves += 1
        pace = np.float32(step * np.sqrt(1 - 0.999**self._moves) / (1 - 0.9**self._moves))
        for layer, mean, square, scratch, gradient in zip(
            self._layers, self._means, self._squares, self._scratch, gradients, strict=True
        ):
            mean *= np.float32(0.9)
            np.multiply(gradient, np.float32(0.1), out=scratch)
            mean += scratch
            square *= np.float32(0.999)
            np.multiply(gradient, gradient, out=scratch)
            scratch *= np.float32(0.001)
            square += scratch
            np.sqrt(square, out=scratch)
            scratch += np.float32(1e-8)
            np.divide(mean, scratch, out=scratch)
            scratch *= pace
            layer -= scratch
