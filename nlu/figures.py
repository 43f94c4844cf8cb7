"""Shares, scores and their intervals, how far confidence can be trusted, and whether two models really differ."""

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


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure from 0 to 1 that is no plain share, with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Score:
    """Precision and recall of one intent or entity, from counts."""

    right: int
    found: int
    wanted: int

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        return self.right / self.wanted if self.wanted else 0.0

    @property
    def f1(self) -> float:
        total = self.found + self.wanted
        return 2 * self.right / total if total else 0.0


@dataclass(frozen=True, slots=True)
class Bin:
    """The answers with a confidence from `low` to `high`: how sure they were on average, how many were right."""

    low: float
    high: float
    confidence: float
    accuracy: Share


def share(outcomes: Sequence[bool]) -> Share:
    """The share of outcomes that are true. Wilson, E. B. (1927), JASA 22: 209-212."""
    right, of = sum(outcomes), len(outcomes)
    return Share(right, of, *_wilson(right / of, of)) if of else Share(0, 0, 0.0, 0.0)


def _wilson(p: float, of: float) -> tuple[float, float]:
    centre = p + _Z * _Z / (2 * of)
    spread = _Z * math.sqrt(p * (1 - p) / of + _Z * _Z / (4 * of * of))
    scale = 1 + _Z * _Z / of
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)


def calibration_bins(confidences: Sequence[float], right: Sequence[bool]) -> tuple[Bin, ...]:
    """Ten bins of equal width, the empty ones too; a confidence of 1 belongs to the last."""
    members: list[list[tuple[float, bool]]] = [[] for _ in range(_BINS)]
    for confidence, correct in zip(confidences, right, strict=True):
        members[_bin(confidence)].append((confidence, correct))
    return tuple(
        Bin(
            low=number / _BINS,
            high=(number + 1) / _BINS,
            confidence=sum(confidence for confidence, _ in inside) / len(inside) if inside else 0.0,
            accuracy=share([correct for _, correct in inside]),
        )
        for number, inside in enumerate(members)
    )


def _bin(confidence: float) -> int:
    return min(int(confidence * _BINS), _BINS - 1)


def expected_calibration_error(confidences: Sequence[float], right: Sequence[bool]) -> float:
    """The mean distance between confidence and accuracy over ten bins of equal width, weighted by their size."""
    return sum(
        one.accuracy.of / len(confidences) * abs(one.confidence - one.accuracy.value)
        for one in calibration_bins(confidences, right)
    )


def calibration_error(confidences: Sequence[float], right: Sequence[bool]) -> Estimate:
    """`expected_calibration_error` with its interval by the delta method.

    Which bins are too sure is taken as given, so on few answers the interval is too narrow.
    """
    error = expected_calibration_error(confidences, right)
    too_sure = [one.confidence > one.accuracy.value for one in calibration_bins(confidences, right)]
    distances = [
        confidence - correct if too_sure[_bin(confidence)] else correct - confidence
        for confidence, correct in zip(confidences, right, strict=True)
    ]
    spread = _Z * _standard_error([(distance, 1.0) for distance in distances])
    return Estimate(error, max(0.0, error - spread), min(1.0, error + spread))


def f1_estimate(scores: Sequence[Score]) -> Estimate:
    """The F1 of all `scores` together, where each is that of one question.

    What one message holds is found or missed together, so questions are what varies, not mentions. The interval is
    Wilson's for as many independent outcomes as would vary as much as the questions do (delta method).
    """
    value = Score(sum(s.right for s in scores), sum(s.found for s in scores), sum(s.wanted for s in scores)).f1
    parts = [(2.0 * score.right, float(score.found + score.wanted)) for score in scores if score.found + score.wanted]
    if not parts:
        return Estimate(0.0, 0.0, 0.0)
    error, things = _standard_error(parts), sum(below for _, below in parts) / 2
    return Estimate(value, *_wilson(value, min(value * (1 - value) / error**2, things) if error else len(parts)))


def _standard_error(parts: Sequence[tuple[float, float]]) -> float:
    """Of the ratio of two sums, by the delta method. Cochran, W. G. (1977), Sampling Techniques, section 2.11."""
    total = sum(below for _, below in parts)
    ratio = sum(above for above, _ in parts) / total if total else 0.0
    if len(parts) < 2 or not total:
        return 0.0
    residues = sum((above - ratio * below) ** 2 for above, below in parts)
    return math.sqrt(residues * len(parts) / (len(parts) - 1)) / total


def mcnemar(one_way: int, other_way: int) -> float:
    """The exact p-value for two models on the same questions, of which so many were right in only one of them.

    How often a fair coin, tossed for each of these questions, would fall at least as unevenly (both sides).
    """
    tosses, rarer = one_way + other_way, min(one_way, other_way)
    ways = term = 1
    for number in range(rarer):
        term = term * (tosses - number) // (number + 1)
        ways += term
    # Whole numbers until here: a thousand questions would overflow a float.
    return min(1.0, 2 * ways / (1 << tosses))
