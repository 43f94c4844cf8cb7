"""A linear intent model: numpy alone tells what a message means, scikit-learn is imported only to train."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlu.ngrams import Vector

Floats = NDArray[np.floating[Any]]

_SEED = 20201010
# One sentence in this many is kept aside once, to learn how much the probabilities must be flattened or sharpened.
_HELD_OUT = 5


@dataclass(frozen=True, slots=True)
class LinearSettings:
    """`strength` is scikit-learn's C: how closely the training sentences are followed."""

    strength: float = 10.0
    tolerance: float = 0.01
    most_rounds: int = 100


class LinearModel:
    """Weights for each n-gram and intent, and a temperature that makes the scores probabilities to be believed."""

    def __init__(self, intents: Sequence[str], weights: Floats, bias: Floats, temperature: float) -> None:
        """`weights`: one row for each n-gram, one column for each of `intents`."""
        self.intents = tuple(intents)
        self.weights = np.ascontiguousarray(weights, dtype=np.float32)
        self.bias = np.asarray(bias, dtype=np.float32)
        self.temperature = temperature

    def probabilities(self, vector: Vector) -> Floats:
        """How probable each of `intents` is."""
        scores = vector.weights @ self.weights[vector.columns] + self.bias
        return softmax(scores / self.temperature)


def softmax(scores: Floats) -> Floats:
    """Scores (in the last dimension) as probabilities."""
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    result: Floats = raised / raised.sum(axis=-1, keepdims=True)
    return result


def train_linear(
    vectors: Sequence[Vector], intents: Sequence[str], width: int, settings: LinearSettings
) -> LinearModel:
    """Learn from the sentences' `vectors` and `intents`; `width` is the size of the vocabulary."""
    names = tuple(sorted(set(intents)))
    targets = np.asarray([names.index(intent) for intent in intents])
    matrix = _matrix(vectors, width)
    temperature = _temperature(matrix, targets, settings) if len(targets) >= _HELD_OUT * len(names) else 1.0
    fitted = _fit(matrix, targets, settings)
    weights, bias = fitted.coef_.T, fitted.intercept_
    if len(names) == 2:
        weights, bias = np.hstack([-weights, weights]) / 2, np.asarray([-bias[0], bias[0]]) / 2
    return LinearModel(names, weights, bias, temperature)


def _fit(matrix: Any, targets: NDArray[np.int_], settings: LinearSettings) -> Any:
    import warnings

    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return LogisticRegression(
            C=settings.strength,
            solver="saga",
            tol=settings.tolerance,
            max_iter=settings.most_rounds,
            multi_class="multinomial",
            random_state=_SEED,
        ).fit(matrix, targets)


def _matrix(vectors: Sequence[Vector], width: int) -> Any:
    from scipy.sparse import csr_matrix

    ends = np.cumsum([0, *(len(vector.columns) for vector in vectors)])
    columns = np.concatenate([vector.columns for vector in vectors])
    weights = np.concatenate([vector.weights for vector in vectors]).astype(np.float64)
    return csr_matrix((weights, columns, ends), shape=(len(vectors), width))


def _temperature(matrix: Any, targets: NDArray[np.int_], settings: LinearSettings) -> float:
    """The temperature under which sentences that were kept aside are least surprising."""
    order = np.random.default_rng(_SEED).permutation(len(targets))
    aside, rest = order[::_HELD_OUT], np.delete(order, np.s_[::_HELD_OUT])
    fitted = _fit(matrix[rest], targets[rest], settings)
    known = np.isin(targets[aside], fitted.classes_)
    scores = np.asarray(fitted.decision_function(matrix[aside[known]]))
    if scores.ndim == 1:
        scores = np.stack([-scores, scores], axis=1) / 2
    places = np.searchsorted(fitted.classes_, targets[aside[known]])
    return fitted_temperature(scores, places)


def fitted_temperature(scores: Floats, places: NDArray[np.int_]) -> float:
    """The temperature that gives the right intent, at `places` of each row of `scores`, the most probability."""
    candidates = np.geomspace(0.2, 5.0, 161)
    rows = np.arange(len(places))
    losses = [-np.log(np.maximum(softmax(scores / candidate)[rows, places], 1e-12)).mean() for candidate in candidates]
    return float(candidates[int(np.argmin(losses))])
