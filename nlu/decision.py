"""Decide whether the first intent is believed: a wrong confident answer is worse than "I am not sure"."""

from dataclasses import dataclass

from nlu.analysis import Analysis
from nlu.interpreter import FALLBACK, Ranked


@dataclass(frozen=True, slots=True)
class GateSettings:
    """Below `threshold`, or closer than `margin` to the second, the first intent is not believed."""

    threshold: float = 0.3
    margin: float = 0.0


def decide(ranking: tuple[Ranked, ...], analysis: Analysis, settings: GateSettings) -> str:
    """The intent to act on: the first of `ranking`, or `FALLBACK` when it is not believed or nothing was said."""
    first = ranking[0].confidence
    second = ranking[1].confidence if len(ranking) > 1 else 0.0
    said = any(letter.isalnum() for letter in analysis.plain.text)
    if not said or first < settings.threshold or first - second < settings.margin:
        return FALLBACK
    return ranking[0].intent
