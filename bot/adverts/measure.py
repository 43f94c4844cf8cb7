"""How well adverts are checked: precision, recall and confusion, flag by flag."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from bot.adverts.check import AdvertCheck


@dataclass(frozen=True)
class Known:
    """An advert of which somebody has said what is wrong with it."""

    text: str
    risky: bool
    flags: frozenset[str]
    id: str = ""


@dataclass
class Measured:
    """What came of checking known adverts."""

    right: Counter[str] = field(default_factory=Counter)  # flags found that are there
    extra: Counter[str] = field(default_factory=Counter)  # found, not there
    missed: Counter[str] = field(default_factory=Counter)  # there, not found
    confused: Counter[tuple[str, str]] = field(default_factory=Counter)  # one missed, another found instead
    risky_found: int = 0
    risky: int = 0
    honest_flagged: int = 0
    honest: int = 0
    wrong: list[tuple[Known, tuple[str, ...], bool]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """All figures; shares from 0 to 1."""
        flags = sorted({*self.right, *self.extra, *self.missed})
        return {
            "adverts": self.risky + self.honest,
            "risky": self.risky,
            "risky_found": share(self.risky_found, self.risky),
            "honest": self.honest,
            "honest_flagged": share(self.honest_flagged, self.honest),
            "flags": {
                "precision": share(self.right.total(), self.right.total() + self.extra.total()),
                "recall": share(self.right.total(), self.right.total() + self.missed.total()),
            },
            "by_flag": {flag: self._of(flag) for flag in flags},
            "confused": [
                {"missed": missed, "found": found, "times": times}
                for (missed, found), times in self.confused.most_common(15)
            ],
        }

    def _of(self, flag: str) -> dict[str, float | int | None]:
        right, extra, missed = self.right[flag], self.extra[flag], self.missed[flag]
        return {
            "there": right + missed,
            "precision": share(right, right + extra),
            "recall": share(right, right + missed),
        }


def share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def measure(check: AdvertCheck, adverts: Iterable[Known]) -> Measured:
    """Check every advert, and compare with what is known of it."""
    measured = Measured()
    for advert in adverts:
        verdict = check.check(advert.text)
        found = set(verdict.flags)
        measured.right.update(found & advert.flags)
        measured.extra.update(found - advert.flags)
        measured.missed.update(advert.flags - found)
        measured.confused.update((missed, extra) for missed in advert.flags - found for extra in found - advert.flags)
        if advert.risky:
            measured.risky += 1
            measured.risky_found += verdict.risky
        else:
            measured.honest += 1
            measured.honest_flagged += verdict.risky
        if verdict.risky != advert.risky:
            measured.wrong.append((advert, verdict.flags, verdict.risky))
    return measured
