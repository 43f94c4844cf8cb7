"""Shares with their intervals, and how far confidence can be trusted."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

_Z = 1.959964  # 95 % of a normal distribution
_BINS = 10


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many, with the 95 % interval of Wilson's score."""

    right: int
    of: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """The share itself, from 0 to 1; 0 when there was nothing to count."""
        return self.right / self.of if self.of else 0.0


def share(outcomes: Sequence[bool]) -> Share:
    """The share of outcomes that are true. Wilson, E. B. (1927), JASA 22: 209-212."""
    right, of = sum(outcomes), len(outcomes)
    if not of:
        return Share(0, 0, 0.0, 0.0)
    p, z = right / of, _Z
    centre = p + z * z / (2 * of)
    spread = z * math.sqrt(p * (1 - p) / of + z * z / (4 * of * of))
    scale = 1 + z * z / of
    return Share(right, of, max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale))


def expected_calibration_error(confidences: Sequence[float], right: Sequence[bool]) -> float:
    """The mean distance between confidence and accuracy over ten bins of equal width, weighted by their size."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(_BINS)]
    for confidence, correct in zip(confidences, right, strict=True):
        bins[min(int(confidence * _BINS), _BINS - 1)].append((confidence, correct))
    error = 0.0
    for members in bins:
        if members:
            mean = sum(confidence for confidence, _ in members) / len(members)
            accuracy = sum(correct for _, correct in members) / len(members)
            error += len(members) / len(confidences) * abs(mean - accuracy)
    return error
