"""Decide whether the first intent is believed: a wrong confident answer is worse than "I am not sure"."""

from dataclasses import dataclass

from nlu.analysis import Analysis
from nlu.interpreter import FALLBACK, Ranked

DISTRESS = "distress"


@dataclass(frozen=True, slots=True)
class GateSettings:
    """Below `threshold`, or closer than `margin` to the second, the first intent is not believed.

    Danger from oneself wins over everything: `distress` is decided from `distress_threshold` on, whatever
    stands first. To miss it costs more than to ask once too often how somebody is.
    """

    threshold: float = 0.3
    margin: float = 0.0
    distress_threshold: float = 0.15


def decide(ranking: tuple[Ranked, ...], analysis: Analysis, settings: GateSettings) -> str:
    """The intent to act on: mostly the first of `ranking`; `FALLBACK` when it is not believed or nothing was said."""
    if not any(letter.isalnum() for letter in analysis.plain.text):
        return FALLBACK
    if any(one.intent == DISTRESS and one.confidence >= settings.distress_threshold for one in ranking):
        return DISTRESS
    first = ranking[0].confidence
    second = ranking[1].confidence if len(ranking) > 1 else 0.0
    if first < settings.threshold or first - second < settings.margin:
        return FALLBACK
    return ranking[0].intent
