"""Confidence intervals of shares, and of their difference."""

from math import sqrt

_Z = 1.959964  # 95 %


def wilson(right: int, total: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson, 1927). `total` is at least 1."""
    share, z2 = right / total, _Z * _Z
    middle = (share + z2 / (2 * total)) / (1 + z2 / total)
    half = _Z * sqrt(share * (1 - share) / total + z2 / (4 * total * total)) / (1 + z2 / total)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def difference(one: tuple[int, int], other: tuple[int, int]) -> tuple[float, float, float]:
    """How much greater the first share (right, total) is than the other, with its 95 % interval (Newcombe, 1998)."""
    p, q = one[0] / one[1], other[0] / other[1]
    (low1, high1), (low2, high2) = wilson(*one), wilson(*other)
    lower = p - q - sqrt((p - low1) ** 2 + (high2 - q) ** 2)
    upper = p - q + sqrt((high1 - p) ** 2 + (q - low2) ** 2)
    return p - q, lower, upper
